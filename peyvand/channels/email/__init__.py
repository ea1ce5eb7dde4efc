"""E-mail: several accounts, each with a server to send through and a mailbox to read.

Here: accounts with their secrets (kept encrypted), what a mail is made of and how it goes out (`speaking`: MIME,
DKIM, return addresses that name their message, connections kept open, providers of Anymail), what comes in and what it
means (`hearing`: IMAP, a provider's call, parsing, threads, bounces, complaints, automatic answers), whether the world
believes that our mail is ours (`doctor`), what was taken from a mailbox and what not (reconciliation), the pages of it.
Not here: whether a message may go and what became of it (outreach), what is answered and how it is shown
(conversations).
Events in and out: none of its own.
To add a provider of Anymail: its line in `speaking.providers.PROVIDERS`.
"""

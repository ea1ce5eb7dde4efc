"""Messengers: bots of Telegram and Bale, Bale Safir by phone number, Rubika, WhatsApp.

Here: bots and their keys (kept encrypted), one adapter a messenger behind one contract (`adapters`), what comes in by
webhook or is asked for, photos, files, buttons, shared contacts, the pages of all this.
Not here: whether a message may go and what became of it (channels.outreach), what is answered
(channels.conversations).
Events in and out: none of its own.
To add a messenger: docs/channels/messengers.md.
"""

"""Text messages through the gateways of Iran and abroad.

Here: accounts with their keys (kept encrypted), one adapter a provider behind one contract (`adapters`), what a text is
charged as (`parts`), the words by which people stop and start («لغو ۱۱»), reports and replies that come in by hooks or
are asked for, credit, the pages of all this.
Not here: whether a message may go and what became of it (outreach), what is answered (conversations).
Events in and out: none of its own.
To add a provider: an adapter module, its name in `adapters.ADAPTERS`, a fake server in the tests.
"""

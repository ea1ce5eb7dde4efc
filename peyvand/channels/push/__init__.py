"""Web push: notices on the screens of those who allowed it.

Here: the house's keys (VAPID), subscriptions of browsers with their topics, the carrier, the pages of all this.
Not here: whether a message may go and what became of it (channels.outreach).
Events in and out: none of its own.
"""

"""Web push: notices on the screens of those who allowed it.

Here: the house's keys (VAPID), subscriptions of browsers with their topics, the carrier, the part of the site's script
and the worker that shows notices, the page of all this. A topic is a purpose of memory.consents that is offered.
Not here: whether a message may go and what became of it (channels.outreach), the addresses that browsers speak to
(doors.site).
Events in: VisitorKnown. Events out: none of its own.
"""

"""The public site: what customers and other machines open, on an origin of its own (another port or host than the
staff's). No session, no cookie, nothing of the staff's.

Here: the recipient's page of preferences, the one click that stops a message's purpose, the yes of a double opt-in, the
hooks by which providers report.
Not here: what any of it means (channels.outreach, each channel's room).
Events in and out: none.
To add a hook: an `Inbound` in its channel's registrations. To add a page: `urls`, `views`, a template that extends
site/base.html.
"""

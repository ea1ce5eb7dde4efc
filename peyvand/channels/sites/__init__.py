"""Our own web sites and who visits them: what tracking, chat, forms and push stand on.

Here: sites with their public keys, hosts, mode of consent and secret; visitors, known by a token that only their
browser holds; how a visitor comes to be a customer (`services.known`: by a signature, a code, a link, a form, a
colleague) and how that is taken back; one-time codes that join a chat to a customer; the parts of the one script
(`SitePart`), the edge of the small ASGI applications (`edge`: bodies, origins, limits).
Not here: what a visitor looks at (channels.web), says (channels.webchat) or fills in (channels.forms), the addresses
themselves (doors.site).
Events in: none. Events out: VisitorKnown.
To add a part of the script: a `SitePart` in a room's registrations.
"""

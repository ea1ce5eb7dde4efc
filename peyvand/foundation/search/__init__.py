"""One box that finds people, records, places and actions.

Here: the question put to every room's SearchProvider and to the declared places and actions (`queries.find`).
Not here: how a room searches its own rows (its queries), the palette's looks (ui).
Events in: none. Events out: none.
To make a room's records findable: a SearchProvider in its registrations.py.
"""

"""The seam between rooms: what a room declares, who is acting, and what they may.

Here: the registry (`registry.add`, `registry.all`, `registry.get`), the declarations that know no business word
(`declarations`), the permission names with their check (`actor`), and `RoomConfig`, the base of every room's app.
Not here: users and roles (accounts), the rows a permission opens (each room's access.py).
Events in: none. Events out: none.
To add a kind of declaration: a frozen dataclass with `name`, here when it knows no business word, otherwise in the room
that reads it.
"""

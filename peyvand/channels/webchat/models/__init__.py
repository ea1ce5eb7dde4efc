"""Widgets of our sites, the chats of their visitors, rooms for groups."""

from __future__ import annotations

from peyvand.channels.webchat.models.chats import Chat, Kind, Line
from peyvand.channels.webchat.models.rooms import Room, RoomExpert, RoomGuest, RoomLine
from peyvand.channels.webchat.models.widgets import Asked, Position, Widget

__all__ = ["Asked", "Chat", "Kind", "Line", "Position", "Room", "RoomExpert", "RoomGuest", "RoomLine", "Widget"]

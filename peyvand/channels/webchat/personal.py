"""What the tables of this room hold about people, and how their rows follow a merge and are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    ImpersonalTable("webchat_widget", "how the chat of a site looks and what it asks"),
    ImpersonalTable("webchat_room", "rooms in which visitors talk"),
    ImpersonalTable("webchat_roomexpert", "colleagues who are marked in rooms", staff=True),
    PersonalTable(
        name="webchat_chat",
        label=_("Live chats"),
        via=("visitor_id", "sites_visitor"),
        columns=classed(
            key="id visitor_id widget_id conversation_id",
            technical="demo last_seq delivered_seq read_seq mailed_seq",
            staff="staff_id",
            descriptive="began_at seen_at left_at",
            content="page title",
        ),
        order=97,
        carried=False,
    ),
    PersonalTable(
        name="webchat_line",
        label=_("Lines of live chats"),
        via=("chat_id", "webchat_chat"),
        columns=classed(
            key="id chat_id entry_id", technical="demo seq kind uid client_id", descriptive="at", content="text data"
        ),
        order=98,
        carried=False,
    ),
    PersonalTable(
        name="webchat_roomguest",
        label=_("Names in chat rooms"),
        via=("visitor_id", "sites_visitor"),
        columns=classed(
            key="id room_id visitor_id", technical="demo banned", identifying="name", descriptive="muted_until wrote_at"
        ),
        order=99,
        carried=False,
    ),
    PersonalTable(
        name="webchat_roomline",
        label=_("What was said in chat rooms"),
        via=("guest_id", "webchat_roomguest"),
        columns=classed(
            key="id room_id guest_id", technical="demo seq client_id gone reporters expert", staff="staff_id",
            identifying="name", descriptive="at", content="text",
        ),
        order=100,
        carried=False,
    ),
)  # fmt: skip

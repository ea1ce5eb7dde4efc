"""What the tables of this room hold about people, and how their rows follow a merge and are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Beside, ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="conversations_conversation",
        label=_("Conversations"),
        columns=classed(
            key="id customer_id merged_into_id account_id team_id",
            technical="demo state routed snoozed_until entries_count created_at version",
            staff="assignee_id",
            identifying="address name",
            descriptive="channel language value last_at last_in_at first_in_at first_answered_at waiting_since "
            "answered_at closed_at",
            content="subject preview",
        ),
        order=90,
        carried=False,
    ),
    PersonalTable(
        name="conversations_entry",
        label=_("What was said"),
        via=("conversation_id", "conversations_conversation"),
        columns=classed(
            key="id conversation_id message_id interaction_id raw_file_id",
            technical="demo automatic external_id",
            staff="staff_id",
            identifying="address name",
            descriptive="way channel at",
            content="subject text html proof facts search_key",
        ),
        files=("raw_file_id",),
        order=91,
        carried=False,
    ),
    PersonalTable(
        name="conversations_entryfile",
        label=_("Files of conversations"),
        via=("entry_id", "conversations_entry"),
        columns=classed(key="id entry_id file_id", technical="demo content_id"),
        files=("file_id",),
        order=92,
        carried=False,
    ),
    PersonalTable(
        name="conversations_conversationread",
        label=_("What colleagues have read"),
        via=("conversation_id", "conversations_conversation"),
        columns=classed(key="id conversation_id", technical="demo at", staff="user_id"),
        order=93,
        carried=False,
    ),
    PersonalTable(
        name="conversations_mention",
        label=_("Colleagues called in notes"),
        via=("conversation_id", "conversations_conversation"),
        columns=classed(key="id conversation_id entry_id", technical="demo at seen_at", staff="user_id"),
        order=94,
        carried=False,
    ),
    PersonalTable(
        name="conversations_presence",
        label=_("Colleagues who look at a conversation"),
        via=("conversation_id", "conversations_conversation"),
        columns=classed(key="id conversation_id", technical="demo typing at", staff="user_id"),
        carried=False,
        order=95,
    ),
    PersonalTable(
        name="conversations_alarm",
        label=_("Colleagues who were told that somebody waits"),
        via=("conversation_id", "conversations_conversation"),
        columns=classed(key="id conversation_id", technical="demo at since seen_at", staff="user_id"),
        order=96,
        carried=False,
    ),
    PersonalTable(
        name="conversations_tagging",
        label=_("Tags of conversations"),
        via=("conversation_id", "conversations_conversation"),
        columns=classed(key="id conversation_id tag_id", technical="demo"),
        order=97,
        carried=False,
    ),
    PersonalTable(
        name="conversations_entrymove",
        label=_("What moved between conversations"),
        via=("entry_id", "conversations_entry"),
        columns=classed(key="id entry_id source_id target_id change_set_id", technical="demo"),
        carried=False,
        order=98,
    ),
    Beside("conversations_conversationtag", by=("demo", "key")),
    ImpersonalTable("conversations_conversationtag", "words for kinds of conversations"),
    ImpersonalTable("conversations_routingsettings", "what holds for giving conversations", staff=True),
    ImpersonalTable("conversations_routingrule", "rules for giving conversations", staff=True),
    ImpersonalTable("conversations_answerer", "which conversations colleagues take", staff=True),
    ImpersonalTable("conversations_savedreply", "answers that are given often, before they are merged", staff=True),
)

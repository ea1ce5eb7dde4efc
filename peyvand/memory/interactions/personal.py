"""What the tables of this room hold about people, and how their rows follow a merge and are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="interactions_interaction",
        label=_("Interactions"),
        columns=classed(
            key="id customer_id source_id joining_id",
            technical="demo created_at corrected_at version visibility",
            staff="staff_id pinned_by_id pinned_at",
            identifying="identity_kind identity_system identity_key dedupe_key",
            descriptive="kind channel direction at source_kind cost_minor cost_currency duration_s sentiment",
            content="payload search_key",
        ),
        order=20,
    ),
    PersonalTable(
        name="interactions_interactionfile",
        label=_("Attachments"),
        via=("interaction_id", "interactions_interaction"),
        columns=classed(key="id interaction_id file_id", technical="demo added_at", staff="added_by_id"),
        files=("file_id",),
        order=21,
    ),
    PersonalTable(
        name="interactions_joining",
        label=_("Earlier contacts joined to a customer"),
        columns=classed(
            key="id customer_id",
            technical="demo rows at detached_at",
            staff="by_id",
            identifying="identity_kind identity_system identity_key",
        ),
        order=22,
    ),
    ImpersonalTable("interactions_costrate", "what a minute of ours costs"),
)

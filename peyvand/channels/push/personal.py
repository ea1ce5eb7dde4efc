"""What the tables of this room hold about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    ImpersonalTable("push_sender", "how the house sends notices, with its key encrypted"),
    PersonalTable(
        name="push_subscription",
        label=_("Browsers that take notices"),
        via=("visitor_id", "sites_visitor"),
        columns=classed(
            key="id site_id visitor_id",
            technical="demo digest endpoint keys",
            identifying="agent",
            descriptive="topics language created_at ok_at failed_at gone_at",
            content="agreed",
        ),
        order=97,
        carried=False,
    ),
)

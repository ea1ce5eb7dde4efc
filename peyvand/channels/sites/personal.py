"""What the tables of this room hold about people, and how their rows follow a merge and are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    ImpersonalTable("sites_site", "our own web sites, with their secrets encrypted"),
    PersonalTable(
        name="sites_visitor",
        label=_("Browsers on our sites"),
        columns=classed(
            key="id customer_id site_id",
            technical="demo how remembered",
            identifying="key claims agent",
            descriptive="language first_at last_at",
        ),
        order=95,
        carried=False,
    ),
    PersonalTable(
        name="sites_linkcode",
        label=_("One-time codes"),
        columns=classed(
            key="id customer_id visitor_id", technical="demo digest", descriptive="made_at expires_at used_at"
        ),
        order=96,
        carried=False,
    ),
)

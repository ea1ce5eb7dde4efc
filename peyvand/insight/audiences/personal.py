"""What the tables of this room hold about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    ImpersonalTable("audiences_audience", "what audiences are called and ask, and who of us keeps them", staff=True),
    ImpersonalTable("audiences_snapshot", "when pictures of audiences were taken, and by whom of us", staff=True),
    PersonalTable(
        name="audiences_snapshotmember",
        label=_("In a picture of an audience"),
        columns=classed(key="id snapshot_id customer_id"),
        unique=(("snapshot_id",),),
        carried=False,
        order=60,
    ),
)

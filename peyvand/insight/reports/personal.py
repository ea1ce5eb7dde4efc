"""What the tables of this room hold about people: figures that can be computed again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="reports_way",
        label=_("The way somebody came to us"),
        columns=classed(
            key="id customer_id",
            technical="demo",
            descriptive="source channel entered_at visitor_at known_at lead_at customer_at repeat_at "
            "first_currency first_net_minor discounted",
        ),
        merge="drop",  # computed anew
        carried=False,
        order=62,
    ),
    PersonalTable(
        name="reports_waytouch",
        label=_("Touchpoints before a purchase"),
        columns=classed(key="id customer_id", technical="demo", descriptive="touchpoint orders last_at"),
        merge="drop",  # computed anew
        carried=False,
        order=63,
    ),
    ImpersonalTable("reports_figure", "sums over everybody"),
    ImpersonalTable("reports_report", "questions that staff keep"),
    ImpersonalTable("reports_dashboard", "pages that staff put together"),
    ImpersonalTable("reports_tile", "questions on such a page"),
    ImpersonalTable("reports_answer", "sums over groups, and for two days ids of customers; all go when one is erased"),
    ImpersonalTable("reports_mailing", "what goes to colleagues by mail", staff=True),
    ImpersonalTable("reports_mailingsent", "mails to colleagues", staff=True),
    ImpersonalTable("reports_sharelink", "addresses under which a report is open"),
)

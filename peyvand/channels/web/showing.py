"""Visits as pages show them: addresses are links only where they are addresses of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Proof, Visitor
from peyvand.channels.web import events
from peyvand.channels.web.models import Visit
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.bidi import isolate

KINDS: Mapping[str, tuple[Label, str]] = {
    events.PAGE: (_("Page"), "file"),
    events.CLICK: (_("Click"), "pointer"),
    events.SEARCH: (_("Search"), "search"),
    events.CART: (_("Cart"), "shopping-cart"),
    events.PURCHASE: (_("Purchase"), "shopping-bag"),
    events.SUBMIT: (_("Form sent"), "forms"),
}
REFUSED: Mapping[str, Label] = {
    "bot": _("of crawlers and other programs"),
    "consent": _("of visitors who had not agreed"),
    "again": _("sent a second time"),
    "old": _("older than seven days"),
    "future": _("dated in the future; kept at the moment they came"),
    "broken": _("not readable"),
}
MEDIA: Mapping[str, Label] = {
    "organic": _("search"), "social": _("social network"), "referral": _("link on another site"),
    "cpc": _("advertisement"), "email": _("e-mail"), "sms": _("text message"),
}  # fmt: skip
DEVICES: Mapping[str, tuple[Label, str]] = {
    "phone": (_("Phone"), "device-mobile"), "tablet": (_("Tablet"), "device-tablet"),
    "desk": (_("Computer"), "device-desktop"),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Something in a visit. `link` is an http address or nothing."""

    at: datetime
    label: Label
    icon: str
    title: str
    path: str
    link: str
    words: str


@dataclass(frozen=True)
class Shown:
    """A visit as it is shown."""

    row: Visit
    steps: Sequence[Step]
    source: str
    first: str
    device: tuple[Label, str] | None
    name: str


def kind_of(kind: str) -> tuple[Label, str]:
    """The word and the sign of a kind of event; a site's own is called as the site calls it."""
    return KINDS.get(kind) or (kind.removeprefix(events.OWN), "point")


def path_of(url: str) -> str:
    """The part of an address that people read: without host and query."""
    try:
        return unquote(urlsplit(url).path)[:120]
    except ValueError:
        return ""


def source_words(source: str, medium: str, campaign: str = "") -> str:
    """Where somebody came from, in words."""
    if not source:
        return gettext("by themselves")
    how = str(MEDIA.get(medium, medium))
    said = f"{isolate(source)} ({how})" if how else isolate(source)
    return f"{said} · {isolate(campaign)}" if campaign else said


def name_of(visitor: Visitor | None) -> str:
    """How a visitor is called: by the customer's name, by what they say, or by nothing."""
    if visitor is None:
        return gettext("Somebody unnamed")
    if visitor.customer is not None:
        return str(visitor.customer.name)
    if isinstance(visitor.claims.get("name"), str) and visitor.claims["name"]:
        return gettext("Says to be %(name)s") % {"name": visitor.claims["name"]}
    return gettext("Unknown visitor")


def proof_of(visitor: Visitor) -> str:
    """By what it is known who they are; "" where it isn't."""
    return str(Proof(visitor.how).label) if visitor.how in Proof.values else ""


def first_page(visit: Visit) -> str:
    """The title of the page that a visit began with, else its address; "" where it has none."""
    found = (str(one.get("n", "")) or path_of(str(one.get("u", ""))) for one in visit.path)
    return next((one for one in found if one), "")


def shown(visit: Visit) -> Shown:
    """A visit with its steps in words."""
    steps = [
        Step(
            datetime.fromisoformat(one["at"]), *kind_of(str(one.get("k", ""))), title=str(one.get("n", "")),
            path=path_of(str(one.get("u", ""))), link=events.web_address(one.get("u")), words=str(one.get("w", "")),
        )
        for one in visit.path
    ]  # fmt: skip
    return Shown(
        visit, steps, source_words(visit.source, visit.medium, visit.campaign), first_page(visit),
        DEVICES.get(visit.device), name_of(visit.visitor),
    )  # fmt: skip

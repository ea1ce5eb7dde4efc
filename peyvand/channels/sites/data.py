"""What goes into this room's verbs and comes out of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peyvand.channels.sites.models import Visitor
from peyvand.memory.customers.models import Customer


@dataclass(frozen=True, kw_only=True)
class SiteData:
    """A site as it is to be. `hosts` as typed, one a line or by commas."""

    name: str
    hosts: str
    language: str = "fa"
    consent: str = "full"
    greets: bool = True
    active: bool = True


@dataclass(frozen=True)
class Known:
    """Who a visitor is now. `token` is what the browser is to hold from now on, where it was somebody else's before;
    "" where it stays as it is.
    """

    visitor: Visitor
    token: str = ""


@dataclass(frozen=True)
class Taken:
    """Whom a one-time code was made for: exactly one of the two, and the visitor's customer where there is one."""

    visitor: Visitor | None = None
    customer: Customer | None = None


@dataclass(frozen=True)
class SeenRow:
    """A visitor as events tell of them; `key` is the digest of their token."""

    site_id: int
    key: str
    first_at: datetime
    last_at: datetime
    language: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Seen:
    """A visitor who is there now."""

    id: int
    key: str
    site_id: int
    customer_id: int | None

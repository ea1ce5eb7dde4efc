"""What staff type of a note, a call or a meeting."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import RIAL, RIALS_A_TOMAN, TOMAN
from peyvand.foundation.money.parsing import parse_amount, read_amount
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.formats import date_as_typed, read_date
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import CALL, MEETING, NOTE, InvalidError

MOODS = {"": None, "good": 60, "bad": -60}


def read(post: QueryDict, *, unit: str) -> tuple[str, dict[str, Any]]:
    """The kind and the services' arguments; InvalidError says by field what to type. `unit` is that of costs."""
    kind = post.get("kind", NOTE)
    if kind not in (NOTE, CALL, MEETING):
        raise InvalidError({"kind": _("Choose note, call or meeting.")})
    found: dict[str, Any] = {"text": post.get("text", "")}
    if "visibility" in post:
        found["visibility"] = post["visibility"]
    if day := post.get("day", "").strip():
        found["at"] = _moment(day, post.get("time", "").strip())
    if kind == NOTE:
        return kind, found
    found["duration_s"] = _minutes(post.get("minutes", ""))
    found["sentiment"] = MOODS.get(post.get("mood", ""))
    cost = _cost(post.get("cost", ""), unit=unit)
    if cost is not None:
        found |= {"cost_minor": cost.minor, "cost_currency": cost.currency}
    if kind == CALL:
        found["direction"] = "in" if post.get("direction") == "in" else "out"
    else:
        found["place"] = post.get("place", "")
    return kind, found


def _minutes(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        minutes = parse_amount(text)
    except AmountError:
        raise InvalidError({"minutes": _("Type the minutes as a number, like 15.")}) from None
    if not 0 <= minutes <= 7 * 24 * 60:
        raise InvalidError({"minutes": _("The duration is between 0 minutes and 7 days.")})
    return round(minutes * 60)


def _cost(text: str, *, unit: str) -> Money | None:
    return cost_of(text, unit=unit) if text.strip() else None


def cost_of(text: str, *, unit: str) -> Money:
    """An amount typed in the unit of costs; InvalidError where it can't be read."""
    try:
        amount = read_amount(text)
        toman = amount.unit == TOMAN or (not amount.unit and unit == TOMAN)
        currency = RIAL if unit == TOMAN else unit
        value = amount.value * RIALS_A_TOMAN if toman and currency == RIAL else amount.value
        return Money.from_decimal(Decimal(value), currency)
    except AmountError as error:
        raise InvalidError({"cost": str(error)}) from None


def typed(found: Interaction, *, unit: str) -> dict[str, str]:
    """An interaction as the form of its correction begins."""
    local = found.at.astimezone(current_reader().zone)
    cost = ""
    if found.cost_minor is not None and found.cost_currency:
        value = Money(found.cost_minor, found.cost_currency).to_decimal()
        cost = format((value / RIALS_A_TOMAN if unit == TOMAN else value).normalize(), "f")
    sentiment = found.sentiment or 0
    return {
        "text": found.payload.get("text", ""),
        "place": found.payload.get("place", ""),
        "day": date_as_typed(local.date()),
        "time": f"{local:%H:%M}",
        "direction": found.direction,
        "minutes": format(found.duration_s / 60, "g") if found.duration_s else "",
        "cost": cost,
        "mood": "good" if sentiment >= 30 else "bad" if sentiment <= -30 else "",
        "visibility": found.visibility,
        "version": str(found.version),
    }


def changes(post: QueryDict, *, kind: str, unit: str) -> dict[str, Any]:
    """What a correction changes, by the services' names; InvalidError says by field what to type."""
    copy = post.copy()
    copy["kind"] = kind
    _kind, found = read(copy, unit=unit)
    if kind != NOTE and not post.get("cost", "").strip():
        found |= {"cost_minor": None, "cost_currency": ""}
    return found


def _moment(day: str, clock: str) -> datetime:
    """The day and time that were typed, in the reader's zone; without a time, noon, or now when it is today."""
    zone = current_reader().zone
    now = timezone.now().astimezone(zone)
    try:
        date = read_date(day)
    except DateError as error:
        raise InvalidError({"day": str(error)}) from None
    if not clock:
        return now if date == now.date() else datetime.combine(date, time(12), tzinfo=zone)
    try:
        return datetime.combine(date, time.fromisoformat(latin_digits(clock).zfill(5)), tzinfo=zone)
    except ValueError:
        raise InvalidError({"time": _("Type the time like 14:30.")}) from None

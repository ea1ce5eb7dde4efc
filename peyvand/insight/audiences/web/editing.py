"""The editor of one condition: what it begins with, and reading what was typed into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.fields import kinds
from peyvand.foundation.fields.conditions import made, typed_of
from peyvand.foundation.fields.declarations import Field, LazyChoices
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.money.currencies import CURRENCIES
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.formats import read_date, unit_word
from peyvand.insight.audiences import conditions, queries
from peyvand.insight.audiences.errors import ConditionRefusedError
from peyvand.insight.audiences.reading import LONGEST_DAYS
from peyvand.insight.audiences.web.drawing import counted_how, periods
from peyvand.memory.customers.declarations import Behaviour

MOST_CHOICES = 200  # offered at once; of more, those that have the letters
FEW = 12  # of a long list at first
FOUND = 40


class LeafRefusedError(Exception):
    """What was typed makes no sense: words, and of which part (a field of the behaviour) where that is known."""

    def __init__(self, words: str, about: str = "") -> None:
        super().__init__(words)
        self.words, self.about = words, about


@dataclass(frozen=True)
class Chip:
    """A condition as customers/any_filter.html begins with it."""

    asked: str = ""
    typed: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Part:
    """A field that can be asked for. `about` offers at most MOST_CHOICES; `many` where there are more to search."""

    about: Field
    chip: Chip
    many: bool = False
    used: bool = False

    @property
    def name(self) -> str:
        return self.about.name

    @property
    def label(self) -> str:
        return str(self.about.label)


def part(field: Field, leaf: Mapping[str, Any] | None) -> Part:
    """A field with what the leaf asks of it."""
    asked = ""
    values: tuple[Any, ...] = ()
    if leaf is not None and leaf.get("operator"):
        try:
            given = made(field, str(leaf["operator"]), [str(value) for value in leaf.get("values") or ()])
            asked, values = given.operator, tuple(typed_of(given))
        except ValueRefusedError:
            asked = str(leaf["operator"])
    many = len(field.choices) > MOST_CHOICES
    shown = field
    if isinstance(field.choices, LazyChoices) or many:
        offered = list(field.offered)
        if many:
            chosen = {str(value) for value in values}
            offered = [row for row in field.choices if row[0] in chosen] + [
                row for row in offered if row[0] not in chosen
            ][: max(0, FEW - len(chosen))]
        shown = replace(field, choices=offered)
    return Part(shown, Chip(asked, values), many, leaf is not None)


def choices_of(field: Field, text: str) -> list[tuple[str, str]]:
    """The choices that have these letters, as they are found in a long list."""
    wanted = fa_key(text)
    found = ((key, str(label)) for key, label in field.offered)
    return [row for row in found if wanted in fa_key(row[1])][:FOUND]


def editor_of(leaf: Mapping[str, Any], *, actor: Actor) -> dict[str, Any] | None:
    """What the editor's template shows of the leaf; None where there is nothing of that name for the actor."""
    fields, behaviours = conditions.offered(actor=actor)
    if "audience" in leaf:
        names = [(str(one.pk), one.name) for one in queries.audiences(actor=actor)]
        return {"kind": "member", "leaf": leaf, "audiences": names, "chosen": str(leaf.get("audience"))}
    if "did" in leaf:
        behaviour = next((one for one in behaviours if one.name == leaf["did"]), None)
        return _of_behaviour(behaviour, leaf, actor) if behaviour is not None else None
    field = fields.get(str(leaf.get("field")))
    return {"kind": "field", "part": part(field, leaf)} if field is not None else None


def _of_behaviour(behaviour: Behaviour, leaf: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    given = {str(one.get("field")): one for one in leaf.get("of") or () if isinstance(one, dict)}
    count, spent, within = leaf.get("count") or {}, leaf.get("spent") or {}, leaf.get("within") or {}
    if "last" in within:
        when = "last"
    elif "since" in within:
        when = str(within["since"])
    else:
        when = "between" if within else ""
    money = Field("amount", "", FieldKind.MONEY, currency=str(spent.get("currency", "")))
    return {
        "kind": "behaviour",
        "behaviour": behaviour,
        "parts": [part(one, given.get(one.name)) for one in behaviour.fields(actor)],
        "negated": leaf.get("not") is True,
        "how": "spent" if spent else "count",
        "count_op": count.get("operator", "least"),
        "n": count.get("n", 1),
        "count_ops": [(name, counted_how(name)) for name in ("least", "most", "is")],
        "spent_op": spent.get("operator", "least"),
        "amount": kinds.typed(money, kinds.value_of(money, spent["amount"])) if spent.get("amount") else "",
        "currency": spent.get("currency") or settings.text("default_currency"),
        "currencies": [(code, unit_word(code)) for code in CURRENCIES],
        "when": when,
        "days": within.get("last", 90),
        "first": _day(within.get("from")),
        "until": _day(within.get("to")),
        "periods": list(periods().items()),
    }


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


# ── reading what was typed ────────────────────────────────────────────────


def leaf_of(typed: Mapping[str, Any], *, actor: Actor, audience: int | None = None) -> dict[str, Any]:
    """The leaf that was typed, as it is kept; LeafRefusedError with words for the one who typed."""
    fields, behaviours = conditions.offered(actor=actor)
    if "audience" in typed:
        leaf = {"audience": typed["audience"], "in": typed.get("in") is not False}
    elif "did" in typed:
        behaviour = next((one for one in behaviours if one.name == typed["did"]), None)
        if behaviour is None:
            raise LeafRefusedError(gettext("Choose what to ask for."))
        leaf = _behaviour_leaf(behaviour, typed, actor)
    else:
        leaf = _field_leaf(fields.get(str(typed.get("field"))), typed)
    try:
        read = conditions.read({"all": [leaf]}, actor=actor, audience=audience)
    except ConditionRefusedError as error:
        raise LeafRefusedError(error.words) from error
    kept: dict[str, Any] = dict(read.kept["all"][0])
    return kept


def _field_leaf(field: Field | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    values = typed.get("values")
    if field is None or not isinstance(values, list):
        raise LeafRefusedError(gettext("Choose what to ask for."))
    try:
        given = made(field, str(typed.get("operator")), [str(value) for value in values], by_hand=True)
    except ValueRefusedError as error:
        raise LeafRefusedError(str(error), field.name) from error
    return {"field": field.name, "operator": given.operator, "values": list(given.values)}


def _behaviour_leaf(behaviour: Behaviour, typed: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    own = {one.name: one for one in behaviour.fields(actor)}
    of = [one for one in typed.get("of") or () if isinstance(one, dict)]
    leaf: dict[str, Any] = {
        "did": behaviour.name,
        "of": [_field_leaf(own.get(str(one.get("field"))), one) for one in of],
        "within": _within(typed.get("within") or {}),
        "not": typed.get("not") is True,
    }
    if isinstance(typed.get("spent"), dict):
        spent = typed["spent"]
        currency = str(spent.get("currency"))
        if currency not in CURRENCIES:
            raise LeafRefusedError(gettext("Choose a currency."))
        leaf["spent"] = {
            "operator": spent.get("operator"),
            "amount": _number(spent.get("amount"), Field("amount", "", FieldKind.MONEY, currency=currency)),
            "currency": currency,
        }
    else:
        count = typed.get("count") or {}
        n = _number(count.get("n"), Field("n", "", FieldKind.NUMBER))
        if not n.isdigit():
            raise LeafRefusedError(gettext("How often is a whole number."))
        leaf["count"] = {"operator": count.get("operator"), "n": int(n)}
    return leaf


def _number(text: Any, field: Field) -> str:
    try:
        found = kinds.kept(field, str(text or ""), by_hand=True)
    except ValueRefusedError as error:
        raise LeafRefusedError(str(error)) from error
    if found is None:
        raise LeafRefusedError(gettext("Type a number."))
    return str(found)


def _within(typed: Mapping[str, Any]) -> dict[str, Any]:
    if "since" in typed:
        return {"since": str(typed["since"])}
    if "last" in typed:
        days = _number(typed["last"], Field("days", "", FieldKind.NUMBER))
        if not days.isdigit() or not 0 < int(days) <= LONGEST_DAYS:
            raise LeafRefusedError(gettext("Type a number of days, from 1 to 36,500."))
        return {"last": int(days)}
    found: dict[str, Any] = {}
    for end in ("from", "to"):
        if str(typed.get(end) or "").strip():
            try:
                found[end] = read_date(str(typed[end])).isoformat()
            except DateError as error:
                raise LeafRefusedError(str(error)) from error
    if typed and not found:
        raise LeafRefusedError(gettext("Type from which day, or until which."))
    return found


def rooms(
    *, actor: Actor, audiences: Sequence[tuple[int, str]]
) -> list[tuple[str, str, list[tuple[dict[str, Any], str, str]]]]:
    """What can be asked, by where it is known: key, heading, and each with the leaf it begins, its label and icon."""
    fields, behaviours = conditions.offered(actor=actor)
    known: dict[str, list[tuple[dict[str, Any], str, str]]] = {
        "did": [({"did": one.name}, str(one.label), one.icon) for one in behaviours],
        "customer": [], "known": [], "own": [],
        "audiences": [({"audience": pk}, name, "filter-heart") for pk, name in audiences],
    }  # fmt: skip
    for one in fields.values():
        if one.condition:
            room = "own" if one.custom else "known" if one.name.startswith("t.") else "customer"
            known[room].append(({"field": one.name}, str(one.label), one.icon))
    headings = {
        "did": gettext("What they did"),
        "customer": gettext("Who they are"),
        "known": gettext("What is known of them"),
        "own": gettext("Your own fields"),
        "audiences": gettext("Other audiences"),
    }
    return [(room, headings[room], rows) for room, rows in known.items() if rows]

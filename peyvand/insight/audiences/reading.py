"""A tree read from JSON: what makes no sense is refused with words and with the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from django.utils.translation import gettext

from peyvand.foundation.fields import conditions, kinds
from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.money.currencies import exponent_of, is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.insight.audiences import asked
from peyvand.insight.audiences.errors import ConditionRefusedError
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.tree import (
    DEEPEST,
    MOST_LEAVES,
    PERIODS,
    BehaviourLeaf,
    FieldLeaf,
    Group,
    Leaf,
    MembershipLeaf,
    MinedLeaf,
    Node,
    Tree,
    UnreadLeaf,
    Way,
    Within,
)
from peyvand.memory.customers.asks import ME
from peyvand.memory.customers.declarations import Behaviour
from peyvand.memory.customers.fields import TRAIT
from peyvand.memory.customers.trait_fields import absent

_OF_TRAITS = (FieldKind.NUMBER, FieldKind.DATE, FieldKind.TEXT, FieldKind.YESNO)  # kinds of traits that people say
MOST_VALUES = 100
MOST_TIMES = 100_000
LONGEST_DAYS = 36_500
Place = tuple[int, ...]


class _HiddenError(ConditionRefusedError):
    """It asks for what is kept from the one who asks."""


class _GoneError(ConditionRefusedError):
    """It asks for what was there once, or never."""


@dataclass
class Reading:
    """One reading for one actor; fields, behaviours and audiences are looked up once.

    `lenient`: what cannot be read becomes an UnreadLeaf, as for saying what an audience asks that is broken. `itself`
    is the audience whose tree it is.
    """

    actor: Actor
    lenient: bool = False
    itself: int | None = None
    leaves: int = field(default=0, init=False)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """What the actor may ask."""
        return asked.fields(self.actor)

    @cached_property
    def _all_fields(self) -> dict[str, Field]:
        return asked.fields(asked.keeper(self.actor))

    @cached_property
    def behaviours(self) -> dict[str, Behaviour]:
        """Every behaviour that a room declares."""
        return asked.behaviours()

    @cached_property
    def audiences(self) -> dict[int, Audience]:
        """Every audience of the business, light."""
        found = Audience.objects.filter(demo=self.actor.demo).only("name", "within", "archived", "tree", "kind")
        return {one.pk: one for one in found}

    @cached_property
    def _seen(self) -> set[int]:
        return set(Audience.objects.visible_to(self.actor).values_list("pk", flat=True))

    def tree(self, sent: Any) -> Tree:
        """The whole."""
        self.leaves = 0
        if isinstance(sent, Mapping) and "mined" in sent:
            leaf = self._mined(sent["mined"])
            return Tree(Group("all", (leaf,)), {"mined": {"currency": leaf.currency, "group": leaf.group}})
        root, kept = self._group(sent, ())
        if not self.leaves and not self.lenient:
            raise ConditionRefusedError((), gettext("Add at least one condition."))
        return Tree(root, kept)

    def _mined(self, sent: Any) -> MinedLeaf:
        if isinstance(sent, Mapping):
            currency, group = sent.get("currency"), sent.get("group")
            known = isinstance(currency, str) and len(currency) == 3 and currency.isalpha()
            if known and _whole(group, 0, 100):
                return MinedLeaf(str(currency), int(cast(int, group)))
        raise ConditionRefusedError((), gettext("Choose a group that prediction found."))

    def _group(self, sent: Any, place: Place) -> tuple[Group, dict[str, Any]]:
        if len(place) > DEEPEST:
            raise ConditionRefusedError(place, gettext("Groups stand at most two deep in one another."))
        way = next((way for way in ("all", "any", "none") if isinstance(sent, Mapping) and way in sent), None)
        if way is None or len(sent) != 1 or not isinstance(sent[way], list | tuple):
            raise ConditionRefusedError(place, gettext("This is no condition."))
        nodes: list[Node] = []
        kept: list[Any] = []
        if place and not sent[way] and not self.lenient:
            raise ConditionRefusedError(place, gettext("This group is empty: add a condition, or take it away."))
        for number, one in enumerate(sent[way]):
            node, plain = self._node(one, (*place, number))
            nodes.append(node)
            kept.append(plain)
        return Group(cast(Way, way), tuple(nodes)), {way: kept}

    def _node(self, sent: Any, place: Place) -> tuple[Node, Any]:
        if isinstance(sent, Mapping) and sent.keys() & {"all", "any", "none"}:
            return self._group(sent, place)
        self._counted(1, place)
        try:
            return self._leaf(sent, place)
        except ConditionRefusedError as error:
            if not self.lenient:
                raise
            return UnreadLeaf(error.words, isinstance(error, _HiddenError)), sent

    def _counted(self, more: int, place: Place) -> None:
        self.leaves += more
        if self.leaves > MOST_LEAVES:
            raise ConditionRefusedError(place, gettext("At most 40 conditions go together. Split the audience."))

    def _leaf(self, sent: Any, place: Place) -> tuple[Leaf, dict[str, Any]]:
        if not isinstance(sent, Mapping):
            raise ConditionRefusedError(place, gettext("This is no condition."))
        if "field" in sent:
            condition = self._condition(sent, place, self.fields, hidden=self._hidden_field)
            return FieldLeaf(condition), kept_of(condition)
        if "did" in sent:
            return self._behaviour(sent, place)
        if "audience" in sent:
            return self._membership(sent, place)
        raise ConditionRefusedError(place, gettext("This is no condition."))

    def _hidden_field(self, name: str) -> bool:
        return name in self._all_fields

    def _condition(
        self, sent: Mapping[str, Any], place: Place, fields: Mapping[str, Field], hidden: Any = None
    ) -> Condition:
        name, operator, values = sent.get("field"), sent.get("operator"), sent.get("values", [])
        if not isinstance(name, str) or not isinstance(operator, str) or not isinstance(values, list | tuple):
            raise ConditionRefusedError(place, gettext("This is no condition."))
        one = fields.get(name) or self._trait_of_nobody(name, operator, fields)
        if one is None:
            if hidden is not None and hidden(name):
                raise _HiddenError(place, gettext("a field you can't see"))
            raise _GoneError(place, gettext("The field “%(name)s” is no more.") % {"name": clean(name)[:60]})
        if len(values) > MOST_VALUES:
            raise ConditionRefusedError(place, gettext("These are too many at once."))
        if not all(isinstance(value, str | int | float | Decimal) for value in values):
            raise ConditionRefusedError(place, gettext("This is no condition."))
        texts = [self._own(one, str(value), place) for value in values]
        try:
            made = conditions.made(one, operator, texts)
        except (ValueRefusedError, ValueError, ArithmeticError) as error:
            words = str(error) if isinstance(error, ValueRefusedError) else gettext("This is no condition.")
            raise ConditionRefusedError(place, words) from error
        if one.name == asked.LISTS and not asked.sees_lists(self.actor, made.values):
            raise _HiddenError(place, gettext("a list you can't see"))
        if made.operator == "between" and _turned(made):
            raise ConditionRefusedError(place, gettext("The first value is greater than the second."))
        return made

    def _trait_of_nobody(self, name: str, operator: str, fields: Mapping[str, Field]) -> Field | None:
        """A trait that somebody asked for when it was there, and that may come again: until then nobody has it."""
        if fields is not self.fields or not self.actor.everything or not name.startswith(TRAIT):
            return None
        kind = next((kind for kind in _OF_TRAITS if operator in conditions.OPERATORS[kind]), None)
        return absent(self.actor, name.removeprefix(TRAIT), kind) if kind is not None else None

    def _own(self, one: Field, value: str, place: Place) -> str:
        if value != ME or ME not in dict(one.also):
            return value
        if self.actor.user_id is None:
            raise ConditionRefusedError(place, gettext("Choose a colleague."))
        return str(self.actor.user_id)

    def _behaviour(self, sent: Mapping[str, Any], place: Place) -> tuple[BehaviourLeaf, dict[str, Any]]:
        behaviour = self.behaviours.get(sent["did"]) if isinstance(sent["did"], str) else None
        if behaviour is None:
            words = gettext("Nobody notes “%(name)s” here.") % {"name": clean(str(sent["did"]))[:60]}
            raise _GoneError(place, words)
        if not asked.may_ask(self.actor, behaviour):
            raise _HiddenError(place, gettext("something you can't see"))
        fields = {one.name: one for one in behaviour.fields(self.actor)}
        of = sent.get("of", [])
        if not isinstance(of, list | tuple) or not all(isinstance(one, Mapping) for one in of):
            raise ConditionRefusedError(place, gettext("This is no condition."))
        self._counted(len(of), place)
        found = tuple(self._condition(one, place, fields) for one in of)
        within, plain = _within(sent.get("within") or {}, place)
        kept: dict[str, Any] = {"did": behaviour.name, "of": [kept_of(one) for one in found], "within": plain}
        negated = sent.get("not", False)
        if not isinstance(negated, bool):
            raise ConditionRefusedError(place, gettext("This is no condition."))
        kept["not"] = negated
        if sent.get("spent") is not None:
            operator, amount, currency = _spent(sent["spent"], behaviour, place)
            kept["spent"] = {"operator": operator, "amount": format(amount, "f"), "currency": currency}
            leaf = BehaviourLeaf(behaviour, found, operator, 0, amount, currency, within, negated)
            return leaf, kept
        operator, n = _count(sent.get("count") or {"operator": "least", "n": 1}, place)
        kept["count"] = {"operator": operator, "n": n}
        return BehaviourLeaf(behaviour, found, operator, n, None, "", within, negated), kept

    def _membership(self, sent: Mapping[str, Any], place: Place) -> tuple[MembershipLeaf, dict[str, Any]]:
        number, inside = sent["audience"], sent.get("in", True)
        if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 19:
            number = int(number)
        if not _whole(number, 0, 2**62) or not isinstance(inside, bool):
            raise ConditionRefusedError(place, gettext("Choose an audience."))
        other = self.audiences.get(number)
        if other is None:
            raise _GoneError(place, gettext("This audience is no more."))
        if other.archived and not self.actor.everything:
            raise _GoneError(place, gettext("“%(name)s” is archived.") % {"name": other.name})
        if number not in self._seen:
            raise _HiddenError(place, gettext("an audience you can't see"))
        if self.itself is not None and self.itself in reached(number, self.audiences):
            words = gettext("“%(name)s” contains this audience, itself or through others.") % {"name": other.name}
            raise ConditionRefusedError(place, words)
        if concealed(number, self, ()):
            raise _HiddenError(place, gettext("an audience whose conditions you can't see"))
        return MembershipLeaf(number, inside, other.name), {"audience": number, "in": inside}


def concealed(number: int, reading: Reading, above: tuple[int, ...]) -> bool:
    """Whether an audience asks, itself or through others, for what is kept from the actor of the reading."""
    one = reading.audiences.get(number)
    if one is None or reading.actor.everything or number in above:
        return False
    return hides(one.tree, reading, (*above, number))


def hides(tree: Any, reading: Reading, above: tuple[int, ...] = ()) -> bool:
    """Whether a kept tree asks for what is kept from the actor: a field, a behaviour, an audience that asks so."""
    for leaf in _raw_leaves(tree):
        if "field" in leaf and leaf["field"] not in reading.fields and reading._hidden_field(str(leaf["field"])):
            return True
        if leaf.get("field") == asked.LISTS and not asked.sees_lists(reading.actor, leaf.get("values", ())):
            return True
        if "did" in leaf:
            behaviour = reading.behaviours.get(str(leaf["did"]))
            if behaviour is not None and not asked.may_ask(reading.actor, behaviour):
                return True
        if "audience" in leaf and isinstance(leaf["audience"], int) and concealed(leaf["audience"], reading, above):
            return True
        if "mined" in leaf and not asked.may_ask_mined(reading.actor):
            return True
    return False


def _raw_leaves(node: Any) -> list[Mapping[str, Any]]:
    if not isinstance(node, Mapping):
        return []
    for way in ("all", "any", "none"):
        if isinstance(node.get(way), list):
            return [leaf for one in node[way] for leaf in _raw_leaves(one)]
    return [node]


def reached(number: int, audiences: Mapping[int, Audience]) -> set[int]:
    """The audience and all that it contains, through others too."""
    found: set[int] = set()
    waiting = [number]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += audiences[one].within if one in audiences else []
    return found


def kept_of(condition: Condition) -> dict[str, Any]:
    """A field's condition as it is kept."""
    return {"field": condition.field.name, "operator": condition.operator, "values": list(condition.values)}


def _turned(condition: Condition) -> bool:
    low, high = condition.values
    if condition.field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return Decimal(low) > Decimal(high)
    return low > high


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _count(sent: Any, place: Place) -> tuple[str, int]:
    operator, n = (sent.get("operator"), sent.get("n")) if isinstance(sent, Mapping) else (None, None)
    if operator not in ("least", "most", "is"):
        raise ConditionRefusedError(place, gettext("Choose what to ask for."))
    if not _whole(n, 1 if operator == "least" else 0, MOST_TIMES):
        raise ConditionRefusedError(place, gettext("Type how many times, from 1 to 100,000."))
    return str(operator), int(cast(int, n))


def _spent(sent: Any, behaviour: Behaviour, place: Place) -> tuple[str, Decimal, str]:
    if not isinstance(sent, Mapping) or sent.get("operator") not in ("least", "most") or not behaviour.amount:
        raise ConditionRefusedError(place, gettext("This is no condition."))
    currency = sent.get("currency")
    if not isinstance(currency, str) or not is_currency(currency):
        raise ConditionRefusedError(place, gettext("Choose a currency."))
    plain = Field("amount", "", FieldKind.MONEY, currency=currency)
    try:
        amount = Decimal(str(kinds.kept(plain, str(sent.get("amount", "")))))
    except (ValueRefusedError, ArithmeticError) as error:
        raise ConditionRefusedError(place, gettext("Type an amount.")) from error
    if amount < 0 or amount >= 10**15 or amount != round(amount, exponent_of(currency)):
        raise ConditionRefusedError(place, gettext("Type an amount."))
    return str(sent["operator"]), amount, currency


def _within(sent: Any, place: Place) -> tuple[Within, dict[str, Any]]:
    if not isinstance(sent, Mapping) or sent.keys() - {"last", "from", "to", "since"}:
        raise ConditionRefusedError(place, gettext("Say when."))
    if "last" in sent:
        if not _whole(sent["last"], 1, LONGEST_DAYS) or len(sent) > 1:
            raise ConditionRefusedError(place, gettext("Type a number of days, from 1 to 36,500."))
        return Within(last=sent["last"]), {"last": sent["last"]}
    if "since" in sent:
        if sent["since"] not in PERIODS or len(sent) > 1:
            raise ConditionRefusedError(place, gettext("Choose since when."))
        return Within(since=sent["since"]), {"since": sent["since"]}
    first, until = _day(sent.get("from"), place), _day(sent.get("to"), place)
    if first is not None and until is not None and first > until:
        raise ConditionRefusedError(place, gettext("The first day is after the last."))
    days: Sequence[tuple[str, date | None]] = (("from", first), ("to", until))
    return Within(first=first, until=until), {name: day.isoformat() for name, day in days if day is not None}


def _day(sent: Any, place: Place) -> date | None:
    if sent in (None, ""):
        return None
    try:
        day = date.fromisoformat(str(kinds.kept(Field("day", "", FieldKind.DATE), str(sent))))
    except ValueRefusedError as error:
        raise ConditionRefusedError(place, str(error)) from error
    except ValueError as error:
        raise ConditionRefusedError(place, gettext("Type a date.")) from error
    if not 1300 <= day.year <= 3000:
        raise ConditionRefusedError(place, gettext("Type a date."))
    return day

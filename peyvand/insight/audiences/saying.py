"""A tree in words: one sentence, its chosen parts strong. How a sentence runs stands in the translated templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from peyvand.foundation.fields import conditions
from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.formats import number
from peyvand.insight.audiences.tree import (
    BehaviourLeaf,
    FieldLeaf,
    Group,
    Leaf,
    MembershipLeaf,
    MinedLeaf,
    Tree,
    Within,
)


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence; the strong ones are what was chosen."""

    text: str
    strong: bool = False


Pieces = list[Piece]
_NAMED = re.compile(r"%\((\w+)\)s")


def strong(text: object) -> Pieces:
    """A chosen part."""
    return [Piece(str(text), strong=True)] if str(text) else []


def woven(template: str, **parts: Pieces) -> Pieces:
    """A template "… %(name)s …" with pieces in its places; an empty place leaves no gap."""
    found: Pieces = []
    for at, text in enumerate(_NAMED.split(template)):
        if at % 2:
            if not parts[text] and found and found[-1].text.endswith(" "):
                found[-1] = Piece(found[-1].text.rstrip(), found[-1].strong)
            found += parts[text]
        elif text:
            found.append(Piece(text))
    joined: Pieces = []
    for one in found:
        if not one.text:
            continue
        text = one.text.lstrip() if not joined else one.text
        if joined and joined[-1].strong == one.strong:
            joined[-1] = Piece(joined[-1].text + text, one.strong)
        else:
            joined.append(Piece(text, one.strong))
    if joined:
        joined[-1] = Piece(joined[-1].text.rstrip(), joined[-1].strong)
    return joined


def sentence(tree: Tree) -> Pieces:
    """The whole: whom it is about."""
    if not tree.root.nodes:
        return [Piece(gettext("All customers"))]
    parts = [_clause(node) for node in tree.root.nodes]
    if tree.root.way == "none":
        return woven(pgettext("audience", "Customers except those %(what)s"), what=_joined(parts, "any"))
    return woven(pgettext("audience", "Customers %(what)s"), what=_joined(parts, tree.root.way))


def _joined(parts: Sequence[Pieces], way: str) -> Pieces:
    between = pgettext("audience", " or ") if way == "any" else pgettext("audience", " and ")
    found: Pieces = []
    for at, one in enumerate(parts):
        found += [Piece(between)] if at else []
        found += one
    return found


def _clause(node: Leaf | Group) -> Pieces:
    if isinstance(node, Group):
        if not node.nodes:
            return [Piece("…")]
        inner = _joined([_clause(one) for one in node.nodes], "any" if node.way == "none" else node.way)
        if node.way == "none":
            return woven(pgettext("audience", "not (%(what)s)"), what=inner)
        return woven(pgettext("audience", "(%(what)s)"), what=inner) if len(node.nodes) > 1 else inner
    return leaf_said(node)


def leaf_said(leaf: Leaf) -> Pieces:
    """A condition as a clause: "whose City is Tehran"."""
    if isinstance(leaf, FieldLeaf):
        return _field(leaf.condition)
    if isinstance(leaf, BehaviourLeaf):
        return _behaviour(leaf)
    if isinstance(leaf, MembershipLeaf):
        template = (
            pgettext("audience", "who are in “%(name)s”")
            if leaf.inside
            else pgettext("audience", "who are not in “%(name)s”")
        )
        return woven(template, name=strong(leaf.name))
    if isinstance(leaf, MinedLeaf):
        return woven(
            pgettext("audience", "who are in group %(group)s of the buyers in %(currency)s"),
            group=strong(number(leaf.group + 1)), currency=strong(leaf.currency),
        )  # fmt: skip
    return woven(pgettext("audience", "[%(words)s]"), words=[Piece(leaf.words)])


def text(pieces: Sequence[Piece]) -> str:
    """The pieces as one string."""
    return "".join(piece.text for piece in pieces)


def _templates() -> Mapping[str, str]:
    return {
        "is": pgettext("audience", "whose %(field)s is %(value)s"),
        "not": pgettext("audience", "whose %(field)s is not %(value)s"),
        "contains": pgettext("audience", "whose %(field)s contains “%(value)s”"),
        "starts": pgettext("audience", "whose %(field)s begins with “%(value)s”"),
        "ends": pgettext("audience", "whose %(field)s ends with “%(value)s”"),
        "filled": pgettext("audience", "whose %(field)s is known"),
        "empty": pgettext("audience", "whose %(field)s is not known"),
        "least": pgettext("audience", "whose %(field)s is at least %(value)s"),
        "most": pgettext("audience", "whose %(field)s is at most %(value)s"),
        "between": pgettext("audience", "whose %(field)s is between %(value)s"),
        "on": pgettext("audience", "whose %(field)s is on %(value)s"),
        "after": pgettext("audience", "whose %(field)s is on %(value)s or later"),
        "before": pgettext("audience", "whose %(field)s is on %(value)s or earlier"),
        "last": pgettext("audience", "whose %(field)s is in %(value)s"),
        "notlast": pgettext("audience", "whose %(field)s is not in %(value)s"),
        "yes": pgettext("audience", "whose %(field)s is yes"),
        "no": pgettext("audience", "whose %(field)s is no"),
        "any": pgettext("audience", "whose %(field)s is %(value)s"),
        "none": pgettext("audience", "whose %(field)s is not %(value)s"),
    }


def _parts_templates() -> Mapping[str, str]:
    """The same of what was done: a part of a clause in brackets."""
    return {
        "is": pgettext("audience part", "%(field)s is %(value)s"),
        "not": pgettext("audience part", "%(field)s is not %(value)s"),
        "contains": pgettext("audience part", "%(field)s contains “%(value)s”"),
        "starts": pgettext("audience part", "%(field)s begins with “%(value)s”"),
        "ends": pgettext("audience part", "%(field)s ends with “%(value)s”"),
        "filled": pgettext("audience part", "%(field)s is known"),
        "empty": pgettext("audience part", "%(field)s is not known"),
        "least": pgettext("audience part", "%(field)s is at least %(value)s"),
        "most": pgettext("audience part", "%(field)s is at most %(value)s"),
        "between": pgettext("audience part", "%(field)s is between %(value)s"),
        "on": pgettext("audience part", "%(field)s is on %(value)s"),
        "after": pgettext("audience part", "%(field)s is on %(value)s or later"),
        "before": pgettext("audience part", "%(field)s is on %(value)s or earlier"),
        "last": pgettext("audience part", "%(field)s is in %(value)s"),
        "notlast": pgettext("audience part", "%(field)s is not in %(value)s"),
        "yes": pgettext("audience part", "%(field)s: yes"),
        "no": pgettext("audience part", "%(field)s: no"),
        "any": pgettext("audience part", "%(field)s is %(value)s"),
        "none": pgettext("audience part", "%(field)s is not %(value)s"),
    }


def _field(condition: Condition) -> Pieces:
    field = condition.field
    operator, value = conditions.said(condition)
    if condition.operator in field.words:
        template = pgettext("audience", "whose %(field)s %(operator)s %(value)s")
        return woven(template, field=[Piece(str(field.label))], operator=[Piece(operator)], value=strong(value))
    template = _templates()[condition.operator]
    if field.kind == FieldKind.CHOICES and condition.operator in ("any", "none"):
        template = (
            pgettext("audience", "whose %(field)s include %(value)s")
            if condition.operator == "any"
            else pgettext("audience", "whose %(field)s do not include %(value)s")
        )
    return woven(template, field=[Piece(str(field.label))], value=strong(value))


def _part(condition: Condition) -> Pieces:
    _operator, value = conditions.said(condition)
    template = _parts_templates()[condition.operator]
    return woven(template, field=[Piece(str(condition.field.label))], value=strong(value))


def _behaviour(leaf: BehaviourLeaf) -> Pieces:
    of: Pieces = []
    for at, condition in enumerate(leaf.of):
        of += [Piece(pgettext("audience part", " and "))] if at else []
        of += _part(condition)
    if of:
        of = woven(pgettext("audience", "(%(what)s)"), what=of)
    when = when_said(leaf.within)
    parts = {"did": [Piece(str(leaf.behaviour.did))], "did_not": [Piece(str(leaf.behaviour.did_not))], "of": of,
             "when": when, **_how_much(leaf)}  # fmt: skip
    return woven(_how_often(leaf), **parts)


def _how_much(leaf: BehaviourLeaf) -> dict[str, Pieces]:
    if leaf.amount is not None:
        return {"amount": strong(formats.money(Money.from_decimal(leaf.amount, leaf.currency), "full"))}
    return {"times": strong(ngettext("%(n)s time", "%(n)s times", leaf.n) % {"n": number(leaf.n)})}


def _how_often(leaf: BehaviourLeaf) -> str:
    """The template: "who ordered at least 2 times in the last 90 days"; a negation is said of the number."""
    if leaf.amount is not None:
        if leaf.operator == "least":
            return (
                pgettext("audience", "who %(did)s %(of)s for less than %(amount)s %(when)s")
                if leaf.negated
                else pgettext("audience", "who %(did)s %(of)s for at least %(amount)s %(when)s")
            )
        return (
            pgettext("audience", "who %(did)s %(of)s for more than %(amount)s %(when)s")
            if leaf.negated
            else pgettext("audience", "who %(did)s %(of)s for at most %(amount)s %(when)s")
        )
    once = pgettext("audience", "who %(did)s %(of)s %(when)s")
    never = pgettext("audience", "who %(did_not)s %(of)s %(when)s")
    if leaf.operator == "least":
        if leaf.n <= 1:
            return never if leaf.negated else once
        return (
            pgettext("audience", "who %(did)s %(of)s less than %(times)s %(when)s")
            if leaf.negated
            else pgettext("audience", "who %(did)s %(of)s at least %(times)s %(when)s")
        )
    if leaf.n == 0:
        return once if leaf.negated else never
    if leaf.operator == "most":
        return (
            pgettext("audience", "who %(did)s %(of)s more than %(times)s %(when)s")
            if leaf.negated
            else pgettext("audience", "who %(did)s %(of)s at most %(times)s %(when)s")
        )
    return (
        pgettext("audience", "who %(did)s %(of)s not exactly %(times)s %(when)s")
        if leaf.negated
        else pgettext("audience", "who %(did)s %(of)s exactly %(times)s %(when)s")
    )


def when_said(within: Within) -> Pieces:
    """When: "in the last 90 days", "since Nowruz"; nothing for ever."""
    if within.last == 1:
        return strong(pgettext("audience", "today"))
    if within.last is not None:
        days = strong(ngettext("%(n)s day", "%(n)s days", within.last) % {"n": number(within.last)})
        return woven(pgettext("audience", "in the last %(days)s"), days=days)
    if within.since:
        return strong(_since(within.since))
    if within.first is not None and within.until is not None:
        return woven(
            pgettext("audience", "from %(first)s to %(last)s"),
            first=strong(formats.day(within.first)), last=strong(formats.day(within.until)),
        )  # fmt: skip
    if within.first is not None:
        return woven(pgettext("audience", "since %(first)s"), first=strong(formats.day(within.first)))
    if within.until is not None:
        return woven(pgettext("audience", "until %(last)s"), last=strong(formats.day(within.until)))
    return []


def _since(since: str) -> str:
    return {
        "nowruz": pgettext("audience", "since Nowruz"),
        "yalda": pgettext("audience", "since Yalda"),
        "year": pgettext("audience", "since the beginning of the year"),
        "season": pgettext("audience", "since the beginning of the season"),
        "month": pgettext("audience", "since the beginning of the month"),
    }[since]

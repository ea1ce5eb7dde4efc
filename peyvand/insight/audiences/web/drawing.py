"""A tree of conditions as the builder draws it: groups of rows of tokens, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from peyvand.foundation.fields.conditions import Condition, said
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import day, money, number
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.insight.audiences import conditions
from peyvand.insight.audiences.errors import ConditionRefusedError
from peyvand.insight.audiences.tree import (
    DEEPEST,
    BehaviourLeaf,
    FieldLeaf,
    Leaf,
    MembershipLeaf,
    Tree,
    Within,
)
from peyvand.memory.commerce.queries.products import BETWEEN

WAYS = ("all", "any", "none")
EMPTY: Mapping[str, Any] = {"all": []}


@dataclass(frozen=True)
class Token:
    """A word of a condition. `cls` is "" (what it is about), "o" (what is asked), "v" (a value) or "neg"."""

    text: str
    cls: str = ""
    icon: str = ""
    rfm: str = ""  # a class of customers, which has a look of its own


@dataclass(frozen=True)
class Row:
    """A condition, or a group in the place of one."""

    path: str
    joint: str
    tokens: Sequence[Token] = ()
    wrong: str = ""
    fresh: bool = False
    turns: bool = False  # whether it can be turned into its opposite
    hit: str = ""  # under which its number comes
    group: GroupView | None = None

    @property
    def words(self) -> str:
        """The condition in one line, for a screen reader."""
        return " ".join(token.text for token in self.tokens)


@dataclass(frozen=True)
class GroupView:
    """A group with its rows; `ways` are what it may be: value, words, whether it is so."""

    path: str
    way: str
    deep: int
    rows: Sequence[Row] = ()
    wrong: str = ""

    @property
    def ways(self) -> list[tuple[str, str, bool]]:
        """What may be chosen of it."""
        words = {
            "all": pgettext("audience", "all"),
            "any": pgettext("audience", "at least one"),
            "none": pgettext("audience", "none"),
        }
        return [(way, words[way], way == self.way) for way in WAYS]

    @property
    def may_nest(self) -> bool:
        """Whether a group may be put into it."""
        return self.deep < DEEPEST


@dataclass
class Drawn:
    """A whole tree: the first group, whether it can be counted and kept, and it as it was read."""

    root: GroupView
    tree: Tree | None = None
    wrong: dict[tuple[int, ...], str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.tree is not None


def way_of(node: object) -> str:
    """Which kind of group the node is, "" of a leaf."""
    if not isinstance(node, dict):
        return ""
    return next((way for way in WAYS if isinstance(node.get(way), list)), "")


def without_empty(tree: Mapping[str, Any]) -> tuple[dict[str, Any], dict[tuple[int, ...], tuple[int, ...]]]:
    """The tree without groups that have nothing in them yet, and where each node that is left stood, by its place."""
    way = way_of(tree)
    found: list[Any] = []
    places: dict[tuple[int, ...], tuple[int, ...]] = {}
    for place, node in enumerate(tree[way]):
        inner = way_of(node)
        kept, within = without_empty(node) if inner else (node, {})
        if not inner or kept[inner]:
            places[(len(found),)] = (place,)
            places |= {(len(found), *now): (place, *before) for now, before in within.items()}
            found.append(kept)
    return {way: found}, places


def drawn(tree: Mapping[str, Any], *, actor: Actor, audience: int | None = None, fresh: Sequence[str] = ()) -> Drawn:
    """The tree for the builder; where it cannot be read, every condition that is wrong has its words."""
    if not way_of(tree):
        tree = EMPTY
    plain, _places = without_empty(tree)
    wrong: dict[tuple[int, ...], str] = {}
    read: Tree | None = None
    try:
        read = conditions.read(plain, actor=actor, audience=audience) if leaves(plain) else None
    except ConditionRefusedError as error:
        wrong = _wrong(tree, error, plain == tree, actor, audience)
    known = dict(read.leaves()) if read is not None and plain == tree else {}
    one_by_one = _Drawing(actor, audience, wrong, fresh, known)
    return Drawn(one_by_one.group(tree, (), 0), read, wrong)


def _wrong(
    tree: Mapping[str, Any], error: ConditionRefusedError, same: bool, actor: Actor, audience: int | None
) -> dict[tuple[int, ...], str]:
    """Words by place: of each leaf that cannot be asked by itself, else of what is wrong with the whole."""
    found: dict[tuple[int, ...], str] = {}
    for place, node in leaves(tree):
        try:
            conditions.read({"all": [node]}, actor=actor, audience=audience)
        except ConditionRefusedError as of_one:
            found[place] = of_one.words
    return found or {error.place if same else (): error.words}


def leaves(tree: Mapping[str, Any]) -> list[tuple[tuple[int, ...], Any]]:
    """Every leaf of a raw tree with its place."""
    return list(_leaves(tree, ()))


def _leaves(group: Mapping[str, Any], place: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    for step, node in enumerate(group[way_of(group)]):
        if way_of(node):
            yield from _leaves(node, (*place, step))
        else:
            yield (*place, step), node


class _Drawing:
    def __init__(
        self,
        actor: Actor,
        audience: int | None,
        wrong: Mapping[tuple[int, ...], str],
        fresh: Sequence[str],
        known: Mapping[tuple[int, ...], Leaf],
    ) -> None:
        self.actor, self.audience, self.wrong, self.fresh, self.known = actor, audience, wrong, set(fresh), known

    def group(self, node: Mapping[str, Any], place: tuple[int, ...], deep: int) -> GroupView:
        way = way_of(node)
        rows = [self.row(one, (*place, step), way, deep) for step, one in enumerate(node[way])]
        return GroupView(path_of(place), way, deep, rows, self.wrong.get(place, ""))

    def row(self, node: Any, place: tuple[int, ...], way: str, deep: int) -> Row:
        path = path_of(place)
        joint = _joint(node, place[-1], way)
        if way_of(node):
            return Row(path, joint, hit=path, group=self.group(node, place, deep + 1), fresh=path in self.fresh)
        turns = isinstance(node, dict) and ("did" in node or "audience" in node)
        wrong = self.wrong.get(place, "")
        leaf: Any = self.known.get(place)
        try:
            if leaf is None:
                leaf = conditions.read({"all": [node]}, actor=self.actor, audience=self.audience).root.nodes[0]
        except ConditionRefusedError:
            return Row(path, joint, unread(node), wrong, path in self.fresh, turns, path)
        return Row(path, joint, tokens(leaf), wrong, path in self.fresh, turns, path)


def path_of(place: tuple[int, ...]) -> str:
    """The place as the page names it."""
    return ".".join(map(str, place))


def _joint(node: Any, step: int, way: str) -> str:
    """The word that joins a condition to the one before it."""
    if not step:
        return ""
    if way == "any":
        return pgettext("between conditions", "or")
    if way == "none":
        return pgettext("between conditions", "nor")
    against = isinstance(node, dict) and (node.get("not") is True or node.get("in") is False)
    return pgettext("between conditions", "but") if against else pgettext("between conditions", "and")


def unread(node: Any) -> list[Token]:
    """What can be said of a condition that cannot be read."""
    name = node.get("field") or node.get("did") if isinstance(node, dict) else ""
    return [Token(str(name or gettext("Condition"))[:60], icon="alert-triangle")]


def tokens(leaf: Any) -> list[Token]:
    """A condition that was read, word by word."""
    if isinstance(leaf, FieldLeaf):
        return _of_field(leaf.condition, icon=leaf.condition.field.icon)
    if isinstance(leaf, BehaviourLeaf):
        return _of_behaviour(leaf)
    if isinstance(leaf, MembershipLeaf):
        found = [Token(gettext("Audience"), icon="filter-heart"), Token(leaf.name, "v")]
        return found if leaf.inside else [Token(gettext("not"), "neg"), *found]
    return [Token(gettext("Group found by prediction"), icon="bulb"), Token(number(leaf.group + 1), "v")]


def _of_field(condition: Condition, *, icon: str = "") -> list[Token]:
    operator, value = said(condition)
    found = [Token(str(condition.field.label), icon=icon), Token(operator, "o")]
    if condition.field.name == "class" and condition.values:
        return [*found, *(Token(_class_word(one), "r", rfm=one) for one in condition.values)]
    return [*found, Token(value, "v")] if value else found


def _class_word(code: str) -> str:
    return str(CLASSES[code][0]) if code in CLASSES else code


def _of_behaviour(leaf: BehaviourLeaf) -> list[Token]:
    found = [Token(gettext("not"), "neg")] if leaf.negated else []
    found.append(Token(str(leaf.behaviour.label), icon=leaf.behaviour.icon))
    for condition in leaf.of:
        operator, value = said(_shortly(condition))
        found.append(Token(f"{condition.field.label} {operator}", "o"))
        if value:
            found.append(Token(value, "v"))
    if leaf.amount is not None:
        word = pgettext("condition", "at least") if leaf.operator == "least" else pgettext("condition", "at most")
        found += [
            Token(gettext("altogether %(operator)s") % {"operator": word}, "o"),
            Token(money(Money.from_decimal(leaf.amount, leaf.currency)), "v"),
        ]
    elif not (leaf.operator == "least" and leaf.n == 1):
        found += [Token(counted_how(leaf.operator), "o"), Token(times(leaf.n), "v")]
    return [*found, *_when(leaf.within)]


def _shortly(condition: Condition) -> Condition:
    """The same with names of branches without the path to them, which its sentence has."""
    if condition.field.name != "category":
        return condition
    names = [(key, str(label).rsplit(BETWEEN, 1)[-1]) for key, label in condition.field.choices]
    return replace(condition, field=replace(condition.field, choices=names))


def counted_how(operator: str) -> str:
    """How often, before the number."""
    return {
        "least": pgettext("condition", "at least"),
        "most": pgettext("condition", "at most"),
        "is": pgettext("condition", "exactly"),
    }[operator]


def times(n: int) -> str:
    """«۳ بار»."""
    return ngettext("%(n)s time", "%(n)s times", n) % {"n": number(n)}


def periods() -> dict[str, str]:
    """The beginnings since which something may be asked."""
    return {
        "nowruz": gettext("since Nowruz"),
        "yalda": gettext("since Yalda"),
        "year": gettext("since the year began"),
        "season": gettext("since the season began"),
        "month": gettext("since the month began"),
    }


def _when(within: Within) -> list[Token]:
    if within.ever:
        return []
    if within.last == 1:
        return [Token(pgettext("audience", "today"), "v")]
    if within.last is not None:
        text = ngettext("the last %(days)s day", "the last %(days)s days", within.last) % {"days": number(within.last)}
        return [Token(pgettext("condition", "in"), "o"), Token(text, "v")]
    if within.since:
        return [Token(periods()[within.since], "v")]
    found = []
    if within.first is not None:
        found += [Token(pgettext("condition", "from"), "o"), Token(day(within.first, "full"), "v")]
    if within.until is not None:
        found += [Token(pgettext("condition", "until"), "o"), Token(day(within.until, "full"), "v")]
    return found


def short(node: Leaf | Any) -> str:
    """A condition in a word or two, under its bar."""
    if isinstance(node, FieldLeaf):
        return str(node.condition.field.label)
    if isinstance(node, BehaviourLeaf):
        said_of = [said(_shortly(condition))[1] for condition in node.of[:1]]
        words = " ".join([str(node.behaviour.label), *said_of])
        return f"{gettext('not')} {words}" if node.negated else words
    if isinstance(node, MembershipLeaf):
        return node.name if node.inside else f"{gettext('not')} {node.name}"
    nodes = getattr(node, "nodes", None)
    if nodes:
        return short(nodes[0]) + (" …" if len(nodes) > 1 else "")
    return gettext("Group found by prediction")


def sentence(tree: Tree | Mapping[str, Any], *, actor: Actor) -> SafeString:
    """The tree as a sentence, what was chosen in bold."""
    pieces = conditions.said(tree, actor=actor)
    strong = (SafeString("<b>"), SafeString("</b>"))
    return format_html_join(
        "", "{}{}{}", ((strong[0], one.text, strong[1]) if one.strong else ("", one.text, "") for one in pieces)
    )

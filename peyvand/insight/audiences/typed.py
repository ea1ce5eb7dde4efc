"""What people type in their own words, as conditions for checking: by rules, in Persian and English.

It knows amounts, counts, spans of time, names of products, categories, classes, tags, cities, other audiences and
channels, and shares from the top. Whatever it does not know it says; it never guesses a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.fields.conditions import Condition, made, said
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import ZWNJ, fa_key, fa_key_spaced
from peyvand.foundation.ui.formats import day
from peyvand.insight.audiences import asking, conditions, typed_spans
from peyvand.insight.audiences import typed_words as words
from peyvand.insight.audiences.models import Audience
from peyvand.memory.commerce.queries.products import BETWEEN
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.fields import TRAIT
from peyvand.memory.customers.models import Customer, Trait

LONGEST = 500
TRAITS = {"worth": customers.WORTH}  # fields that are a trait under another name
MARKETING = "news"  # the purpose that is meant where nobody says which
Node = dict[str, Any]


@dataclass
class Understood:
    """Conditions found, in the order of the text; the words nobody understood; what was read how, in sentences."""

    nodes: list[Node] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Clause:
    """A part of the text: where it begins, how it is joined to the one before, what was used up of it."""

    text: str
    start: int
    joined: str
    used: list[bool] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place of the pattern among what is left; it is used up."""
        free = "".join(letter if not gone else "\x01" for letter, gone in zip(self.text, self.used, strict=True))
        match = pattern.search(free)
        if match is not None and match.end() > match.start():
            self.used[match.start() : match.end()] = [True] * (match.end() - match.start())
            return match
        return None


def understood(text: str, *, actor: Actor) -> Understood:
    """The conditions that the text says; what makes no sense of it stands in `missed` as it was typed."""
    return _Reading(text.replace("\x00", "")[:LONGEST], actor).all()


class _Reading:
    def __init__(self, text: str, actor: Actor) -> None:
        self.actor = actor
        self.fields, offered = conditions.offered(actor=actor)
        self.behaviours = {one.name: one for one in offered}
        self.found = Understood()
        self.originals: list[tuple[int, str]] = []
        self.folded = self._fold(text)
        self.goods: dict[str, list[tuple[str, str]]] = {}  # keys of what is sold, by field of an order
        self.names: dict[str, tuple[str, str, list[str]]] = {}  # placeholder → what, field, value
        self._name_places()
        self.folded = typed_spans.woven(self.folded)
        self.now = asking.clock()
        self.before: Node | None = None  # the behaviour that "not since Nowruz" is about

    def _fold(self, text: str) -> str:
        """The text as keys, numbers in figures; `originals` keeps which word stands where."""
        parts: list[str] = []
        at = 0
        for word in re.findall(r"[,;،؛.](?!\d)|[^\s,;،؛«»\"“”()?؟!:.]+(?:\.\d+)?", text.replace(ZWNJ, " ")):
            key = {"،": ",", "؛": ";"}.get(word, "") or fa_key(word).replace("’", "'")
            key = words.NUMBERS.get(key, key)
            if not key:
                continue
            self.originals.append((at, word))
            parts.append(key)
            at += len(key) + 1
        return " ".join(parts)

    # ── names that the business has ──────────────────────────────────────

    def _name_places(self) -> None:
        """Each name of the business as a sign of its own length, so that no "and" within it parts the text."""
        known: list[tuple[str, str, str, str]] = []  # key, what, field, value
        for name in ("class", "tags", "stage", "lists"):
            if name in self.fields:
                known += [(fa_key_spaced(str(label)), "field", name, key) for key, label in self.fields[name].choices]
        ordered = self.behaviours.get("ordered")
        if ordered is not None:
            own = {one.name: one for one in ordered.fields(self.actor)}
            self.goods = {
                name: [(fa_key_spaced(str(label).rsplit(BETWEEN, 1)[-1]), str(key)) for key, label in own[name].offered]
                for name in ("category", "product")
                if name in own
            }
            known += [(key, "of", name, value) for name, rows in self.goods.items() for key, value in rows]
        if "city" in self.fields:
            known += [(fa_key_spaced(city), "city", "city", city) for city in customers.cities(actor=self.actor)]
        for pk, name in Audience.objects.visible_to(self.actor).filter(archived=False).values_list("pk", "name"):
            known.append((fa_key_spaced(name), "audience", "", str(pk)))
        for key, what, about, _value in sorted(known, key=lambda row: -len(row[0])):
            if len(key) < 2 or key not in self.folded:
                continue
            place = re.search(rf"(?:(?<=^)|(?<=[ ,;])){re.escape(key)}(?:ند)?(?=$|[ ,;])", self.folded)
            if place is None:
                continue
            sign = chr(0xE000 + len(self.names))
            same = [row[3] for row in known if row[:3] == (key, what, about)]
            self.names[sign] = (what, about, same)
            self.folded = self.folded[: place.start()] + sign * len(place.group()) + self.folded[place.end() :]

    def _clauses(self) -> list[_Clause]:
        found, start, joined = [], 0, ""
        for match in [*words.SPLIT.finditer(self.folded), None]:
            end = match.start() if match is not None else len(self.folded)
            text = self.folded[start:end]
            if text.strip():
                found.append(_Clause(text, start, joined, [False] * len(text)))
            if match is not None:
                said_by = match.group().strip()
                joined = "or" if said_by in ("or", "یا") else "and"
                start = match.end()
        return found

    # ── the whole ────────────────────────────────────────────────────────

    def all(self) -> Understood:
        for clause in self._clauses():
            before = len(self.found.nodes)
            for read in (self._top, self._amount, self._doing, self._reach, self._others):
                read(clause)
            self._missed(clause)
            if clause.joined == "or" and before and len(self.found.nodes) > before:
                self._or(before)
        return self.found

    def _or(self, at: int) -> None:
        """Those just read are an alternative to the one before them."""
        nodes = self.found.nodes
        one, rest = nodes[at - 1], nodes[at:]
        same = [node for node in rest if node.get("field") == one.get("field") and node.get("operator") == "any"]
        if "field" in one and one["operator"] == "any" and same == rest:
            one["values"] = list(dict.fromkeys([*one["values"], *(value for node in rest for value in node["values"])]))
            del nodes[at:]
            return
        group = one if "any" in one else {"any": [one]}
        group["any"].extend(rest)
        nodes[at - 1 :] = [group]

    def _missed(self, clause: _Clause) -> None:
        """The words of the clause that said nothing to anybody, as they were typed."""
        left: list[str] = []
        for at, word in self.originals:
            place = at - clause.start
            if 0 <= place < len(clause.text) and not clause.used[place]:
                left.append(word)
        if any(fa_key(word) not in words.EMPTY and any(map(str.isalnum, word)) for word in left):
            self.found.missed.append(" ".join(left))

    def _add(self, node: Node) -> None:
        if node not in self.found.nodes:
            self.found.nodes.append(node)

    def _condition(self, about: Field, operator: str, values: Sequence[str]) -> Node | None:
        """A leaf on a field, kept as it would be if it had been chosen; None where the field refuses it."""
        try:
            kept = made(about, operator, values, by_hand=True)
        except ValueRefusedError:
            return None
        return {"field": about.name, "operator": kept.operator, "values": list(kept.values)}

    def _field(self, name: str, operator: str, *values: str) -> bool:
        about = self.fields.get(name)
        node = self._condition(about, operator, values) if about is not None else None
        if node is not None:
            self._add(node)
        return node is not None

    # ── amounts and shares ───────────────────────────────────────────────

    def _top(self, clause: _Clause) -> None:
        """«یک‌پنجم بالا»: the amount from which on today's best so many begin, as a plain condition."""
        match = clause.take(words.TOP)
        if match is None:
            return
        part, per_cent, persian, per_cent_after = match.groups()
        if part or persian:
            share = Decimal(1) / words.PARTS[part or persian]
        else:
            share = Decimal(per_cent or per_cent_after or "0") / 100
        name = next((one for one, said_by in words.AMOUNTS if clause.take(words.whole(said_by))), words.AMOUNTS[0][0])
        name = name if name in self.fields else words.AMOUNTS[1][0]
        about = self.fields.get(name)
        edge = _edge(self.actor, about, share) if about is not None and 0 < share < 1 else None
        if about is None or edge is None:
            self.found.missed.append(match.group().strip())
            return
        node = {"field": name, "operator": "least", "values": [format(edge.normalize(), "f")]}
        amount = said(Condition(about, "least", tuple(node["values"])))[1]
        self._add(node)
        words_ = gettext("“%(words)s” begins today at %(amount)s (%(field)s).")
        self.found.notes.append(
            words_ % {"words": self._original(clause, match), "amount": amount, "field": about.label}
        )

    def _original(self, clause: _Clause, match: re.Match[str]) -> str:
        start, end = clause.start + match.start(), clause.start + match.end()
        return " ".join(word for at, word in self.originals if start <= at < end)

    def _amount(self, clause: _Clause) -> None:
        amount = rf"({words.NUMBER}(?: ?{words.SCALE})?(?: {words.MONEY})?){words.NO_SHARE}"
        ends = rf"{words.BETWEEN} {amount} {words.JOIN}+ {amount}"
        for name, said_by in words.AMOUNTS:
            for pattern in (rf"(?:{said_by}) (?:of |is |are )?{ends}", rf"{ends} (?:of |in )?(?:{said_by})"):
                match = clause.take(words.whole(pattern))
                if match is not None and not self._field(name, "between", *_ends(match.group(1), match.group(3))):
                    self.found.missed.append(self._original(clause, match))
            for operator, compared in (("least", words.LEAST), ("most", words.MOST)):
                for pattern in (
                    rf"(?:{said_by}) (?:of |is |are )?{compared} {amount}",
                    rf"{compared} {amount} (?:of |in )?(?:{said_by})",
                ):
                    match = clause.take(words.whole(pattern))
                    if match is not None and not self._field(name, operator, match.group(1)):
                        self.found.missed.append(self._original(clause, match))
        for operator, compared in (("least", words.LEAST), ("most", words.MOST)):
            match = clause.take(words.whole(rf"{words.RISK} {compared} {words.NUMBER} ?(?:%|٪|percent|per cent|درصد)?"))
            if match is not None and not self._field("t.prediction.risk", operator, match.group(1)):
                self.found.missed.append(self._original(clause, match))

    # ── what they did ────────────────────────────────────────────────────

    def _doing(self, clause: _Clause) -> None:
        taken = self._named(clause, "of")
        done, did_not = "", False
        for name, plain, negated in words.DOING:
            if name not in self.behaviours:
                continue
            if clause.take(negated):
                done, did_not = name, True
            elif clause.take(plain):
                done = name
            if done:
                break
        within, counts = self._within(clause), self._count(clause)
        if done == "ordered" and not taken:
            taken = self._kind_of_good(clause)
        if not done and not (taken or within):
            return
        no = clause.take(words.NOT) is not None
        if not done and self.before is None and not taken:
            clause.used[:] = [False] * len(clause.used)  # a time without a deed says nothing
            return
        fresh = done or taken
        inherited = self.before or {}
        of = [_asks(name, values) for name, values in taken.items()] or (
            [] if done and not did_not and not no and inherited.get("did") != done else list(inherited.get("of", []))
        )
        node: Node = {
            "did": done or str(inherited.get("did") or "ordered"),
            "of": of,
            "count": counts[0] if counts else {"operator": "least", "n": 1},
            "within": within or {},
            "not": bool(did_not or no),
        }
        if node["did"] not in self.behaviours:
            clause.used[:] = [False] * len(clause.used)
            return
        if not fresh and not node["not"] and within and self.before is not None and not self.before["within"]:
            self.before["within"] = within
            return
        self._add(node)
        for count in counts[1:]:  # between so many and so many times
            self._add({**node, "count": count})
        self.before = node

    def _own(self, name: str) -> Field:
        return next(one for one in self.behaviours["ordered"].fields(self.actor) if one.name == name)

    def _named(self, clause: _Clause, kind: str) -> dict[str, list[str]]:
        """Names of this kind in the clause: values by field."""
        found: dict[str, list[str]] = {}
        for sign, (what, about, values) in self.names.items():
            if what == kind and clause.take(re.compile(f"{sign}+")):
                found.setdefault(about, []).extend(values)
        return found

    def _kind_of_good(self, clause: _Clause) -> dict[str, list[str]]:
        """A word for many goods, as "tea": the categories called so, else the products with it in their name."""
        for word in re.findall(
            r"[^\s\x01,;]+",
            "".join("\x01" if gone else one for one, gone in zip(clause.text, clause.used, strict=True)),
        ):
            if len(word) < 3 or word in words.EMPTY or not word.isalpha():
                continue
            persian = "\u0600" <= word[0] <= "\u06ff"
            branches = [
                key
                for name, key in self.goods.get("category", ())
                if (name.split()[:1] == [word] if persian else word in name.split())
            ]
            if branches:
                clause.take(words.whole(re.escape(word)))
                labels = dict(self._own("category").choices)
                said_by = gettext("“%(word)s” was read as: %(names)s.")
                names = gettext(", ").join(str(labels[key]) for key in branches)
                self.found.notes.append(said_by % {"word": word, "names": names})
                return {"category": branches}
            if any(word in name.split() for name, _key in self.goods.get("product", ())):
                match = clause.take(words.whole(re.escape(word)))
                return {"product_name": [self._original(clause, match) if match is not None else word]}
        return {}

    def _within(self, clause: _Clause) -> dict[str, Any] | None:
        """When; a span of the calendar is told in days, as it stays where it is."""
        found = typed_spans.within(clause.take, self.now)
        if found is None:
            return None
        kept, match = found
        if not kept and match is not None:
            self.found.missed.append(self._original(clause, match))
            return None
        if match is not None and "to" in kept:
            first, last = (day(date.fromisoformat(kept[end])) for end in ("from", "to"))
            told = gettext("“%(word)s” was read as the days from %(first)s to %(last)s.")
            self.found.notes.append(told % {"word": self._original(clause, match), "first": first, "last": last})
        return kept

    def _count(self, clause: _Clause) -> list[dict[str, Any]]:
        found, match = typed_spans.counts(clause.take)
        if match is not None and not found:
            self.found.missed.append(self._original(clause, match))
        return found

    # ── by what channel, and the rest ────────────────────────────────────

    def _reach(self, clause: _Clause) -> None:
        about = self.fields.get("consent")
        if about is None:
            return
        asked = clause.take(words.REACHING) is not None
        keys = {key for key, _label in about.choices}
        wanted = []
        for channel, names in words.CHANNELS.items():
            match = clause.take(words.whole(rf"{words.PERMIT} (?:{words.BY} )?{words.one_of(names)}"))
            if match is None and asked:
                match = clause.take(words.whole(rf"(?:{words.BY} )?{words.one_of(names)}"))
            if match is None:
                continue
            value = f"{MARKETING}.{channel}"
            if value in keys:
                wanted.append(value)
            else:
                self.found.missed.append(self._original(clause, match))
        if wanted:
            no = clause.take(words.NOT) is not None
            self._add({"field": "consent", "operator": "none" if no else "any", "values": wanted})

    def _others(self, clause: _Clause) -> None:
        for name, values in self._named(clause, "field").items():
            no = clause.take(words.NOT) is not None
            self._field(name, "none" if no else "any", *values)
        for _about, values in self._named(clause, "city").items():
            if len(values) == 1:
                self._field("city", "not" if clause.take(words.NOT) else "is", values[0])
            else:
                self._add({"any": [{"field": "city", "operator": "is", "values": [city]} for city in values]})
        for _about, values in self._named(clause, "audience").items():
            no = clause.take(words.NOT) is not None
            for value in values:
                self._add({"audience": int(value), "in": not no})
        if "t.value.slipping" in self.fields and clause.take(words.SLIPPING):
            self._field("t.value.slipping", "yes")
        for pattern, kind in ((words.FIRMS, "organisation"), (words.PEOPLE, "person")):
            if clause.take(pattern):
                self._field("kind", "any", kind)


def _ends(low: str, high: str) -> tuple[str, str]:
    """Both amounts of a span: "2 and 5 million" are millions both."""
    return (low + re.sub(words.NUMBER, "", high, count=1), high) if re.fullmatch(words.NUMBER, low) else (low, high)


def _asks(name: str, values: Iterable[str]) -> Node:
    operator = "contains" if name == "product_name" else "any"
    return {"field": name, "operator": operator, "values": list(dict.fromkeys(values))}


def _edge(actor: Actor, about: Field, share: Decimal) -> Decimal | None:
    """The smallest amount of the best `share` of those whom the actor sees; None of nobody."""
    found = Trait.objects.filter(
        demo=actor.demo, name=TRAITS.get(about.name, about.name.removeprefix(TRAIT)), number__isnull=False,
        currency=about.currency, customer__in=Customer.objects.visible_to(actor),
    )  # fmt: skip
    total = found.count()
    place = max(0, int(total * share) - 1)
    edge: Decimal | None = found.order_by("-number").values_list("number", flat=True)[place : place + 1].first()
    if edge is None:
        return None
    return edge // 10 * 10 if edge >= 100 else edge  # rounded down, so that nobody of the share is left out

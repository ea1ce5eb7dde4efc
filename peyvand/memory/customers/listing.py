"""A list of customers, page by page: where its rows stand is read first, from indexes, then the rows themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.ui.lists import (
    COUNT_CAP,
    BadCursorError,
    KeysetPage,
    Place,
    capped_count,
    cursor_of,
    paginate_places,
    places,
)
from peyvand.memory.customers import access, naming, queries
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.filters import Asked, ordered
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.naming import FEW, Sought
from peyvand.memory.customers.queries import CustomerFilter

BY_NAME = {"name": False, "-name": True}  # whether falling
BY_VALUE = {"value": True, "-value": False}


@dataclass(frozen=True)
class Listing:
    """The customers whom the actor may see under the conditions of an address, in its order."""

    actor: Actor
    wanted: Asked
    currency: str

    @cached_property
    def sought(self) -> Sought | None:
        """The name that is looked for, where one is."""
        chosen = self.wanted.chosen
        return queries.name_sought(actor=self.actor, text=chosen.text, searched=chosen.searched)

    @cached_property
    def found(self) -> CustomerQuerySet:
        """All of them, in no order."""
        return queries.customers(actor=self.actor, chosen=self.wanted.chosen, sought=self.sought)

    @cached_property
    def few(self) -> bool:
        """Whether they are so few that all are read and sorted, instead of looked for along an index."""
        if self.sought is not None and self.sought.few:
            return True
        if self.wanted.chosen.text.strip() and self.sought is None:
            return True  # an e-mail, a phone or a code
        if self._by_words or (self._alone and self.sought is None and self.actor.scope(access.VIEW) is Scope.ALL):
            return False
        found, more = self.count()
        return not more and found <= FEW

    @cached_property
    def _others(self) -> CustomerFilter:
        """The conditions beside the text."""
        return replace(self.wanted.chosen, text="", searched=None)

    @cached_property
    def _alone(self) -> bool:
        """Whether the text is the only condition."""
        return replace(self._others, currency="") == CustomerFilter()

    @property
    def _by_words(self) -> bool:
        """Whether its pages are read word by word."""
        return self.sought is not None and self.sought.walked and self.wanted.order in BY_NAME

    @property
    def _narrowed(self) -> CustomerQuerySet | None:
        """Customers under the other conditions, whoever sees them; None where there are none."""
        if self._alone:
            return None
        return queries.under(Customer.objects.filter(demo=self.actor.demo), actor=self.actor, chosen=self._others)

    def page(
        self,
        *,
        cursor: str | None = None,
        size: int = 50,
        backwards: bool = False,
        dressed: Callable[[CustomerQuerySet], CustomerQuerySet] = lambda rows: rows,
    ) -> KeysetPage[Customer]:
        """A page, with what `dressed` reads along; BadCursorError on a cursor of another list."""

        def rows(ids: list[int]) -> list[Customer]:
            return list(dressed(Customer.objects.visible_to(self.actor).filter(pk__in=ids)))

        return paginate_places(
            self._places, rows, columns=len(self._ordered[1]), cursor=cursor, size=size, backwards=backwards
        )

    def count(self) -> tuple[int, bool]:
        """How many there are, counted no further than a list says."""
        return self._counted

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if self.sought is not None and self.sought.walked:
            return naming.count(actor=self.actor, sought=self.sought, narrowed=self._narrowed)
        if self._alone:
            parts = Customer.objects.all().parts_visible_to(self.actor) if not self.wanted.chosen.text.strip() else []
            if len(parts) > 1:
                some = [part.order_by().values("pk")[: COUNT_CAP + 1] for part in parts]
                found = some[0].union(*some[1:]).count()
                return min(found, COUNT_CAP), found > COUNT_CAP
        return capped_count(self.found)

    def cursor_of(self, customer: Customer) -> str | None:
        """The cursor that stands at this customer; None where they are not in the list."""
        rows, order = self._ordered
        here = rows.filter(pk=customer.pk).first()
        return None if here is None else cursor_of(here, rows, order=order)

    @cached_property
    def _ordered(self) -> tuple[CustomerQuerySet, tuple[str, ...]]:
        return ordered(self.found, self.wanted, self.currency)

    def _places(self, after: Place | None, backwards: bool, limit: int) -> list[Place]:
        order = self.wanted.order
        if self.sought is not None and self._by_words:
            return self._by_name(self.sought, after, BY_NAME[order] is not backwards, limit)
        if order in BY_VALUE and not self.few:
            return self._by_value(after, backwards, limit)
        rows, columns = self._ordered
        return places(rows, order=columns, after=after, limit=limit, backwards=backwards, few=self.few)

    def _by_name(self, sought: Sought, after: Place | None, falling: bool, limit: int) -> list[Place]:
        if after is not None and not isinstance(after[0], str):
            raise BadCursorError(str(after))
        return naming.walk(
            actor=self.actor, sought=sought, narrowed=self._narrowed, after=after, falling=falling, limit=limit
        )

    def _by_value(self, after: Place | None, backwards: bool, limit: int) -> list[Place]:
        """Those with a revenue are walked in its order, those without, who come last, in the order of their ids."""
        if after is not None and not isinstance(after[0], Decimal | None):
            raise BadCursorError(str(after))
        falling = BY_VALUE[self.wanted.order] is not backwards
        parts = [self._with_worth, self._without_worth]
        if backwards:
            parts.reverse()
        if after is not None and (after[0] is None) is not backwards:
            del parts[0]  # the page begins in the second part
        found: list[Place] = []
        for part in parts:
            if len(found) < limit:
                found += part(after, falling, limit - len(found))
                after = None
        return found

    def _with_worth(self, after: Place | None, falling: bool, limit: int) -> list[Place]:
        traits = queries.worths(actor=self.actor, currency=self.currency)
        traits = traits.filter(customer__in=self.found.order_by().values("pk"))
        if after is not None:
            way = "lt" if falling else "gt"
            beyond = Q(**{f"number__{way}": after[0]}) | Q(number=after[0], **{f"customer_id__{way}": after[1]})
            traits = traits.filter(beyond, **{f"number__{way}e": after[0]})
        return _first(traits, ("number", "customer_id"), falling, limit)

    def _without_worth(self, after: Place | None, falling: bool, limit: int) -> list[Place]:
        worth = queries.worths(actor=self.actor, currency=self.currency).filter(customer_id=OuterRef("pk"))
        people = self.found.filter(~Exists(worth))
        if after is not None:
            people = people.filter(**{f"pk__{'lt' if falling else 'gt'}": after[1]})
        return [(None, pk) for (pk,) in _first(people, ("pk",), falling, limit)]


def _first(rows: QuerySet[Any], columns: tuple[str, ...], falling: bool, limit: int) -> list[Place]:
    by = [F(name).desc() if falling else F(name).asc() for name in columns]
    return list(rows.order_by(*by).values_list(*columns)[:limit])

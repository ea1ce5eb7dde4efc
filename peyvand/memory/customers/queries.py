"""The reads of customers, by right."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject, Reverse
from django.utils import timezone

from peyvand.foundation.fields.conditions import Condition, apply, order_expression
from peyvand.foundation.fields.declarations import PREFIX, Field
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.identifiers import IdentifierError, parse_phone
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.lists import places
from peyvand.memory.customers import access, naming
from peyvand.memory.customers.access import CustomerQuerySet, unseen_traits
from peyvand.memory.customers.belonging import PARENT, above, current
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.fields import RECORD, TRAIT
from peyvand.memory.customers.finding import by_custom
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, IdentityKind, Relation, Tag, Trait
from peyvand.memory.customers.naming import Sought

CLASS = "value.class"
WORTH = "value.revenue"
SLIPPING = "value.slipping"
NEEDS_ATTENTION = ("risk", "cantlose")
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("sort_key", "id"),
    "-name": ("-sort_key", "-id"),
    "touched": ("-touch__at", "-id"),
    "-touched": ("touch__at", "id"),
    "value": ("-worth", "-id"),
    "-value": ("worth", "id"),
    "newest": ("-id",),
}
SIMILAR = 0.5


@dataclass(frozen=True)
class CustomerFilter:
    """Conditions that all must hold; "" and empty mean any.

    `owner` is an id or "none"; `touched` "7" (within so many days) or "-30" (not for so many); `worth` in whole units
    of `currency`, at least and at most. `view_…` are the conditions of the view itself; the others come on top.
    """

    text: str = ""
    kind: str = ""
    classes: tuple[str, ...] = ()
    owner: str = ""
    tag: int | None = None
    city: str = ""
    touched: str = ""
    worth_from: Decimal | None = None
    worth_to: Decimal | None = None
    currency: str = ""
    view_kind: str = ""
    view_classes: tuple[str, ...] = ()
    view_owner: str = ""
    conditions: tuple[Condition, ...] = ()
    searched: tuple[str, ...] | None = None  # custom fields that the text is looked for in; None: all that are seen


def customers(*, actor: Actor, chosen: CustomerFilter | None = None, sought: Sought | None = None) -> CustomerQuerySet:
    """The customers whom the actor may see, under the conditions; in no order.

    `sought` is what `name_sought` said of the text, where it has been asked already.
    """
    actor.require(access.VIEW)
    chosen = chosen or CustomerFilter()
    found = Customer.objects.visible_to(actor)
    if chosen.text.strip():
        found = found.filter(matching(actor=actor, text=chosen.text, searched=chosen.searched, sought=sought))
    return under(found, actor=actor, chosen=chosen)


def under(found: CustomerQuerySet, *, actor: Actor, chosen: CustomerFilter) -> CustomerQuerySet:
    """Those of the customers of whom all conditions hold; the text is not looked at."""
    for kind in filter(None, (chosen.view_kind, chosen.kind)):
        found = found.filter(kind=kind)
    for owner in filter(None, (chosen.view_owner, chosen.owner)):
        found = found.filter(owner=None) if owner == "none" else found.filter(owner_id=int(owner))
    if chosen.city:
        found = found.filter(city=chosen.city)
    if chosen.tag is not None:
        found = found.filter(tagged__tag_id=chosen.tag)
    for classes in filter(None, (chosen.view_classes, chosen.classes)):
        found = found.filter(pk__in=_with_trait(actor, CLASS).filter(text__in=classes).values("customer_id"))
    if chosen.touched:
        days = int(chosen.touched)
        moment = timezone.now() - timedelta(days=abs(days))
        earlier = Q(touch__at__lt=moment) | Q(touch__at=None)
        found = found.filter(Q(touch__at__gte=moment) if days > 0 else earlier, touch__demo=actor.demo)
    if chosen.worth_from is not None or chosen.worth_to is not None:
        worth = _with_trait(actor, WORTH).filter(currency=chosen.currency)
        if chosen.worth_from is not None:
            worth = worth.filter(number__gte=chosen.worth_from)
        if chosen.worth_to is not None:
            worth = worth.filter(number__lte=chosen.worth_to)
        found = found.filter(pk__in=worth.values("customer_id"))
    for condition in chosen.conditions:
        found = apply(found, condition)
    return found


def in_order(found: CustomerQuerySet, *, field: Field, falling: bool) -> tuple[CustomerQuerySet, tuple[str, ...]]:
    """The customers with what a field's order needs, and that order; rows without a value come last."""
    sign = "-" if falling else ""
    return found.annotate(sorted_by=order_expression(field)), (f"{sign}sorted_by", f"{sign}id")


def _with_trait(actor: Actor, name: str) -> QuerySet[Trait]:
    return Trait.objects.filter(demo=actor.demo, name=name)


def with_worth(found: CustomerQuerySet, *, currency: str) -> CustomerQuerySet:
    """The same customers with `worth`: their revenue in that currency, None where there is none; to sort by."""
    measure = FilteredRelation("traits", condition=Q(traits__name=WORTH, traits__currency=currency))
    return found.annotate(worth_trait=measure).annotate(worth=F("worth_trait__number"))


def with_touch(found: CustomerQuerySet, *, demo: bool) -> CustomerQuerySet:
    """The same customers, to be sorted by when they were last in touch: through the index of that."""
    return found.filter(touch__demo=demo)


def worths(*, actor: Actor, currency: str) -> QuerySet[Trait]:
    """The revenues in that currency, one a customer; those of customers whom the actor doesn't see among them."""
    return _with_trait(actor, WORTH).filter(currency=currency, number__isnull=False)


def worth_currency(*, actor: Actor, default: str) -> str:
    """The currency in which the list speaks of worth: the workspace's, or the one that traits have."""
    traits = _with_trait(actor, WORTH).exclude(number=None)
    if traits.filter(currency=default).exists():
        return default
    return traits.order_by("currency").values_list("currency", flat=True).first() or default


def with_people(
    found: CustomerQuerySet, *, actor: Actor, tags: bool = False, columns: Collection[str] = ()
) -> CustomerQuerySet:
    """The same customers with what a row shows: owner, identities, traits of worth, organisation; in five queries.

    Of organisations only those that the actor sees. With `tags` their tags too, in one more; of `columns` the traits
    are read along, and the organisation above in one more query.
    """
    jobs = Relation.objects.select_related("organisation").filter(current()).order_by("id")
    if actor.scope(access.VIEW) < Scope.ALL:
        jobs = jobs.filter(organisation__in=Customer.objects.visible_to(actor))
    if tags:
        found = found.prefetch_related("tagged__tag")
    if PARENT in columns:
        found = found.prefetch_related(above(actor))
    names = {CLASS, WORTH, SLIPPING, *(name.removeprefix(TRAIT) for name in columns if name.startswith(TRAIT))}
    return found.select_related("owner", "touch").prefetch_related(
        Prefetch("identities", Identity.objects.order_by("-is_primary", "kind", "id")),
        Prefetch("traits", Trait.objects.filter(name__in=names), to_attr="worth_traits"),
        Prefetch("roles", jobs, to_attr="jobs"),
    )


# ── searching ─────────────────────────────────────────────────────────────

_DIGITS = re.compile(r"[\d\s+()\-./]{3,}")


def name_sought(*, actor: Actor, text: str, searched: Sequence[str] | None = None) -> Sought | None:
    """What is known of the name that a text asks for; None where it asks for an e-mail, a phone or a code.

    Who has the text in a custom field (of `searched`, or of all that the actor sees) is sought along with the name,
    unless so many bear it that it is read page by page.
    """
    plain, key = latin_digits(text).strip(), fa_key(text)
    if not key or ("@" in plain and not plain.startswith("@")) or re.search(r"[\d@_]", key):
        return None
    sought = naming.sought(actor=actor, parts=key.split())
    return replace(sought, others=by_custom(actor=actor, text=text, keys=searched)) if sought.few else sought


def matching(*, actor: Actor, text: str, searched: Sequence[str] | None = None, sought: Sought | None = None) -> Q:
    """The condition of a search: an e-mail or its beginning, a phone or its end, a code, else every part of a name.

    A custom field that has the text counts as well: of those of `searched`, or of all that the actor sees.
    """
    sought = sought or name_sought(actor=actor, text=text, searched=searched)
    if sought is not None:
        return sought.condition()
    plain = latin_digits(text).strip()
    custom = by_custom(actor=actor, text=text, keys=searched)
    also = [] if custom is None else [custom.values_list("pk")]
    if "@" in plain and not plain.startswith("@"):
        found = _identities(actor).filter(kind=IdentityKind.EMAIL, key__startswith=plain.lower())
        return _any_of(found.order_by().values_list("customer_id"), *also)
    digits = re.sub(r"\D", "", plain)
    if _DIGITS.fullmatch(plain) and len(digits) >= 3:
        return _any_of(*_by_digits(actor, plain, digits), *also)
    key = fa_key(text)
    if not key:
        return Q(pk__in=[])
    code = key.removeprefix("@")
    coded = _identities(actor).exclude(kind__in=(IdentityKind.PHONE, IdentityKind.EMAIL)).filter(key=code)
    named = Customer.objects.filter(naming.having(code.split()), demo=actor.demo)
    return _any_of(coded.order_by().values_list("customer_id"), named.order_by().values_list("pk"), *also)


def _any_of(first: QuerySet[Any, tuple[int]], *others: QuerySet[Any, tuple[int]]) -> Q:
    """One condition of several reads of ids."""
    return Q(pk__in=first.union(*others) if others else first)


def _identities(actor: Actor) -> QuerySet[Identity]:
    """Identities by which the actor may find somebody."""
    found = Identity.objects.filter(demo=actor.demo)
    hidden = hidden_kinds(actor)
    return found.exclude(kind__in=hidden) if hidden else found


def _by_digits(actor: Actor, plain: str, digits: str) -> list[QuerySet[Identity, tuple[int]]]:
    """Ids by a whole phone, by its end, by its beginning («0912…»), or by a code."""
    phones = _identities(actor).filter(kind=IdentityKind.PHONE).order_by()
    codes = _identities(actor).filter(
        kind__in=(IdentityKind.EXTERNAL, IdentityKind.CARD, IdentityKind.MESSENGER), key=fa_key(plain)
    )
    end = phones.alias(backwards=Reverse("key")).filter(backwards__startswith=digits.lstrip("0")[::-1] or digits)
    ids = [codes.order_by().values_list("customer_id"), end.values_list("customer_id")]
    try:
        ids.append(phones.filter(key=parse_phone(plain).e164).values_list("customer_id"))
    except IdentifierError:
        if plain.startswith(("0", "+")):
            start = f"+{digits}" if plain.startswith("+") else f"+98{digits.lstrip('0')}"
            ids.append(phones.filter(key__startswith=start).values_list("customer_id"))
    return ids


@dataclass(frozen=True)
class Found:
    """What a search gave; `guessed` when nothing had these letters and these only sound like them."""

    rows: Sequence[Customer]
    guessed: bool = False


def customers_search(*, actor: Actor, text: str, limit: int = 8, kind: str = "") -> Found:
    """The first customers by part of a name, e-mail, end of a phone number or code; near ones when there is none."""
    if not actor.may(access.VIEW) or not text.strip():
        return Found(())
    reach = Customer.objects.visible_to(actor)
    if kind:
        reach = reach.filter(kind=kind)
    rows = _first(actor, reach, text, kind, limit)
    if rows:
        return Found(concealed(actor, rows))
    return Found(similar(actor=actor, text=text, limit=limit, kind=kind), guessed=True)


def _first(actor: Actor, reach: CustomerQuerySet, text: str, kind: str, limit: int) -> list[Customer]:
    """The first by name of those within reach who match."""
    sought = name_sought(actor=actor, text=text)
    if sought is not None and sought.walked:
        narrowed = Customer.objects.filter(demo=actor.demo, kind=kind) if kind else None
        stand = naming.walk(actor=actor, sought=sought, narrowed=narrowed, after=None, falling=False, limit=limit)
    else:
        found = reach.filter(matching(actor=actor, text=text, sought=sought))
        stand = places(found, order=ORDERS["name"], limit=limit, few=sought is None or sought.few)
    rows = reach.in_bulk([place[-1] for place in stand]) if stand else {}
    return [rows[place[-1]] for place in stand if place[-1] in rows]


def similar(*, actor: Actor, text: str, limit: int = 5, kind: str = "") -> list[Customer]:
    """Customers whose names are nearly this, nearest first; slow, so only when nothing has these letters."""
    key = fa_key(text)
    if len(key) < 3 or re.search(r"[\d@]", key):
        return []
    reach = Customer.objects.visible_to(actor)
    if kind:
        reach = reach.filter(kind=kind)
    near = TrigramWordSimilarity(key, "search_key")
    return concealed(
        actor,
        reach.filter(search_key__trigram_word_similar=key)
        .annotate(near=near)
        .filter(near__gte=SIMILAR)
        .order_by("-near", "sort_key", "id")[:limit],
    )


# ── one customer ──────────────────────────────────────────────────────────


def customer_get(*, actor: Actor, id: int, whole: bool = False) -> Customer:
    """One customer with owner, team and parent; Customer.DoesNotExist when there is none that the actor may see.

    What is hidden from the actor is left out: to be read, not to be saved. With `whole`, what their page shows beside
    comes in the same query (see tags_of and traits_of).
    """
    reach = Customer.objects.visible_to(actor).select_related("owner", "team", "parent", "touch")
    if whole:
        tagged = CustomerTag.objects.filter(customer=OuterRef("pk")).order_by("tag__key")
        said = Trait.objects.filter(customer=OuterRef("pk")).exclude(name__in=unseen_traits(actor)).order_by("name")
        plain = {field.attname: field.attname for field in Trait._meta.concrete_fields if field.name != "number"}
        reach = reach.annotate(
            tag_rows=ArraySubquery(tagged.values(row=JSONObject(id="tag_id", name="tag__name"))),
            trait_rows=ArraySubquery(said.values(row=JSONObject(**plain, number=Cast("number", TextField())))),
        )
    return concealed(actor, [reach.get(pk=id)])[0]


def tags_of(customer: Customer) -> list[Tag]:
    """A customer's tags by name, as they came along or read now."""
    rows = getattr(customer, "tag_rows", None)
    if rows is not None:
        return [Tag(id=row["id"], name=row["name"]) for row in rows]
    tagged = CustomerTag.objects.filter(customer=customer).select_related("tag").order_by("tag__key")
    return [row.tag for row in tagged]


def traits_of(customer: Customer, *, actor: Actor) -> list[Trait]:
    """All that is known of a customer and that the actor may see, by name, as it came along or read now."""
    rows = getattr(customer, "trait_rows", None)
    if rows is None:
        found = Trait.objects.filter(customer=customer).exclude(name__in=unseen_traits(actor))
        return list(found.order_by("name"))
    return [
        Trait(**{
            **row,
            "number": None if row["number"] is None else Decimal(row["number"]),
            "at": None if row["at"] is None else date.fromisoformat(row["at"]),
            "computed_at": datetime.fromisoformat(row["computed_at"]),
        })
        for row in rows
    ]  # fmt: skip


def concealed(actor: Actor, rows: Iterable[Customer]) -> list[Customer]:
    """The customers without the fields that are hidden from the actor; to be read, not to be saved."""
    found = list(rows)
    prefix = f"{RECORD}."
    hidden = [] if actor.everything else [name.removeprefix(prefix) for name in actor.hidden if name.startswith(prefix)]
    for name in hidden:
        for customer in found:
            if name.startswith(PREFIX):
                customer.custom = {key: value for key, value in customer.custom.items() if key != name[len(PREFIX) :]}
            elif hasattr(customer, name):
                setattr(customer, name, None if name == "birth_date" else "")
    return found


def hidden_kinds(actor: Actor) -> tuple[str, ...]:
    """The kinds of identities that are hidden from the actor."""
    return tuple(kind.value for kind in (IdentityKind.PHONE, IdentityKind.EMAIL) if actor.hides(f"{RECORD}.{kind}"))


def identities_of(*, actor: Actor, customer: Customer) -> list[Identity]:
    """A customer's phones, e-mails and codes that the actor sees, the primary one of each kind first."""
    hidden = hidden_kinds(actor)
    rows = [row for row in customer.identities.all() if row.kind not in hidden]
    return sorted(rows, key=lambda row: (row.kind, not row.is_primary, row.pk))


def with_identities(*, actor: Actor) -> Prefetch[str]:
    """To be read along with customers: their identities, who proved them, and `shared`: whether the actor sees others
    who have the same phone or e-mail.
    """
    same = Identity.objects.filter(
        demo=OuterRef("demo"),
        kind=OuterRef("kind"),
        key=OuterRef("key"),
        kind__in=(IdentityKind.PHONE, IdentityKind.EMAIL),
    ).exclude(customer=OuterRef("customer"))
    others = same.filter(customer__in=Customer.objects.visible_to(actor))
    rows = Identity.objects.select_related("verified_by").annotate(shared=Exists(others))
    return Prefetch("identities", rows.order_by("kind", "-is_primary", "id"))


def may_edit(*, actor: Actor, customer: Customer) -> bool:
    """Whether the actor, who sees this customer, may change it as well; mostly known without asking the database."""
    if actor.scope(access.EDIT) >= actor.scope(access.VIEW):
        return actor.may(access.EDIT)
    return actor.may(access.EDIT) and Customer.objects.visible_to(actor, access.EDIT).filter(pk=customer.pk).exists()


def worth_traits_of(customer: Customer) -> dict[str, Trait]:
    """The traits that `with_people` has read along, by name."""
    found: list[Trait] = getattr(customer, "worth_traits", [])
    return {trait.name: trait for trait in found}


def reach_of(*, actor: Actor, customer: Customer) -> list[Identity]:
    """The primary phone and e-mail that the actor sees, in this order."""
    rows = [
        row
        for row in identities_of(actor=actor, customer=customer)
        if row.is_primary and row.kind in (IdentityKind.PHONE, IdentityKind.EMAIL)
    ]
    return sorted(rows, key=lambda row: row.kind, reverse=True)


def find_by_identity(*, actor: Actor, kind: str, value: str, system: str = "") -> CustomerQuerySet:
    """Those whom the actor may see who have this phone, e-mail or code; none when it can't be read."""
    try:
        key = identity_key(kind, value)
    except IdentifierError:
        return Customer.objects.none()
    of = _identities(actor).filter(kind=kind, key=key, system=system)
    return Customer.objects.visible_to(actor).filter(pk__in=of.values("customer_id"))


@dataclass(frozen=True)
class SameIdentity:
    """Another customer who has the same phone, e-mail or code."""

    customer: Customer
    value: str


def same_identity(*, actor: Actor, given: Iterable[IdentityData], but: int | None = None) -> list[SameIdentity]:
    """Customers, seen by the actor, who share one of these identities; for a warning before saving."""
    wanted: dict[tuple[str, str], str] = {}
    for identity in given:
        try:
            wanted[identity.kind, identity_key(identity.kind, identity.value)] = identity.value
        except IdentifierError:
            continue
    if not wanted:
        return []
    rows = _identities(actor).filter(key__in=[key for _kind, key in wanted], kind__in={kind for kind, _key in wanted})
    rows = rows.exclude(customer_id=but or 0).filter(customer__in=Customer.objects.visible_to(actor))
    return [
        SameIdentity(customer=row.customer, value=wanted[row.kind, row.key])
        for row in rows.select_related("customer").order_by("customer__sort_key")[:20]
        if (row.kind, row.key) in wanted
    ]


def has_customers(demo: bool) -> bool:
    """Whether there is anybody in the sample business (True) or in one's own (False); no right is asked."""
    return Customer.objects.filter(demo=demo).exists()


# ── choices of filters ────────────────────────────────────────────────────


def tags(*, actor: Actor) -> list[Tag]:
    """The tags of the business one looks at, by name."""
    actor.require(access.VIEW)
    return list(Tag.objects.filter(demo=actor.demo).order_by("key")[:500])


_CITIES = """
WITH RECURSIVE cities AS (
  (SELECT city FROM customers_customer WHERE demo = %(demo)s AND city > '' ORDER BY city LIMIT 1)
  UNION ALL
  SELECT (SELECT city FROM customers_customer WHERE demo = %(demo)s AND city > c.city ORDER BY city LIMIT 1)
    FROM cities c WHERE c.city IS NOT NULL
)
SELECT 1 AS id, city FROM cities WHERE city IS NOT NULL LIMIT 300
"""


def cities(*, actor: Actor) -> list[str]:
    """The cities in the records of the business one looks at, found by stepping from one to the next in the index.

    None where cities are hidden from the actor.
    """
    actor.require(access.VIEW)
    if actor.hides(f"{RECORD}.city"):
        return []
    found = [row.city for row in Customer.objects.raw(_CITIES, {"demo": actor.demo})]
    return sorted(found, key=fa_key)

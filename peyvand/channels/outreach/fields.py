"""The words that texts are merged with: what this room declares itself, and how all of them are gathered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from peyvand.channels.outreach.declarations import MergeField
from peyvand.foundation.accounts import settings
from peyvand.foundation.money.formats import format_number
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.declarations import TraitKind
from peyvand.memory.customers.models import Customer, Trait

TRAIT = "trait."
LINKS = ("preferences_link", "unsubscribe_link")


def _people(ids: Sequence[int], *names: str) -> Iterable[Any]:
    return Customer.objects.filter(pk__in=list(ids)).values_list("pk", *names)


def _plain(name: str) -> Any:
    def values(ids: Sequence[int], language: str) -> Mapping[int, str]:
        return {pk: str(value) for pk, value in _people(ids, name) if value}

    return values


def _first(ids: Sequence[int], language: str) -> Mapping[int, str]:
    return {
        pk: given or ("" if kind == "organisation" else name)
        for pk, kind, given, name in _people(ids, "kind", "given_name", "name")
    }


def _polite(ids: Sequence[int], language: str) -> Mapping[int, str]:
    """«خانم کیانی», as one begins a letter; the whole name where the honorific is not known."""
    rows = _people(ids, "honorific", "family_name", "name")
    return {pk: f"{title} {family}".strip() if title and family else name for pk, title, family, name in rows}


def _business(ids: Sequence[int], language: str) -> Mapping[int, str]:
    with override(language):
        return dict.fromkeys(ids, settings.text("workspace_name"))


FIELDS = (
    MergeField("first_name", _("First name"), _first, {"fa": "سارا", "en": "Sara"}, 10),
    MergeField("last_name", _("Family name"), _plain("family_name"), {"fa": "کیانی", "en": "Kiani"}, 11),
    MergeField("name", _("Whole name"), _plain("name"), {"fa": "سارا کیانی", "en": "Sara Kiani"}, 12),
    MergeField("polite_name", _("Name with its title"), _polite, {"fa": "خانم کیانی", "en": "Ms Kiani"}, 13),
    MergeField("city", _("City"), _plain("city"), {"fa": "شیراز", "en": "Shiraz"}, 20),
    MergeField("job_title", _("Position"), _plain("job_title"), {"fa": "مدیر خرید", "en": "Buyer"}, 21),
    MergeField("stage", _("Stage"), _plain("stage"), {"fa": "مشتری", "en": "customer"}, 22),
    MergeField(
        "owner", _("Who looks after them"), _plain("owner__name"), {"fa": "آرش دادفر", "en": "Arash Dadfar"}, 23
    ),
    MergeField("business", _("Our own name"), _business, {"fa": "پیوند", "en": "Peyvand"}, 30),
)  # fmt: skip


def names() -> list[str]:
    """The names of all fields that rooms declare, traits and links aside."""
    return [one.name for one in registry.all(MergeField)]


def known(name: str, extra: Iterable[str] = ()) -> bool:
    """Whether a text may ask for a field: a declared one, a trait, a recipient's link, or one that is given along."""
    return name.startswith(TRAIT) or name in LINKS or name in set(extra) or registry.has(MergeField, name)


def gathered(asked: Iterable[str], *, customer_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words of many recipients: of each field that is asked for, one read, however many they are."""
    wanted = set(asked)
    found: dict[int, dict[str, str]] = {pk: {} for pk in customer_ids}
    for one in registry.all(MergeField):
        if one.name in wanted:
            for pk, value in one.values(customer_ids, language).items():
                if pk in found and value:
                    found[pk][one.name] = value
    kept = {kind.name for kind in registry.all(TraitKind) if kind.permission}  # from most of us, so from customers too
    traits = [name.removeprefix(TRAIT) for name in wanted if name.startswith(TRAIT) and name[len(TRAIT) :] not in kept]
    if traits:
        rows = Trait.objects.filter(customer_id__in=list(customer_ids), name__in=traits)
        for customer_id, name, text, number in rows.values_list("customer_id", "name", "text", "number"):
            shown = text or ("" if number is None else format_number(number.normalize(), language=language))
            found[customer_id][TRAIT + name] = shown
    return found


def samples(language: str) -> dict[str, str]:
    """Words to preview with when nobody is chosen."""
    return {one.name: one.sample.get(language, "") for one in registry.all(MergeField)}

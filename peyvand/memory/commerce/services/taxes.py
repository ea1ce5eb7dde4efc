"""Setting the rates of taxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce.access import TAXES_EDIT
from peyvand.memory.commerce.models import Category, OrderLine, Product, TaxRate, TaxScope, TaxTarget
from peyvand.memory.commerce.money import PERCENT_DECIMALS, decimals
from peyvand.memory.commerce.services.products import StaleError

LENGTH = 80
MOST_TARGETS = 500


@dataclass(frozen=True)
class TaxRateData:
    """What a person or a program says of a rate; `category_ids` and `product_ids` where it is for chosen ones."""

    name_fa: str
    name_en: str
    percent: Decimal
    valid_from: date
    included: bool = False
    scope: str = TaxScope.ALL
    category_ids: Sequence[int] = ()
    product_ids: Sequence[int] = ()


def tax_rate_save(
    *, actor: Actor, data: TaxRateData, rate: TaxRate | None = None, version: int | None = None
) -> TaxRate:
    """Make a rate, or change one. Per cent, first day and "included" of a rate that orders carry stay: a change of the
    law is a new rate from its day on. StaleError when `version` is no longer the row's.
    """
    actor.require(TAXES_EDIT)
    fa, en = " ".join(clean(data.name_fa).split()), " ".join(clean(data.name_en).split())
    _check(actor, data, fa=fa, en=en)
    with change_set(actor=actor, kind="settings", title=str(_("Tax “%(name)s”")) % {"name": fa or en}):
        if rate is None:
            kept = TaxRate(demo=actor.demo, version=0)
        else:
            kept = TaxRate.objects.select_for_update(of=("self",)).get(pk=rate.pk, demo=actor.demo)
            if version is not None and version != kept.version:
                raise StaleError(_("Someone changed this rate while you were editing it. Open it again to see."))
            said, now = (data.percent, data.valid_from, data.included), (kept.percent, kept.valid_from, kept.included)
            if said != now and is_used(kept):
                raise ValidationError(_("Orders carry this rate already. Make a new one from its first day on."))
        kept.name_fa, kept.name_en = fa, en
        kept.percent, kept.valid_from, kept.included = data.percent, data.valid_from, data.included
        kept.scope = data.scope
        kept.version += 1
        kept.save()
        _put_targets(kept, data)
    return kept


def is_used(rate: TaxRate) -> bool:
    """Whether anything was sold under the rate."""
    return OrderLine.objects.filter(tax_rate=rate).exists()


def _put_targets(rate: TaxRate, data: TaxRateData) -> None:
    chosen = data.scope == TaxScope.CHOSEN
    wanted = {(pk, None) for pk in data.category_ids if chosen} | {(None, pk) for pk in data.product_ids if chosen}
    had = {(target.category_id, target.product_id): target for target in rate.targets.all()}
    TaxTarget.objects.filter(pk__in=[target.pk for pair, target in had.items() if pair not in wanted]).delete()
    TaxTarget.objects.bulk_create(
        TaxTarget(rate=rate, category_id=category_id, product_id=product_id)
        for category_id, product_id in sorted(wanted - had.keys(), key=str)
    )


def _check(actor: Actor, data: TaxRateData, *, fa: str, en: str) -> None:
    wrong: dict[str, Label] = {}
    if not fa and not en:
        wrong["name_fa"] = _("Type what the tax is called.")
    for field, name in (("name_fa", fa), ("name_en", en)):
        if len(name) > LENGTH:
            wrong[field] = _("At most 80 letters.")
    percent = data.percent
    if not (percent.is_finite() and 0 <= percent <= 100 and decimals(percent) <= PERCENT_DECIMALS):
        wrong["percent"] = _("A rate is between 0 and 100 per cent, with at most four decimals.")
    if data.scope not in TaxScope.values:
        wrong["scope"] = _("Choose what it is for.")
    elif data.scope == TaxScope.CHOSEN:
        categories, products = set(data.category_ids), set(data.product_ids)
        if not categories and not products:
            wrong["categories"] = _("Choose at least one category or product.")
        elif len(categories) + len(products) > MOST_TARGETS:
            wrong["categories"] = _("At most 500 categories and products; put the products into a category.")
        elif Category.objects.filter(demo=actor.demo, pk__in=categories).count() != len(categories):
            wrong["categories"] = _("One of the categories no longer exists.")
        elif Product.objects.filter(demo=actor.demo, pk__in=products).count() != len(products):
            wrong["products"] = _("One of the products no longer exists. Choose it again.")
    if wrong:
        raise ValidationError(wrong)


def tax_rate_archive(*, actor: Actor, rate: TaxRate, archived: bool) -> int:
    """Let a rate no longer hold for new orders, or hold again; gives the change set. Older orders keep it."""
    actor.require(TAXES_EDIT)
    words = _("Tax “%(name)s” archived") if archived else _("Tax “%(name)s” brought back")
    with change_set(actor=actor, kind="settings", title=str(words) % {"name": rate.name}) as done:
        TaxRate.objects.filter(pk=rate.pk, demo=actor.demo).update(archived=archived, version=F("version") + 1)
    return done.pk

"""REST routes of the rates of taxes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.ui.rest import Given, example
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import TAXES_EDIT
from peyvand.memory.commerce.models import TaxRate, TaxScope
from peyvand.memory.commerce.services.taxes import MOST_TARGETS

router = Router(tags=["commerce"])


class TaxRateOut(Schema):
    """A rate from a day on, until a later one for the same. `scope` is all, or chosen: for those ids."""

    id: int
    name_fa: str
    name_en: str
    percent: Decimal
    valid_from: date
    included: bool
    scope: str
    category_ids: list[int]
    product_ids: list[int]
    archived: bool
    version: int

    @staticmethod
    def resolve_category_ids(rate: TaxRate) -> list[int]:
        return sorted(one.category_id for one in rate.targets.all() if one.category_id is not None)

    @staticmethod
    def resolve_product_ids(rate: TaxRate) -> list[int]:
        return sorted(one.product_id for one in rate.targets.all() if one.product_id is not None)


class TaxRateIn(Given):
    """A rate to be made, or all of its values anew; what orders carry already can't be changed."""

    model_config = example(
        {"name_fa": "مالیات بر ارزش افزوده", "name_en": "VAT", "percent": "10", "valid_from": "2026-03-21"}
    )

    percent: Decimal
    valid_from: date
    name_fa: str = ""
    name_en: str = ""
    included: bool = False
    scope: str = str(TaxScope.ALL)
    category_ids: list[int] = Field(default_factory=list, max_length=MOST_TARGETS)
    product_ids: list[int] = Field(default_factory=list, max_length=MOST_TARGETS)
    archived: bool = False
    version: int | None = None


@router.get("/tax-rates", response=list[TaxRateOut], summary="The rates of taxes, the newest first")
def tax_rates_list(request: StaffRequest) -> list[TaxRate]:
    """Archived ones too."""
    return list(queries.tax_rates(actor=request.actor))


@router.post("/tax-rates", response={201: TaxRateOut}, summary="Make a rate")
def tax_rates_create(request: StaffRequest, data: TaxRateIn) -> tuple[int, TaxRate]:
    """It holds from its day on, until a later one for the same."""
    return 201, _put(request, data, None)


@router.put("/tax-rates/{rate_id}", response=TaxRateOut, summary="Change or archive a rate")
def tax_rates_update(request: StaffRequest, rate_id: int, data: TaxRateIn) -> TaxRate:
    """Orders that were placed keep the rate they have."""
    request.actor.require(TAXES_EDIT)
    try:
        rate = queries.tax_rate_get(actor=request.actor, rate_id=rate_id)
    except TaxRate.DoesNotExist:
        raise Http404 from None
    return _put(request, data, rate)


def _put(request: StaffRequest, data: TaxRateIn, rate: TaxRate | None) -> TaxRate:
    said = services.TaxRateData(**data.dict(exclude={"archived", "version"}))
    with change_set(actor=request.actor, kind="settings", title=data.name_fa or data.name_en):
        made = services.tax_rate_save(actor=request.actor, data=said, rate=rate, version=data.version)
        if made.archived != data.archived:
            services.tax_rate_archive(actor=request.actor, rate=made, archived=data.archived)
    return queries.tax_rate_get(actor=request.actor, rate_id=made.pk)

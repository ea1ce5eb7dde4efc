"""REST routes of one person's data: given out whole, or erased."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, example
from peyvand.memory.customers.models import Customer
from peyvand.memory.privacy import access, erasing, services
from peyvand.memory.privacy.erasing import ErasureError

router = Router(tags=["privacy"])


class ErasureIn(Given):
    """The name of whom is erased, as the record has it."""

    model_config = example({"name": "Sara Karimi"})

    name: str = Field(max_length=300)


class ErasureOut(Schema):
    """How many rows went or lost their name, by table."""

    rows: dict[str, int]


@router.get("/customers/{int:customer_id}/personal-data", summary="Everything known of a person, as a zip",
            openapi_extra={"responses": {200: {"content": {"application/zip": {}}}}})  # fmt: skip
def personal_data(request: StaffRequest, customer_id: int) -> Any:
    """A zip that people and programs can read, with files, consents and what the trail remembers."""
    request.actor.require(access.EXPORT)
    target = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    try:
        services.person_export(actor=request.actor, customer_id=customer_id, target=target)
    except Customer.DoesNotExist:
        raise Http404 from None
    target.seek(0)
    return FileResponse(
        target, as_attachment=True, filename=f"person-{customer_id}.zip", content_type="application/zip"
    )


@router.post("/customers/{int:customer_id}/erase", response=ErasureOut, summary="Erase a person for good")
def person_erase(request: StaffRequest, customer_id: int, body: ErasureIn) -> dict[str, Any]:
    """Undo never brings it back. Orders keep their sums, without a name."""
    try:
        return {"rows": erasing.person_erase(actor=request.actor, customer_id=customer_id, name=body.name)}
    except Customer.DoesNotExist:
        raise Http404 from None
    except ErasureError as error:
        raise ValidationError({"name": str(error)}) from error

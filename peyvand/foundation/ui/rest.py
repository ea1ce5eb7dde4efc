"""The kit of REST routes: what programs send, bounds of ids, and pages of lists.

A room's routes take these; refusals are raised as the services raise them, and doors.api turns them into problems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

import pydantic
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from peyvand.foundation.ui.lists import paginate

LARGEST_ID = 2**63 - 1
LARGEST_PAGE = 200
M = TypeVar("M", bound=Model)


def _plain(text: str) -> str:
    """Without the zero character, which no database keeps."""
    return text.replace("\x00", "")


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""The id of a record."""
Moment = AwareDatetime
"""A moment with its time zone."""
Text = Annotated[str, AfterValidator(_plain)]
"""What people or programs have written."""
Size = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many at most.")]
After = Annotated[str, Field(max_length=2_000, description="`next` of the page before.")]


class Given(Schema):
    """What a program sends: a name that there is not is refused, so that a slip of the pen loses nothing."""

    model_config = ConfigDict(extra="forbid")


def example(*bodies: Mapping[str, Any]) -> ConfigDict:
    """What a schema looks like when it is sent, for the document; as `model_config`."""
    return ConfigDict(json_schema_extra={"examples": [dict(body) for body in bodies]})


def page(found: QuerySet[M], *, order: Sequence[str], after: str | None, size: int) -> dict[str, Any]:
    """A page as lists answer it. Raises BadCursorError."""
    read = paginate(found, order=order, cursor=after, size=size)
    return {"items": list(read.rows), "next": read.next_cursor}


def attachment(blocks: Any, content_type: str) -> StreamingHttpResponse:
    """A file that is sent as it is made; it is kept by who asked, never shown."""
    response = StreamingHttpResponse(blocks, content_type=content_type)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# ── what is wrong with what was sent ──────────────────────────────────────

MOST_TOLD = 100


def said(errors: Sequence[Mapping[str, Any]], *, skip: int = 0) -> list[dict[str, str]]:
    """What the reader of JSON found wrong, by field, in words; `skip` is how many steps lead to the body."""
    found = []
    for one in errors[:MOST_TOLD]:
        place = [str(part) for part in one.get("loc", ())]
        field = ".".join(part for part in place[skip:] if part != "data") or ".".join(place)
        found.append({"field": field, "detail": sentence(one), "kind": str(one.get("type", ""))})
    return found


def sentence(one: Mapping[str, Any]) -> str:
    """What is wrong with a value, in the reader's language; by the kinds that the reader of JSON knows."""
    kind = str(one.get("type", ""))
    limits = one.get("ctx") or {}
    if kind == "missing":
        return gettext("This is missing.")
    if kind == "extra_forbidden":
        return gettext("There is no such field.")
    if kind == "too_short":
        return gettext("At least {limit} is needed here.").format(limit=limits.get("min_length", 1))
    if kind.startswith(("int_", "float_", "decimal_", "finite")):
        return gettext("This must be a number in its bounds.")
    if kind.startswith(("date", "timezone", "time_")):
        return gettext("This must be a time like 2026-04-20T09:30:00Z.")
    if kind.startswith("bool"):
        return gettext("This must be true or false.")
    if kind in ("string_too_long", "too_long"):
        return gettext("This is longer than {limit}.").format(limit=limits.get("max_length", ""))
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        limit = next((value for name, value in limits.items() if name in ("ge", "gt", "le", "lt")), "")
        return gettext("This is beyond the limit {limit}.").format(limit=limit)
    if kind.startswith("string"):
        return gettext("This must be text.")
    if kind in ("enum", "literal_error"):
        return gettext("This must be one of: {names}.").format(names=limits.get("expected", ""))
    return gettext("This value can't be taken.")


# ── many at once, each answered for by its place ──────────────────────────


class ErrorOut(Schema):
    """What can't be kept, and what to send instead; `field` is "" for the whole row."""

    field: str
    detail: str


def errors_of(errors: Mapping[str, object]) -> list[dict[str, str]]:
    """What a verb refuses, by field."""
    return [{"field": name, "detail": str(message)} for name, message in errors.items()]


class Unread(list[dict[str, str]]):
    """A row that is not of its shape: what is wrong with it."""


def or_unread(value: Any, read: pydantic.ValidatorFunctionWrapHandler) -> Any:
    """For Annotated[Row, WrapValidator(or_unread)]: one row that can't be read must not lose the others."""
    try:
        return read(value)
    except pydantic.ValidationError as error:
        return Unread(said([dict(one) for one in error.errors()]))


def unread_of(rows: Sequence[Any], *, whole: bool) -> dict[int, Unread]:
    """The rows that could not be read, by place; with `whole` a single one refuses them all."""
    found = {place: row for place, row in enumerate(rows) if isinstance(row, Unread)}
    if whole and found:
        raise ValidationError(
            {
                f"rows.{place}.{one['field']}".rstrip("."): one["detail"]
                for place, wrong in found.items()
                for one in wrong
            }
        )
    return found

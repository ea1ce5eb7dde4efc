"""What a program reads when something can't be done: problem+json (RFC 9457), in the language it accepts.

`type` names the kind for good, `title` and `detail` are sentences, `errors` says by field what to send instead. A 500
has a `code` that finds it in the log; nothing of the inside is shown.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as FormError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from peyvand.channels.conversations.errors import ChangedMeanwhileError as RoutingChangedError
from peyvand.channels.conversations.errors import InvalidError as ConversationInvalidError
from peyvand.channels.conversations.errors import SaidMeanwhileError
from peyvand.channels.email.errors import ChangedMeanwhileError as EmailChangedError
from peyvand.channels.forms.errors import BusyError as FormBusyError
from peyvand.channels.forms.errors import InvalidError as FormInvalidError
from peyvand.channels.messengers.errors import ChangedMeanwhileError as BotChangedError
from peyvand.channels.outreach.errors import ChangedMeanwhileError as TemplateChangedError
from peyvand.channels.outreach.errors import InvalidError as OutreachInvalidError
from peyvand.channels.sms.errors import ChangedMeanwhileError as SmsChangedError
from peyvand.channels.webchat.errors import ChangedMeanwhileError as WebchatChangedError
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.services.denials import denial_note
from peyvand.foundation.changes.services import AlreadyUndoneError, UndoFailedError
from peyvand.foundation.fields.errors import InvalidError as FieldsInvalidError
from peyvand.foundation.files.services import FileRefusedError, NoSuchFileError
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.currencies import UnknownCurrencyError
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.transfer.reading import ReadError
from peyvand.foundation.transfer.services import MappingError, StateError
from peyvand.foundation.transfer.workbooks import TooLongError
from peyvand.foundation.ui.lists import BadCursorError
from peyvand.foundation.ui.problems import CONTENT_TYPE, problem_json
from peyvand.foundation.ui.rest import said
from peyvand.foundation.webhooks.errors import ConflictError as EndpointChangedError
from peyvand.foundation.webhooks.errors import InvalidError as EndpointInvalidError
from peyvand.insight.audiences.errors import AudienceRefusedError, ConditionRefusedError, HiddenFromReaderError
from peyvand.insight.audiences.errors import ChangedMeanwhileError as AudienceChangedError
from peyvand.memory.commerce.services.products import StaleError
from peyvand.memory.consents.errors import InvalidError as ConsentInvalidError
from peyvand.memory.customers.errors import ConflictError
from peyvand.memory.customers.errors import InvalidError as CustomerInvalidError
from peyvand.memory.interactions.services import ChangedMeanwhileError as InteractionChangedError
from peyvand.memory.interactions.services import InvalidError as InteractionInvalidError
from peyvand.memory.knowledge.errors import ChangedMeanwhileError as ArticleChangedError
from peyvand.memory.knowledge.errors import InvalidError as ArticleInvalidError
from peyvand.memory.matching.errors import MergeError
from peyvand.memory.work.errors import ConflictError as HoursChangedError
from peyvand.memory.work.errors import InvalidError as WorkInvalidError

logger = logging.getLogger(__name__)
Errors = Sequence[Mapping[str, Any]]


def _title(status: int) -> str:
    titles = {
        400: _("This can't be read"),
        401: _("A token is needed"),
        403: _("This right is missing"),
        404: _("There is nothing here"),
        405: _("This address does not take that method"),
        409: _("This can't be done as things are now"),
        410: _("This is gone"),
        413: _("This is too large"),
        422: _("Some values can't be taken"),
        429: _("Too many requests"),
        503: _("Not available at the moment"),
    }
    return titles.get(status) or (_("This is our fault") if status >= 500 else _("This can't be done"))


def problem(status: int, detail: str = "", *, errors: Errors = (), **more: Any) -> HttpResponse:
    """An answer of problem+json."""
    told: dict[str, Any] = {"detail": detail} if detail else {}
    if errors:
        told["errors"] = list(errors)
    response = problem_json(status, _title(status), **told, **more)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Peyvand"'
    return response


def as_problem(response: HttpResponse) -> HttpResponse:
    """An error that Django or ninja wrote in their own way, as problem+json; everything else as it is."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        return response
    made = problem(response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response:
            made[name] = response[name]
    return made


def _by_field(errors: Mapping[str, object]) -> list[dict[str, str]]:
    return [{"field": name, "detail": str(message)} for name, message in errors.items()]


def _validation(error: ValidationError) -> HttpResponse:
    return problem(422, errors=said(error.errors, skip=1))


def _form(error: FormError) -> HttpResponse:
    if hasattr(error, "error_dict"):
        fields = {name: " ".join(messages) for name, messages in error.message_dict.items()}
        return problem(
            422, errors=_by_field({"" if name == "__all__" else name: said for name, said in fields.items()})
        )
    return problem(422, " ".join(str(message) for message in error.messages))


def _invalid(error: Any) -> HttpResponse:
    """What a room's verbs refuse, by field."""
    return problem(
        422, errors=_by_field({"" if name == "__all__" else name: one for name, one in error.errors.items()})
    )


def _changed(**more: Any) -> HttpResponse:
    return problem(409, _("Somebody changed this since it was read. Read it again and send your change anew."), **more)


def _conflict(error: ConflictError) -> HttpResponse:
    return _changed(version=error.version, changed=[{"field": one.field, "value": one.value} for one in error.theirs])


def _meanwhile(error: Any) -> HttpResponse:
    return _changed(version=error.version)


def _condition(error: ConditionRefusedError) -> HttpResponse:
    place = ".".join(["tree", *map(str, error.place)])
    return problem(422, error.words, errors=[{"field": place, "detail": error.words}])


def _said_meanwhile(error: SaidMeanwhileError) -> HttpResponse:
    detail = _("Something was said here since you began to write. Read it, then send yours with the newest entry.")
    return problem(409, detail, newest=max(one.pk for one in error.entries))


def _http(error: HttpError) -> HttpResponse:
    unread = error.status_code == 400 and str(error).startswith("Cannot parse request body")
    return problem(error.status_code, _("The body is not JSON.") if unread else str(error))


def _refused(error: Exception) -> HttpResponse:
    return problem(409, str(error))


def _unprocessable(error: Exception) -> HttpResponse:
    return problem(422, str(error))


def _value(error: ValueError) -> HttpResponse:
    """Text that no database keeps: a zero character, half of a surrogate pair."""
    if isinstance(error, UnicodeError) or "NUL" in str(error):
        return problem(422, _("The text holds a character that can't be kept."))
    return _fault(error)


def _fault(error: BaseException) -> HttpResponse:
    code = secrets.token_hex(4)
    logger.error("API request failed, code %s", code, exc_info=error)
    return problem(
        500, _("Nothing was half done. Try again; if it goes on, give the code to your administrator."), code=code
    )


HANDLERS: Mapping[type[Exception], Callable[[Any], HttpResponse]] = {
    AuthenticationError: lambda _error: problem(401, _("Send a token: Authorization: Bearer pv_…")),
    ValidationError: _validation,
    HttpError: _http,
    Http404: lambda _error: problem(404),
    ObjectDoesNotExist: lambda _error: problem(404),
    PermissionDenied: lambda _error: problem(403),
    StaleError: lambda error: problem(409, " ".join(error.messages)),
    FormError: _form,
    ConflictError: _conflict,
    InteractionChangedError: lambda error: _changed(version=error.theirs.version),
    ArticleChangedError: _meanwhile,
    EmailChangedError: _meanwhile,
    SmsChangedError: _meanwhile,
    BotChangedError: _meanwhile,
    WebchatChangedError: _meanwhile,
    RoutingChangedError: _meanwhile,
    AudienceChangedError: _meanwhile,
    AudienceRefusedError: _invalid,
    ConditionRefusedError: _condition,
    HiddenFromReaderError: lambda _error: problem(403, _("It asks for a field that you can't see.")),
    TemplateChangedError: _meanwhile,
    EndpointChangedError: lambda _error: _changed(),
    HoursChangedError: lambda _error: _changed(),
    SaidMeanwhileError: _said_meanwhile,
    FormBusyError: lambda _error: problem(429),
    FormInvalidError: _invalid,
    ConversationInvalidError: _invalid,
    OutreachInvalidError: _invalid,
    EndpointInvalidError: _invalid,
    WorkInvalidError: _invalid,
    CustomerInvalidError: _invalid,
    ConsentInvalidError: _invalid,
    InteractionInvalidError: _invalid,
    ArticleInvalidError: _invalid,
    FieldsInvalidError: _invalid,
    MergeError: _refused,
    NoSuchFileError: lambda _error: problem(404),
    RefusedError: _refused,
    StateError: _refused,
    AlreadyUndoneError: lambda _error: problem(409, _("This has already been taken back.")),
    UndoFailedError: lambda _error: problem(409, _("This can't be taken back as things are now; nothing was changed.")),
    ReadError: _unprocessable,
    MappingError: _unprocessable,
    FileRefusedError: _unprocessable,
    TooLongError: _unprocessable,
    IdentifierError: _unprocessable,
    UnknownCurrencyError: _unprocessable,
    AmountError: _unprocessable,
    BadCursorError: lambda _error: problem(400, _("This cursor is of another list.")),
    RequestDataTooBig: lambda _error: problem(413),
    SuspiciousOperation: lambda _error: problem(400),
    DataError: lambda _error: problem(422, _("A number is too large, or a text can't be kept.")),
    IntegrityError: lambda _error: problem(409),
    OperationalError: lambda _error: problem(503),
    InterfaceError: lambda _error: problem(503),
    ValueError: _value,
    Exception: _fault,
}


def _not_allowed(request: HttpRequest, error: Any) -> HttpResponse:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        denial_note(actor=actor, permission=error.permission, path=request.path)
    return problem(403, permission=error.permission)


def install(api: NinjaAPI) -> None:
    """Answer every error of the API with problem+json; a right that is missing is put into the trail."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, _adapted(handler))
    api.add_exception_handler(NotAllowed, _not_allowed)


def _adapted(handler: Callable[[Any], HttpResponse]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, error: handler(error)

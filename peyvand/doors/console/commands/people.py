"""People and programs: `peyvand user`, `peyvand token`."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Annotated

import typer
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.failures import USAGE, CommandError
from peyvand.foundation.accounts.bootstrap import create_first_admin, first_run_needed, roles_ensure
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.accounts.queries import tokens as tokens_of
from peyvand.foundation.accounts.queries import user_by_email
from peyvand.foundation.accounts.roles import ADMIN
from peyvand.foundation.accounts.services.people import reset_link_make, user_invite
from peyvand.foundation.accounts.services.tokens import token_make, token_revoke
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.lists import joined

user = typer.Typer(help=_("People who sign in."))
token = typer.Typer(help=_("Tokens of programs that use the API."))


def _console() -> Actor:
    return system_actor(via="console", language=ground.language())


def address(path: str) -> str:
    """A page's address as people of this installation reach it."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    port = os.environ.get("PEYVAND_PORT") or "8000"
    return (origins[0].rstrip("/") if origins else f"http://127.0.0.1:{port}") + path


def _person(email: str) -> User:
    found = user_by_email(email)
    if found is None:
        raise CommandError(_("Nobody here has the e-mail {email}.").format(email=email))
    return found


def _role(key: str) -> Role:
    roles_ensure()
    found = Role.objects.filter(key=key).first() or Role.objects.filter(name=key).first()
    if found is None:
        names = joined(one.key or one.name for one in Role.objects.order_by("id"))
        text = _("There is no role “{name}”. There are: {names}.").format(name=key, names=names)
        raise CommandError(text, code=USAGE)
    return found


def _password(given: bool) -> str:
    """From standard input, or asked for without showing it."""
    if given or not sys.stdin.isatty():
        word = sys.stdin.readline().rstrip("\r\n")
        if not word:
            raise CommandError(_("No password came on standard input."), code=USAGE)
        return word
    return str(typer.prompt(_("Password"), hide_input=True, confirmation_prompt=_("Once more"), err=True))


@user.command("create-admin", help=_("The first administrator; later, a link by which another one comes in."))
def create_admin(
    email: Annotated[str, typer.Argument()],
    name: Annotated[str, typer.Option(help=_("Their name."))] = "",
    from_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=_("Read the password from standard input."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    ground.stand(say=printing.say)
    if first_run_needed():
        made = create_first_admin(name=name or email.split("@")[0], email=email, password=_password(from_stdin))
        if as_json:
            printing.answer({"id": made.pk, "email": made.email, "sign_in": address(settings.LOGIN_URL)})
            return
        printing.line(_("{email} is the administrator. Sign in at:").format(email=made.email))
        printing.raw(address(settings.LOGIN_URL))
        return
    _invitation, secret = user_invite(actor=_console(), email=email, name=name, role_id=_role(ADMIN).pk)
    _link(address(reverse("accounts:invitation", args=[secret])), _("Good once, for seven days:"), as_json=as_json)


@user.command("reset-link", help=_("A link by which a person chooses a new password."))
def reset_link(email: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    secret = reset_link_make(actor=_console(), user_id=_person(email).pk)
    _link(address(reverse("accounts:password-link", args=[secret])), _("Good once, for an hour:"), as_json=as_json)


def _link(url: str, words: str, *, as_json: bool) -> None:
    if as_json:
        printing.answer({"link": url})
        return
    printing.say(words)
    printing.raw(url)


@user.command("list", help=_("Everybody who may sign in."))
def user_list(as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    found = list(User.objects.select_related("role").order_by("name", "id"))
    if as_json:
        printing.answer([{"id": one.pk, "email": one.email, "name": one.name, "active": one.is_active,
                          "role": one.role.key or one.role.name if one.role else None} for one in found])  # fmt: skip
        return
    titles = [_("E-mail"), _("Name"), _("Role"), _("Active")]
    yes, no = _("yes"), _("no")
    cells = [(one.email, one.name, one.role.title if one.role else "", yes if one.is_active else no) for one in found]
    printing.table(titles, cells)


@token.command("create", help=_("Make a token; it is shown once."))
def token_create(
    name: Annotated[str, typer.Argument(help=_("What it is for."))],
    person: Annotated[str, typer.Option("--user", metavar="EMAIL", help=_("As whom it acts."))],
    role: Annotated[str, typer.Option(help=_("Give it no more than this role may."))] = "",
    days: Annotated[int | None, typer.Option(min=1, help=_("Days until it ends."))] = None,
    demo: Annotated[bool, typer.Option("--demo", help=_("For the sample business."))] = False,
    as_json: AsJson = False,
) -> None:
    ground.stand(say=printing.say)
    made, secret = token_make(
        actor=_console(), name=name, user_id=_person(person).pk, role_id=_role(role).pk if role else None,
        expires_at=timezone.now() + timedelta(days=days) if days else None, demo=demo,
    )  # fmt: skip
    if as_json:
        printing.answer({"id": made.pk, "name": made.name, "token": secret, "expires_at": made.expires_at})
        return
    printing.say(_("Keep it now; it is not shown again:"))
    printing.raw(secret)


@token.command("list", help=_("The tokens there are."))
def token_list(as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    found = list(tokens_of(actor=_console()).order_by("id"))
    if as_json:
        printing.answer([{"id": one.pk, "name": one.name, "prefix": one.prefix, "user": one.user.email,
                          "demo": one.demo,
                          "role": one.role.key or one.role.name if one.role else None, "expires_at": one.expires_at,
                          "last_used": one.last_used, "revoked_at": one.revoked_at} for one in found])  # fmt: skip
        return
    titles = [_("Number"), _("Name"), _("Begins with"), _("Of"), _("State")]
    now = timezone.now()

    def state(revoked: bool, ended: bool) -> str:
        return _("revoked") if revoked else _("ended") if ended else _("in use")

    cells = [
        (one.pk, one.name, one.prefix, one.user.email,
         state(one.revoked_at is not None, one.expires_at is not None and one.expires_at <= now))
        for one in found
    ]  # fmt: skip
    printing.table(titles, cells)


@token.command("revoke", help=_("Refuse a token from now on."))
def revoke(token_id: Annotated[int, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    token_revoke(actor=_console(), token_id=token_id)
    if as_json:
        printing.answer({"revoked": token_id})
        return
    printing.line(_("The token is refused from now on."))

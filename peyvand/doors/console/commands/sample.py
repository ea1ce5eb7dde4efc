"""The sample business: `peyvand demo`, which `peyvand serve --demo` runs first."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.foundation.accounts.queries import user_by_email
from peyvand.foundation.demo import services
from peyvand.foundation.demo.queries import demo_status
from peyvand.foundation.registry.actor import system_actor

demo = typer.Typer(
    help=_("The sample business: another thing than your own data, never mixed with it. Alone: load it."),
    invoke_without_command=True,
)
Renew = Annotated[bool, typer.Option("--new-password", help=_("Make a new password for it."))]


def _note() -> Path:
    """Where the sample's password is kept, readable by its owner only, until somebody changes it."""
    return Path(settings.DATA) / "sample-sign-in.json"


def _keep(email: str, password: str) -> None:
    path = _note()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"email": email, "password": password}, file)


def _kept(email: str) -> str | None:
    """The kept password while it is still that person's; otherwise it is forgotten."""
    try:
        found = json.loads(_note().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    user = user_by_email(email)
    if found.get("email") == email and user is not None and user.is_active and user.check_password(found["password"]):
        return str(found["password"])
    _note().unlink(missing_ok=True)
    return None


def begin(*, renew: bool = False) -> dict[str, str | bool | None]:
    """Load the sample if there is nothing yet; how to sign in to it, or {"loaded": False} alone when it isn't there."""
    with printing.progress(_("Loading the sample business")) as report:
        begun = services.demo_begin(renew=renew, on_progress=lambda done, total, _message: report(done, total))
    if begun is None:
        return {"loaded": False}
    if begun.password is not None:
        _keep(begun.email, begun.password)
    return {"loaded": begun.loaded, "email": begun.email, "password": begun.password or _kept(begun.email)}


def tell(begun: dict[str, str | bool | None]) -> None:
    """Say how to sign in, on stderr beside the address."""
    if "email" not in begun:
        printing.say(_("There are data of your own, so the sample was not loaded; its page in the settings can do it."))
        return
    printing.say(_("Sign in to the sample business with {email}").format(email=begun["email"]))
    if begun["password"]:
        printing.say(_("Password: {password}").format(password=begun["password"]))
    else:
        printing.say(_("The password was changed; “peyvand demo load --new-password” makes another."))


@demo.callback()
def alone(context: typer.Context, renew: Renew = False, as_json: AsJson = False) -> None:
    """Load it, when nothing else is asked."""
    if context.invoked_subcommand is None:
        load(renew=renew, as_json=as_json)


@demo.command("load", help=_("Load the sample if there is nothing yet, and say how to sign in."))
def load(renew: Renew = False, as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    begun = begin(renew=renew)
    if as_json:
        printing.answer(begun)
    else:
        tell(begun)


@demo.command("remove", help=_("Remove the sample; your own data stay as they are."))
def remove(as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    actor = system_actor(via="console", language=ground.language())
    with printing.progress(_("Removing the sample business")) as report:
        rows = services.demo_remove(actor=actor, on_progress=lambda done, total, _message: report(done, total))
    _note().unlink(missing_ok=True)
    if as_json:
        printing.answer({"removed": sum(rows.values()), "parts": dict(rows)})
        return
    printing.line(_("Removed {rows} rows of the sample.").format(rows=printing.number(sum(rows.values()))))


@demo.command("status", help=_("Whether the sample is there."))
def status(as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    found = demo_status()
    if as_json:
        printing.answer({"present": found.present, "name": found.name})
        return
    words = _("The sample business “{name}” is here.") if found.present else _("The sample business is not here.")
    printing.line(words.format(name=found.name))

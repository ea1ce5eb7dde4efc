"""`peyvand bench reach`: messages to many beside a bare loop and a peer, mail that comes in, a full inbox."""

from __future__ import annotations

import json
import os
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import crashing, place, reaching
from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.accounts.services.tokens import token_make
from peyvand.foundation.registry.actor import system_actor

NAME, PEER = "peyvand_reached", "peyvand_peer"
INBOUND = 500
Messages = Annotated[int, typer.Option(min=100, max=1_000_000, help=_("Messages to send over each channel."))]
Talks = Annotated[int, typer.Option(min=0, max=10_000_000, help=_("Conversations in the inbox; 0 leaves it out."))]


def reach_measures(messages: Messages = 10_000, conversations: Talks = 100_000, as_json: AsJson = False) -> None:
    server = ground.server(say=printing.say)
    printing.say(_("Sending as fast as it goes …"))
    os.environ["PEYVAND_OWN_HOSTS"] = "127.0.0.1"
    with place.own_database(server.url, NAME, keep=False) as url, place.own_database(server.url, PEER, keep=False):
        found = place.work_in(url, ["peyvand", "bench", "reach-in", str(messages), str(conversations)])
    if as_json:
        printing.answer({"bench": "reach", "postgresql": server.version, **found})
        return
    for name, value in found.items():
        printing.line(f"{name}: {json.dumps(value, ensure_ascii=False)}")


def reach_in(messages: int, conversations: int) -> None:
    """Inside the database of its own."""
    ground.migrate(say=printing.say)
    settings.OWN_HOSTS = ["127.0.0.1"]
    roles_ensure()
    user = User.objects.create_user("measured@example.com", None, name="سنجش", role=Role.objects.get(key="admin"))
    _row, token = token_make(actor=system_actor(), name="measure", user_id=user.pk, demo=False)
    ids = crashing.people(messages + 1)
    answer: dict[str, Any] = {}
    with reaching.mail_sink() as (port, sink):
        answer["email"] = reaching.mails(port, sink, ids, peer=PEER)
    answer["sms"] = reaching.texts(ids)
    answer["inbound"] = reaching.heard(INBOUND)
    if conversations:
        answer["inbox"] = reaching.inbox(conversations, ids, user=user, token=token)
    printing.answer(answer)

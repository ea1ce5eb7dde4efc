"""`peyvand bench site`: the collector beside a raw COPY, live profile and short links at a steady pace, live chat with
many at once, the sizes of the script.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import filling, place, siting
from peyvand.doors.console.measuring.chatting import measure_chat
from peyvand.doors.console.measuring.redirecting import measure_redirects
from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, Team, User

NAME = "peyvand_sited"
RAW = 50_000  # rows of the raw COPY
PACE = 200
Profiles = Annotated[int, typer.Option(min=1_000, max=10_000_000, help=_("Profiles to ask for."))]
Seconds = Annotated[int, typer.Option(min=2, max=600, help=_("Seconds of each measure."))]

Visitors = Annotated[int, typer.Option(min=0, max=50_000, help=_("Visitors who chat at once; 0 leaves it out."))]


def site_measures(
    profiles: Profiles = 1_000_000, seconds: Seconds = 20, visitors: Visitors = 1_000, as_json: AsJson = False
) -> None:
    server = ground.server(say=printing.say)
    printing.say(_("Filling and asking; nothing of it stays …"))
    with place.own_database(server.url, NAME, keep=False) as url:
        found = place.work_in(url, ["peyvand", "bench", "site-in", str(profiles), str(seconds), str(visitors)])
    if as_json:
        printing.answer({"bench": "site", "postgresql": server.version, **found})
        return
    for name, value in found.items():
        printing.line(f"{name}: {json.dumps(value, ensure_ascii=False)}")


def site_in(profiles: int, seconds: int, visitors: int) -> None:
    """Inside the database of its own."""
    ground.migrate(say=printing.say)
    roles_ensure()
    people = [
        User.objects.create_user(f"m{n}@example.com", None, name="سنجش", role=Role.objects.get(key="admin")).pk
        for n in range(2)
    ]
    filling.fill(customers=profiles, interactions=0, owners=people, team=Team.objects.create(name="سنجش").pk, tags=[])
    site = siting.a_site()
    siting.visitors(site, count=profiles)
    answer: dict[str, Any] = {"script": siting.sizes()}
    with place.site_served() as port:
        answer["profile"] = siting.profiles(port, site, count=profiles, a_second=PACE, seconds=seconds)
        raw = siting.copied(site, count=RAW)
        ours = siting.collected(port, site, seconds=seconds)
        again = siting.copied(site, count=RAW)
    best = {name: max(raw[name], again[name]) for name in raw}
    answer["collector"] = {
        **ours, "raw": best, "of_raw_one_copy": round(ours["events_a_second"] / best["one_copy"], 3),
        "of_raw_ten_a_commit": round(ours["events_a_second"] / best["ten_a_commit"], 3),
    }  # fmt: skip
    answer["redirect"] = measure_redirects(seconds)
    if visitors:
        answer["chat"] = measure_chat(visitors)
    printing.answer(answer)

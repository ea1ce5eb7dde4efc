"""What the room declares."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.declarations import FirstStep
from peyvand.foundation.demo.services import LOAD, MANAGE, REMOVE
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.declarations import Permission, SettingsPage


def _page(run: Run) -> str:
    return reverse("demo:status")


DECLARATIONS = (
    Permission(name=MANAGE, label=_("Load and remove the sample business"), group=_("Data"), order=65),
    Job(name=LOAD, path="peyvand.foundation.demo.tasks:load", label=_("Loading the sample"), result_url=_page),
    Job(name=REMOVE, path="peyvand.foundation.demo.tasks:remove", label=_("Removing the sample"), result_url=_page),
    FirstStep(
        name="demo",
        label=_("Look at a sample business"),
        help=_("A tea house with 600 customers and their orders. It goes in one click, and never mixes with yours."),
        icon="flask",
        url_name="demo:load",
        order=20,
        permission=MANAGE,
        post={"from": "first-run"},
    ),
    SettingsPage(
        name="demo",
        label=_("Sample business"),
        help=_("Load a lively sample to look at, or remove it."),
        icon="flask",
        url_name="demo:status",
        order=70,
        permission=MANAGE,
    ),
)

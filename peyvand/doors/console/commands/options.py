"""Options that many commands have."""

from __future__ import annotations

from typing import Annotated

import typer
from django.utils.translation import gettext

AsJson = Annotated[bool, typer.Option("--json", help=gettext("Answer with one JSON object."))]

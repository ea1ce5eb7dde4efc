"""The ASGI application that granian serves. Hot paths will be dispatched here, before Django."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from peyvand.doors.workspace.limits import Bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
application = Bounded(get_asgi_application(), most=64, busy=4, free=frozenset({"/healthz", "/inbox/live/"}))

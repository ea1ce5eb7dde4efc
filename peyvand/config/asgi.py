"""The ASGI application that granian serves."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from peyvand.doors.workspace.limits import Bounded
from peyvand.foundation.outside.forwarding import Forwarded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
pages = Bounded(get_asgi_application(), most=64, busy=4, free=frozenset({"/healthz", "/inbox/live/"}))
application = Forwarded(pages, proxies=settings.PROXIES)

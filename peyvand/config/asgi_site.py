"""The ASGI application of the public site, served on an origin of its own: Django, and small applications beside it."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("PEYVAND_SITE_SETTINGS", "peyvand.config.settings_site")
pages = get_asgi_application()

# Rooms are there only once Django is.
from peyvand.channels.web import collecting  # noqa: E402
from peyvand.channels.webchat.live import app as chat  # noqa: E402
from peyvand.doors.site import (  # noqa: E402
    arriving,
    profile,
    pushing,
    redirects,
    script,
)
from peyvand.doors.site.dispatch import Dispatch  # noqa: E402
from peyvand.doors.workspace.limits import Bounded  # noqa: E402
from peyvand.foundation.outside.forwarding import Forwarded  # noqa: E402

bounded = Bounded(pages, most=64, busy=4)
parts = Dispatch(
    {
        "/s/": script.serve,
        "/a/": script.serve,
        "/r/": redirects.Redirects(otherwise=bounded),
        "/l/": arriving.serve,
        "/push/": pushing.serve,
        "/chat/v1/": chat.serve,
        "/e/": collecting.serve,
        "/p/v1/": profile.serve,
    },
    otherwise=bounded,
)
application = Forwarded(parts, proxies=settings.PROXIES)

"""The ASGI application of the public site, served on an origin of its own."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("PEYVAND_SITE_SETTINGS", "peyvand.config.settings_site")
application = get_asgi_application()

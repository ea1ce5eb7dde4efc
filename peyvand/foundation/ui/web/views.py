"""What makes the pages an app on a phone: a manifest in either language, the worker behind the pages, a page without
a network. Nothing here is of a person.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from peyvand.foundation.ui.plain import plain_page

WORKER = Path(__file__).resolve().parent.parent / "static" / "ui" / "worker.js"
# What the page without a network is made of; everything else is kept when it is first asked for.
FIRST = ("ui/theme.js", "ui/tokens.css", "ui/plain.css", "ui/icon.svg", "vendor/fonts/Vazirmatn-wght.woff2")
HASHED = r"\.[0-9a-f]{12}\.\w+$"  # as ManifestStaticFilesStorage calls files
ICONS = (
    ("ui/icon.svg", "any", "image/svg+xml", "any"),
    ("ui/icon-192.png", "192x192", "image/png", "any"),
    ("ui/icon-512.png", "512x512", "image/png", "any"),
    ("ui/icon-maskable.png", "512x512", "image/png", "maskable"),
)
LANGUAGES = {"fa": "rtl", "en": "ltr"}


@login_not_required
@cache_control(public=True, max_age=3600)
@require_safe
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """How the app is called and drawn. By language in its address: browsers ask for it without cookies."""
    if language not in LANGUAGES:
        raise Http404
    with override(language):
        name, description = gettext("Peyvand"), gettext("Customers, what happened with them, what they are worth")
    icons = [{"src": static(path), "sizes": size, "type": kind, "purpose": purpose}
             for path, size, kind, purpose in ICONS]  # fmt: skip
    return JsonResponse({
        "id": "/", "name": name, "short_name": name, "description": description, "lang": language,
        "dir": LANGUAGES[language], "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#f2f5f4", "theme_color": "#0b7570", "icons": icons,
    }, content_type="application/manifest+json")  # fmt: skip


@login_not_required
@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script of the worker, with what it keeps; a new version of any of that makes a new worker."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@cache
def _script() -> str:
    offline = reverse("ui:offline")
    code = WORKER.read_text(encoding="utf-8")
    files = [static(path) for path in FIRST]
    stamp = hashlib.sha256("\n".join([code, *files, plain_page("offline")]).encode()).hexdigest()[:12]
    given = {
        "cache": f"peyvand-{stamp}", "files": files, "offline": offline, "root": settings.STATIC_URL, "hashed": HASHED,
    }  # fmt: skip
    return f"const given = {json.dumps(given)};\n{code}"


@login_not_required
@cache_control(no_cache=True)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page for when there is no network; the worker keeps it."""
    return HttpResponse(plain_page("offline"))

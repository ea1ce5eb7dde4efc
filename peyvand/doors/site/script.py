"""The one script of a site, `/s/<key>.js`, and the files of its parts, `/a/<digest>/<name>`.

The script is small and says which files to load; it may be kept for five minutes. Files are named by what is in them,
so they may be kept for ever; they lie in memory, packed once.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from peyvand.channels.sites import edge, queries
from peyvand.channels.sites.declarations import SiteFile, SitePart
from peyvand.channels.sites.models import Site
from peyvand.foundation.registry.registry import registry

logger = logging.getLogger(__name__)

CORE = Path(edge.__file__).parent / "static" / "sites" / "core.js"
MARK = "/*settings*/"
SHORT = "public, max-age=300"
LONG = "public, max-age=31536000, immutable"
DIGEST = 16
KINDS = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".png": "image/png", ".woff2": "font/woff2", ".json": "application/json",
}  # fmt: skip
PACKED = (".js", ".css", ".svg", ".json")


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    name: str
    digest: str
    content: bytes
    packed: bytes | None

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/a/{self.digest}/{self.name}"


def _asset(file: Path, name: str) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:DIGEST]
    return Asset(name, digest, content, edge.packed(content) if file.suffix in PACKED else None)


@cache
def assets() -> dict[str, Asset]:
    """Every file of the script's parts by its name; a name that two rooms use is a fault of ours."""
    found: dict[str, Asset] = {}
    declared = [(one.file, f"{one.name}.js") for one in registry.all(SitePart)]
    declared += [(one.file, one.name) for one in registry.all(SiteFile)]
    for file, name in declared:
        if name in found:
            raise ValueError(f"two files of the site are called {name}")
        found[name] = _asset(file, name)
    return found


@cache
def _core() -> str:
    return CORE.read_text(encoding="utf-8")


def script_of(site: Site) -> bytes:
    """The script of a site: the core, told what is switched on there."""
    parts: dict[str, Any] = {}
    for one in sorted(registry.all(SitePart), key=lambda part: part.order):
        told = one.config(site)
        if told is not None:
            parts[one.name] = {"file": assets()[f"{one.name}.js"].path, "config": dict(told)}
    told_all = {
        "base": settings.SITE_URL, "key": site.key, "lang": site.language, "consent": site.consent, "parts": parts,
        "files": {one.name: assets()[one.name].path for one in registry.all(SiteFile)},
    }  # fmt: skip
    text = json.dumps(told_all, ensure_ascii=False, separators=(",", ":"))
    for letter, plain in (("<", "\\u003c"), (">", "\\u003e"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(letter, plain)  # wherever the script is pasted, it ends nothing
    return _core().replace(MARK, text).encode()


def _read(key: str) -> bytes | None:
    try:
        site = queries.site_by_key(key)
        return None if site is None else script_of(site)
    finally:
        if not connection.in_atomic_block:
            connection.close()


async def serve(scope: edge.Scope, receive: edge.Receive, send: edge.Send) -> None:
    """`/s/<key>.js` and `/a/<digest>/<name>`."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        await edge.answer(send, 405)
        return
    path = scope["path"]
    if path.startswith("/a/"):
        digest, _, name = path.removeprefix("/a/").partition("/")
        asset = assets().get(name)
        if asset is None:
            await edge.answer(send, 404)
            return
        fresh = LONG if asset.digest == digest else SHORT  # an older page asks for an older file: it gets today's
        await _give(scope, send, asset.content, asset.packed, asset.digest, KINDS[Path(name).suffix], fresh)
        return
    key = path.removeprefix("/s/").removesuffix(".js")
    content = await sync_to_async(_read, thread_sensitive=False)(key) if path.endswith(".js") else None
    if content is None:
        await edge.answer(send, 404, headers={"cache-control": "public, max-age=60"})
        return
    digest = hashlib.sha256(content).hexdigest()[:DIGEST]
    await _give(scope, send, content, edge.packed(content), digest, KINDS[".js"], SHORT)


async def _give(
    scope: edge.Scope, send: edge.Send, content: bytes, packed: bytes | None, digest: str, kind: str, fresh: str
) -> None:
    said = {
        "etag": f'"{digest}"', "cache-control": fresh, "access-control-allow-origin": "*", "vary": "Accept-Encoding",
        "cross-origin-resource-policy": "cross-origin",
    }  # fmt: skip
    if edge.header(scope, "if-none-match") == said["etag"]:
        await edge.answer(send, 304, headers=said)
        return
    if packed is not None and "gzip" in edge.header(scope, "accept-encoding"):
        said["content-encoding"], content = "gzip", packed
    await edge.answer(send, 200, b"" if scope["method"] == "HEAD" else content, kind=kind, headers=said)

"""Collect the pinned front-end files of node_modules into the ui room's static files.

Quick when nothing changed: a stamp of the pins and of this file is kept beside the copies. No network.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "peyvand" / "foundation" / "ui" / "static" / "vendor"
STAMP = ".stamp"

SOURCE_MAP = re.compile(rb"\s*(?://[#@]\s*sourceMappingURL=[^\s*]+|/\*[#@]\s*sourceMappingURL=[^*]+\*/)\s*")
FONT_SOURCES = re.compile(rb"src:[^;}]*?url\(\"?'?(?:\./)?(fonts/[\w-]+\.woff2)[^)]*\)[^;}]*")


def without_source_map(content: bytes) -> bytes:
    """The file without its source map's address: the map isn't shipped, and hashed static files would look for it."""
    return SOURCE_MAP.sub(b"\n", content).rstrip() + b"\n"


def woff2_only(content: bytes) -> bytes:
    """A font's style sheet that names its woff2 file alone; swaps at once, since icons carry no words."""
    found = FONT_SOURCES.sub(rb'src:url("\1") format("woff2")', content)
    if b".ttf" in found:
        raise ValueError("the icon style sheet names fonts in a form this tool doesn't know")
    return without_source_map(found)


def as_is(content: bytes) -> bytes:
    """Binary files are copied untouched."""
    return content


@dataclass(frozen=True)
class Piece:
    """One file: where it comes from inside a package, where it goes, and what is done to it on the way."""

    package: str
    source: str
    target: str
    change: Callable[[bytes], bytes] = without_source_map


PIECES = (
    Piece("@tabler/core", "dist/css/tabler.min.css", "tabler.min.css"),
    Piece("@tabler/core", "dist/css/tabler.rtl.min.css", "tabler.rtl.min.css"),
    Piece("@tabler/icons-webfont", "dist/tabler-icons.min.css", "tabler-icons.min.css", woff2_only),
    Piece("@tabler/icons-webfont", "dist/fonts/tabler-icons.woff2", "fonts/tabler-icons.woff2", as_is),
    Piece("vazirmatn", "fonts/webfonts/Vazirmatn[wght].woff2", "fonts/Vazirmatn-wght.woff2", as_is),
    Piece("vazirmatn", "fonts/ttf/Vazirmatn-Regular.ttf", "fonts/Vazirmatn-Regular.ttf", as_is),  # for print
    Piece("vazirmatn", "fonts/ttf/Vazirmatn-Bold.ttf", "fonts/Vazirmatn-Bold.ttf", as_is),
    Piece("echarts", "dist/echarts.min.js", "echarts.min.js"),
    Piece("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
    Piece("@majidh1/jalalidatepicker", "dist/jalalidatepicker.min.js", "jalalidatepicker.min.js"),
    Piece("@majidh1/jalalidatepicker", "dist/jalalidatepicker.min.css", "jalalidatepicker.min.css"),
    Piece("tom-select", "dist/js/tom-select.complete.min.js", "tom-select.min.js"),
    Piece("tom-select", "dist/css/tom-select.bootstrap5.min.css", "tom-select.min.css"),
    Piece("sortablejs", "Sortable.min.js", "sortable.min.js"),
)


def pins() -> dict[str, str]:
    """The versions package.json asks for."""
    found: dict[str, str] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return found


def wrong_versions(wanted: dict[str, str]) -> list[str]:
    """Packages that node_modules lacks or holds in another version than pinned."""
    wrong = []
    for package in sorted({piece.package for piece in PIECES}):
        manifest = MODULES / package / "package.json"
        held = json.loads(manifest.read_text(encoding="utf-8"))["version"] if manifest.is_file() else "nothing"
        if held != wanted.get(package):
            wrong.append(f"{package}: {wanted.get(package)} is pinned, node_modules holds {held}")
    return wrong


def licences() -> bytes:
    """The licences of what is copied, in one file, as they ask for."""
    texts = []
    for package in sorted({piece.package for piece in PIECES}):
        manifest = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
        files = sorted(path for path in (MODULES / package).iterdir() if path.is_file())
        own = [path for path in files if re.match(r"(?i)(licen[sc]e|notice|ofl)", path.name)]
        text = "\n\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in own)
        texts.append(f"{package} {manifest['version']} ({manifest.get('license', 'see below')})\n\n{text}")
    return ("\n\n" + "─" * 80 + "\n\n").join(texts).strip().encode() + b"\n"


def collect() -> None:
    """Write every piece anew, and the stamp last."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for piece in PIECES:
        target = TARGET / piece.target
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(piece.change((MODULES / piece.package / piece.source).read_bytes()))
    (TARGET / "LICENSES.txt").write_bytes(licences())


def main() -> int:
    """Collect when the pins, this file or the copies changed."""
    wanted = pins()
    stamp = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode() + Path(__file__).read_bytes()).hexdigest()
    kept = TARGET / STAMP
    if kept.is_file() and kept.read_text() == stamp and all((TARGET / piece.target).is_file() for piece in PIECES):
        return 0
    if wrong := wrong_versions(wanted):
        print("\n".join([*wrong, "Run: npm ci"]), file=sys.stderr)
        return 1
    collect()
    kept.write_text(stamp)
    print(f"{len(PIECES)} front-end files collected.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

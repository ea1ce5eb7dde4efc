"""Compile both locks from pyproject.toml, for every supported Python at once, naming no index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COMMON = ["--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
SILENT = ["--no-emit-index-url", "--no-emit-find-links"]


def main() -> int:
    """uv is a tool of the maintainer: installed beside the locked packages when it is missing."""
    python = sys.executable
    if subprocess.run([python, "-m", "uv", "--version"], check=False, capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    compile_ = [python, "-m", "uv", "pip", "compile", *COMMON, *SILENT, *sys.argv[1:], "pyproject.toml"]
    subprocess.run([*compile_, "-o", "requirements.lock"], check=True)
    subprocess.run([*compile_, "--extra", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"], check=True)
    named = [f for f in ("requirements.lock", "requirements-dev.lock") if "://" in Path(f).read_text(encoding="utf-8")]
    if named:
        print(f"an address stands in {', '.join(named)}", file=sys.stderr)
    return 1 if named else 0


if __name__ == "__main__":
    raise SystemExit(main())

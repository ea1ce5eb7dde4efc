"""Fail when a model has changed without its migration. Needs no database."""

from __future__ import annotations

import os
import sys
import tempfile

import django
from django.core.management import call_command


def main() -> int:
    """Ask Django, with a data folder of its own so that nothing is written beside one's data."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PEYVAND_DATA"] = folder
        django.setup()
        try:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        except SystemExit as stop:
            print("a model has changed without its migration: run `django-admin makemigrations`", file=sys.stderr)
            return int(stop.code or 0)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

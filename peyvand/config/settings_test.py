"""Settings of the test run: a PostgreSQL of its own, quick hashes, plain static files.

The first process of a run starts the cluster and tells its parallel workers through the environment; conftest.py stops
it. PEYVAND_TEST_DATA names a folder whose cluster is kept running between runs.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from peyvand.foundation.database.cluster import ensure

if "PEYVAND_TEST_CLUSTER" not in os.environ:
    kept = os.environ.get("PEYVAND_TEST_DATA")
    folder = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="peyvand-test-"))
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    os.environ.pop("DATABASE_URL", None)
    os.environ["DATABASE_URL"] = ensure(folder, durable=False).url
    os.environ["PEYVAND_DATA"] = str(folder)
    os.environ["PEYVAND_TEST_CLUSTER"] = str(folder)
os.environ["PEYVAND_SECRET_KEY"] = "only-for-tests"  # noqa: S105
os.environ.pop("PEYVAND_POOL", None)

from peyvand.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]

"""The settings of the workspace: declared by `SettingKey`, kept where they differ from the default.

Read once a request (the middleware opens `remembered`); outside a request each `get` reads the database, so that a
worker never acts on an old value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.functional import Promise

from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.accounts.models import Setting
from peyvand.foundation.registry.registry import registry

_remembered: ContextVar[dict[str, Any] | None] = ContextVar("remembered_settings", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within the block, and blocks within it, the stored settings are read at most once."""
    known = _remembered.get()
    token = _remembered.set({} if known is None else known)
    try:
        yield
    finally:
        _remembered.reset(token)


def _stored() -> Mapping[str, Any]:
    cache = _remembered.get()
    if cache:
        return cache
    rows = dict(Setting.objects.values_list("key", "value"))
    if cache is not None:
        cache.update(rows)
        cache.setdefault("", None)  # so that "nothing stored" is remembered too
    return rows


def get(name: str) -> Any:
    """The value of a declared setting, a default of words in the reader's language; UnknownNameError when no room
    declares it.
    """
    default = registry.get(SettingKey, name).default
    return _stored().get(name, str(default) if isinstance(default, Promise) else default)


def text(name: str) -> str:
    """The value as text."""
    return str(get(name))


def flag(name: str) -> bool:
    """The value as yes or no."""
    return bool(get(name))


def put(values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Check and store; returns what changed as name → (before, after). ValueError when a value does not fit.

    Rights and the change set are the caller's: see `services.workspace.settings_save`.
    """
    changed = {}
    for name, value in values.items():
        after = registry.get(SettingKey, name).check(value)
        before = get(name)
        if before != after:
            Setting.objects.update_or_create(key=name, defaults={"value": after})
            changed[name] = (before, after)
    cache = _remembered.get()
    if cache is not None:
        cache.clear()
    return changed

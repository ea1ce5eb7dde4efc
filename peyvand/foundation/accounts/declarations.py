"""What other rooms declare to this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peyvand.foundation.registry.declarations import Label


def any_value(value: Any) -> Any:
    """Accept what comes."""
    return value


@dataclass(frozen=True)
class SettingKey:
    """A setting of the whole workspace.

    `check` turns what a form or a program gives into what is stored as JSON, or raises ValueError. Read it by
    `accounts.settings.get(name)`; an unset one has `default`.
    """

    name: str
    default: Any
    check: Callable[[Any], Any] = any_value
    order: int = 0


@dataclass(frozen=True)
class FirstLook:
    """Which business a new session looks at: the sample one when any `at_demo()` says so.

    Declared by the room that knows whether there are customers of one's own. Without any, a person of the sample
    business looks at it and everybody else at their own.
    """

    name: str
    at_demo: Callable[[], bool]


@dataclass(frozen=True)
class FirstStep:
    """What a new administrator may do first: a card on the last page of the first run.

    `url_name` is opened, or posted to with the hidden fields of `post`.
    """

    name: str
    label: Label
    help: Label
    icon: str
    url_name: str
    order: int = 0
    permission: str | None = None
    post: Mapping[str, str] | None = None


@dataclass(frozen=True)
class StaffMail:
    """A mail to a colleague. `files` are (name, MIME type, bytes)."""

    to: str
    name: str
    subject: str
    text: str
    files: Sequence[tuple[str, str, bytes]] = ()


class StaffMailError(Exception):
    """A mail to a colleague that did not go, with a sentence for people: why, and what to do."""


@dataclass(frozen=True)
class StaffPost:
    """How mail reaches colleagues, declared by the room that has accounts of e-mail.

    `send` hands one mail over, from the business's own account in either business, and raises StaffMailError.
    """

    name: str
    send: Callable[[StaffMail], None]
    order: int = 0

"""What every template may use without asking: `shell`, the frame's data, and `reader`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` is read from `request.shell` (a Shell, or a function that makes one) when a template first asks."""

    def of_request() -> Shell | None:
        found = getattr(request, "shell", None)
        made: Shell | None = found() if callable(found) else found
        return made

    return {"shell": SimpleLazyObject(of_request), "reader": current_reader()}

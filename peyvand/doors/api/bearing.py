"""Who calls: the token of the Authorization header."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor


class Token(HttpBearer):
    """The token of `Authorization: Bearer pv_…`; who it belongs to was found by `guarded`."""

    openapi_description = "A token made under Settings → Tokens, or by `peyvand token create`."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = cast("StaffRequest", request).actor
        return actor if actor.token_id is not None else None

"""Addresses of people who were erased, known again without being kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.privacy.models import Suppression

KINDS = ("email", "phone", "messenger", "card")  # by which somebody would come back


def digest_of(kind: str, key: str) -> str:
    """HMAC-SHA-256, in hexadecimal, under a key of the installation's own: nobody finds it by trying all numbers."""
    secret = hashlib.sha256(b"peyvand.privacy.suppression:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, f"{kind}:{key}".encode(), hashlib.sha256).hexdigest()


def suppress(*, demo: bool, keys: Iterable[tuple[str, str]]) -> None:
    """Remember these (kind, key) as digests; what is known already stays."""
    rows = [Suppression(demo=demo, kind=kind, digest=digest_of(kind, key)) for kind, key in keys if kind in KINDS]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def suppressed(*, actor: Actor, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (kind, key) belonged to somebody who was erased; one query."""
    by_digest = {digest_of(kind, key): (kind, key) for kind, key in keys}
    found = Suppression.objects.filter(demo=actor.demo, digest__in=by_digest).values_list("digest", flat=True)
    return {by_digest[digest] for digest in found}

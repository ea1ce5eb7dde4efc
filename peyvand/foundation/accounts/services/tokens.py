"""Verbs on tokens of programs."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.actors import digest_of
from peyvand.foundation.accounts.models import ApiToken, Role, User
from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor, NotAllowed

KIND = "access"
PREFIX = "pv_"


def token_make(
    *,
    actor: Actor,
    name: str,
    role_id: int | None = None,
    expires_at: datetime | None = None,
    user_id: int | None = None,
    demo: bool | None = None,
) -> tuple[ApiToken, str]:
    """A token acting as the actor (or, from the console, as `user_id`), narrowed to a role where one is given.

    The token itself is returned here and nowhere kept. A token cannot make tokens.
    """
    actor.require(access.TOKENS)
    owner = actor.user_id if user_id is None else user_id
    if actor.token_id is not None or owner is None or (owner != actor.user_id and not actor.everything):
        raise NotAllowed(access.TOKENS)
    user = User.objects.get(pk=owner, is_active=True)
    role = None if role_id is None else Role.objects.get(pk=role_id)
    raw = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        record(
            actor=actor,
            kind=KIND,
            title=gettext("Made the token “%(name)s”") % {"name": name.strip()},
            reference={"user": user.pk, "role": role_id},
        )
        token = ApiToken.objects.create(
            name=name.strip(),
            prefix=raw[: len(PREFIX) + 6],
            digest=digest_of(raw),
            user=user,
            role=role,
            expires_at=expires_at,
            demo=actor.demo if demo is None else demo,
        )
    return token, raw


def token_revoke(*, actor: Actor, token_id: int) -> None:
    """It is refused from the next request on. One's own, or anyone's with the right over all tokens."""
    token = ApiToken.objects.get(pk=token_id)
    if token.user_id != actor.user_id or actor.user_id is None:
        actor.require(access.ALL_TOKENS)
    with transaction.atomic():
        record(
            actor=actor,
            kind=KIND,
            title=gettext("Revoked the token “%(name)s”") % {"name": token.name},
            reference={"token": token.pk},
        )
        ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=timezone.now())

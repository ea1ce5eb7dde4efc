"""Who acts: a person, a token, a job's starter. Rights are read at each call: what was taken away is gone at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Now
from django.utils import timezone

from peyvand.foundation.accounts.models import ApiToken, Membership, Role, RoleGrant, RoleHidden, User
from peyvand.foundation.registry.actor import Actor, Scope, system_actor

DEFAULT_LANGUAGE = "fa"
IS_TEAM, IS_HIDDEN, IS_COLLEAGUE = -1, -2, -3  # in the place of a scope


def nobody(*, language: str = DEFAULT_LANGUAGE, via: str = "web") -> Actor:
    """Somebody who has not signed in, or may not any more: no right at all."""
    return Actor(user_id=None, name="", language=language, via=via)


def grants_of(role: Role | None) -> Mapping[str, Scope]:
    """The role's rights as stored; empty for the admin role, whose holder may everything without being granted it."""
    if role is None:
        return MappingProxyType({})
    rows = RoleGrant.objects.filter(role=role).values_list("permission", "scope")
    return MappingProxyType({permission: Scope(scope) for permission, scope in rows})


def hidden_of(role: Role | None) -> frozenset[str]:
    """The fields that the role does not see."""
    if role is None or role.is_admin:
        return frozenset()
    return frozenset(RoleHidden.objects.filter(role=role).values_list("field", flat=True))


def _reach_of(user: User) -> dict[str, Any]:
    """The rights of the person's role, the ids of their teams and of who is in them, and the fields hidden from the
    role, in one statement, since every request asks.
    """
    rights = RoleGrant.objects.filter(role_id=user.role_id or 0).values_list("permission", "scope")
    teams = Membership.objects.filter(user_id=user.pk).values_list(Cast("team_id", CharField()), Value(IS_TEAM))
    mine = Membership.objects.filter(user_id=user.pk).values("team_id")
    colleagues = Membership.objects.filter(team_id__in=mine).values_list(
        Cast("user_id", CharField()), Value(IS_COLLEAGUE)
    )
    hiding = RoleHidden.objects.filter(role_id=user.role_id or 0).values_list("field", Value(IS_HIDDEN))
    grants: dict[str, Scope] = {}
    team_ids, colleague_ids, hidden = set(), set(), set()
    for name, scope in rights.union(teams, colleagues, hiding, all=True):
        if scope == IS_TEAM:
            team_ids.add(int(name))
        elif scope == IS_COLLEAGUE:
            colleague_ids.add(int(name))
        elif scope == IS_HIDDEN:
            hidden.add(name)
        else:
            grants[name] = Scope(scope)
    return {
        "grants": MappingProxyType(grants),
        "team_ids": frozenset(team_ids),
        "colleague_ids": frozenset(colleague_ids),
        "hidden": frozenset(hidden),
    }


def actor_of(user: User, *, demo: bool = False, via: str = "web", language: str = "") -> Actor:
    """The user with their rights of this moment; `nobody()` when they are deactivated."""
    spoken = language or user.language or DEFAULT_LANGUAGE
    if not user.is_active:
        return nobody(language=spoken, via=via)
    return Actor(
        user_id=user.pk,
        name=user.name,
        demo=demo,
        everything=user.role is not None and user.role.is_admin,
        via=via,
        language=spoken,
        **_reach_of(user),
    )


def narrowed(actor: Actor, role: Role) -> Actor:
    """The actor with no more than the role gives: right by right the lesser scope of the two; what either hides."""
    if role.is_admin:
        return actor
    limits = grants_of(role)
    grants = (
        limits
        if actor.everything
        else {name: min(scope, actor.grants[name]) for name, scope in limits.items() if name in actor.grants}
    )
    return Actor(
        user_id=actor.user_id,
        name=actor.name,
        grants=MappingProxyType(dict(grants)),
        team_ids=actor.team_ids,
        colleague_ids=actor.colleague_ids,
        demo=actor.demo,
        everything=False,
        via=actor.via,
        token_id=actor.token_id,
        language=actor.language,
        hidden=actor.hidden | hidden_of(role),
    )


def digest_of(secret: str) -> str:
    """How a secret link or token is kept: SHA-256 in hexadecimal; the secret itself has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _living_tokens() -> Any:
    return ApiToken.objects.select_related("user__role", "role").filter(
        Q(expires_at=None) | Q(expires_at__gt=Now()), revoked_at=None, user__is_active=True
    )


def _actor_with(token: ApiToken, *, via: str) -> Actor:
    whole = actor_of(token.user, demo=token.demo, via=via)
    bound = Actor(
        user_id=whole.user_id,
        name=f"{whole.name} ({token.name})",
        grants=whole.grants,
        team_ids=whole.team_ids,
        colleague_ids=whole.colleague_ids,
        demo=token.demo,
        everything=whole.everything,
        via=via,
        token_id=token.pk,
        language=whole.language,
        hidden=whole.hidden,
    )
    return bound if token.role is None else narrowed(bound, token.role)


def actor_of_token(raw: str) -> Actor | None:
    """The actor of an API token; None when it is unknown, expired, revoked, or its user is deactivated."""
    token = _living_tokens().filter(digest=digest_of(raw)).first()
    if token is None:
        return None
    if token.last_used is None or (timezone.now() - token.last_used).total_seconds() > 60:
        ApiToken.objects.filter(pk=token.pk).update(last_used=Now())
    return _actor_with(token, via="api")


def actor_from_plain(plain: Mapping[str, Any]) -> Actor:
    """The actor of `Actor.as_plain()`, with the rights of now: what its starter may no more, a job may no more."""
    demo, via = bool(plain.get("demo")), str(plain.get("via") or "job")
    if plain.get("token_id"):
        token = _living_tokens().filter(pk=plain["token_id"]).first()
        return nobody(via=via) if token is None else _actor_with(token, via=via).looking_at(demo=demo)
    if plain.get("user_id") is None:
        return system_actor(demo=demo, via=via)
    user = User.objects.select_related("role").filter(pk=plain["user_id"]).first()
    return nobody(via=via) if user is None else actor_of(user, demo=demo, via=via)

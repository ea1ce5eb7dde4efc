"""Verbs on people: invite, take in, change, deactivate, give a new way in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.actors import actor_of, digest_of
from peyvand.foundation.accounts.models import Invitation, Membership, ResetLink, Role, Team, User, plain_email
from peyvand.foundation.accounts.services.sessions import sessions_end
from peyvand.foundation.changes.services import change_set, record
from peyvand.foundation.registry.actor import Actor, NotAllowed

INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=1)
KIND = "access"


@dataclass(frozen=True)
class PersonChanges:
    """What may be changed of a colleague. `teams` keeps who leads where they stay."""

    name: str
    email: str
    job_title: str
    role_id: int
    team_ids: Sequence[int]


def _role_to_give(actor: Actor, role_id: int) -> Role:
    role = Role.objects.get(pk=role_id)
    if not access.covers(actor, role=role):
        raise NotAllowed(access.MANAGE_USERS)
    return role


def _require_free_email(email: str, *, but: int = 0) -> None:
    if User.objects.filter(email=email).exclude(pk=but).exists():
        raise RefusedError(_("Somebody here already has this email."))


def user_invite(
    *, actor: Actor, email: str, name: str = "", role_id: int, team_ids: Sequence[int] = ()
) -> tuple[Invitation, str]:
    """A link for one person, good once within seven days. The token is returned here and nowhere kept.

    An open invitation to the same address is replaced: its link stops working.
    """
    actor.require(access.MANAGE_USERS)
    role = _role_to_give(actor, role_id)
    address = plain_email(email)
    _require_free_email(address)
    token = secrets.token_urlsafe(32)
    title = gettext("Invited %(email)s as %(role)s") % {"email": address, "role": role.title}
    with change_set(actor=actor, kind=KIND, title=title, reference={"email": address, "role": role.pk}):
        Invitation.objects.filter(email=address, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())
        invitation = Invitation.objects.create(
            digest=digest_of(token),
            email=address,
            name=name.strip(),
            role=role,
            invited_by_id=actor.user_id,
            expires_at=timezone.now() + INVITATION_LIFE,
        )
        invitation.teams.set(Team.objects.filter(pk__in=team_ids))
    return invitation, token


def invitation_revoke(*, actor: Actor, invitation_id: int) -> None:
    """Its link stops working at once."""
    actor.require(access.MANAGE_USERS)
    invitation = Invitation.objects.get(pk=invitation_id)
    title = gettext("Took back the invitation of %(email)s") % {"email": invitation.email}
    with change_set(actor=actor, kind=KIND, title=title, reference={"email": invitation.email}):
        Invitation.objects.filter(pk=invitation_id, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())


def invitation_accept(*, token: str, name: str, password: str, language: str = "") -> User:
    """The invited person comes in. RefusedError when the link is used, taken back or too old."""
    with transaction.atomic():
        found = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("role", "invited_by__role")
            .filter(digest=digest_of(token), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )
        if found is None:
            raise RefusedError(_("This invitation no longer works. Ask for a new one."))
        inviter = found.invited_by
        if inviter is not None and not access.covers(actor_of(inviter), role=found.role):
            raise RefusedError(_("This invitation no longer works. Ask for a new one."))
        _require_free_email(found.email)
        user = User(email=found.email, name=name.strip(), role=found.role, language=language)
        validate_password(password, user)
        user.set_password(password)
        title = gettext("%(name)s came in by invitation") % {"name": user.name}
        newcomer = Actor(user_id=None, name=user.name)
        with change_set(actor=newcomer, kind=KIND, title=title, reference={"email": user.email}):
            user.save()
            Membership.objects.bulk_create([Membership(user=user, team=team) for team in found.teams.all()])
            Invitation.objects.filter(pk=found.pk).update(accepted_at=timezone.now())
    return user


def user_change(*, actor: Actor, user_id: int, changes: PersonChanges) -> User:
    """Change a colleague's name, e-mail, role and teams. Changing the e-mail spoils open reset links."""
    actor.require(access.MANAGE_USERS)
    with transaction.atomic():
        access.lock_admins()
        user = User.objects.select_for_update(of=("self",)).select_related("role").get(pk=user_id)
        access.require_over(actor, user)
        role = user.role if changes.role_id == user.role_id else _role_to_give(actor, changes.role_id)
        email = plain_email(changes.email)
        _require_free_email(email, but=user.pk)
        title = gettext("Changed %(name)s") % {"name": user.name}
        with change_set(actor=actor, kind=KIND, title=title, reference={"user": user.pk}):
            user.name, user.email, user.job_title, user.role = changes.name.strip(), email, changes.job_title, role
            user.save(update_fields=["name", "email", "job_title", "role"])
            teams = set(Team.objects.filter(pk__in=changes.team_ids).values_list("pk", flat=True))
            Membership.objects.filter(user=user).exclude(team_id__in=teams).delete()
            Membership.objects.bulk_create(
                [Membership(user=user, team_id=team) for team in teams], ignore_conflicts=True
            )
            access.require_an_admin()
    return user


def user_deactivate(*, actor: Actor, user_id: int) -> User:
    """The person is out at once: sessions end, tokens and links stop; what they own stays theirs."""
    actor.require(access.MANAGE_USERS)
    if user_id == actor.user_id:
        raise RefusedError(_("You can't deactivate yourself."))
    with transaction.atomic():
        access.lock_admins()
        user = User.objects.select_for_update(of=("self",)).select_related("role").get(pk=user_id)
        access.require_over(actor, user)
        title = gettext("Deactivated %(name)s") % {"name": user.name}
        with change_set(actor=actor, kind=KIND, title=title, reference={"user": user.pk}):
            user.is_active = False
            user.save(update_fields=["is_active"])
            access.require_an_admin()
        sessions_end(user_id=user.pk)
    return user


def user_activate(*, actor: Actor, user_id: int) -> User:
    """Let a deactivated person in again, as they were."""
    actor.require(access.MANAGE_USERS)
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).select_related("role").get(pk=user_id)
        access.require_over(actor, user)
        title = gettext("Activated %(name)s again") % {"name": user.name}
        with change_set(actor=actor, kind=KIND, title=title, reference={"user": user.pk}):
            user.is_active = True
            user.save(update_fields=["is_active"])
    return user


def _stamp(user: User) -> str:
    """What a reset link holds on to: it changes with e-mail, password and activity."""
    return salted_hmac("accounts.reset", f"{user.pk}|{user.email}|{user.password}|{user.is_active}").hexdigest()


def reset_link_make(*, actor: Actor, user_id: int) -> str:
    """A token by which the person chooses a new password: once, within an hour. Earlier ones stop working."""
    actor.require(access.MANAGE_USERS)
    user = User.objects.select_related("role").get(pk=user_id, is_active=True)
    access.require_over(actor, user)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        record(
            actor=actor,
            kind=KIND,
            title=gettext("Made a password link for %(name)s") % {"name": user.name},
            reference={"user": user.pk},
        )
        ResetLink.objects.filter(user=user).delete()
        ResetLink.objects.create(
            digest=digest_of(token),
            user=user,
            stamp=_stamp(user),
            made_by_id=actor.user_id,
            expires_at=timezone.now() + RESET_LIFE,
        )
    return token


def reset_link_user(*, token: str, lock: bool = False) -> User | None:
    """Whose password the link changes; None when it is used, too old, or the person has changed since."""
    links = ResetLink.objects.select_related("user__role")
    if lock:
        links = links.select_for_update(of=("self",))
    link = links.filter(digest=digest_of(token), used_at=None, expires_at__gt=timezone.now()).first()
    if link is None or not link.user.is_active or not secrets.compare_digest(link.stamp, _stamp(link.user)):
        return None
    return link.user


def password_reset(*, token: str, password: str) -> User:
    """Set the new password and end every session. RefusedError when the link no longer works."""
    with transaction.atomic():
        user = reset_link_user(token=token, lock=True)
        if user is None:
            raise RefusedError(_("This link no longer works. Ask an administrator for a new one."))
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        ResetLink.objects.filter(digest=digest_of(token)).update(used_at=timezone.now())
        sessions_end(user_id=user.pk)
        record(
            actor=actor_of(user),
            kind="sign-in",
            title=gettext("%(name)s chose a new password by a link") % {"name": user.name},
            reference={"user": user.pk},
        )
    return user


def second_factor_remove(*, actor: Actor, user_id: int) -> None:
    """For a person who lost their phone: signing in asks for the password alone until they set it up again."""
    actor.require(access.MANAGE_USERS)
    user = User.objects.select_related("role").get(pk=user_id)
    access.require_over(actor, user)
    with transaction.atomic():
        record(
            actor=actor,
            kind=KIND,
            title=gettext("Removed the second factor of %(name)s") % {"name": user.name},
            reference={"user": user.pk},
        )
        Authenticator.objects.filter(Q(user_id=user.pk)).delete()
        sessions_end(user_id=user.pk)

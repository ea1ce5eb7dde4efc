"""Verbs on roles: nobody gives a right they do not hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.actors import grants_of
from peyvand.foundation.accounts.models import Role, RoleGrant, RoleHidden
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry

KIND = "access"


def _checked(grants: Mapping[str, Scope]) -> dict[str, Scope]:
    """The rights above NONE; UnknownNameError for a name nobody declares; unscoped rights reach all."""
    kept = {}
    for name, scope in grants.items():
        permission = registry.get(Permission, name)
        if scope > Scope.NONE:
            kept[name] = Scope(scope) if permission.scoped else Scope.ALL
    return kept


def role_save(*, actor: Actor, role_id: int | None, name: str, description: str, grants: Mapping[str, Scope]) -> Role:
    """Make a role (`role_id` None) or change one, with all its rights.

    What the actor does not hold can neither be given nor, where the role has it, be taken away: such a role is not
    theirs to change (NotAllowed).
    """
    actor.require(access.MANAGE_ROLES)
    wanted = _checked(grants)
    if not access.covers_grants(actor, wanted):
        raise NotAllowed(access.MANAGE_ROLES)
    plain = name.strip()
    if Role.objects.filter(name__iexact=plain).exclude(pk=role_id or 0).exists():
        raise RefusedError(_("There is already a role of this name."))
    with transaction.atomic():
        if role_id is None:
            role, before = Role(), {}
        else:
            role = Role.objects.select_for_update().get(pk=role_id)
            if role.is_admin:
                raise RefusedError(_("The administrator's role always has every right."))
            if not access.covers(actor, role=role):
                raise NotAllowed(access.MANAGE_ROLES)
            before = dict(grants_of(role))
        title = gettext("Role “%(name)s”") % {"name": plain}
        reference = {
            "before": {key: before[key].name.lower() for key in before},
            "after": {key: wanted[key].name.lower() for key in wanted},
        }
        with change_set(actor=actor, kind=KIND, title=title, reference=reference):
            role.name, role.description = plain, description.strip()
            role.save()
            RoleGrant.objects.filter(role=role).exclude(permission__in=wanted).delete()
            RoleGrant.objects.bulk_create(
                [RoleGrant(role=role, permission=name, scope=scope.value) for name, scope in wanted.items()],
                update_conflicts=True,
                unique_fields=["role", "permission"],
                update_fields=["scope"],
            )
    return role


def hidden_set(*, actor: Actor, field: str, label: str, role_ids: Collection[int]) -> int | None:
    """Hide a field ("customer.note") from these roles and from no other; gives the change set, None when it was so.

    NotAllowed where a role of them is not the actor's to change, or the field is hidden from the actor.
    """
    actor.require(access.MANAGE_ROLES)
    if actor.hides(field):
        raise NotAllowed(access.MANAGE_ROLES)
    with transaction.atomic():
        before = set(RoleHidden.objects.filter(field=field).values_list("role_id", flat=True))
        wanted = set(Role.objects.filter(pk__in=role_ids).exclude(key="admin").values_list("pk", flat=True))
        for role in Role.objects.select_for_update().filter(pk__in=before ^ wanted).order_by("pk"):
            if not access.covers(actor, role=role):
                raise NotAllowed(access.MANAGE_ROLES)
        if before == wanted:
            return None
        with change_set(actor=actor, kind=KIND, title=gettext("Who sees “%(name)s”") % {"name": label}) as made:
            RoleHidden.objects.filter(field=field, role_id__in=before - wanted).delete()
            RoleHidden.objects.bulk_create([RoleHidden(role_id=pk, field=field) for pk in sorted(wanted - before)])
    return made.pk


def role_delete(*, actor: Actor, role_id: int) -> None:
    """Delete a role nobody has and no token or open invitation names."""
    actor.require(access.MANAGE_ROLES)
    with transaction.atomic():
        role = Role.objects.select_for_update().get(pk=role_id)
        if role.is_admin:
            raise RefusedError(_("The administrator's role can't be deleted."))
        if not access.covers(actor, role=role):
            raise NotAllowed(access.MANAGE_ROLES)
        if role.in_use():
            raise RefusedError(_("Somebody has this role. Give them another one first."))
        title = gettext("Deleted the role “%(name)s”") % {"name": role.name}
        with change_set(actor=actor, kind=KIND, title=title, reference={"role": role.pk}):
            role.delete()

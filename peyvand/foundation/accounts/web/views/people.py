"""Settings of others: people, invitations, roles, teams."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import access, queries
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.models import Invitation, Role, Team, User
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.accounts.services import people, roles, teams
from peyvand.foundation.accounts.web.forms import InviteForm, PersonForm, RoleForm, TeamForm, put_errors
from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.toasts import toast


@require_safe
def users(request: StaffRequest) -> HttpResponse:
    """Everybody, those who left at the end, and open invitations."""
    actor = request.actor
    everyone = sorted(queries.users(actor=actor), key=lambda user: (not user.is_active, user.name))
    context = {
        "people": everyone,
        "manages": actor.may(access.MANAGE_USERS),
        "invitations": queries.invitations(actor=actor) if actor.may(access.MANAGE_USERS) else [],
    }
    return render(request, "accounts/users.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    """Invite somebody; the link is shown once, to be copied and sent by hand."""
    actor = request.actor
    actor.require(access.MANAGE_USERS)
    form = InviteForm(
        request.POST or None, roles=queries.roles_to_give(actor=actor), teams=queries.team_choices(actor=actor)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            invitation, token = people.user_invite(
                actor=actor, email=data["email"], name=data["name"], role_id=data["role"], team_ids=data["teams"]
            )
        except RefusedError as error:
            put_errors(form, error)
        else:
            link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
            return render(request, "accounts/invited.html", {"invitation": invitation, "link": link})
    return render(request, "accounts/invite.html", {"form": form})


@require_POST
def invitation_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(Invitation, pk=pk)
    people.invitation_revoke(actor=request.actor, invitation_id=pk)
    toast(request, gettext("The invitation of %(email)s no longer works.") % {"email": invitation.email})
    return redirect("accounts:users")


@require_http_methods(["GET", "HEAD", "POST"])
def user(request: StaffRequest, pk: int) -> HttpResponse:
    """A colleague: name, e-mail, role, teams, and what to do when they can't get in."""
    actor = request.actor
    person = get_object_or_404(queries.users(actor=actor), pk=pk)
    access.require_over(actor, person)
    choices = queries.roles_to_give(actor=actor)
    initial = {
        "name": person.name,
        "email": person.email,
        "job_title": person.job_title,
        "role": person.role_id,
        "teams": [membership.team_id for membership in person.memberships.all()],
    }
    form = PersonForm(request.POST or None, initial=initial, roles=choices, teams=queries.team_choices(actor=actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changes = people.PersonChanges(
            name=data["name"],
            email=data["email"],
            job_title=data["job_title"],
            role_id=data["role"],
            team_ids=data["teams"],
        )
        try:
            people.user_change(actor=actor, user_id=pk, changes=changes)
        except RefusedError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("Saved."))
            return redirect("accounts:users")
    context = {"person": person, "form": form, "self": pk == actor.user_id, "second": queries.has_second_factor(person)}
    return render(request, "accounts/user.html", context)


@require_POST
def user_deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    """Out at once, with the way back."""
    get_object_or_404(User, pk=pk)
    try:
        person = people.user_deactivate(actor=request.actor, user_id=pk)
    except RefusedError as error:
        toast(request, str(error), level="bad")
    else:
        undo = reverse("accounts:user-activate", args=[pk])
        toast(request, gettext("%(name)s can no longer sign in.") % {"name": person.name}, undo_url=undo)
    return redirect("accounts:users")


@require_POST
def user_activate(request: StaffRequest, pk: int) -> HttpResponse:
    """In again."""
    get_object_or_404(User, pk=pk)
    person = people.user_activate(actor=request.actor, user_id=pk)
    toast(request, gettext("%(name)s can sign in again.") % {"name": person.name})
    return redirect("accounts:users")


@never_cache
@require_POST
def user_reset(request: StaffRequest, pk: int) -> HttpResponse:
    """A link for a new password, shown once."""
    person = get_object_or_404(User, pk=pk, is_active=True)
    token = people.reset_link_make(actor=request.actor, user_id=pk)
    link = request.build_absolute_uri(reverse("accounts:password-link", args=[token]))
    return render(request, "accounts/reset_made.html", {"person": person, "link": link})


@require_POST
def user_second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a lost second factor."""
    person = get_object_or_404(User, pk=pk)
    people.second_factor_remove(actor=request.actor, user_id=pk)
    toast(request, gettext("%(name)s signs in with the password alone now.") % {"name": person.name})
    return redirect("accounts:user", pk=pk)


@require_safe
def role_list(request: StaffRequest) -> HttpResponse:
    """Roles and how many people have them."""
    return render(request, "accounts/roles.html", {"roles": queries.roles(actor=request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A role's name and its matrix of rights."""
    actor = request.actor
    actor.require(access.MANAGE_ROLES)
    found = None if pk is None else get_object_or_404(Role, pk=pk)
    initial = {} if found is None else {"name": found.title, "description": found.purpose}
    form = RoleForm(request.POST or None, initial=initial)
    editable = found is None or (not found.is_admin and access.covers(actor, role=found))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if found is not None:  # an untouched starting role keeps its name in both languages
            data["name"] = found.name if data["name"] == found.title else data["name"]
            data["description"] = found.description if data["description"] == found.purpose else data["description"]
        try:
            saved = roles.role_save(actor=actor, role_id=pk, grants=_grants(request), **data)
        except RefusedError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The role “%(name)s” is saved.") % {"name": saved.title})
            return redirect("accounts:roles")
    context = {
        "role": found,
        "form": form,
        "groups": queries.matrix(actor=actor, role=found),
        "editable": editable,
        "deletable": found is not None and editable and not found.in_use(),
    }
    return render(request, "accounts/role.html", context)


def _grants(request: StaffRequest) -> dict[str, Scope]:
    """The chosen segment of each declared right; anything else in the form is not looked at."""
    chosen = {}
    for permission in registry.all(Permission):
        value = request.POST.get(f"right-{permission.name}", "0")
        chosen[permission.name] = Scope(int(value)) if value in {"0", "1", "2", "3"} else Scope.NONE
    return chosen


@require_POST
def role_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete a role that nobody has."""
    found = get_object_or_404(Role, pk=pk)
    try:
        roles.role_delete(actor=request.actor, role_id=pk)
    except RefusedError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, gettext("The role “%(name)s” is deleted.") % {"name": found.title})
    return redirect("accounts:roles")


@require_safe
def team_list(request: StaffRequest) -> HttpResponse:
    """Teams and who is in them."""
    context = {"teams": queries.teams(actor=request.actor), "manages": request.actor.may(access.MANAGE_ROLES)}
    return render(request, "accounts/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A team's name, members and leaders."""
    actor = request.actor
    actor.require(access.MANAGE_ROLES)
    found = None if pk is None else get_object_or_404(Team, pk=pk)
    held = {} if found is None else dict(found.memberships.values_list("user_id", "leader"))
    initial = {} if found is None else {"name": found.name, "description": found.description}
    form = TeamForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        places = {
            person.pk: request.POST.get(f"place-{person.pk}", "none") for person in User.objects.filter(is_active=True)
        }
        try:
            saved = teams.team_save(
                actor=actor,
                team_id=pk,
                member_ids=[person for person, place in places.items() if place in {"member", "leader"}],
                leader_ids=[person for person, place in places.items() if place == "leader"],
                **form.cleaned_data,
            )
        except (RefusedError, ValidationError) as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The team “%(name)s” is saved.") % {"name": saved.name})
            return redirect("accounts:teams")
    members = [
        (person, "none" if person.pk not in held else "leader" if held[person.pk] else "member")
        for person in User.objects.filter(is_active=True)
    ]
    return render(request, "accounts/team.html", {"team": found, "form": form, "members": members})


@require_POST
def team_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete an empty team."""
    found = get_object_or_404(Team, pk=pk)
    try:
        teams.team_delete(actor=request.actor, team_id=pk)
    except RefusedError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, gettext("The team “%(name)s” is deleted.") % {"name": found.name})
    return redirect("accounts:teams")

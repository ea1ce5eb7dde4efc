from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, connection, transaction

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.access import LastAdminError, RefusedError
from peyvand.foundation.accounts.actors import actor_from_plain, nobody
from peyvand.foundation.accounts.models import ApiToken, Invitation, ResetLink, Role, Team, User
from peyvand.foundation.accounts.services import people, roles, teams, tokens, workspace
from peyvand.foundation.accounts.tests.factories import acting, make_admin, make_role, make_user
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Verb:
    name: str
    permission: str
    call: Callable[[Actor, User], object]


def changes(user: User, **other: object) -> people.PersonChanges:
    held = {"name": "New", "email": user.email, "job_title": "", "role_id": user.role_id, "team_ids": ()}
    return people.PersonChanges(**{**held, **other})


def viewer_role() -> Role:
    return Role.objects.get(name="plain")


VERBS = [
    Verb(
        "invite",
        access.MANAGE_USERS,
        lambda a, u: people.user_invite(actor=a, email="new@example.com", role_id=viewer_role().pk),
    ),
    Verb("change", access.MANAGE_USERS, lambda a, u: people.user_change(actor=a, user_id=u.pk, changes=changes(u))),
    Verb("deactivate", access.MANAGE_USERS, lambda a, u: people.user_deactivate(actor=a, user_id=u.pk)),
    Verb("activate", access.MANAGE_USERS, lambda a, u: people.user_activate(actor=a, user_id=u.pk)),
    Verb("reset", access.MANAGE_USERS, lambda a, u: people.reset_link_make(actor=a, user_id=u.pk)),
    Verb("factor", access.MANAGE_USERS, lambda a, u: people.second_factor_remove(actor=a, user_id=u.pk)),
    Verb(
        "role_save",
        access.MANAGE_ROLES,
        lambda a, u: roles.role_save(actor=a, role_id=None, name="made", description="", grants={}),
    ),
    Verb("role_delete", access.MANAGE_ROLES, lambda a, u: roles.role_delete(actor=a, role_id=spare().pk)),
    Verb("team_save", access.MANAGE_ROLES, lambda a, u: teams.team_save(actor=a, team_id=None, name="made")),
    Verb("team_delete", access.MANAGE_ROLES, lambda a, u: teams.team_delete(actor=a, team_id=Team.objects.get().pk)),
    Verb("token", access.TOKENS, lambda a, u: tokens.token_make(actor=a, name="t")),
    Verb("revoke", access.ALL_TOKENS, lambda a, u: tokens.token_revoke(actor=a, token_id=ApiToken.objects.get().pk)),
    Verb(
        "settings",
        access.MANAGE_SETTINGS,
        lambda a, u: workspace.settings_save(actor=a, values={"workspace_name": "Other"}),
    ),
]


def spare() -> Role:
    return Role.objects.get(name="spare")


@pytest.fixture
def person() -> User:
    make_admin()
    plain = make_role({}, name="plain")
    make_role({}, name="spare")
    Team.objects.create(name="empty")
    user = make_user(role=plain)
    ApiToken.objects.create(name="other's", prefix="pv_", digest="x", user=user)
    return user


def everything_there_is() -> list[object]:
    kinds = (User, Role, Team, Invitation, ResetLink, ApiToken)
    state: list[object] = [list(kind.objects.order_by("pk").values()) for kind in kinds]
    return [*state, workspace.settings.get("workspace_name")]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_needs_its_right_and_changes_nothing_without(verb: Verb, person: User) -> None:
    others = {one.permission for one in VERBS} - {verb.permission}
    without = acting(make_user(role=make_role(dict.fromkeys(others, Scope.ALL))))
    before = everything_there_is()
    with pytest.raises(NotAllowed):
        verb.call(without, person)
    with pytest.raises(NotAllowed):
        verb.call(nobody(), person)
    assert everything_there_is() == before


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_works_with_its_right_alone(verb: Verb, person: User) -> None:
    verb.call(acting(make_user(role=make_role({verb.permission: Scope.ALL}))), person)


MANAGES = {access.MANAGE_USERS: Scope.ALL, access.MANAGE_ROLES: Scope.ALL}


def test_nobody_gives_what_they_do_not_hold() -> None:
    admin = make_admin()
    clerk = acting(make_user(role=make_role(MANAGES)))
    strong = make_role({access.MANAGE_SETTINGS: Scope.ALL})
    friend = make_user(role=make_role({}))
    with pytest.raises(NotAllowed):
        people.user_invite(actor=clerk, email="x@example.com", role_id=admin.role_id)
    with pytest.raises(NotAllowed):
        people.user_change(actor=clerk, user_id=friend.pk, changes=changes(friend, role_id=strong.pk))
    with pytest.raises(NotAllowed):
        people.user_change(actor=clerk, user_id=clerk.user_id, changes=changes(friend, role_id=admin.role_id))
    with pytest.raises(NotAllowed):
        roles.role_save(actor=clerk, role_id=None, name="r", description="", grants={access.MANAGE_SETTINGS: Scope.ALL})
    with pytest.raises(NotAllowed):  # nor take from a role what they do not hold
        roles.role_save(actor=clerk, role_id=strong.pk, name="r", description="", grants={})
    friend.refresh_from_db()
    assert friend.role_id != strong.pk


@pytest.mark.parametrize(
    "takeover",
    [
        lambda a, u: people.reset_link_make(actor=a, user_id=u.pk),
        lambda a, u: people.second_factor_remove(actor=a, user_id=u.pk),
        lambda a, u: people.user_deactivate(actor=a, user_id=u.pk),
        lambda a, u: people.user_change(actor=a, user_id=u.pk, changes=changes(u, email="mine@example.com")),
    ],
    ids=["reset", "factor", "deactivate", "email"],
)
def test_a_stronger_account_cannot_be_taken_over(takeover: Callable[[Actor, User], object]) -> None:
    admin = make_admin()
    clerk = acting(make_user(role=make_role(MANAGES)))
    with pytest.raises(NotAllowed):
        takeover(clerk, admin)


def test_the_last_administrator_stays() -> None:
    admin, plain = make_admin(), make_role({})
    with pytest.raises(LastAdminError):
        people.user_change(actor=acting(admin), user_id=admin.pk, changes=changes(admin, role_id=plain.pk))
    second = make_admin()
    with pytest.raises(RefusedError):
        people.user_deactivate(actor=acting(admin), user_id=admin.pk)
    people.user_deactivate(actor=acting(admin), user_id=second.pk)
    with pytest.raises(LastAdminError):
        people.user_change(actor=acting(admin), user_id=admin.pk, changes=changes(admin, role_id=plain.pk))
    admin.refresh_from_db()
    assert admin.role.is_admin


def test_the_database_too_keeps_the_last_administrator() -> None:
    admin = make_admin()
    User.objects.filter(pk=admin.pk).update(is_active=False)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    User.objects.filter(pk=admin.pk).update(is_active=True)


def test_the_administrators_role_cannot_be_changed_or_deleted() -> None:
    admin = make_admin()
    with pytest.raises(RefusedError):
        roles.role_save(actor=acting(admin), role_id=admin.role_id, name="x", description="", grants={})
    with pytest.raises(RefusedError):
        roles.role_delete(actor=acting(admin), role_id=admin.role_id)


def test_a_role_in_use_cannot_be_deleted() -> None:
    admin, role = make_admin(), make_role({})
    make_user(role=role)
    with pytest.raises(RefusedError):
        roles.role_delete(actor=acting(admin), role_id=role.pk)


def test_what_is_taken_away_is_gone_at_once() -> None:
    admin = make_admin()
    role = make_role({access.VIEW_PEOPLE: Scope.ALL})
    user = make_user(role=role)
    assert acting(user).may(access.VIEW_PEOPLE)
    started = acting(user).as_plain()
    roles.role_save(actor=acting(admin), role_id=role.pk, name="n", description="", grants={})
    assert not acting(user).may(access.VIEW_PEOPLE)
    assert not actor_from_plain(started).may(access.VIEW_PEOPLE)
    people.user_deactivate(actor=acting(admin), user_id=user.pk)
    assert acting(user).user_id is None
    assert actor_from_plain(started).user_id is None


def test_a_change_of_rights_stands_in_the_trail() -> None:
    admin = make_admin()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM changes_changeset")
        (last,) = cursor.fetchone()
        roles.role_save(
            actor=acting(admin), role_id=None, name="Night", description="", grants={access.VIEW_PEOPLE: Scope.ALL}
        )
        cursor.execute("SELECT kind, actor_id, reference FROM changes_changeset WHERE id > %s", [last])
        ((kind, actor_id, reference),) = cursor.fetchall()
    assert (kind, actor_id) == ("access", admin.pk)
    assert access.VIEW_PEOPLE in str(reference)


def test_members_and_leaders_of_a_team() -> None:
    admin = make_admin()
    one, two, three = make_user(), make_user(), make_user()
    team = teams.team_save(
        actor=acting(admin), team_id=None, name="West", member_ids=[one.pk, two.pk], leader_ids=[two.pk]
    )
    assert acting(one).team_ids == {team.pk}
    teams.team_save(actor=acting(admin), team_id=team.pk, name="West", member_ids=[three.pk], leader_ids=[one.pk])
    assert dict(team.memberships.values_list("user_id", "leader")) == {one.pk: True, three.pk: False}
    with pytest.raises(RefusedError):
        teams.team_delete(actor=acting(admin), team_id=team.pk)


def test_undo_is_no_way_to_more_rights() -> None:
    admin, role = make_admin(), make_role({"changes.undo": Scope.ALL, access.MANAGE_ROLES: Scope.ALL})
    clerk = make_user(role_key="admin")
    people.user_change(actor=acting(admin), user_id=clerk.pk, changes=changes(clerk, role_id=role.pk))
    demotion = ChangeSet.objects.filter(kind="access").latest("pk")
    with pytest.raises(NotAllowed):
        undo(actor=acting(clerk), change_set_id=demotion.pk)
    assert not acting(clerk).everything
    undo(actor=acting(admin), change_set_id=demotion.pk)
    assert acting(clerk).everything

"""Invitations, password links and tokens: each once, each in its time, each gone with its person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.actors import actor_of_token
from peyvand.foundation.accounts.models import ApiToken, Invitation, ResetLink, Team, User
from peyvand.foundation.accounts.services import people, tokens
from peyvand.foundation.accounts.tests.factories import PASSWORD, acting, make_admin, make_role, make_user, sign_in
from peyvand.foundation.registry.actor import NotAllowed, Scope

NEW = "twelve small teacups"


@pytest.mark.django_db
def test_an_invitation_brings_in_one_person_once(client: Client) -> None:
    admin, role, team = make_admin(), make_role({access.VIEW_PEOPLE: Scope.ALL}), Team.objects.create(name="West")
    _made, token = people.user_invite(
        actor=acting(admin), email="Nima@Example.com", name="Nima", role_id=role.pk, team_ids=[team.pk]
    )
    assert token not in str(list(Invitation.objects.values()))
    path = f"/invitation/{token}/"
    assert client.get(path).status_code == 200
    answer = {"name": "Nima", "password": NEW, "email": "other@example.com", "role": admin.role_id, "is_active": 1}
    assert client.post(path, answer).status_code == 302
    user = User.objects.get(email="nima@example.com")
    assert (user.role, acting(user).team_ids) == (role, {team.pk})
    assert client.get("/settings/").status_code == 200  # signed in
    assert Client().get(path).status_code == 410
    with pytest.raises(RefusedError):
        people.invitation_accept(token=token, name="x", password=NEW)


@pytest.mark.django_db
def test_invitations_that_no_longer_work() -> None:
    actor, role = acting(make_admin()), make_role({})
    first, token = people.user_invite(actor=actor, email="a@example.com", role_id=role.pk)
    _second, newer = people.user_invite(actor=actor, email="a@example.com", role_id=role.pk)
    with pytest.raises(RefusedError):
        people.invitation_accept(token=token, name="x", password=NEW)
    open_one = Invitation.objects.exclude(pk=first.pk).get()
    Invitation.objects.filter(pk=open_one.pk).update(expires_at=timezone.now())
    with pytest.raises(RefusedError):
        people.invitation_accept(token=newer, name="x", password=NEW)
    third, newest = people.user_invite(actor=actor, email="a@example.com", role_id=role.pk)
    people.invitation_revoke(actor=actor, invitation_id=third.pk)
    with pytest.raises(RefusedError):
        people.invitation_accept(token=newest, name="x", password=NEW)
    assert not User.objects.filter(email="a@example.com").exists()


@pytest.mark.django_db
def test_an_invitation_does_not_outlive_its_inviters_rights() -> None:
    admin = make_admin()
    strong = make_role({access.MANAGE_USERS: Scope.ALL, access.TOKENS: Scope.ALL})
    inviter = make_user(role=strong)
    _made, token = people.user_invite(actor=acting(inviter), email="a@example.com", role_id=strong.pk)
    people.user_deactivate(actor=acting(admin), user_id=inviter.pk)
    with pytest.raises(RefusedError):
        people.invitation_accept(token=token, name="x", password=NEW)


@pytest.mark.django_db(transaction=True)
def test_two_with_one_invitation_are_one_person() -> None:
    actor, role = acting(make_admin()), make_role({})
    _made, token = people.user_invite(actor=actor, email="a@example.com", role_id=role.pk)
    start = Barrier(3)

    def come_in(number: int) -> bool:
        start.wait()
        try:
            people.invitation_accept(token=token, name=f"n{number}", password=NEW)
        except RefusedError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(come_in, range(3))) == [False, False, True]


@pytest.mark.django_db
def test_a_password_link_works_once(client: Client) -> None:
    admin, user = make_admin(), make_user()
    token = people.reset_link_make(actor=acting(admin), user_id=user.pk)
    assert token not in str(list(ResetLink.objects.values()))
    path = f"/new-password/{token}/"
    assert client.post(path, {"password": "short"}).status_code == 200
    assert client.post(path, {"password": NEW})["Location"] == "/account/login/"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get(path).status_code == 410
    assert client.post(path, {"password": "another long one"}).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", ["password", "email", "inactive", "late", "newer"])
def test_a_password_link_is_spoiled_by(spoil: str) -> None:
    admin, user = make_admin(), make_user()
    token = people.reset_link_make(actor=acting(admin), user_id=user.pk)
    assert people.reset_link_user(token=token) == user
    if spoil == "password":
        user.set_password(NEW)
        user.save()
    elif spoil == "email":
        User.objects.filter(pk=user.pk).update(email="other@example.com")
    elif spoil == "inactive":
        people.user_deactivate(actor=acting(admin), user_id=user.pk)
    elif spoil == "late":
        ResetLink.objects.update(expires_at=timezone.now())
    else:
        people.reset_link_make(actor=acting(admin), user_id=user.pk)
    assert people.reset_link_user(token=token) is None
    with pytest.raises(RefusedError):
        people.password_reset(token=token, password=NEW)


@pytest.mark.django_db
def test_a_new_password_ends_every_session(client: Client) -> None:
    admin, user = make_admin(), make_user()
    sign_in(client, user)
    assert client.get("/settings/").status_code == 200
    people.password_reset(token=people.reset_link_make(actor=acting(admin), user_id=user.pk), password=NEW)
    assert client.get("/settings/").status_code == 302


@pytest.mark.django_db
def test_a_weak_password_by_a_link_changes_nothing() -> None:
    admin, user = make_admin(), make_user()
    token = people.reset_link_make(actor=acting(admin), user_id=user.pk)
    with pytest.raises(ValidationError):
        people.password_reset(token=token, password="password12")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
def test_a_token_acts_as_its_person_and_never_as_more() -> None:
    full = {access.TOKENS: Scope.ALL, access.VIEW_PEOPLE: Scope.ALL, access.MANAGE_USERS: Scope.ALL}
    user = make_user(role=make_role(full))
    less = make_role({access.VIEW_PEOPLE: Scope.ALL, access.MANAGE_SETTINGS: Scope.ALL})
    _token, raw = tokens.token_make(actor=acting(user), name="shop")
    _narrow, narrow = tokens.token_make(actor=acting(user), name="shop", role_id=less.pk)
    assert raw not in str(list(ApiToken.objects.values()))
    whole = actor_of_token(raw)
    assert whole is not None
    assert (whole.user_id, whole.via) == (user.pk, "api")
    assert {name for name in full if whole.may(name)} == set(full)
    narrowed = actor_of_token(narrow)
    assert narrowed is not None
    assert dict(narrowed.grants) == {access.VIEW_PEOPLE: Scope.ALL}
    with pytest.raises(NotAllowed):
        tokens.token_make(actor=whole, name="child")


@pytest.mark.django_db
def test_an_administrators_narrowed_token_is_no_administrator() -> None:
    less = make_role({access.VIEW_PEOPLE: Scope.ALL})
    _token, raw = tokens.token_make(actor=acting(make_admin()), name="shop", role_id=less.pk)
    actor = actor_of_token(raw)
    assert actor is not None
    assert not actor.everything
    assert not actor.may(access.MANAGE_USERS)


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["revoked", "expired", "deactivated", "unknown"])
def test_a_token_is_refused_when(end: str) -> None:
    admin = make_admin()
    user = make_user(role=make_role({access.TOKENS: Scope.ALL}))
    token, raw = tokens.token_make(actor=acting(user), name="t", expires_at=timezone.now() + timedelta(days=1))
    assert actor_of_token(raw) is not None
    if end == "revoked":
        tokens.token_revoke(actor=acting(user), token_id=token.pk)
    elif end == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    elif end == "deactivated":
        people.user_deactivate(actor=acting(admin), user_id=user.pk)
    else:
        raw += "x"
    assert actor_of_token(raw) is None


@pytest.mark.django_db
def test_nobody_makes_a_token_for_somebody_else_but_an_administrator() -> None:
    admin = make_admin()
    user = make_user(role=make_role({access.TOKENS: Scope.ALL}))
    with pytest.raises(NotAllowed):
        tokens.token_make(actor=acting(user), name="t", user_id=admin.pk)
    token, _raw = tokens.token_make(actor=acting(admin), name="t", user_id=user.pk)
    assert token.user == user

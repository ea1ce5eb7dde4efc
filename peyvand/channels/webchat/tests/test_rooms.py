"""Rooms: many talk, experts are marked, order is kept, and a day of it is one contact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peyvand.channels.webchat import queries, services
from peyvand.channels.webchat.data import Place, RoomData
from peyvand.channels.webchat.errors import InvalidError, RefusedError
from peyvand.channels.webchat.models import Room, RoomGuest, RoomLine, Widget
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Places = Callable[..., Place]
People = Callable[..., tuple[User, Actor]]


@pytest.fixture
def room(actor: Actor, widget: Widget) -> Room:
    return services.room_save(actor=actor, site=widget.site, data=RoomData(name="چای", topic="دم کردن"))


@pytest.fixture
def guest(place: Places, room: Room) -> Place:
    here = place()
    services.enter(place=here, room_id=room.pk, name="نگار")
    return here


def said(here: Place, room: Room, text: str = "سلام", number: int = 1) -> RoomLine:
    return services.room_write(place=here, room_id=room.pk, client_id=f"client-{number:04}", text=text)


def test_what_is_said_comes_in_order_once_and_is_one_contact_a_day(guest: Place, room: Room) -> None:
    line = said(guest, room)
    assert said(guest, room).pk == line.pk
    said(guest, room, "دوباره", 2)
    shown = queries.room_lines(room)
    assert [(one["name"], one["text"], one["seq"]) for one in shown] == [("نگار", "سلام", 1), ("نگار", "دوباره", 2)]
    assert queries.room_lines(room, after=1) == shown[1:]
    (contact,) = Interaction.objects.filter(kind="webchat.room")
    assert (contact.identity_kind, contact.payload["room"]) == ("visitor", "چای")


def test_experts_are_marked_and_nobody_takes_their_name(
    guest: Place, place: Places, room: Room, actor: Actor, colleague: People
) -> None:
    user, expert = colleague(name="دکتر چای‌شناس")
    data = RoomData(name="چای", experts=[user.pk])
    services.room_save(actor=actor, site=room.site, data=data, room=room, version=room.version)
    line = services.room_say(actor=expert, room_id=room.pk, text="هشتاد درجه")
    shown = queries.room_shown(line)
    assert (shown["expert"], shown["ours"]) == (True, True)
    assert "expert" not in queries.room_shown(services.room_say(actor=actor, room_id=room.pk, text="خوش آمدید"))
    for name in ("دكتر  چای شناس", "نگار", " ", "\u200b"):
        with pytest.raises(RefusedError) as error:
            services.enter(place=place(), room_id=room.pk, name=name)
        assert error.value.code == "name"


def test_order_is_kept(guest: Place, place: Places, room: Room, actor: Actor, colleague: People) -> None:
    line = said(guest, room, "ناسزا")
    other = place()
    services.enter(place=other, room_id=room.pk, name="کامران")
    for _twice in range(2):
        services.line_report(place=other, room_id=room.pk, line_id=line.pk)
    line.refresh_from_db()
    assert len(line.reporters) == 1
    services.line_pin(actor=actor, room_id=room.pk, line_id=line.pk)
    assert queries.room_state(Room.objects.get())["pinned"] == queries.room_shown(line)
    services.line_remove(actor=actor, room_id=room.pk, line_id=line.pk)
    room.refresh_from_db()
    assert room.pinned_id is None
    assert queries.room_lines(room, after=1) == [{"id": line.pk, "seq": 2, "gone": True}]
    assert RoomLine.objects.get(pk=line.pk).text == ""
    muted = services.guest_mute(actor=actor, room_id=room.pk, guest_id=line.guest_id or 0, minutes=10)
    with pytest.raises(RefusedError) as error:
        said(guest, room, "باز", 2)
    assert error.value.code == "muted"
    RoomGuest.objects.filter(pk=muted.pk).update(muted_until=timezone.now() - timedelta(seconds=1))
    said(guest, room, "باز", 2)
    services.guest_ban(actor=actor, room_id=room.pk, guest_id=muted.pk, banned=True)
    with pytest.raises(RefusedError) as error:
        said(guest, room, "باز", 3)
    assert error.value.code == "banned"
    with pytest.raises(InvalidError):
        services.guest_mute(actor=actor, room_id=room.pk, guest_id=muted.pk, minutes=10**6)
    _user, viewer = colleague("viewer")
    for act in (
        lambda: services.room_say(actor=viewer, room_id=room.pk, text="x"),
        lambda: services.line_remove(actor=viewer, room_id=room.pk, line_id=line.pk),
        lambda: services.guest_ban(actor=viewer, room_id=room.pk, guest_id=muted.pk, banned=False),
        lambda: services.room_save(actor=viewer, site=room.site, data=RoomData(name="x")),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_slow_closed_and_strange_rooms_say_why(guest: Place, place: Places, room: Room) -> None:
    Room.objects.update(slow_seconds=60)
    said(guest, room)
    with pytest.raises(RefusedError) as error:
        said(guest, room, "تند", 2)
    assert error.value.code == "slow"
    RoomGuest.objects.update(wrote_at=timezone.now() - timedelta(minutes=2))
    said(guest, room, "آرام", 2)
    Room.objects.update(closed=True)
    with pytest.raises(RefusedError) as error:
        said(guest, room, "بسته", 3)
    assert error.value.code == "closed"
    for here, room_id in ((guest, 10**6), (place(), room.pk)):
        with pytest.raises(RefusedError):
            services.room_write(place=here, room_id=room_id, client_id="client-0009", text="x")


def test_the_pages_show_what_is_said_as_text_and_only_to_who_may(
    guest: Place, room: Room, colleague: People, client: Client, settings: Any
) -> None:
    line = said(guest, room, "<script>alert(1)</script>")
    user, _actor = colleague("service")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["demo"] = False
    session.save()
    url = reverse("webchat:room", args=[room.pk])
    page = client.get(url).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    news = reverse("webchat:room-news", args=[room.pk])
    mark = page.split("news/?mark=")[1].split('"')[0]
    assert client.get(f"{news}?mark={mark}").status_code == 204
    client.post(reverse("webchat:room-say", args=[room.pk]), {"text": "خوش آمدید"})
    assert "خوش آمدید" in client.get(f"{news}?mark={mark}").content.decode()
    for form in ({"line": line.pk, "do": "pin"}, {"line": line.pk, "do": "remove"}):
        assert client.post(reverse("webchat:room-line", args=[room.pk]), form).status_code == 302
    assert client.post(reverse("webchat:room-line", args=[room.pk]), {"line": "9" * 30, "do": "pin"}).status_code == 404
    guest_url = reverse("webchat:room-guest", args=[room.pk])
    client.post(guest_url, {"guest": line.guest_id, "minutes": "10"})
    assert RoomGuest.objects.get().muted_until is not None
    client.post(guest_url, {"guest": line.guest_id, "do": "ban"})
    assert "برای همیشه" in client.get(url).content.decode() or RoomGuest.objects.get().banned
    assert client.get(reverse("webchat:room-edit", args=[room.pk])).status_code == 403

"""Saved replies: everybody's and one's own, found by a stroke and a word, filled with the customer's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.channels.conversations import saved, services
from peyvand.channels.conversations.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.conversations.models import SavedReply
from peyvand.channels.conversations.services import SavedData
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]
SignedIn = Callable[[User], Client]


def test_ones_own_is_seen_by_nobody_else_and_a_shared_one_by_all(colleague: People) -> None:
    _manager, manager = colleague()
    _one, sara = colleague("service")
    _other, arash = colleague("service")
    own = services.saved_save(actor=sara, data=SavedData(name="خودم", text_fa="سلام"))
    shared = services.saved_save(actor=manager, data=SavedData(name="همه", text_fa="سلام", shared=True))
    assert set(saved.saved(actor=sara)) == {own, shared}
    assert set(saved.saved(actor=arash)) == {shared}
    assert saved.unseen(arash, [own.pk, shared.pk]) == {own.pk}
    with pytest.raises(NotAllowed):
        services.saved_save(actor=sara, data=SavedData(name="x", text_fa="y", shared=True))
    with pytest.raises(NotAllowed):
        services.saved_save(actor=sara, saved=shared, data=SavedData(name="x", text_fa="y"))
    with pytest.raises(NotAllowed):
        services.saved_remove(actor=sara, saved=shared)
    with pytest.raises(SavedReply.DoesNotExist):
        services.saved_remove(actor=arash, saved=own)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (SavedData(name=" ", text_fa="x"), "name"),
        (SavedData(name="x"), "text_fa"),
        (SavedData(name="x", text_fa="{{nobody_knows_this}}"), "text_fa"),
        (SavedData(name="x", text_en="{{#if city}}"), "text_en"),
        (SavedData(name="x", text_en="x", shortcut="/" + "y" * 31), "shortcut"),
        (SavedData(name="x", text_en="x", shortcut="/سلام"), "shortcut"),
    ],
)
def test_what_makes_no_sense_is_refused(colleague: People, data: SavedData, field: str) -> None:
    _user, actor = colleague()
    services.saved_save(actor=actor, data=SavedData(name="سلام", text_fa="سلام", shortcut="سلام"))
    with pytest.raises(InvalidError) as caught:
        services.saved_save(actor=actor, data=data)
    assert field in caught.value.errors


def test_it_is_offered_with_the_words_of_the_customer_and_in_their_language(
    writes: Writes, person: Person, colleague: People
) -> None:
    conversation = writes(person(name="مریم رستگار"))
    _user, actor = colleague()
    data = SavedData(name="خوشامد", shortcut="/سلام", text_fa="سلام {{name}}", text_en="Hello {{name}}", shared=True)
    services.saved_save(actor=actor, data=data)
    services.saved_save(actor=actor, data=SavedData(name="ارسال سلام", text_fa="فردا می‌رسد"))
    found = saved.offered(actor=actor, conversation=conversation, text="سلا")
    assert [one.text for one in found] == ["سلام مریم رستگار", "فردا می‌رسد"]
    conversation.language = "en"
    assert saved.offered(actor=actor, conversation=conversation, text="سلا")[0].text == "Hello مریم رستگار"
    assert saved.offered(actor=actor, conversation=conversation, text="نیست") == []


def test_what_one_may_not_see_of_a_customer_is_filled_only_on_sending(
    writes: Writes, person: Person, colleague: People
) -> None:
    conversation = writes(person(city="شیراز"))
    _user, actor = colleague("sales")
    services.saved_save(actor=actor, data=SavedData(name="شهر", text_fa="{{city}}"))
    assert saved.offered(actor=actor, conversation=conversation)[0].text == "{{city}}"


def test_two_who_write_the_same_and_taking_back(colleague: People) -> None:
    _user, actor = colleague()
    made = services.saved_save(actor=actor, data=SavedData(name="یک", text_fa="سلام"))
    again = services.saved_save(actor=actor, saved=made, version=1, data=SavedData(name="دو", text_fa="سلام"))
    assert again.version == 2
    with pytest.raises(ChangedMeanwhileError):
        services.saved_save(actor=actor, saved=made, version=1, data=SavedData(name="سه", text_fa="سلام"))
    done = services.saved_remove(actor=actor, saved=made)
    assert not SavedReply.objects.exists()
    undo(actor=actor, change_set_id=done)
    assert SavedReply.objects.get().name == "دو"


def test_pages(writes: Writes, person: Person, colleague: People, signed_in: SignedIn) -> None:
    user, _actor = colleague()
    browser, conversation = signed_in(user), writes(person())
    form = {"name": "خوشامد", "shortcut": "سلام", "text_fa": "سلام {{name}}", "shared": "on"}
    assert browser.post(reverse("conversations:reply-new"), {"name": "x"}).status_code == 422
    assert browser.post(reverse("conversations:reply-new"), form).status_code == 302
    made = SavedReply.objects.get()
    assert made.shared
    assert "خوشامد" in browser.get(reverse("conversations:replies") + "?q=سلام").content.decode()
    offered = browser.get(reverse("conversations:offered", args=[conversation.pk]) + "?q=سلام").content.decode()
    assert f'data-words="سلام {conversation.customer.name}"' in offered
    page = reverse("conversations:reply-one", args=[made.pk])
    assert browser.post(page, {**form, "name": "نو", "version": "9"}).status_code == 409
    assert browser.post(page, {**form, "name": "نو", "version": "1"}).status_code == 302
    assert page in browser.get(reverse("workspace:palette") + "?q=نو").content.decode()
    reader, _seeing = colleague("service")
    assert "{{name}}" in signed_in(reader).get(page).content.decode()
    assert signed_in(reader).post(page, form).status_code == 403
    assert browser.post(reverse("conversations:reply-remove", args=[made.pk])).status_code == 302
    assert browser.get(page).status_code == 404

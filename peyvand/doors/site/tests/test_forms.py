"""The public pages of forms: without a script, in a frame, on a kiosk, as JSON; junk, floods and hostile words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import given as cases
from hypothesis import strategies as st

from peyvand.channels.forms.models import Form, FormDay, State, Submission, SubmissionFile
from peyvand.channels.forms.services import form_switch
from peyvand.channels.forms.structure import structure_of
from peyvand.channels.forms.tests.conftest import FIELDS, NEWS, open_stamp
from peyvand.channels.forms.tests.conftest import form as form
from peyvand.channels.forms.tests.conftest import shop as shop
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.outreach.tests.conftest import providers as providers
from peyvand.channels.sites.models import Proof, Site
from peyvand.channels.sites.services import known, visitor_seen
from peyvand.channels.sites.tokens import token_new
from peyvand.doors.site import forms as views
from peyvand.doors.site.tests.test_site import site as site
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
Make = Callable[..., Form]
HOSTILE = [
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7*7 }}", "{% now %}",
    "<svg/onload=alert(1)>", "' OR 1=1 --", "</textarea><script>1</script>", "\u202egnp.exe", "=cmd|'/c calc'!A1",
    "&lt;b&gt;", "<!--", "\x00\x08", "😀" * 50, "ي ك ة", "%00%0d%0aSet-Cookie: a=b",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is an address of its own, as far as the process's limit goes."""
    monkeypatch.setattr(views, "_posts", views.Limits(per_second=1_000, burst=100_000))


class _Tags(HTMLParser):
    """What a browser would make of a page: its tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def press(site: Client, one: Form, answers: dict[str, Any], query: str = "", **more: Any) -> Any:
    given = {f"f.{name}": value for name, value in answers.items()}
    stamp = more.pop("stamp", None) or open_stamp(one)
    return site.post(f"/f/{one.key}/{query}", {**given, "stamp": stamp, **more.pop("fields", {})}, **more)


def test_a_visitor_opens_fills_in_and_is_thanked_without_a_script_or_a_cookie(site: Client, form: Make) -> None:
    one = form(texts={"title": {"fa": "تماس"}, "thanks": {"fa": "رسید."}}, redirect_url="")
    page = site.get(f"/f/{one.key}/")
    text = page.content.decode()
    assert (page.status_code, page["X-Frame-Options"]) == (200, "DENY")
    assert 'lang="fa" dir="rtl"' in text
    assert not page.cookies
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not [tag for tag, has in _Tags(text).found if any(name.startswith("on") or name == "style" for name in has)]
    stamp = re.search(r'name="stamp" value="([^"]+)"', text)
    assert stamp is not None
    quick = press(site, one, {"name": "x", "email": "q@b.ir"}, stamp=stamp[1])
    assert quick.status_code == 302
    assert Submission.objects.get(form=one).suspicion == ["quick"]
    done = press(site, one, {"name": "سارا", "email": "s@b.ir"}, "?lang=fa")
    assert done.status_code == 302
    thanks = site.get(done["Location"]).content.decode()
    assert "رسید." in thanks
    day = FormDay.objects.get(form=one)
    assert (day.views, day.submissions, day.spam) == (1, 1, 1)
    site.post(f"/f/{one.key}/start/", {"stamp": stamp[1]})
    site.post(f"/f/{one.key}/start/", {"stamp": "forged"})
    day.refresh_from_db()
    assert day.starts == 1


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(site: Client, form: Make) -> None:
    needed = [{**FIELDS[0], "required": True}, *FIELDS[1:]]
    one = form(*needed)
    for language, words in (("fa", "لازم"), ("en", "This is needed.")):
        answer = press(site, one, {"email": "none", "words": "a long story"}, f"?lang={language}")
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        assert "a long story" in text
        assert text.count('class="fm-error"') == 2
        assert 'aria-invalid="true" aria-describedby="f-name-error"' in text
    assert not Submission.objects.exists()
    old = press(site, one, {"name": "x", "words": "kept"}, stamp=open_stamp(one, seconds=90_000))
    assert old.status_code == 422
    assert "kept" in old.content.decode()
    assert press(site, one, {"name": "x"}, stamp="forged:1:2").status_code == 422
    assert press(site, one, {"name": "x"}, stamp=open_stamp(form(name="Other"))).status_code == 422
    assert not Submission.objects.exists()


def test_only_our_sites_may_frame_it_and_a_closed_form_takes_nothing(
    site: Client, form: Make, shop: Site, actor: Actor
) -> None:
    one = form()
    framed = site.get(f"/f/{one.key}/?embed=1")
    assert "frame-ancestors 'self' shop.example shop.example:*" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert site.get("/f/frame.js")["Content-Type"].startswith("text/javascript")
    alone = form(places=["link"])
    assert site.get(f"/f/{alone.key}/?embed=1").status_code == 410
    assert press(site, alone, {"name": "x"}, "?kiosk=1").status_code == 410
    form_switch(actor=actor, form=one, active=False)
    assert site.get(f"/f/{one.key}/").status_code == 410
    assert press(site, one, {"name": "x"}).status_code == 410
    for junk in ("x", "A" * 400, "%00abcdefgh", "../../etc/passwd", one.key[:-1]):
        assert site.get(f"/f/{junk}/").status_code == 404
    assert not Submission.objects.exists()


def test_a_kiosk_thanks_and_begins_anew_and_remembers_nobody(
    site: Client, form: Make, shop: Site, actor: Actor, person: Callable[..., Customer]
) -> None:
    one, token = form(progressive=True), token_new()
    known(actor=actor, visitor=visitor_seen(site=shop, token=token), customer=person(), how=Proof.SIGNATURE)
    given = {"visitor": token, "site": shop.key}
    done = press(site, one, {"words": "hello"}, "?kiosk=1&lang=en", fields=given)
    thanks = site.get(done["Location"])
    assert thanks["Refresh"] == f"8; url=/f/{one.key}/?kiosk=1&lang=en"
    assert (Submission.objects.get().customer, Submission.objects.get().visitor_key) == (None, "")


def test_what_is_known_of_a_proven_visitor_is_not_asked_again(
    site: Client, form: Make, shop: Site, actor: Actor, person: Callable[..., Customer]
) -> None:
    later = {"key": "job", "type": "text", "label": {"en": "Job"}, "map": "job_title", "later": True}
    last = {"key": "born", "type": "date", "label": {"en": "Born"}, "map": "birth_date", "later": True}
    one, token = form(FIELDS[0], FIELDS[4], later, last, progressive=True), token_new()
    stranger = site.get(f"/f/{one.key}/").content.decode()
    assert ('name="f.name"' in stranger, 'name="f.job"' in stranger) == (True, False)
    visitor = visitor_seen(site=shop, token=token)
    maryam = person(name="Maryam Known")
    known(actor=actor, visitor=visitor, customer=maryam, how=Proof.SIGNATURE)
    asked = {"act": "open", "visitor": token, "site": shop.key}
    hers = site.post(f"/f/{one.key}/?embed=1", asked).content.decode()
    assert ('name="f.name"' in hers, 'name="f.job"' in hers, 'name="f.born"' in hers) == (False, True, False)
    assert "Maryam" not in hers, "what is known is not told to whoever holds the browser"
    press(site, one, {"words": "x", "job": "Architect"}, "?embed=1", fields={"visitor": token, "site": shop.key})
    maryam.refresh_from_db()
    assert maryam.job_title == "Architect"
    hers = site.post(f"/f/{one.key}/?embed=1", asked).content.decode()
    assert ('name="f.job"' in hers, 'name="f.born"' in hers) == (False, True), "the next comes up"


def test_the_chat_reads_and_sends_it_as_json(site: Client, form: Make, shop: Site) -> None:
    one = form(texts={"thanks": {"en": "Thanks."}})
    origin = {"HTTP_ORIGIN": "https://shop.example"}
    shown = site.get(f"/f/{one.key}.json?lang=en", **origin)
    asked = shown.json()
    assert shown["Access-Control-Allow-Origin"] == "https://shop.example"
    assert [field["key"] for field in asked["steps"][0]["fields"]] == [field["key"] for field in FIELDS]
    assert asked["direction"] == "ltr"
    assert "Access-Control-Allow-Origin" not in site.get(f"/f/{one.key}.json", HTTP_ORIGIN="https://evil.example")
    body: dict[str, Any] = {"answers": {"email": "no"}, "stamp": open_stamp(one), "language": "en"}

    def send(content: Any, kind: str = "application/json") -> Any:
        return site.post(
            f"/f/{one.key}/", content if isinstance(content, bytes) else json.dumps(content), kind, **origin
        )

    assert set(send(body).json()["errors"]) == {"email"}
    body["answers"] = {"email": "s@b.ir", "words": ["a", {"b": 1}], "nobody": "x"}
    assert send(body, "text/plain").json() == {"done": True, "waits": False, "thanks": "Thanks.", "onward": ""}
    assert send(body).json()["done"] is True
    assert Submission.objects.get().place == "chat"
    for junk in (b"[", b"[]", b'{"answers": []}', b"\xff\xfe", b"[" * 100_000, b"null"):
        assert send(junk).status_code == 400
    assert send(b'{"answers": {"words": "' + b"x" * (3 * 2**20) + b'"}}').status_code == 413
    assert send({"answers": {}, "stamp": "x"}).json()["error"] == "stamp"
    assert Submission.objects.count() == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@cases(word=st.sampled_from(HOSTILE), name=st.sampled_from(HOSTILE), where=st.sampled_from(["name", "words", "city"]))
def test_hostile_words_are_words(site: Client, form: Make, word: str, name: str, where: str) -> None:
    one = form({**FIELDS[0]}, FIELDS[4], FIELDS[3], {"key": "up", "type": "file", "label": {"fa": "پرونده"}})
    wrong = {"stamp": "forged", f"f.{where}": word}
    drawn = _Tags(site.post(f"/f/{one.key}/", wrong).content.decode()).found
    assert not [has for tag, has in drawn if tag == "script" and not str(has.get("src")).startswith("/static/")]
    assert not [tag for tag, has in drawn if tag in ("img", "svg") or any(name.startswith("on") for name in has)]
    upload = SimpleUploadedFile(name.replace("\x00", "") or "x", b"plain words", "text/plain")
    done = press(site, one, {where: word, "up": upload})
    assert done.status_code == 302
    assert "Set-Cookie" not in done
    made = Submission.objects.get(form=one)
    kept = SubmissionFile.objects.filter(submission=made).first()  # a name of nothing but a path is no file's
    assert ("up" in made.answers) == (kept is not None)
    assert kept is None or not re.search("[/\\\\\x00\u202e]", kept.file.name)
    assert "\x00" not in json.dumps(made.answers)


def test_files_are_what_they_say_and_no_larger_than_they_may_be(
    site: Client, form: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = form(FIELDS[0], {"key": "up", "type": "file", "label": {"en": "File"}, "required": True})
    lie = SimpleUploadedFile("a.png", b"MZ\x00\x00 program", "image/png")
    many = [SimpleUploadedFile(f"{n}.txt", b"x", "text/plain") for n in range(6)]
    for wrong in (lie, many, ""):
        assert press(site, one, {"up": wrong}).status_code == 422
    assert not Submission.objects.exists()
    monkeypatch.setattr("peyvand.channels.forms.services.submitting.LARGEST_FILE", 10)
    assert press(site, one, {"up": SimpleUploadedFile("a.txt", b"x" * 11, "text/plain")}).status_code == 422
    assert press(site, one, {"up": SimpleUploadedFile("a.txt", b"x" * 10, "text/plain")}).status_code == 302
    assert Submission.objects.get().answers["up"][0]["name"] == "a.txt"


def test_unknown_names_and_columns_set_nothing(site: Client, form: Make) -> None:
    one = form()
    columns = dict.fromkeys(("customer", "customer_id", "state", "demo", "form_id", "suggestions", "owner"), "7")
    answer = press(site, one, {"words": "x", "hack": "y", **columns}, fields={**columns, "f.": "x", "f.name.x": "y"})
    assert answer.status_code == 302
    made = Submission.objects.get()
    assert (made.answers, made.customer, made.state, made.demo) == ({"words": "x"}, None, State.NEW, False)


def test_ten_thousand_junk_requests_leave_few_rows(site: Client, form: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most are told apart without being kept; those that are kept are few and are spam. What people send comes in."""
    one = form()
    monkeypatch.setattr(views, "_posts", views.Limits(per_second=5, burst=100))
    seen = {}
    for n in range(10_000):
        fields = {"stamp": open_stamp(one), "website": "x", "f.words": str(n)} if n < 400 else {"stamp": str(n)}
        answer = views._posts.takes("10.0.0.9") and site.post(f"/f/{one.key}/", fields, REMOTE_ADDR="10.0.0.9")
        status = answer.status_code if answer else 429
        seen[status] = seen.get(status, 0) + 1
    assert Submission.objects.count() <= 20
    assert set(Submission.objects.values_list("state", flat=True)) <= {State.SPAM}
    assert seen[429] > 9_000
    assert press(site, one, {"words": "a person"}, REMOTE_ADDR="10.0.0.10").status_code == 302
    assert Submission.objects.filter(state=State.NEW).count() == 1
    large = site.post(f"/f/{one.key}/", {"stamp": "x", "f.words": "x" * (3 * 2**20)}, REMOTE_ADDR="10.0.0.11")
    assert large.status_code == 413
    long = press(site, one, {"words": "x" * 2**20}, REMOTE_ADDR="10.0.0.11")
    assert long.status_code == 422


def test_the_yes_of_an_address_goes_on_to_the_form(
    site: Client, form: Make, person: Callable[..., Customer], providers: Providers
) -> None:
    maryam = person(city="")
    email = maryam.identities.get(kind="email").value
    one = form(*FIELDS, NEWS, name="Newsletter", opt_in="news")
    done = press(site, one, {"email": email, "city": "یزد", "news": "1"})
    assert "w=1" in done["Location"]
    send_due()
    (mail,) = providers.email.taken
    path = "/yes/" + next(word for word in mail.text.split() if "/yes/" in word).partition("/yes/")[2]
    assert "Newsletter" in site.get(path).content.decode(), "one is told what the yes is to"
    maryam.refresh_from_db()
    assert maryam.city == ""
    site.post(path)
    maryam.refresh_from_db()
    assert maryam.city == "یزد"
    assert Submission.objects.get().state == State.CONFIRMED


def test_structure_of_what_is_kept_is_what_is_shown(form: Make) -> None:
    one = form()
    assert [field.key for field in structure_of(one.structure).fields] == [field["key"] for field in FIELDS]

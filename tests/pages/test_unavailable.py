"""A database that is away, a full disk, a fault of ours: a page in both languages that needs nothing of them.

No test here may touch the database: pytest-django refuses it, so whatever asked for it would not come out as 503.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from html import unescape

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from peyvand.foundation.database.trouble import trouble_of
from peyvand.foundation.ui.plain import TEXTS, plain_page

ADDRESSES = ("/", "/customers/", "/account/login/", "/import/", "/no/such/page/", "/settings/profile/")


def caused(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OperationalError("gone"), "away"),
        (InterfaceError("closed"), "away"),
        (psycopg.OperationalError("gone"), "away"),
        (caused(OperationalError("x"), psycopg.errors.DiskFull("full")), "full"),
        (psycopg.errors.DiskFull("full"), "full"),
        (OSError(errno.ENOSPC, "no space"), "full"),
        (caused(RuntimeError("x"), OSError(errno.EDQUOT, "quota")), "full"),
        (psycopg.errors.ReadOnlySqlTransaction("standby"), "away"),
        (ProgrammingError("ours"), ""),
        (OSError(errno.ENOENT, "nothing"), ""),
        (ValueError("ours"), ""),
        (None, ""),
    ],
)
def test_what_an_error_says_of_the_database(error: Exception | None, trouble: str) -> None:
    assert trouble_of(error) == trouble


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Client]:
    """A browser whose every look at the database ends like that."""

    def made(error: Exception) -> Client:
        def refuse(*_any: object, **_more: object) -> None:
            raise error

        monkeypatch.setattr(connection, "ensure_connection", refuse)
        monkeypatch.setattr(connection, "cursor", refuse)
        client = Client(raise_request_exception=False)
        client.cookies["peyvand"] = "a-session-that-must-be-looked-up"
        return client

    return made


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_says_that_the_database_is_away(away: Callable[[Exception], Client], path: str, method: str) -> None:
    answer = away(OperationalError("connection to /secret/socket failed: FATAL")).generic(method, path)
    page = unescape(answer.content.decode())
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert "The database can't be reached" in page
    assert "پایگاه داده" in page
    assert 'lang="fa" dir="rtl"' in page
    assert 'lang="en" dir="ltr"' in page
    assert ("http-equiv" in page) == (method == "GET"), "a form that was sent is not sent again by itself"
    for inside in ("Traceback", "OperationalError", "/secret/socket", "FATAL", ".py"):
        assert inside not in page


def test_a_full_disk_is_said_as_such_and_not_asked_again_by_itself(away: Callable[[Exception], Client]) -> None:
    full = caused(OperationalError("could not extend file"), psycopg.errors.DiskFull("could not extend file"))
    answer = away(full).get("/customers/")
    assert answer.status_code == 503
    assert "The disk of the server is full" in unescape(answer.content.decode())
    assert "http-equiv" not in unescape(answer.content.decode())


def test_programs_get_their_own_kind_of_answer(away: Callable[[Exception], Client]) -> None:
    answer = away(OperationalError("gone")).get("/api/v1/customers", headers={"Authorization": "Bearer pv_x"})
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["type"] == "urn:peyvand:problem:unavailable"


def test_a_fault_of_ours_has_a_code_and_shows_nothing() -> None:
    """Where the reader is not even known yet: the page needs no database."""
    answer = Client(raise_request_exception=False).get("/customers/")  # this test may not touch the database
    page = unescape(answer.content.decode())
    assert answer.status_code == 500
    assert "This is our fault" in page
    assert "ایراد از ماست" in page
    assert "Traceback" not in page
    assert "RuntimeError" not in page


@pytest.mark.parametrize("kind", list(TEXTS))
def test_each_kind_has_words_in_both_languages(kind: str) -> None:
    page = plain_page(kind)  # type: ignore[arg-type]
    assert page.count("<section") == 2
    persian, english = page.split("<section")[1:]
    assert any("\u0600" < letter < "\u06ff" for letter in persian)
    assert not any("\u0600" < letter < "\u06ff" for letter in english)

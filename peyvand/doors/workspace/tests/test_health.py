"""What a load balancer reads: 200 while everything lives, 503 in plain JSON when database or workers are gone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_admin


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the database is gone: whoever connects is refused, on whatever connection."""
    asked = {**connection.get_connection_params(), "host": "127.0.0.1", "port": "1"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: dict(asked))

    def refuse(*arguments: object, **values: object) -> None:
        raise AssertionError("the page itself asked the database")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.fixture
def a_worker(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A worker that gave a sign of life just now, written for good."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("INSERT INTO jobs_worker (name, at, started_at) VALUES ('here', now(), now())")
        yield other
        other.execute("DELETE FROM jobs_worker WHERE name = 'here'")


@pytest.mark.django_db
def test_without_a_worker_it_is_503() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
    assert answer.json() == {"web": "ok", "database": "ok", "worker": "down"}


def test_with_a_worker_it_is_200_until_the_worker_falls_silent(a_worker: psycopg.Connection) -> None:
    assert Client().get("/healthz").status_code == 200
    a_worker.execute("UPDATE jobs_worker SET at = now() - interval '31 seconds'")
    assert Client().get("/healthz").json()["worker"] == "down"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["stranger", "signed in"])
def test_without_a_database_it_is_503_in_plain_json(who: str, request: pytest.FixtureRequest) -> None:
    client = Client(raise_request_exception=False)
    if who == "signed in":
        client.force_login(make_admin())
    request.getfixturevalue("lost")
    answer = client.get("/healthz")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
    assert answer.json() == {"web": "ok", "database": "down", "worker": "down"}
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("fa", "پایگاه داده اکنون در دسترس نیست"), ("en", "The database can&#x27;t be reached just now")],
)
def test_a_page_without_a_database_says_so_in_the_persons_language(
    language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False, headers={"Accept-Language": language})
    client.force_login(make_admin())

    def refuse(*arguments: object, **values: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/customers/")
    assert answer.status_code == 503
    assert words in answer.content.decode()
    assert answer["Retry-After"] == "10"

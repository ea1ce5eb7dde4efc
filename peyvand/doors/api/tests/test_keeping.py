"""The same POST sent twice is done once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from peyvand.doors.api.keeping import forget
from peyvand.doors.api.models import KeptAnswer
from peyvand.doors.api.tests.factories import Program, program
from peyvand.memory.commerce.models import Product

TEA = {"sku": "TEA-1", "name": "Tea", "currency": "IRR"}


@pytest.mark.django_db
def test_the_same_key_gives_the_same_answer_and_one_effect() -> None:
    caller = program()
    first = caller.ask("post", "/products", TEA, Idempotency_Key="a")
    second = caller.ask("post", "/products", TEA, Idempotency_Key="a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert Product.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused() -> None:
    caller = program()
    caller.ask("post", "/products", TEA, Idempotency_Key="a")
    assert caller.ask("post", "/products", {**TEA, "sku": "B"}, Idempotency_Key="a").status_code == 422
    assert Product.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_its_programs_own() -> None:
    one, other = program("admin"), program("manager")
    assert one.ask("post", "/products", TEA, Idempotency_Key="a").status_code == 201
    assert other.ask("post", "/products", {**TEA, "sku": "B"}, Idempotency_Key="a").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 256, "چای", "a\tb"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    caller = program()
    caller.headers["Idempotency-Key"] = key
    assert caller.ask("post", "/products", TEA).status_code == 400


@pytest.mark.django_db
def test_old_answers_are_forgotten() -> None:
    caller = program()
    caller.ask("post", "/products", TEA, Idempotency_Key="old")
    caller.ask("post", "/products", {**TEA, "sku": "B"}, Idempotency_Key="new")
    KeptAnswer.objects.filter(key="old").update(at=timezone.now() - timedelta(hours=49))
    forget()
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_race_has_one_effect_and_equal_answers() -> None:
    caller = program()
    token = caller.headers["Authorization"].removeprefix("Bearer ")
    start = threading.Barrier(6)
    answers: list[tuple[int, bytes]] = []

    def call() -> None:
        start.wait()
        try:
            found = Program(token).ask("post", "/products", TEA, Idempotency_Key="race")
            answers.append((found.status_code, found.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Product.objects.count() == 1
    assert len(answers) == 6
    assert set(answers) == {answers[0]}
    assert answers[0][0] == 201

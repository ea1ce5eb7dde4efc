"""How fast rows go in, beside hand-written SQL that ends in the same rows."""

from __future__ import annotations

import csv
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.names import split_person_name
from peyvand.memory.customers.demo_names import CITIES, FAMILIES, MEN, WOMEN
from peyvand.memory.customers.keys import search_key_of, sort_key_of
from peyvand.memory.interactions.services import InteractionRow, record_many

BATCH = 1000
START = datetime(2026, 11, 2, tzinfo=UTC)


def contacts(*, actor: Actor, customers: int, count: int) -> dict[str, Any]:
    """Interactions recorded through the service in batches, against one INSERT of the same rows inside a change set.

    Both leave the same rows, with the same indexes, triggers and images.
    """
    run = secrets.token_hex(4)  # a kept database has those of the last run
    rows = [
        InteractionRow(
            kind="note", at=START + timedelta(seconds=number), customer_id=number * 7919 % customers + 1,
            dedupe_key=f"measured:{run}:{number}", payload={"text": f"یادداشت {number}"},
        )
        for number in range(count)
    ]  # fmt: skip
    start = time.perf_counter()
    for place in range(0, count, BATCH):
        record_many(actor=actor, rows=rows[place : place + BATCH])
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for place in range(0, count, BATCH):
        with change_set(actor=actor, kind="edit", title="raw"), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE raw (kind text, at timestamptz, customer_id bigint, key text, payload jsonb) "
                "ON COMMIT DROP"
            )
            with cursor.copy("COPY raw FROM STDIN") as copy:
                for row in rows[place : place + BATCH]:
                    copy.write_row((row.kind, row.at, row.customer_id, f"raw:{row.dedupe_key}", '{"text": "یادداشت"}'))
            cursor.execute(
                "INSERT INTO interactions_interaction (demo, kind, channel, direction, at, customer_id, source_kind, "
                "cost_currency, dedupe_key, payload) SELECT false, kind, '', '', at, customer_id, '', '', key, payload "
                "FROM raw"
            )
    raw = time.perf_counter() - start
    return {
        "rows": count, "ours_per_s": round(count / ours), "raw_per_s": round(count / raw), "ratio": round(raw / ours, 2)
    }  # fmt: skip


def customer_file(count: int) -> Path:
    """A file of so many customers as people have them: name, mobile, e-mail, city."""
    path = Path(settings.DATA) / "customers.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("نام", "موبایل", "ایمیل", "شهر"))
        writer.writerows(_people(count))
    return path


def _people(count: int) -> Iterator[tuple[str, str, str, str]]:
    firsts = (*WOMEN, *MEN)
    for number in range(count):
        name = f"{firsts[number % len(firsts)]} {FAMILIES[number // 7 % len(FAMILIES)]}"
        yield name, f"0930{number:07d}", f"n{number}@example.org", CITIES[number % len(CITIES)][0]


def raw_customers(*, actor: Actor, path: Path) -> float:
    """Seconds of hand-written COPY and SQL that bring the same file in: customers and their identities, inside a change
    set, so with the same indexes, triggers and images. Reading the file and making the keys are not counted.
    """
    rows = []
    with path.open(encoding="utf-8", newline="") as source:
        for name, phone, email, city in csv.reader(source):
            rows.append((name, phone, email, city, search_key_of(name), sort_key_of(name), split_person_name(name)))
    del rows[0]
    start = time.perf_counter()
    with change_set(actor=actor, kind="import", title="raw"), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE raw (id bigint DEFAULT nextval('customers_customer_id_seq'), name text, given text, "
            "family text, honorific text, phone text, phone_key text, email text, city text, search_key text, "
            "sort_key text) ON COMMIT DROP"
        )
        columns = "name, given, family, honorific, phone, phone_key, email, city, search_key, sort_key"
        with cursor.copy(f"COPY raw ({columns}) FROM STDIN") as copy:
            for name, phone, email, city, search, order, parts in rows:
                copy.write_row(
                    (name, parts.given, parts.family, parts.honorific, phone, f"+98{phone[1:]}", email, city, search,
                     order)
                )  # fmt: skip
        cursor.execute(
            "INSERT INTO customers_customer (id, demo, kind, name, honorific, given_name, family_name, job_title, "
            "city, country, language, stage, source, note, search_key, sort_key) SELECT id, false, 'person', name, "
            "honorific, given, family, '', city, '', '', '', 'import', '', search_key, sort_key FROM raw"
        )
        cursor.execute(
            "INSERT INTO customers_identity (demo, customer_id, kind, system, value, key, label, is_primary) "
            "SELECT false, id, 'phone', '', phone, phone_key, '', true FROM raw UNION ALL "
            "SELECT false, id, 'email', '', email, email, '', true FROM raw"
        )
    return time.perf_counter() - start

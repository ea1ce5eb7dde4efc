"""A business of any size, the same at every run: people by name as often as life has them, their past, their figures.

Rows go in by COPY with the triggers and the secondary indexes aside; the indexes are built afterwards and statistics
taken, so that the tables are as they would be after a day of work.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from psycopg import sql

from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.demo_names import CITIES, FAMILIES, MEN, WOMEN
from peyvand.memory.customers.keys import search_key_of, sort_key_of

SEED = 1405
TABLES = (
    "customers_customer", "customers_touch", "customers_bearer", "customers_nameword", "customers_identity",
    "customers_trait", "customers_customertag", "interactions_interaction",
)  # fmt: skip
COMMON = ("محمد", "علی", "فاطمه")
KINDS = (("note", ""), ("call", "call"), ("meeting", "in_person"))
CLASSES = ("champion", "loyal", "promising", "new", "attention", "risk", "cantlose", "dormant", "lost")
WORDS = (
    "درباره‌ی سفارش تازه پرسید", "برای بازدید هفته‌ی آینده قرار گذاشت", "از بسته‌بندی راضی بود", "تخفیف خواست",
    "پیش‌فاکتور برایش فرستاده شد", "کالا را پس فرستاد", "نشانی‌اش تغییر کرده است", "معرفی یک دوست",
)  # fmt: skip
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


def fill(*, customers: int, interactions: int, owners: list[int], team: int, tags: list[int]) -> None:
    """Fill an empty, migrated database. A twentieth of the customers are the first owner's, a tenth the team's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        put_aside = indexes_aside(cursor, TABLES)
        _copy(cursor, "customers_customer", _CUSTOMER, _customers(customers, owners, team))
        for statement in _FOLLOWING:
            cursor.execute(statement)
        _copy(cursor, "customers_identity", _IDENTITY, _identities(customers))
        _copy(cursor, "customers_trait", _TRAIT, _traits(customers))
        _copy(cursor, "customers_customertag", ("customer_id", "tag_id"), _tagged(customers, tags))
        _copy(cursor, "interactions_interaction", _INTERACTION, _interactions(customers, interactions, owners))
        cursor.execute(_NUMBERED, [list(TABLES)])
        for table, sequence in cursor.fetchall():
            cursor.execute(f"SELECT setval(%s, (SELECT max(id) FROM {table}))", [sequence])
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for definition in put_aside:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def indexes_aside(cursor: object, tables: Sequence[str]) -> list[str]:
    """Drop the tables' indexes that stand for no constraint; gives the statements that make them again."""
    execute, fetch = cursor.execute, cursor.fetchall  # type: ignore[attr-defined]
    execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) AND NOT EXISTS ("
        "SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
        [list(tables)],
    )
    found = fetch()
    for name, _definition in found:
        execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [definition for _name, definition in found]


def _copy(cursor: object, table: str, columns: Iterable[str], rows: Iterator[str]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        while some := "".join(itertools.islice(rows, 2000)):
            copy.write(some)


_CUSTOMER = (
    "id", "demo", "kind", "name", "honorific", "given_name", "family_name", "job_title", "city", "country", "language",
    "stage", "source", "note", "owner_id", "team_id", "search_key", "sort_key", "created_at",
)  # fmt: skip
# What triggers would keep of the customers: the day of the last touch, spread over two years, and the words of names.
_FOLLOWING = (
    "INSERT INTO customers_touch (id, demo, at) "
    f"SELECT id, demo, '{NOW}'::timestamptz - id * 7919 % 1000000 * interval '1 minute' FROM customers_customer",
    "INSERT INTO customers_bearer (customer_id, word, demo, owner_id, team_id, sort_key) "
    "SELECT c.id, w.word, c.demo, c.owner_id, c.team_id, c.sort_key FROM customers_customer c, "
    "LATERAL (SELECT DISTINCT word FROM unnest(customers_words_of(c.search_key)) word) w WHERE w.word <> ''",
    "INSERT INTO customers_nameword (demo, word, bearers) "
    "SELECT demo, word, count(*) FROM customers_bearer GROUP BY demo, word",
)
_NUMBERED = (  # the names first: pg_get_serial_sequence fails for a table without the column
    "WITH numbered AS MATERIALIZED (SELECT table_name FROM information_schema.columns "
    "WHERE table_name = ANY(%s) AND column_name = 'id' AND is_identity = 'YES') "
    "SELECT table_name, pg_get_serial_sequence(table_name, 'id') FROM numbered"
)


def _customers(count: int, owners: list[int], team: int) -> Iterator[str]:
    chance = random.Random(SEED)  # noqa: S311 the same rows at every run
    given = [*COMMON, *WOMEN, *MEN]
    weights = [1 / (place + 3) for place in range(len(given))]
    cities, city_weights = [city for city, _part in CITIES], [part for _city, part in CITIES]
    keys: dict[str, tuple[str, str]] = {}
    firsts = chance.choices(given, weights, k=4096)
    seconds = [f"{one} {other}" if chance.random() < 0.4 else one for one, other in _pairs(chance, FAMILIES, 8192)]
    towns = chance.choices(cities, city_weights, k=1024)
    for pk in range(1, count + 1):
        first, second = firsts[chance.getrandbits(12)], seconds[chance.getrandbits(13)]
        name = f"{first} {second}"
        if name not in keys:
            keys[name] = (search_key_of(name), _escaped(sort_key_of(name)))
        search, order = keys[name]
        owner = owners[0] if pk % 20 == 0 else owners[1 + pk % (len(owners) - 1)]
        yield (
            f"{pk}\tf\tperson\t{name}\t\t{first}\t{second}\t\t{towns[chance.getrandbits(10)]}\tایران\tfa\t\tbench\t\t"
            f"{owner}\t{team if pk % 10 == 0 else chr(92) + 'N'}\t{search}\t{order}\t{NOW}\n"
        )


def _escaped(text: str) -> str:
    """As COPY wants it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _pairs(chance: random.Random, words: tuple[str, ...], count: int) -> list[tuple[str, str]]:
    return [(chance.choice(words), chance.choice(words)) for _number in range(count)]


_IDENTITY = ("demo", "customer_id", "kind", "system", "value", "key", "label", "is_primary")


def _identities(count: int) -> Iterator[str]:
    for pk in range(1, count + 1):
        phone = f"9{120_000_000 + pk * 7_654_321 % 270_000_000}"
        email = f"c{pk}@example.com"
        yield f"f\t{pk}\tphone\t\t0{phone}\t+98{phone}\t\tt\nf\t{pk}\temail\t\t{email}\t{email}\t\tt\n"


_TRAIT = ("demo", "customer_id", "name", "text", "number", "currency", "source")


def _traits(count: int) -> Iterator[str]:
    null = "\\N"
    for pk in range(1, count + 1):
        worth = (pk * 48_271 % 2_147_483_647) % 90_000_000
        kind = CLASSES[pk * 48_271 % 2_147_483_647 % len(CLASSES)]
        yield (
            f"f\t{pk}\tvalue.class\t{kind}\t{null}\t\tvalue\nf\t{pk}\tvalue.revenue\t\t{worth}\tIRR\tvalue\n"
            f"f\t{pk}\tvalue.slipping\t\t{pk % 2}\t\tvalue\n"
        )


def _tagged(count: int, tags: list[int]) -> Iterator[str]:
    for pk in range(1, count + 1):
        if tags and pk % 3 == 0:
            yield f"{pk}\t{tags[pk % len(tags)]}\n"


_INTERACTION = (
    "demo", "customer_id", "kind", "channel", "direction", "at", "staff_id", "source_kind", "cost_currency",
    "dedupe_key", "payload", "created_at",
)  # fmt: skip


def _interactions(customers: int, count: int, owners: list[int]) -> Iterator[str]:
    """Each customer's are spread over two years; the newest is the customer's last."""
    moments = [str(NOW - timedelta(minutes=minute)) for minute in range(0, 1_050_000, 7)]
    payloads = [f'{{"text": "{text}"}}' for text in WORDS]
    for number in range(count):
        kind, channel = KINDS[number % 3]
        moment = moments[number * 7919 % len(moments)]
        yield (
            f"f\t{number % customers + 1}\t{kind}\t{channel}\t\t{moment}\t{owners[number % len(owners)]}\t\t\t"
            f"bench:{number}\t{payloads[number * 31 % len(payloads)]}\t{moment}\n"
        )


def common_keys() -> list[str]:
    """Search keys of the three names that most people have."""
    return [fa_key(name) for name in COMMON]

"""The search over the whole base, by Splink on DuckDB. Heavy: imported in children of the worker only.

Rows leave PostgreSQL by ADBC, one business and one kind at a time; their names get the keys of `likeness`; blocking
rules choose the pairs to look at (none of them brings more than LARGEST_BLOCK records together, nor more than
MOST_PAIRS pairs, so the work grows with the base and not with its square); the Fellegi-Sunter model scores them. u is
estimated from random pairs, m by expectation maximisation, both with SEED, where the base is large enough and the
result is in order; otherwise the given values of `weighing` stand. How common a name is comes from how common its
given and its family name are, since whole names are too rare to count.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from adbc_driver_postgresql import dbapi
from django.db import transaction
from splink import DuckDBAPI, Linker

from peyvand.foundation.database.address import libpq_address
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.jobs.scratch import scratch
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.matching import weighing
from peyvand.memory.matching.likeness import firm_keys, local_part, person_keys
from peyvand.memory.matching.services.keeping import Kept, keep
from peyvand.memory.matching.services.measuring import quality_count

SEED = 7
LARGEST_BLOCK = 60
MOST_PAIRS = 3_000_000  # that one rule brings; of more, those of its largest blocks go
U_PAIRS = 2e6
FARTHEST = 3
COMMONEST = 1e-3  # share of the commonest whole name there is; a tiny base would say more
LEARNED_FROM = 5_000  # records; below, the given values stand
BATCH = 20_000
MARK = "\x1f"

logger = logging.getLogger(__name__)
logging.getLogger("splink").setLevel(logging.ERROR)  # it warns of every level that a base happens not to have

_SELECT = """
SELECT c.id, c.name, c.given_name, c.family_name, c.city, c.birth_date, i.phones, i.emails, i.codes
  FROM customers_customer c LEFT JOIN (
    SELECT customer_id,
           string_agg(key, chr(31)) FILTER (WHERE kind = 'phone') AS phones,
           string_agg(key, chr(31)) FILTER (WHERE kind = 'email') AS emails,
           string_agg(key, chr(31)) FILTER (WHERE kind IN ('card', 'external') AND length(key) >= 6) AS codes
      FROM customers_identity WHERE demo = {demo} GROUP BY 1
  ) i ON i.customer_id = c.id
 WHERE c.demo = {demo} AND c.kind = '{kind}'
"""

_SCHEMA = pa.schema(
    [
        ("unique_id", pa.int64()), ("given", pa.string()), ("family", pa.string()), ("given_sound", pa.string()),
        ("family_sound", pa.string()), ("words", pa.string()), ("sound", pa.string()),
        ("phones", pa.list_(pa.string())), ("emails", pa.list_(pa.string())), ("locals", pa.list_(pa.string())),
        ("codes", pa.list_(pa.string())), ("birth", pa.string()), ("city", pa.string()),
    ]
)  # fmt: skip


def find(run: Running, **_arguments: Any) -> Mapping[str, Any]:
    """The job: persons, then organisations, of the business that the actor looks at."""
    totals = {"pairs": 0, "new": 0, "gone": 0, "records": 0}
    kinds = (CustomerKind.PERSON, CustomerKind.ORGANISATION)
    for number, kind in enumerate(kinds):
        run.check()
        run.progress(number * 50, 100)
        with scratch() as folder:
            found = search(demo=run.actor.demo, kind=kind, folder=folder, progress=_progress(run, number * 50))
        totals = {name: totals[name] + getattr(found, name) for name in totals}
    quality_count(demo=run.actor.demo)  # of which the pairs are a part
    run.progress(100, 100)
    return totals


def _progress(run: Running, base: int) -> Any:
    def tell(percent: int) -> None:
        run.check()
        run.progress(base + percent // 2, 100)

    return tell


def search(*, demo: bool, kind: str, folder: Path, progress: Any = lambda percent: None) -> Kept:
    """Find the pairs of one kind and keep them; open pairs that are no longer found go."""
    with duckdb.connect(str(folder / "pairs.duckdb")) as own:
        own.execute("SET memory_limit = '1GB'")
        own.execute("SET preserve_insertion_order = false")
        own.execute(f"SET temp_directory = '{folder / 'spill'}'")
        records = _load(own, demo=demo, kind=kind)
        progress(30)
        pairs = compare(own, records=records)
        progress(80)
        with transaction.atomic():
            kept = keep(demo=demo, kind=kind, pairs=pairs, records=records)
    progress(100)
    return kept


def compare(own: duckdb.DuckDBPyConnection, *, records: int) -> Iterator[weighing.Finding]:
    """The pairs among the table `records`."""
    if records < 2:
        return iter(())
    _blocks(own)
    _score(own, records=records)
    return _found(own)


# ── rows in ───────────────────────────────────────────────────────────────


def _load(own: duckdb.DuckDBPyConnection, *, demo: bool, kind: str) -> int:
    begin(own)
    with dbapi.connect(libpq_address()) as source, source.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(_SELECT.format(demo="true" if demo else "false", kind=CustomerKind(kind).value))
        for batch in cursor.fetch_record_batch():
            for start in range(0, batch.num_rows, BATCH):
                rows = batch.slice(start, BATCH).to_pylist()
                load_rows(own, keyed(rows, person=kind == CustomerKind.PERSON))
        source.rollback()
    row = own.execute("SELECT count(*) FROM records").fetchone()
    return int(row[0]) if row else 0


def begin(own: duckdb.DuckDBPyConnection) -> None:
    """Make the table `records`, empty."""
    own.execute(
        "CREATE TABLE records (unique_id BIGINT, given VARCHAR, family VARCHAR, given_sound VARCHAR, "
        "family_sound VARCHAR, words VARCHAR, sound VARCHAR, phones VARCHAR[], emails VARCHAR[], locals VARCHAR[], "
        "codes VARCHAR[], birth VARCHAR, city VARCHAR)"
    )


def load_rows(own: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """Add records to the table `records`."""
    fresh = pa.Table.from_pylist(rows, schema=_SCHEMA)
    own.register("fresh", fresh)
    own.execute("INSERT INTO records SELECT * FROM fresh")
    own.unregister("fresh")


def keyed(given: list[dict[str, Any]], *, person: bool) -> list[dict[str, Any]]:
    """Rows as the SELECT gives them, with what they are compared by."""
    rows = []
    for row in given:
        keys = person_keys(row["name"], row["given_name"], row["family_name"]) if person else firm_keys(row["name"])
        emails = _split(row["emails"])
        rows.append(
            {
                "unique_id": row["id"],
                "given": keys.given or None,
                "family": keys.family or None,
                "given_sound": keys.given_sound or None,
                "family_sound": keys.family_sound or None,
                "words": keys.words or None,
                "sound": keys.sound or None,
                "phones": _split(row["phones"]),
                "emails": emails,
                "locals": list(filter(None, map(local_part, emails or ()))) or None,
                "codes": _split(row["codes"]),
                "birth": row["birth_date"].isoformat() if row["birth_date"] else None,
                "city": fa_key(row["city"]) or None,
            }
        )
    return rows


def _split(text: str | None) -> list[str] | None:
    return text.split(MARK) if text else None


# ── blocks ────────────────────────────────────────────────────────────────

# Columns to block by: null where they would bring too many together. A narrower one takes their place below.
_BLOCKS = {
    "b_sound": "sound",
    "b_words": "words",
    "b_phone": "list_extract(phones, 1)",
    "b_sound_city": "sound || '|' || city",
    "b_sound_birth": "family_sound || '|' || birth",
    "b_given_birth": "given_sound || '|' || birth",
    "b_family_city": "family_sound || '|' || left(given_sound, 1) || '|' || city",
    "b_given_city": "given || '|' || left(family_sound, 1) || '|' || city",
    "b_family_given": "family || '|' || left(given, 2)",
    "b_given_family": "given || '|' || left(family, 3)",
    "b_given_tail": "given || '|' || right(family, 3)",
    "b_start": "left(words, 6)",
    "b_end": "right(words, 6)",
}


def _blocks(own: duckdb.DuckDBPyConnection) -> None:
    made = ", ".join(f"{sql} AS {name}" for name, sql in _BLOCKS.items())
    own.execute(f"CREATE TABLE keyed AS SELECT *, list_extract(phones, 1) AS phone, {made} FROM records")
    own.execute("DROP TABLE records")
    narrow = ", ".join(
        f"CASE WHEN {name} IS NULL OR count(*) OVER (PARTITION BY {name}) > {most} THEN NULL ELSE {name} END AS {name}"
        for name, most in ((name, _largest(own, name)) for name in _BLOCKS)
    )
    own.execute(f"CREATE TABLE blocked AS SELECT * EXCLUDE ({', '.join(_BLOCKS)}), {narrow} FROM keyed")
    own.execute("DROP TABLE keyed")
    for column in ("phones", "emails", "locals", "codes"):
        own.execute(
            f"CREATE TABLE often AS SELECT value FROM (SELECT unnest({column}) AS value FROM blocked) "
            f"GROUP BY 1 HAVING count(*) > {LARGEST_BLOCK}"
        )
        own.execute(
            f"ALTER TABLE blocked ADD COLUMN k_{column} VARCHAR[]; "
            f"UPDATE blocked SET k_{column} = list_filter({column}, lambda one: one NOT IN (SELECT value FROM often)) "
            f"WHERE {column} IS NOT NULL"
            if own.execute("SELECT count(*) FROM often").fetchone() != (0,)
            else f"ALTER TABLE blocked ADD COLUMN k_{column} VARCHAR[]; UPDATE blocked SET k_{column} = {column}"
        )
        own.execute("DROP TABLE often")


def _largest(own: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many records a block of the rule has at most, so that all of them bring MOST_PAIRS pairs at most."""
    sizes = own.execute(
        f"SELECT n, count(*) FROM (SELECT count(*) AS n FROM keyed WHERE {name} IS NOT NULL GROUP BY {name}) "
        f"WHERE n BETWEEN 2 AND {LARGEST_BLOCK} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    pairs = 0
    for n, blocks in sizes:
        pairs += blocks * n * (n - 1) // 2
        if pairs > MOST_PAIRS:
            return int(n) - 1
    return LARGEST_BLOCK


# ── the model ─────────────────────────────────────────────────────────────

_NAME = {
    6: "words_l = words_r",
    5: "sound_l = sound_r AND sound_l <> ''",
    4: "(length(words_l) >= 7 AND damerau_levenshtein(words_l, words_r) <= 1) OR "
    "((family_l = family_r OR (family_sound_l = family_sound_r AND length(family_sound_l) > 1)) "
    "AND jaro_winkler_similarity(given_l, given_r) >= 0.9) OR "
    "(length(family_l) >= 5 AND given_l = given_r AND damerau_levenshtein(family_l, family_r) <= 1)",
    3: "(family_l = family_r OR (family_sound_l = family_sound_r AND length(family_sound_l) > 1)) AND "
    "(given_l IS NULL OR given_r IS NULL OR starts_with(given_l, given_r) OR starts_with(given_r, given_l) "
    "OR ends_with(given_l, given_r) OR ends_with(given_r, given_l))",
    2: "family_l = family_r OR (family_sound_l = family_sound_r AND length(family_sound_l) > 1)",
    1: "given_l = given_r",
}
_CONDITIONS = {
    "name": _NAME,
    "phone": {
        2: "list_has_any(phones_l, phones_r)",
        1: "length(phone_l) > 8 AND damerau_levenshtein(phone_l, phone_r) <= 1",
    },
    "email": {2: "list_has_any(emails_l, emails_r)", 1: "list_has_any(locals_l, locals_r)"},
    "birth": {2: "birth_l = birth_r", 1: "damerau_levenshtein(birth_l, birth_r) <= 1"},
    "city": {1: "city_l = city_r"},
}
_COLUMN = {"name": "words", "phone": "phones", "email": "emails", "birth": "birth", "city": "city"}
_EXPLODED = ("phones", "emails", "locals", "codes")


def _settings(records: int) -> dict[str, Any]:
    comparisons = []
    for what, known in weighing.levels(records).items():
        column = _COLUMN[what]
        empty = f"{column}_l IS NULL OR {column}_r IS NULL"
        levels: list[dict[str, Any]] = [{"sql_condition": empty, "label_for_charts": "empty", "is_null_level": True}]
        for level in known:
            one: dict[str, Any] = {
                "sql_condition": _CONDITIONS[what].get(level.number, "ELSE"),
                "label_for_charts": level.how,
                "m_probability": level.m,
                "u_probability": level.u,
            }
            if what == "name" and level.how in ("same", "sound"):
                one["tf_adjustment_column"] = "words" if level.how == "same" else "sound"
                one["tf_adjustment_weight"] = 1.0
                one["disable_tf_exact_match_detection"] = True
            levels.append(one)
        comparisons.append({"output_column_name": what, "comparison_levels": levels})
    exact = [f"l.{name} = r.{name}" for name in _BLOCKS]
    exploded = [{"blocking_rule": f"l.k_{name} = r.k_{name}", "arrays_to_explode": [f"k_{name}"]} for name in _EXPLODED]
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [*exploded, *exact],
        "probability_two_random_records_match": weighing.prior(records),
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
        "additional_columns_to_retain": ["codes"],
        "max_iterations": 15,
    }


def _frequencies(own: duckdb.DuckDBPyConnection, column: str) -> str:
    """How common each whole name is: its given name's share times its family name's; never above what was counted."""
    parts = ("given", "family") if column == "words" else ("given_sound", "family_sound")
    share = "coalesce(g.share, 0.003) * coalesce(f.share, 0.003)"
    own.execute(
        f"CREATE OR REPLACE TABLE tf_table_{column} AS "
        f"WITH g AS (SELECT {parts[0]} AS part, count(*) / sum(count(*)) OVER () AS share FROM blocked "
        f"WHERE {parts[0]} IS NOT NULL GROUP BY 1), "
        f"f AS (SELECT {parts[1]} AS part, count(*) / sum(count(*)) OVER () AS share FROM blocked "
        f"WHERE {parts[1]} IS NOT NULL GROUP BY 1) "
        f"SELECT b.{column}, max(least(greatest({share}, 1e-6), {COMMONEST})) "
        f"AS tf_{column} FROM blocked b LEFT JOIN g ON g.part = b.{parts[0]} LEFT JOIN f ON f.part = b.{parts[1]} "
        f"WHERE b.{column} IS NOT NULL GROUP BY 1"
    )
    return f"tf_table_{column}"


def _linker(own: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> Linker:
    api = DuckDBAPI(connection=own)
    linker = Linker(api.register("blocked"), settings, log_level=None)
    for column in ("words", "sound"):
        frequencies = api.register(_frequencies(own, column))
        linker.table_management.register_term_frequency_lookup(frequencies, column)
    return linker


def _score(own: duckdb.DuckDBPyConnection, *, records: int) -> None:
    settings = _settings(records)
    if records >= LEARNED_FROM:
        settings = _learn(_linker(own, settings), settings) or _settings(records)
    linker = _linker(own, settings)  # a new one: a training that broke off leaves comparisons out of its own
    threshold = weighing.POSSIBLE / 400  # the exact rules lift some that the model alone leaves low
    found = linker.inference.predict(threshold_match_probability=threshold, warning_mode="never")
    own.execute(f"CREATE TABLE found AS SELECT * FROM {found.physical_name}")


def _learn(linker: Linker, settings: dict[str, Any]) -> dict[str, Any] | None:
    """The settings with m and u as this base has them; None where it teaches nothing.

    What is learned counts half, the given values the other half, and no value leaves its given one by more than
    FARTHEST times: a level that happens not to occur, or a town full of households with one telephone, must not
    unlearn what a sister is. u of a phone or an address follows from the size of the base, that of a name from how
    common it is.
    """
    try:
        linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
        for rule in ("l.sound = r.sound AND l.b_sound = r.b_sound", "l.phone = r.phone AND l.b_phone = r.b_phone"):
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, fix_probability_two_random_records_match=True
            )
        learned = linker.misc.save_model_to_json()["comparisons"]
    except Exception as problem:  # Splink raises many kinds where a level never occurs
        logger.warning("this base teaches nothing: %s", problem)
        return None
    comparisons = []
    for given, found in zip(settings["comparisons"], learned, strict=True):
        levels = [
            _blended(one, other, what=given["output_column_name"])
            for one, other in zip(given["comparison_levels"], found["comparison_levels"], strict=True)
        ]
        comparisons.append({**given, "comparison_levels": levels})
    return {**settings, "comparisons": comparisons}


def _blended(given: dict[str, Any], found: Mapping[str, Any], *, what: str) -> dict[str, Any]:
    if given.get("is_null_level"):
        return given
    blended = dict(given)
    names = ["m_probability"] if given["label_for_charts"] != "family" else []
    if what in ("birth", "city") or (what == "name" and "tf_adjustment_column" not in given):
        names.append("u_probability")
    for name in names:
        known, seen = given[name], found.get(name) or given[name]
        blended[name] = min(max((known + seen) / 2, known / FARTHEST), min(known * FARTHEST, 0.999))
    return blended


def _found(own: duckdb.DuckDBPyConnection) -> Iterator[weighing.Finding]:
    """The pairs with their reasons, the exact rules applied."""
    names = {what: {level.number: level.how for level in known} for what, known in weighing.levels(1000).items()}
    cursor = own.execute("SELECT * FROM found")
    columns = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(BATCH):
        for values in rows:
            found = _finding(dict(zip(columns, values, strict=True)), names)
            if found.score >= weighing.POSSIBLE:
                yield found


def _finding(row: Mapping[str, Any], names: Mapping[str, Mapping[int, str]]) -> weighing.Finding:
    reached: dict[str, int] = {}
    reasons = []
    for what, known in names.items():
        gamma = row[f"gamma_{what}"]
        if gamma < 0:
            continue
        reached[what] = gamma
        weight = row[f"mw_{what}"] + (row.get(f"mw_tf_adj_{what}") or 0)
        reasons.append({"what": what, "how": known[gamma], "weight": round(weight, 2)})
    codes = bool(set(row["codes_l"] or ()) & set(row["codes_r"] or ()))
    if codes:
        reasons.insert(0, {"what": "code", "how": "same", "weight": None})
    probability = row["match_probability"]
    if weighing.is_sure(reached, codes=codes):
        probability = max(probability, weighing.SURE)
    a, b = sorted((row["unique_id_l"], row["unique_id_r"]))
    return weighing.Finding(a=a, b=b, score=float(probability), reasons=tuple(reasons))

"""The words of names are counted in a ledger, which is added up here."""

from __future__ import annotations

from django.db import connection

_FOLD = """
WITH several AS MATERIALIZED (
  SELECT demo, word FROM customers_nameword GROUP BY demo, word HAVING count(*) > 1 OR sum(bearers) = 0
), gone AS (
  DELETE FROM customers_nameword n USING several s WHERE n.word = s.word AND n.demo = s.demo
  RETURNING n.demo, n.word, n.bearers
), kept AS (
  INSERT INTO customers_nameword (demo, word, bearers)
  SELECT demo, word, sum(bearers) FROM gone GROUP BY demo, word HAVING sum(bearers) <> 0
)
SELECT count(*) FROM gone
"""


def words_fold() -> int:
    """Add up the ledger of names' words; gives how many lines went. What nobody bears any more is forgotten.

    Writers wait for nothing: what they add meanwhile stands beside the sum.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
        return int(cursor.fetchone()[0])

"""Whether the figures that the database keeps are what they follow from."""

from __future__ import annotations

from django.db import connection

WRONG_FIGURES = """
SELECT kept.id
  FROM commerce_order kept
  LEFT JOIN (
    SELECT order_id, count(*) AS lines, sum(amount) AS amount, sum(quantity * unit_cost) AS cost,
           bool_and(unit_cost IS NOT NULL) AS cost_known, sum(tax) AS tax, sum(discount + order_discount) AS discount,
           sum(CASE WHEN tax_included THEN 0 ELSE tax END) AS added
      FROM commerce_orderline GROUP BY order_id
  ) line ON line.order_id = kept.id
  LEFT JOIN (
    SELECT order_id, sum(CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END) AS paid
      FROM commerce_payment GROUP BY order_id
  ) payment ON payment.order_id = kept.id
  LEFT JOIN (
    SELECT origin_id, sum(total_minor) AS returned FROM commerce_order WHERE status <> 'cancelled' GROUP BY origin_id
  ) back ON back.origin_id = kept.id
 WHERE kept.lines <> coalesce(line.lines, 0)
    OR kept.total_minor <> coalesce(round((line.amount + line.added) * power(10::numeric, kept.exponent)), 0)
    OR kept.tax_minor <> coalesce(line.tax * power(10::numeric, kept.exponent), 0)
    OR kept.discount_minor <> coalesce(round(line.discount * power(10::numeric, kept.exponent)), 0)
    OR kept.cost_minor IS DISTINCT FROM
       CASE WHEN line.cost_known THEN round(line.cost * power(10::numeric, kept.exponent)) END
    OR kept.paid_minor <> coalesce(payment.paid, 0)
    OR kept.returned_minor <> coalesce(back.returned, 0)
 ORDER BY kept.id LIMIT 100
"""


def wrong_figures() -> list[int]:
    """Ids of orders whose figures do not follow from their lines, payments and returns; none, unless a trigger
    was off.
    """
    with connection.cursor() as cursor:
        cursor.execute(WRONG_FIGURES)
        return [pk for (pk,) in cursor.fetchall()]

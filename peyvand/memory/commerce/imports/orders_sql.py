"""The statements of the import of orders, in the order in which a batch runs them. Each works on the whole batch."""

from __future__ import annotations

from typing import LiteralString

INCOMING: LiteralString = """
CREATE TEMPORARY TABLE IF NOT EXISTS commerce_incoming (
    line bigint, number text, sku text, description text, quantity numeric, unit_price numeric, unit_cost numeric,
    placed_at timestamptz, customer_id bigint, currency text, exponent smallint, correction boolean,
    discount numeric, tax_percent numeric, tax_included boolean, tax numeric, reason text
) ON COMMIT DELETE ROWS;
TRUNCATE commerce_incoming
"""
COPY: LiteralString = """
COPY commerce_incoming (line, number, sku, description, quantity, unit_price, unit_cost, placed_at, customer_id,
                        currency, exponent, correction, discount, tax_percent, tax_included, tax) FROM STDIN
"""
# A number that is taken by an order from elsewhere is never touched. Lines that this import has put there before (an
# invoice scattered over the file) are joined by the rest.
REASONS: LiteralString = """
WITH first AS (
    SELECT DISTINCT ON (number) number, currency FROM commerce_incoming ORDER BY number, line
), owner AS (
    SELECT DISTINCT ON (number) number, customer_id FROM commerce_incoming
     WHERE customer_id IS NOT NULL ORDER BY number, line
), kept AS (
    SELECT id, number, source, currency, customer_id FROM commerce_order
     WHERE demo = %(demo)s AND number = ANY (%(numbers)s)
), judged AS (
    SELECT incoming.line,
           CASE
             WHEN kept.source <> %(source)s THEN
               CASE WHEN EXISTS (
                   SELECT FROM commerce_orderline line LEFT JOIN commerce_product product ON product.id =
                   line.product_id
                    WHERE line.order_id = kept.id AND line.quantity = incoming.quantity
                      AND line.unit_price = incoming.unit_price
                      AND upper(coalesce(product.sku, '')) = upper(incoming.sku)
                      AND (line.description = incoming.description OR product.name = incoming.description)
                      AND (incoming.customer_id IS NULL OR incoming.customer_id = kept.customer_id)
               ) THEN 'commerce.already_imported' ELSE 'commerce.number_taken' END
             WHEN incoming.currency <> coalesce(kept.currency, first.currency) THEN 'commerce.other_currency'
             WHEN incoming.customer_id <> coalesce(kept.customer_id, owner.customer_id) THEN 'commerce.other_customer'
           END AS reason
      FROM commerce_incoming incoming
      JOIN first ON first.number = incoming.number
      LEFT JOIN owner ON owner.number = incoming.number
      LEFT JOIN kept ON kept.number = incoming.number
)
UPDATE commerce_incoming incoming SET reason = judged.reason
  FROM judged WHERE judged.line = incoming.line AND judged.reason IS NOT NULL
"""
NEW_PRODUCTS: LiteralString = """
SELECT min(incoming.sku), coalesce(mode() WITHIN GROUP (ORDER BY nullif(incoming.description, '')), min(incoming.sku)),
       mode() WITHIN GROUP (ORDER BY CASE WHEN incoming.unit_price > 0 THEN incoming.unit_price END),
       mode() WITHIN GROUP (ORDER BY incoming.unit_cost), min(incoming.currency)
  FROM commerce_incoming incoming
 WHERE incoming.reason IS NULL AND incoming.sku <> '' AND NOT EXISTS (
       SELECT FROM commerce_product kept WHERE kept.demo = %(demo)s AND upper(kept.sku) = upper(incoming.sku))
 GROUP BY upper(incoming.sku) ORDER BY min(incoming.line)
"""
INSERT_PRODUCTS: LiteralString = """
INSERT INTO commerce_product (demo, sku, name, kind, unit_price, unit_cost, currency, active, search_key, source,
version)
SELECT %(demo)s, sku, name, kind, unit_price, unit_cost, currency, true, search_key, %(source)s, 1
  FROM unnest(%(skus)s::text[], %(names)s::text[], %(kinds)s::text[], %(prices)s::numeric[], %(costs)s::numeric[],
              %(currencies)s::text[], %(keys)s::text[])
       AS made (sku, name, kind, unit_price, unit_cost, currency, search_key)
"""
JUDGED_KIND: LiteralString = """
CASE WHEN bool_and(correction OR unit_price < 0 OR (unit_price = 0 AND customer_id IS NULL)) THEN 'adjustment'
     WHEN bool_and(quantity < 0) OR sum(quantity * unit_price - discount) < 0 THEN 'return'
     ELSE 'sale' END
"""
INSERT_ORDERS: LiteralString = (
    """
INSERT INTO commerce_order (demo, number, customer_id, kind, status, placed_at, currency, exponent, channel,
                            tracks_payment, note, source, version)
SELECT %(demo)s, number, min(customer_id), """
    + JUDGED_KIND
    + """, 'delivered', min(placed_at), min(currency), min(exponent), '', false, '', %(source)s, 1
  FROM commerce_incoming incoming
 WHERE reason IS NULL AND NOT EXISTS (
       SELECT FROM commerce_order kept WHERE kept.demo = %(demo)s AND kept.number = incoming.number)
 GROUP BY number ORDER BY min(line)
"""
)
BEGUN: LiteralString = """
SELECT number FROM commerce_order
 WHERE demo = %(demo)s AND source = %(source)s
   AND number = ANY (%(numbers)s) AND number IN (SELECT number FROM commerce_incoming WHERE reason IS NULL)
"""
# Orders of this import that an earlier batch began: this batch knows more of their time, customer and kind.
JOIN_ORDERS: LiteralString = (
    """
UPDATE commerce_order kept
   SET placed_at = least(kept.placed_at, joined.placed_at), customer_id = coalesce(kept.customer_id,
   joined.customer_id),
       kind = CASE WHEN kept.kind = joined.kind THEN kept.kind
                   WHEN kept.total_minor + joined.amount * power(10::numeric, kept.exponent) < 0 THEN 'return'
                   ELSE 'sale' END
  FROM (
    SELECT number, min(placed_at) AS placed_at, min(customer_id) AS customer_id,
           sum(quantity * unit_price - discount) AS amount,
           """
    + JUDGED_KIND
    + """ AS kind
      FROM commerce_incoming WHERE reason IS NULL GROUP BY number
  ) joined
 WHERE kept.demo = %(demo)s AND kept.number = joined.number AND kept.number = ANY (%(begun)s)
"""
)
_LINES_HEAD: LiteralString = """
INSERT INTO commerce_orderline (order_id, product_id, position, description, quantity, unit_price, amount, discount,
                                tax_percent, tax_included, tax, unit_cost)
SELECT kept.id, product.id, row_number() OVER (PARTITION BY kept.id ORDER BY incoming.line)"""
_LINES_TAIL: LiteralString = """,
       incoming.description, incoming.quantity, incoming.unit_price,
       incoming.quantity * incoming.unit_price - incoming.discount, incoming.discount,
       incoming.tax_percent, incoming.tax_included, incoming.tax,
       coalesce(incoming.unit_cost, CASE WHEN product.currency = kept.currency THEN product.unit_cost END)
  FROM commerce_incoming incoming
  JOIN commerce_order kept ON kept.demo = %(demo)s AND kept.number = incoming.number
  LEFT JOIN commerce_product product ON product.demo = %(demo)s AND upper(product.sku) = upper(incoming.sku)
 WHERE incoming.reason IS NULL
 ORDER BY incoming.line
"""
INSERT_LINES: LiteralString = _LINES_HEAD + _LINES_TAIL
INSERT_MORE_LINES: LiteralString = (
    _LINES_HEAD
    + """
       + coalesce((SELECT max(position) FROM commerce_orderline before WHERE before.order_id = kept.id), 0)"""
    + _LINES_TAIL
)
NAMES: LiteralString = """
SELECT product.id, product.sku, product.name, found.name, product.unit_price, found.unit_price
  FROM (
    SELECT line.product_id, mode() WITHIN GROUP (ORDER BY nullif(line.description, '')) AS name,
           mode() WITHIN GROUP (ORDER BY CASE WHEN line.unit_price > 0 THEN line.unit_price END) AS unit_price
      FROM commerce_orderline line JOIN commerce_order kept ON kept.id = line.order_id
     WHERE kept.source = %(source)s GROUP BY line.product_id
  ) found
  JOIN commerce_product product ON product.id = found.product_id
 WHERE product.source = %(source)s
   AND (product.name IS DISTINCT FROM coalesce(found.name, product.sku)
        OR (product.kind = 'goods' AND product.unit_price IS DISTINCT FROM found.unit_price))
"""
RENAME: LiteralString = """
UPDATE commerce_product product
   SET name = found.name, search_key = found.search_key,
       unit_price = CASE WHEN product.kind = 'goods' THEN found.unit_price ELSE product.unit_price END
  FROM unnest(%(ids)s::bigint[], %(names)s::text[], %(keys)s::text[], %(prices)s::numeric[])
       AS found (id, name, search_key, unit_price)
 WHERE product.id = found.id
"""
TOTALS: LiteralString = """
SELECT kept.currency, kept.kind, count(DISTINCT kept.id), count(*), sum(line.amount)
  FROM commerce_order kept JOIN commerce_orderline line ON line.order_id = kept.id
 WHERE kept.source = %(source)s GROUP BY kept.currency, kept.kind ORDER BY kept.currency, kept.kind
"""
COUNTS: LiteralString = """
SELECT count(DISTINCT customer_id), (SELECT count(*) FROM commerce_product WHERE source = %(source)s),
       min(placed_at), max(placed_at)
  FROM commerce_order WHERE source = %(source)s
"""

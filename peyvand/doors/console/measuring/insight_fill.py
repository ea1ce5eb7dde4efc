"""A shop of any size for `bench insight`, drawn by PostgreSQL itself: people who differ in how often they buy, in how
long they stay and in what they spend, so that the models have something to find.
"""

from __future__ import annotations

from django.db import connection, transaction

from peyvand.doors.console.measuring.filling import indexes_aside
from peyvand.insight.prediction.measuring.shop import CURRENCY, END

PRODUCTS = 1_000
SEED = 0.1405

_PRODUCTS = f"""
    INSERT INTO commerce_product (id, demo, sku, name, kind, unit_price, unit_cost, currency, active, version)
    SELECT p, false, 'P' || p, 'کالای ' || p, 'goods', {{price}}, {{price}} * 6 / 10, '{CURRENCY}', true, 1
      FROM generate_series(1, {PRODUCTS}) p"""
_CUSTOMERS = f"""
    INSERT INTO customers_customer (id, demo, kind, name, honorific, given_name, family_name, job_title, city, country,
                                    language, stage, source, note, search_key, sort_key, created_at)
    SELECT n, false, 'person', 'مشتری ' || n, '', '', '', '', '', '', 'fa', '', 'bench', '', '', '', '{END}'
      FROM generate_series(1, %s) n"""
_TOUCHES = "INSERT INTO customers_touch (id, demo) SELECT id, demo FROM customers_customer"
# Gamma of shape 1/2 is −ln u cos² 2πv: how many orders a day. They came 10 to 730 days ago and leave after an
# exponential time. Means of spending are inverse-gamma of shape 3, of mean 1.
_PEOPLE = """
    CREATE UNLOGGED TABLE bench_person AS
    WITH drawn AS MATERIALIZED (
        SELECT n AS id, -ln(1 - random()) * power(cos(2 * pi() * random()), 2) AS rate, 10 + 720 * random() AS since,
               -ln(1 - random()) * 300 AS stays, -2 / ln((1 - random()) * (1 - random()) * (1 - random())) AS spends
          FROM generate_series(1, %(customers)s) n),
    weighed AS (SELECT *, least(since, stays) AS life, sum(rate * least(since, stays)) OVER (ORDER BY id) AS upto
                  FROM drawn),
    placed AS (SELECT *, floor(upto * (%(orders)s - %(customers)s) / (SELECT max(upto) FROM weighed) + 1e-6) AS place
                 FROM weighed)
    SELECT id, since, life, spends, 1 + (place - coalesce(lag(place) OVER (ORDER BY id), 0))::int AS number
      FROM placed"""
# Given their number, the moments of a Poisson process are evenly spread. What is bought is skewed, by taste too, and
# what goes with it is often the same.
_ORDERS = f"""
    CREATE UNLOGGED TABLE bench_order AS
    SELECT row_number() OVER (ORDER BY at) AS id, customer_id, at, factor, p1,
           CASE WHEN chance < 0.22 THEN CASE WHEN alike < 0.7 THEN (p1 + 6) % {PRODUCTS} + 1 ELSE other END END AS p2,
           CASE WHEN chance < 0.08 THEN (p1 + 19) % {PRODUCTS} + 1 END AS p3
      FROM (SELECT person.id AS customer_id,
                   '{END}'::timestamptz
                   - (since - CASE WHEN k = 1 THEN 0 ELSE random() * life END) * interval '1 day' AS at,
                   spends * -ln((1 - random()) * (1 - random())) / 2 AS factor, random() AS chance, random() AS alike,
                   1 + (floor({PRODUCTS} * power(random(), 3))::int
                        + CASE WHEN random() < 0.3 THEN person.id % 10 * 100 ELSE 0 END) % {PRODUCTS} AS p1,
                   1 + floor({PRODUCTS} * power(random(), 3))::int AS other
              FROM bench_person person, LATERAL generate_series(1, number) k) drawn"""
_KEPT_ORDERS = f"""
    INSERT INTO commerce_order (id, demo, number, customer_id, kind, status, placed_at, currency, exponent, channel,
                                total_minor, lines, tracks_payment, note, source, version)
    SELECT id, false, 'B' || id, customer_id, 'sale', 'placed', at, '{CURRENCY}', 0, '',
           {{of_p1}} + CASE WHEN p2 IS NULL THEN 0 ELSE {{of_p2}} END + CASE WHEN p3 IS NULL THEN 0 ELSE {{of_p3}} END,
           1 + (p2 IS NOT NULL)::int + (p3 IS NOT NULL)::int, false, '', '', 1
      FROM bench_order"""
_LINES = """
    INSERT INTO commerce_orderline (order_id, product_id, position, description, quantity, unit_price, amount)
    SELECT bench_order.id, product, position, '', 1, price, price
      FROM bench_order,
           LATERAL (VALUES (1, p1, {of_p1}), (2, p2, {of_p2}), (3, p3, {of_p3})) line (position, product, price)
     WHERE product IS NOT NULL
     ORDER BY bench_order.id, position"""

# What a shop spends: two years of advertising, commission and rent, a month each, and the post of an order.
_COSTS = f"""
    INSERT INTO commerce_cost (demo, kind, amount_minor, currency, day_from, day_to, aim, driver, source, medium,
                               campaign, channel, interaction_kind, document, note, brought_by, import_key, version)
    SELECT false, kind, 100000007, '{CURRENCY}', day, (day + interval '1 month' - interval '1 day')::date, 'shared',
           driver, '', '', '', '', '', '', '', '', '', 1
      FROM generate_series('{END}'::date - interval '2 years', '{END}'::date - interval '1 month', '1 month') AS day,
           (VALUES ('acquisition', 'new_customer'), ('sale', 'order_value'), ('operation', 'customer'))
               spent (kind, driver)"""
_POST = f"""
    INSERT INTO commerce_costrate (demo, name, key, kind, driver, amount, currency, valid_from, channel, source,
                                   interaction_kind, version)
    VALUES (false, 'Post', 'post', 'delivery', 'order', 380000, '{CURRENCY}', '2020-01-01', '', '', '', 1)"""


def _price(product: str) -> str:
    return f"((20 + {product} * 7919 % 980) * 1000)"


def _sold(product: str) -> str:
    return f"greatest(1, round({_price(product)} * factor::numeric))"


def fill(*, customers: int, orders: int) -> None:
    """Fill an empty, migrated database; at least one order a customer, so `orders` must not be fewer."""
    sold = {f"of_{name}": _sold(name) for name in ("p1", "p2", "p3")}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        put_aside = indexes_aside(cursor, ("commerce_order", "commerce_orderline", "customers_customer"))
        cursor.execute("SELECT setseed(%s)", [SEED])
        cursor.execute(_PRODUCTS.format(price=_price("p")))
        cursor.execute(_CUSTOMERS, [customers])
        cursor.execute(_TOUCHES)
        cursor.execute(_PEOPLE, {"customers": customers, "orders": orders})
        cursor.execute(_ORDERS)
        cursor.execute(_KEPT_ORDERS.format(**sold))
        cursor.execute(_LINES.format(**sold))
        cursor.execute(_COSTS)
        cursor.execute(_POST)
        cursor.execute("DROP TABLE bench_person, bench_order")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for definition in put_aside:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE commerce_order, commerce_orderline, commerce_product, customers_customer")

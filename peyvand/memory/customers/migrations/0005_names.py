"""Names by their words: who bears a word, in the order of names, and how many bear it.

Triggers keep both, whoever writes. The counts are a ledger, so that two who add the same word at the same moment never
wait for one another: every statement adds what it changed, and `services.naming` adds the lines up now and then.
"""

from __future__ import annotations

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# A word longer than an index takes lies in pieces that overlap, so that whatever is looked for (at most 40 letters of
# it: queries.naming) lies in one of them.
WORDS = """
CREATE FUNCTION customers_words_of(key text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF length(key) <= 80 THEN
    RETURN string_to_array(key, ' ');
  END IF;
  RETURN (SELECT array_agg(substr(w, piece, 80)) FROM unnest(string_to_array(key, ' ')) w,
                 generate_series(1, greatest(length(w) - 40, 1), 40) piece);
END $$;
"""
FOLLOW = """
CREATE FUNCTION customers_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH come AS MATERIALIZED (
      SELECT n.id, n.demo, n.owner_id, n.team_id, n.sort_key, w.word
        FROM new_rows n, LATERAL (SELECT DISTINCT word FROM unnest(customers_words_of(n.search_key)) word) w
       WHERE w.word <> ''
    ), borne AS (
      INSERT INTO customers_bearer (customer_id, word, demo, owner_id, team_id, sort_key)
      SELECT id, word, demo, owner_id, team_id, sort_key FROM come ORDER BY word, sort_key, id
    )
    INSERT INTO customers_nameword (demo, word, bearers) SELECT demo, word, count(*) FROM come GROUP BY 1, 2;
  ELSIF TG_OP = 'DELETE' THEN
    WITH gone AS (
      DELETE FROM customers_bearer b USING old_rows o WHERE b.customer_id = o.id RETURNING b.demo, b.word
    )
    INSERT INTO customers_nameword (demo, word, bearers) SELECT demo, word, -count(*) FROM gone GROUP BY 1, 2;
  ELSIF EXISTS (
    SELECT FROM old_rows o JOIN new_rows n ON n.id = o.id
     WHERE (o.demo, o.search_key, o.sort_key, o.owner_id, o.team_id)
        IS DISTINCT FROM (n.demo, n.search_key, n.sort_key, n.owner_id, n.team_id)
  ) THEN
    WITH gone AS (
      DELETE FROM customers_bearer b USING old_rows o JOIN new_rows n ON n.id = o.id
       WHERE b.customer_id = o.id
         AND (o.demo, o.search_key, o.sort_key) IS DISTINCT FROM (n.demo, n.search_key, n.sort_key)
      RETURNING b.demo, b.word
    )
    INSERT INTO customers_nameword (demo, word, bearers) SELECT demo, word, -count(*) FROM gone GROUP BY 1, 2;
    WITH come AS MATERIALIZED (
      SELECT n.id, n.demo, n.owner_id, n.team_id, n.sort_key, w.word
        FROM old_rows o JOIN new_rows n ON n.id = o.id,
             LATERAL (SELECT DISTINCT word FROM unnest(customers_words_of(n.search_key)) word) w
       WHERE w.word <> ''
         AND (o.demo, o.search_key, o.sort_key) IS DISTINCT FROM (n.demo, n.search_key, n.sort_key)
    ), borne AS (
      INSERT INTO customers_bearer (customer_id, word, demo, owner_id, team_id, sort_key)
      SELECT id, word, demo, owner_id, team_id, sort_key FROM come ORDER BY word, sort_key, id
    )
    INSERT INTO customers_nameword (demo, word, bearers) SELECT demo, word, count(*) FROM come GROUP BY 1, 2;
    UPDATE customers_bearer b SET owner_id = n.owner_id, team_id = n.team_id
      FROM old_rows o JOIN new_rows n ON n.id = o.id
     WHERE b.customer_id = n.id AND (o.owner_id, o.team_id) IS DISTINCT FROM (n.owner_id, n.team_id)
       AND (b.owner_id, b.team_id) IS DISTINCT FROM (n.owner_id, n.team_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER customers_words_i AFTER INSERT ON customers_customer
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_words_follow();
CREATE TRIGGER customers_words_u AFTER UPDATE ON customers_customer
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_words_follow();
CREATE TRIGGER customers_words_d AFTER DELETE ON customers_customer
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_words_follow();
"""
FILL = """
INSERT INTO customers_bearer (customer_id, word, demo, owner_id, team_id, sort_key)
SELECT c.id, w.word, c.demo, c.owner_id, c.team_id, c.sort_key
  FROM customers_customer c, LATERAL (SELECT DISTINCT word FROM unnest(customers_words_of(c.search_key)) word) w
 WHERE w.word <> '';
INSERT INTO customers_nameword (demo, word, bearers) SELECT demo, word, count(*) FROM customers_bearer GROUP BY 1, 2;
"""
BACK = """
DROP TRIGGER customers_words_i ON customers_customer;
DROP TRIGGER customers_words_u ON customers_customer;
DROP TRIGGER customers_words_d ON customers_customer;
DROP FUNCTION customers_words_follow();
DROP FUNCTION customers_words_of(text);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_touch")]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField()),
                ("word", models.TextField(db_collation="C")),
                ("bearers", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Bearer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                ("word", models.TextField(db_collation="C")),
                ("demo", models.BooleanField()),
                ("owner_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("sort_key", models.TextField(db_collation="C")),
            ],
        ),
        migrations.RunSQL(WORDS + FOLLOW + FILL, BACK),
        migrations.AddIndex(
            model_name="nameword",
            index=models.Index(fields=["word"], name="customers_nameword_word"),
        ),
        migrations.AddIndex(
            model_name="nameword",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
                name="customers_nameword_part",
            ),
        ),
        migrations.AddIndex(
            model_name="bearer",
            index=models.Index(
                fields=["demo", "word", "sort_key", "customer"],
                include=["owner_id", "team_id"],
                name="customers_bearer_sorted",
            ),
        ),
        migrations.RunSQL(
            "CREATE STATISTICS customers_trait_kinds (mcv, dependencies) ON name, text, currency FROM customers_trait",
            "DROP STATISTICS customers_trait_kinds",
        ),
        migrations.RemoveIndex(model_name="trait", name="customers_trait_number"),
        migrations.AddIndex(
            model_name="trait",
            index=models.Index(
                models.F("demo"),
                models.F("name"),
                models.F("currency"),
                models.OrderBy(models.F("number"), descending=True),
                models.OrderBy(models.F("customer"), descending=True),
                condition=models.Q(("number__isnull", False)),
                name="customers_trait_number",
            ),
        ),
    ]

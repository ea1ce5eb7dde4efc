"""Custom values that are found by search, through a column that the database makes."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track

# As text.keys.fa_key reads letters: one form of each, digits as 0-9; harakat and signs that nobody sees are left out.
LETTERS = "يىېۍئكڪةۀہھأإٱآؤ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"
READ_AS = "یییییککههههااااو01234567890123456789"
UNSEEN = [
    *range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE), *range(0x2066, 0x206A),
    *range(0x202A, 0x202F), *range(0x200B, 0x2010), 0x061C, 0x2060, 0xFEFF, 0x00AD, 0x0621, 0x0640,
]  # fmt: skip
KEYS = """
CREATE FUNCTION customers_plain(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(regexp_replace(translate(normalize(left(value, 300), NFKC), '{letters}', '{read_as}'), '\\s+', ' ', 'g'))
$$;

-- Texts and numbers only: which of the fields they are of may be searched, and by whom, is asked when searching.
CREATE FUNCTION customers_custom_key(custom jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN custom = '{{}}'::jsonb THEN '' ELSE coalesce((
    SELECT string_agg(one.key || '=' || customers_plain(one.value #>> '{{}}'), chr(10) ORDER BY one.key)
      FROM jsonb_each(custom) one WHERE jsonb_typeof(one.value) IN ('string', 'number')
  ), '') END
$$;
""".format(letters=LETTERS + "".join(map(chr, UNSEEN)), read_as=READ_AS)
NO_KEYS = "DROP FUNCTION customers_custom_key(jsonb); DROP FUNCTION customers_plain(text)"


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_stages_and_lists"), ("changes", "0002_capture")]

    operations = [
        migrations.RunSQL(KEYS, NO_KEYS),
        track(
            "customers_customer",
            exclude=("search_key", "sort_key", "custom_key", "updated_at", "version"),
        ),
        migrations.AddField(
            model_name="customer",
            name="custom_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("custom", function="customers_custom_key", output_field=models.TextField()),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("custom_key"), name="gin_trgm_ops"),
                name="customers_customer_found",
            ),
        ),
    ]

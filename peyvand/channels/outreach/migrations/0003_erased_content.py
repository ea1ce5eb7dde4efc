"""A content stays as it was sent, but for somebody in it who was erased: then its digest says that it is no more."""

from __future__ import annotations

from django.db import migrations

FORGETS = """
CREATE OR REPLACE FUNCTION outreach_keep_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.texts, OLD.digest, OLD.demo) IS DISTINCT FROM (NEW.texts, NEW.digest, NEW.demo)
     AND (OLD.demo IS DISTINCT FROM NEW.demo
          OR NEW.digest <> encode(sha256(convert_to('erased:' || OLD.id, 'UTF8')), 'hex')) THEN
    RAISE EXCEPTION 'a content stays as it was sent: write a new one';
  END IF;
  RETURN NEW;
END
$$;
"""
KEEPS = """
CREATE OR REPLACE FUNCTION outreach_keep_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.texts, OLD.digest, OLD.demo) IS DISTINCT FROM (NEW.texts, NEW.digest, NEW.demo) THEN
    RAISE EXCEPTION 'a content stays as it was sent: write a new one';
  END IF;
  RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_history")]

    operations = [migrations.RunSQL(FORGETS, KEEPS)]

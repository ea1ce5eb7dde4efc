"""How often forms are opened, begun and sent: one row a form and day, added to in one statement."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from peyvand.channels.forms.models import Form

_ADD = """
INSERT INTO forms_formday (demo, form_id, day, views, starts, submissions, spam)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (form_id, day) DO UPDATE SET views = forms_formday.views + excluded.views,
  starts = forms_formday.starts + excluded.starts, submissions = forms_formday.submissions + excluded.submissions,
  spam = forms_formday.spam + excluded.spam
"""


def counted(form: Form, *, views: int = 0, starts: int = 0, submissions: int = 0, spam: int = 0) -> None:
    """Add to the figures of today."""
    with connection.cursor() as cursor:
        day = timezone.now().date()
        cursor.execute(_ADD, [form.demo, form.pk, day, views, starts, submissions, spam])

"""django-post_office at the same work, in a process and a database of its own: the peer of `bench reach`.

Run as `python -m peyvand.doors.console.measuring.peer PORT COUNT CONNECTIONS`; prints seconds of asking and of sending.
PEYVAND_PEER is its database as Django writes one, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command

SUBJECT = "خبر تازه"
TEXT = "سلام {{ first_name }}، خبر تازه‌ای داریم."
HTML = '<html lang="fa" dir="rtl"><body><h1>سلام {{ first_name }}</h1><p>خبر تازه‌ای داریم.</p></body></html>'


def main() -> None:
    """Ask for so many mails made of one template, then send all of them."""
    port, count, connections = (int(one) for one in sys.argv[1:4])
    settings.configure(
        DATABASES={"default": json.loads(os.environ["PEYVAND_PEER"])},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "post_office"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, SECRET_KEY="bench",  # noqa: S106
        EMAIL_HOST="127.0.0.1", EMAIL_PORT=port,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}, "THREADS_PER_PROCESS": connections,
            "BATCH_SIZE": 5_000, "LOG_LEVEL": 1, "TEMPLATE_ENGINE": "django",
        },
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)
    mail = import_module("post_office.mail")  # needs Django, and is there only where it is measured
    model = import_module("post_office.models").EmailTemplate
    template = model.objects.create(name="bench", subject=SUBJECT, content=TEXT, html_content=HTML)
    start = time.perf_counter()
    for first in range(0, count, 1_000):
        mail.send_many(
            [
                {"recipients": f"c{n}@home.example", "sender": "hello@bench.example", "template": template,
                 "context": {"first_name": "مریم"}, "render_on_delivery": True}
                for n in range(first, min(first + 1_000, count))
            ]
        )  # fmt: skip
    asked = time.perf_counter() - start
    start = time.perf_counter()
    mail.send_queued_mail_until_done(processes=1, log_level=1)
    sys.stdout.write(json.dumps({"asking_s": asked, "sending_s": time.perf_counter() - start}) + "\n")


if __name__ == "__main__":
    main()

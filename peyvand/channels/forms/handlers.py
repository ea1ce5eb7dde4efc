"""What this room does when others speak. It looks at what is, not at what was said, so hearing twice does no harm."""

from __future__ import annotations

from django.db import transaction

from peyvand.channels.forms.models import State, Submission
from peyvand.channels.forms.services.consents import confirm_of
from peyvand.channels.outreach.models import OptIn
from peyvand.events.consents import ConsentsChanged
from peyvand.foundation.registry.actor import Actor


def consents_changed(event: ConsentsChanged, *, event_id: int, actor: Actor) -> None:
    """A consent may have been confirmed for which a submission waits."""
    asked = OptIn.objects.filter(
        demo=event.demo, customer_id__in=event.customer_ids, purpose__in=event.purposes, confirmed_at__isnull=False
    )
    waiting = Submission.objects.filter(opt_in_id__in=asked.values("pk"), state=State.WAITING)
    for opt_in in OptIn.objects.filter(pk__in=waiting.values("opt_in_id")):
        with transaction.atomic():
            confirm_of(opt_in=opt_in)

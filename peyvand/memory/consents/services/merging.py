"""What a merge does to the ledger: both histories stand under the one who stays, and the strictest word counts."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentState, Decision, Purpose, Recorder, Source
from peyvand.memory.consents.queries import strictest
from peyvand.memory.consents.services.ledger import ConsentRow, consents_write


def follow_merge(actor: Actor, kept_id: int, gone_id: int) -> None:
    """Inside the merge's change set: move the lines, and where either had said no, write that no stands.

    Where only one of the two has said anything, that stays what the person has said. An undo of the merge takes the
    added lines away and gives the others back.
    """
    strict = strictest(customer_ids=[kept_id, gone_id])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consents_consententry SET customer_id = %s WHERE customer_id = %s", [kept_id, gone_id])
    now = {(one.purpose_id, one.channel): one for one in ConsentState.objects.filter(customer_id=kept_id)}
    keys = dict(Purpose.objects.filter(demo=actor.demo).values_list("pk", "key"))
    consents_write(
        actor=actor,
        rows=[
            ConsentRow(
                customer_id=kept_id, purpose=keys[purpose_id], channel=channel, decision=was.decision,
                source=Source.MERGE, recorder=Recorder.SYSTEM,
                note=gettext("One of the two records that became one had said no."),
            )
            for (purpose_id, channel), was in sorted(strict.items())
            if was.decision != Decision.GIVEN and now[(purpose_id, channel)].decision == Decision.GIVEN
        ],
    )  # fmt: skip

"""Erasing one person leaves what proves the word of others."""

from __future__ import annotations

import pytest

from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.consents import services
from peyvand.memory.consents.models import ConsentEntry
from peyvand.memory.customers.tests import factories
from peyvand.memory.privacy.erasing import person_erase

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


def test_a_proof_of_several_outlives_the_erasure_of_one() -> None:
    services.purposes_ensure(demo=False)
    one, other = factories.customer("Mina Rad"), factories.customer("Sara Rad")
    proof = StoredFile.objects.create(
        sha256="0" * 64, name="list.pdf", content_type="application/pdf", size=1, purpose="consents.proof"
    )
    services.consents_set(
        actor=SYSTEM, customers=[one.pk, other.pk], purpose="news", channels=["sms"], decision="given",
        source="paper", proof_file=proof,
    )  # fmt: skip
    person_erase(actor=SYSTEM, customer_id=one.pk, name="Mina Rad")
    assert StoredFile.objects.filter(pk=proof.pk).exists()
    assert ConsentEntry.objects.get().proof_file == proof

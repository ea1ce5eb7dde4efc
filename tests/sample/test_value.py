"""What insight says of the whole sample: there is somebody of every class, and somebody is slipping away."""

from __future__ import annotations

from collections import Counter

import pytest

from peyvand.foundation.demo import services
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.customers.models import Trait

CLASSES = {"champion", "loyal", "promising", "new", "attention", "risk", "cantlose", "dormant", "lost"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_class_occurs_and_somebody_slips_away() -> None:
    services.demo_load(actor=system_actor())
    run = jobs.run_now(actor=system_actor(demo=True), job="value.refresh", arguments={})
    assert run.state == Run.State.DONE
    found = Counter(Trait.objects.filter(demo=True, name="value.class").values_list("text", flat=True))
    assert set(found) == CLASSES
    assert min(found.values()) >= 5
    assert Trait.objects.filter(demo=True, name="value.slipping", number=1).count() >= 20
    services.demo_remove(actor=system_actor())
    assert not Trait.objects.filter(demo=True).exists()

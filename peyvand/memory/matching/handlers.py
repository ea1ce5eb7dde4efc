"""What makes duplicates be looked for."""

from __future__ import annotations

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.events.demo import SampleLoaded
from peyvand.events.matching import CustomersUnmerged
from peyvand.events.transfer import TransferFinished
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.matching.services.asking import find_ask, look_at
from peyvand.memory.matching.services.measuring import quality_ask

TELLING = {"name", "given_name", "family_name", "city", "birth_date", "identities", "kind"}


def after_change(event: CustomersCreated | CustomersChanged, *, event_id: int, actor: Actor) -> None:
    """Somebody is new, or is called or reached otherwise: compare by exact keys; twice changes nothing."""
    if isinstance(event, CustomersCreated) or TELLING.intersection(event.fields):
        look_at(demo=event.demo, customer_ids=event.customer_ids)


def after_unmerge(event: CustomersUnmerged, *, event_id: int, actor: Actor) -> None:
    """Two are there again."""
    look_at(demo=event.demo, customer_ids=(event.kept_id, event.gone_id))


def after_import(event: TransferFinished | SampleLoaded, *, event_id: int, actor: Actor) -> None:
    """Many are new at once: one search over the whole base serves any number of imports."""
    find_ask(actor=system_actor(demo=event.demo if isinstance(event, TransferFinished) else True))


def nightly() -> None:
    """The whole base, in both businesses."""
    for demo in (False, True):
        find_ask(actor=system_actor(demo=demo))


def quality_nightly() -> None:
    """How good both businesses' bases are today."""
    for demo in (False, True):
        quality_ask(actor=system_actor(demo=demo))

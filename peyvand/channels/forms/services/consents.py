"""Consents that a form asks for: written at once for a new customer, after a yes from the address for anybody known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from peyvand.channels.forms import kinds, people, visitors
from peyvand.channels.forms.models import Form, State, Submission
from peyvand.channels.forms.people import Mapped
from peyvand.channels.forms.structure import Structure, structure_of
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.models import OptIn
from peyvand.channels.outreach.services import opt_in_ask
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import Decision, Purpose, Recorder, Source, Wording
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.services import Recognised, attach

ASKED_AT_MOST = 3  # times an hour that one address is asked, so that nobody's mailbox fills
CHANNELS = {"email": "email", "phone": "sms"}  # over which channel an address is asked


def wording_of(*, demo: bool, purpose: str, language: str) -> Wording | None:
    """The text of a purpose in that language, as it is today."""
    found = Wording.objects.filter(purpose__key=purpose, purpose__demo=demo, language=language).order_by("-version")
    return found.first()


def consent_lines(structure: Structure, submission: Submission, *, proof: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines that were ticked, with the text that stood there and what a machine saw."""
    made = []
    for one in structure.fields:
        if one.type != kinds.Type.CONSENT or submission.answers.get(one.key) is not True:
            continue
        wording = wording_of(demo=submission.demo, purpose=one.purpose, language=submission.language)
        made.append(
            {
                "purpose": one.purpose, "channel": one.channel, "wording": wording.pk if wording else None,
                "text": one.said("label", submission.language), "proof": dict(proof),
            }
        )  # fmt: skip
    return made


def ask_or_write(*, actor: Actor, submission: Submission, given: Mapped, fresh: bool) -> None:
    """Write the consents of a customer who was made just now, unless the form wants a confirmation; else ask for one.

    For somebody known nothing counts before their address has said yes; where several have the address, or none was
    given, nobody can be asked.
    """
    form = submission.form
    if fresh and not form.opt_in:
        write(actor=actor, submission=submission)
        return
    if not (form.opt_in or submission.consents):
        return
    asked = next(((kind, value) for kind, value in given.identities if registry.has(Carrier, CHANNELS[kind])), None)
    person = submission.customer
    if person is None and len(submission.candidates) == 1:
        person = Customer.objects.filter(pk=submission.candidates[0], demo=form.demo).first()
    if asked is None or person is None:
        return
    purpose = form.opt_in or submission.consents[0]["purpose"]
    if not Purpose.objects.filter(demo=form.demo, key=purpose, archived=False).exists():
        return
    submission.opt_in_id = _asked(actor, submission, person, purpose, asked)
    if submission.opt_in_id is not None:
        submission.state = State.WAITING


def _asked(actor: Actor, submission: Submission, person: Customer, purpose: str, asked: tuple[str, str]) -> int | None:
    """An opt-in of its own, so that a yes is to this submission and to no other; None where the address was asked too
    often just now.
    """
    kind, value = asked
    recent = OptIn.objects.filter(
        demo=actor.demo, channel=CHANNELS[kind], address=value, asked_at__gt=timezone.now() - timedelta(hours=1)
    )
    if recent.count() >= ASKED_AT_MOST:
        return None
    proof = {"form": submission.form.key, "submission": submission.pk}
    made = opt_in_ask(
        actor=actor, customer=person, purpose=purpose, channel=CHANNELS[kind], address=value, proof=proof,
        wording=wording_of(demo=actor.demo, purpose=purpose, language=submission.language),
    )  # fmt: skip
    return made.pk


def write(*, actor: Actor, submission: Submission) -> int:
    """Write the ticked lines into the ledger as the customer's own word; gives how many."""
    if submission.customer_id is None:
        return 0
    known = set(Purpose.objects.filter(demo=submission.demo).values_list("key", flat=True))
    rows = [
        ConsentRow(
            customer_id=submission.customer_id, purpose=one["purpose"], channel=one["channel"],
            decision=Decision.GIVEN, source=Source.FORM, recorder=Recorder.CUSTOMER, wording_id=one["wording"],
            proof=one["text"],
            proof_data={**one["proof"], "form": submission.form.key, "version": submission.version,
                        "submission": submission.pk},
        )
        for one in submission.consents
        if one["purpose"] in known
    ]  # fmt: skip
    return consents_write(actor=actor, rows=rows)


def confirm_of(*, opt_in: OptIn) -> int:
    """What waited for this confirmation goes on; gives how many submissions. Hearing it twice changes nothing."""
    if opt_in.confirmed_at is None:
        return 0
    waiting = Submission.objects.select_for_update(of=("self",)).select_related("form").filter(
        opt_in_id=opt_in.pk, state=State.WAITING, demo=opt_in.demo
    )  # fmt: skip
    found = list(waiting.order_by("pk"))
    for one in found:
        _confirmed(one, opt_in)
    return len(found)


def _confirmed(submission: Submission, opt_in: OptIn) -> None:
    form: Form = submission.form
    actor = people.himself(form, submission.language)
    customer = opt_in.customer
    version = form.versions.get(number=submission.version)
    given = people.mapped(structure_of(version.structure), submission.answers, language=submission.language)
    kind = next(kind for kind, channel in CHANNELS.items() if channel == opt_in.channel)
    submission.suggestions = people.complete(
        actor=actor, form=form, customer=customer, given=given, proved=(kind, opt_in.address)
    )
    if submission.customer_id is None:
        submission.customer = customer
        attach_interaction(actor=actor, submission=submission, customer=customer)
    submission.candidates = []
    submission.state, submission.confirmed_at = State.CONFIRMED, opt_in.confirmed_at
    submission.save()
    write(actor=actor, submission=submission)
    if _same_browser(submission, opt_in):
        visitors.proven(
            actor=actor, site_key=submission.site_key, visitor_key=submission.visitor_key, customer=customer
        )


def _same_browser(submission: Submission, opt_in: OptIn) -> bool:
    """Whether the yes came from where the form was filled in, as far as a machine sees: else a stranger who typed
    somebody's address would be taken for them by a yes that they said without thinking.
    """
    asked = next((one["proof"] for one in submission.consents), opt_in.proof)
    said = opt_in.proof.get("said", {})
    return all(asked.get(name, "") and asked.get(name) == said.get(name) for name in ("ip", "agent"))


def attach_interaction(*, actor: Actor, submission: Submission, customer: Customer) -> None:
    """Give the customer the interaction of a submission that was nobody's."""
    kind, system, key = identity_of(submission)
    attach(actor=actor, identity=Recognised(kind, key, system), customer=customer)


def identity_of(submission: Submission) -> tuple[str, str, str]:
    """By what the interaction of a submission is known while it is nobody's: by itself."""
    return ("external", "forms", f"{submission.form.key.lower()}-{submission.pk}")

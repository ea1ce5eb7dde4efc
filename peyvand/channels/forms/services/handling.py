"""What staff do with what was filled in: rescue, put among spam, accept what differs, say whose it is."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms import access, people
from peyvand.channels.forms.counting import counted
from peyvand.channels.forms.errors import InvalidError
from peyvand.channels.forms.models import State, Submission
from peyvand.channels.forms.people import ACCEPTED, DISMISSED, OPEN, himself
from peyvand.channels.forms.services.consents import attach_interaction
from peyvand.channels.forms.services.submitting import taken
from peyvand.channels.sites.models import Visitor
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.customers.access import EDIT as CUSTOMERS_EDIT
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import Recognised, attach


def _locked(actor: Actor, submission: Submission) -> Submission:
    actor.require(access.HANDLE)
    found: Submission = (
        Submission.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("form", "customer")
        .get(pk=submission.pk)
    )
    return found


def rescue(*, actor: Actor, submission: Submission) -> Submission:
    """Say that it is no spam: now follows what follows from every other. Twice does nothing.

    NotAllowed, Submission.DoesNotExist.
    """
    with transaction.atomic():
        found = _locked(actor, submission)
        if found.state != State.SPAM:
            return found
        title = gettext("A result of “%(name)s” is no spam") % {"name": found.form.name}
        with change_set(actor=actor, kind="edit", title=title):
            found.state = State.NEW
            counted(found.form, submissions=1, spam=-1)
            if found.interaction_id is not None:  # it was taken once, before somebody put it among spam
                found.save(update_fields=["state"])
                return found
            visitor = Visitor.objects.select_related("customer").filter(
                key=found.visitor_key, site__key=found.site_key, demo=found.demo
            )  # fmt: skip
            taken(actor=himself(found.form, found.language), submission=found, visitor=visitor.first())
    return found


def spam(*, actor: Actor, submission: Submission) -> int:
    """Put it among spam; what it has made stays. Gives the change set."""
    with transaction.atomic():
        found = _locked(actor, submission)
        title = gettext("A result of “%(name)s” is spam") % {"name": found.form.name}
        with change_set(actor=actor, kind="edit", title=title) as made:
            if found.state != State.SPAM:
                counted(found.form, submissions=-1, spam=1)
            found.state, found.suspicion = State.SPAM, ["staff"]
            found.save(update_fields=["state", "suspicion"])
    return made.pk


def suggestion_decide(*, actor: Actor, submission: Submission, name: str, accepted: bool) -> int:
    """Write a value that differs from what is known, or leave what is known; gives the change set that takes it back.

    NotAllowed, Submission.DoesNotExist, InvalidError where there is none; what customer_update raises.
    """
    with transaction.atomic():
        found = _locked(actor, submission)
        open_ = [one for one in found.suggestions if one["field"] == name and one["state"] == OPEN]
        if not open_ or found.customer is None:
            raise InvalidError({"": _("This was decided already.")})
        title = gettext("From the form “%(form)s”: %(name)s") % {"form": found.form.name, "name": found.customer.name}
        with change_set(actor=actor, kind="edit", title=title) as made:
            if accepted:
                actor.require(CUSTOMERS_EDIT)
                people.accept(actor=actor, customer=found.customer, name=name, value=open_[0]["given"])
            found.suggestions = [
                {**one, "state": ACCEPTED if accepted else DISMISSED} if one is open_[0] else one
                for one in found.suggestions
            ]
            found.save(update_fields=["suggestions"])
    return made.pk


def whose(*, actor: Actor, submission: Submission, customer: Customer) -> int:
    """Say whose it is: its interaction goes to them, and what differs becomes suggestions; nothing is written over.

    Gives the change set. NotAllowed, Submission.DoesNotExist, Customer.DoesNotExist, InvalidError where it is
    somebody's already.
    """
    actor.require(CUSTOMERS_EDIT)
    with transaction.atomic():
        found = _locked(actor, submission)
        person = Customer.objects.visible_to(actor, CUSTOMERS_EDIT).get(pk=customer.pk)
        if found.customer_id is not None:
            raise InvalidError({"": _("It is somebody's already.")})
        if found.state == State.SPAM:
            raise InvalidError({"": _("Say first that it is no spam.")})
        title = gettext("A result of “%(form)s” is of %(name)s") % {"form": found.form.name, "name": person.name}
        with change_set(actor=actor, kind="edit", title=title) as made:
            version = found.form.versions.get(number=found.version)
            found.suggestions = people.differing(
                customer=person, given=people.given_of(version.structure, found.answers, found.language)
            )
            found.customer = person
            found.save(update_fields=["customer", "suggestions"])
            _give(actor, found, person)
    return made.pk


def _give(actor: Actor, submission: Submission, person: Customer) -> None:
    """Its interaction, which was nobody's; a visitor's comes with all that the browser did."""
    row = Interaction.objects.filter(pk=submission.interaction_id or 0, customer=None).first()
    if row is None:
        return
    try:
        if row.identity_kind == "visitor":
            attach(actor=actor, identity=Recognised("visitor", row.identity_key), customer=person)
        else:
            attach_interaction(actor=actor, submission=submission, customer=person)
    except NotAllowed:  # the right over interactions is another one: the result is theirs all the same
        return

"""The only way in: what was filled in becomes a submission, an interaction, an event, and perhaps a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Protocol

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.channels.forms import asking, kinds, people, visitors
from peyvand.channels.forms.counting import counted
from peyvand.channels.forms.errors import ClosedError, InvalidError
from peyvand.channels.forms.models import Form, FormVersion, Place, State, Submission, SubmissionFile
from peyvand.channels.forms.people import Mapped, himself, mapped
from peyvand.channels.forms.services.consents import ask_or_write, consent_lines, identity_of
from peyvand.channels.forms.stamping import stamp_read
from peyvand.channels.forms.structure import SOURCES, Structure, structure_of
from peyvand.channels.forms.suspicion import address_digest, content_digest, suspicions, within_limits
from peyvand.channels.sites.models import Visitor
from peyvand.events.forms import FormSubmitted
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.files import services as files
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.services import record

SUBMITTED = "forms.submitted"
FILE = "forms.file"
LARGEST_FILE = 10 * 2**20
MOST_FILES = 5
SOURCE_LENGTH = 500
API = "api"
NONCE_LENGTH = 60


class Upload(Protocol):
    """A file as a web framework hands it over."""

    name: str | None
    content_type: str | None
    size: int | None

    @property
    def file(self) -> IO[bytes]: ...


@dataclass(frozen=True, kw_only=True)
class Given:
    """What came with one press of the button.

    `answers` are by field key, as typed. `stamp` is the page's; `nonce` takes its place where a program of ours, whom
    the caller has let in, sends it. `trap` is the field that nobody sees. `visitor` and `site` are the token of the
    browser and the key of the site it is of. `source` has utm_*, page and referrer.
    """

    answers: Mapping[str, Any]
    stamp: str = ""
    nonce: str = ""
    trap: str = ""
    uploads: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    language: str = "fa"
    place: str = Place.LINK
    visitor: str = ""
    site: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    agent: str = ""


def submit(*, form: Form, given: Given) -> Submission:
    """Take what was filled in; the same page twice gives the first submission again, unchanged.

    ClosedError, StampError, BusyError (nothing was kept), InvalidError by field key with what to type instead.
    """
    if given.place != API and (not form.active or given.place not in form.places):
        raise ClosedError
    stamp = None if given.nonce else stamp_read(given.stamp, form.key)
    nonce = clean(given.nonce)[:NONCE_LENGTH] if stamp is None else stamp.nonce
    now = timezone.now()
    with transaction.atomic():
        _one_at_a_time(form, nonce)
        before = Submission.objects.filter(form=form, nonce=nonce).first()
        if before is not None:
            return before
        return _submit(form, given, nonce=nonce, age=None if stamp is None else stamp.age, now=now)


def _submit(form: Form, given: Given, *, nonce: str, age: Any, now: datetime) -> Submission:
    version = FormVersion.objects.get(form=form, number=form.latest)
    structure = structure_of(version.structure)
    language = given.language if given.language in form.languages else (form.languages or ["fa"])[0]
    remembers = given.place not in (Place.KIOSK, API)
    token = given.visitor if remembers else ""
    visitor = visitors.visitor_of(site_key=given.site, token=token, demo=form.demo)
    source = {
        name: clean(str(given.source.get(name) or ""))[:SOURCE_LENGTH] for name in SOURCES if given.source.get(name)
    }
    read = asking.read_all(
        structure, given.answers, language=language, chosen=asked_of(form, structure, visitor), uploads=given.uploads,
        source=source,
    )  # fmt: skip
    _check_uploads(given, read)
    asking.refuse(read)
    digest, address = content_digest(read.answers), address_digest(given.address)
    why = suspicions(
        form=form, structure=structure, answers=read.answers, digest=digest, trap=given.trap, age=age, now=now
    )
    within_limits(form=form, address=address, suspicious=bool(why), now=now)
    visitor = visitor or visitors.seen(
        site_key=given.site, token=token, demo=form.demo, language=language, agent=given.agent
    )
    actor = himself(form, language)
    with change_set(actor=actor, kind="edit", title=gettext("Form “%(name)s” was filled in") % {"name": form.name}):
        made = Submission(
            demo=form.demo, form=form, version=version.number, at=now, language=language, answers=read.answers,
            place=given.place, source=source, nonce=nonce, digest=digest, address=address, suspicion=why,
            visitor_key=visitor.key if visitor else "", site_key=given.site[:40] if visitor else "",
            state=State.SPAM if why else State.NEW,
        )  # fmt: skip
        made.consents = consent_lines(structure, made, proof={"ip": given.address[:64], "agent": given.agent[:300]})
        made.save()
        _keep_files(actor, made, given, read.answers)
        counted(form, submissions=0 if why else 1, spam=1 if why else 0)
        if not why:
            taken(actor=actor, submission=made, visitor=visitor)
    return made


def _one_at_a_time(form: Form, nonce: str) -> None:
    """Hold the lock of this page's submission: pressed twice at once, the second finds the first."""
    if not nonce:
        raise InvalidError({"": gettext("A submission needs a name of its own, so that it is taken once.")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('forms:' || %s, %s))", [nonce, form.pk])


def asked_of(form: Form, structure: Structure, visitor: Visitor | None) -> set[str]:
    """The fields that are asked of this visitor."""
    person = visitor.customer if visitor is not None and form.progressive else None
    return asking.asked(structure, known=asking.known_of(person))


def _check_uploads(given: Given, read: asking.Read) -> None:
    count = 0
    for key, value in read.answers.items():
        uploads = given.uploads.get(key, ()) if isinstance(value, list) and value and isinstance(value[0], dict) else ()
        count += len(uploads)
        if count > MOST_FILES:
            read.errors[key] = gettext("At most %(most)s files.") % {"most": MOST_FILES}
        elif any((one.size or 0) > LARGEST_FILE for one in uploads):
            read.errors[key] = gettext("A file may have at most %(limit)s MB.") % {"limit": LARGEST_FILE // 2**20}


def _keep_files(actor: Actor, made: Submission, given: Given, answers: dict[str, Any]) -> None:
    """Keep the files that came; one that can't be taken is an error of its field."""
    changed = False
    for key, value in answers.items():
        if not (isinstance(value, list) and value and isinstance(value[0], dict)):
            continue
        kept = []
        for upload in given.uploads.get(key, ()):
            try:
                one = files.keep(
                    actor=system_actor(demo=made.demo), name=upload.name or "", stream=upload.file,
                    content_type=upload.content_type or "", purpose=FILE,
                )  # fmt: skip
            except files.FileRefusedError as error:
                raise InvalidError({key: str(error)}) from error
            link = SubmissionFile.objects.create(demo=made.demo, submission=made, field=key, file=one)
            kept.append({"id": link.pk, "name": one.name, "size": one.size})
        answers[key], changed = kept, True
    if changed:
        made.answers = answers
        made.save(update_fields=["answers"])


def taken(*, actor: Actor, submission: Submission, visitor: Visitor | None) -> None:
    """What follows from a submission that is no spam: whose it is, its interaction, what it asks for, the event."""
    form, structure = submission.form, structure_of(_version(submission).structure)
    given = mapped(structure, submission.answers, language=submission.language)
    for kind, values in given.reach.items():
        visitors.claimed(visitor=visitor, kind=kind, values=values)
    people.one_at_a_time(demo=form.demo)
    fresh = _whose(actor, submission, given, visitor)
    _record(actor, submission, structure, visitor)
    ask_or_write(actor=actor, submission=submission, given=given, fresh=fresh)
    submission.save()
    publish(
        FormSubmitted(
            form_id=form.pk, submission_id=submission.pk, customer_id=submission.customer_id, state=submission.state,
            at=submission.at, demo=form.demo,
        ),
        actor=actor,
    )  # fmt: skip


def _version(submission: Submission) -> FormVersion:
    return FormVersion.objects.get(form_id=submission.form_id, number=submission.version)


def _whose(actor: Actor, submission: Submission, given: Mapped, visitor: Visitor | None) -> bool:
    """Say whose it is, as far as it is proved; gives whether a customer was made of it."""
    form = submission.form
    has = people.owners(demo=form.demo, identities=given.identities)
    person: Customer | None = visitor.customer if visitor is not None else None
    if person is not None and all(pk == person.pk for pk in has):
        submission.customer = person
        submission.suggestions = people.complete(actor=actor, form=form, customer=person, given=given, proved=None)
    elif has:
        submission.candidates = has
    elif given.identities:
        submission.customer = people.made(actor=actor, form=form, given=given, language=submission.language)
        return True
    return False


def _record(actor: Actor, submission: Submission, structure: Structure, visitor: Visitor | None) -> None:
    """Its interaction. Of nobody known it is the visitor's, where no address speaks for somebody else."""
    said = [
        f"{one.said('label', submission.language)}: {text}"
        for one in structure.fields
        if one.type != kinds.Type.HIDDEN
        and (text := kinds.shown(one, submission.answers.get(one.key), language=submission.language))
    ]
    identity = ("", "", "") if submission.customer_id else identity_of(submission)
    if visitor is not None and visitor.customer_id is None and not (submission.customer_id or submission.candidates):
        identity = ("visitor", "", visitor.key)
    row = record(
        actor=actor, kind=SUBMITTED, at=submission.at, customer=submission.customer_id, direction="in",
        channel="chat" if submission.place == Place.CHAT else "web", source_kind="forms.submission",
        source_id=submission.pk, dedupe_key=f"form:{submission.pk}", identity=identity,
        payload={"form": submission.form.name, "text": "\n".join(said)[:4_000]},
    )  # fmt: skip
    submission.interaction_id = row.pk

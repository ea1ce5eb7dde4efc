"""The verbs of audiences: each one change set, so that one undo takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.insight.audiences import access, asked, asking, conditions, keeping, queries, watching
from peyvand.insight.audiences.errors import (
    AudienceRefusedError,
    ChangedMeanwhileError,
    ConditionRefusedError,
    HiddenFromReaderError,
)
from peyvand.insight.audiences.models import Audience, AudienceKind, Snapshot, SnapshotMember
from peyvand.insight.audiences.tree import Tree
from peyvand.insight.prediction.models import CustomerForecast
from peyvand.memory.customers import access as customers_access
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import InAudience

NAME_LENGTH, NOTE_LENGTH = 120, 500
MOST_SNAPSHOTS = 200
PATIENCE = "3s"  # longer than the second after which PostgreSQL takes its autovacuum off a table that is waited for


@dataclass(frozen=True, kw_only=True)
class AudienceData:
    """An audience as it is to be; with no owner it is the actor's. Its team sees it, everyone where it is `shared`.

    `mined` ({"currency": …, "group": …}) in place of a tree makes an audience of a group that prediction found.
    """

    name: str
    note: str = ""
    tree: Mapping[str, Any] = field(default_factory=dict)
    mined: Mapping[str, Any] | None = None
    owner_id: int | None = None
    team_id: int | None = None
    shared: bool = False


def audience_create(*, actor: Actor, data: AudienceData) -> Audience:
    """Make an audience; its members are there at once where that is quick, else a moment later (`due`).

    Raises NotAllowed, AudienceRefusedError (name, note, owner_id, team_id), ConditionRefusedError.
    """
    return _saved(actor, data, None)


def audience_change(*, actor: Actor, audience: Audience, data: AudienceData, version: int | None = None) -> Audience:
    """Change it, as above; ChangedMeanwhileError where it is of another version by now. The members of a frozen one
    stay. Audience.DoesNotExist where the actor may not change it.
    """
    with transaction.atomic():
        kept = _editable(actor, audience)
        if version is not None and version != kept.version:
            raise ChangedMeanwhileError(kept.version)
        return _saved(actor, data, kept)


def _saved(actor: Actor, data: AudienceData, audience: Audience | None) -> Audience:
    actor.require(access.VIEW)
    actor.require(access.EDIT)
    actor.require(customers_access.VIEW)
    values = _checked(actor, data)
    with transaction.atomic():
        _alone()
        _one_at_a_time()
        tree = _tree(actor, data, audience)
        kept = audience if audience is not None else Audience(demo=actor.demo, version=0)
        for name, value in values.items():
            setattr(kept, name, value)
        if kept.kind != AudienceKind.FROZEN:
            kept.kind = AudienceKind.MINED if "mined" in tree.kept else AudienceKind.LIVE
        other = audience is None or kept.tree != dict(tree.kept) or kept.broken != ""
        kept.tree, kept.within = dict(tree.kept), list(tree.within)
        kept.version += 1
        kept.due = kept.due or other
        with change_set(actor=actor, kind="edit", title=gettext("Audience “%(name)s”") % {"name": kept.name}):
            kept.save()
            if not Audience.objects.editable_by(actor).filter(pk=kept.pk).exists():
                raise AudienceRefusedError({"owner_id": _("You can keep audiences of your own or of your team only.")})
        levels(demo=kept.demo)
        if other:  # what waits for the keeper goes on waiting where only a name or a right was changed
            _settle(kept)
    kept.refresh_from_db()
    return kept


def _alone(*, always: bool = False) -> None:
    """Members are about to be written, which is so in a small business, and `always` where it is said."""
    if always or not keeping.large():
        keeping.locked()


def _one_at_a_time() -> None:
    """Of two who save at once the second reads what the first has written: else audiences might contain each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audiences.trees'))")


def _checked(actor: Actor, data: AudienceData) -> dict[str, Any]:
    errors: dict[str, Label] = {}
    name, note = " ".join(clean(data.name).split()), clean(data.note)
    if not fa_key(name) or len(name) > NAME_LENGTH:
        errors["name"] = _("Give the audience a name of 1 to 120 letters.")
    if len(note) > NOTE_LENGTH:
        errors["note"] = _("Say it in at most 500 letters.")
    if data.owner_id is not None and not User.objects.filter(pk=data.owner_id, is_active=True).exists():
        errors["owner_id"] = _("Choose a colleague who is active.")
    if data.team_id is not None and not Team.objects.filter(pk=data.team_id).exists():
        errors["team_id"] = _("Choose one of the teams.")
    if errors:
        raise AudienceRefusedError(errors)
    owner = data.owner_id if data.owner_id is not None else actor.user_id
    return {"name": name, "note": note, "owner_id": owner, "team_id": data.team_id, "shared": data.shared}


def _tree(actor: Actor, data: AudienceData, audience: Audience | None) -> Tree:
    if data.mined is None:
        if "mined" in data.tree and not asked.may_ask_mined(actor):
            raise ConditionRefusedError((), gettext("something you can't see"))
        return conditions.read(data.tree, actor=actor, audience=audience.pk if audience is not None else None)
    if not asked.may_ask_mined(actor):
        raise ConditionRefusedError((), gettext("something you can't see"))
    tree = conditions.read({"mined": data.mined}, actor=actor)
    found = tree.kept["mined"]
    there = CustomerForecast.objects.filter(
        forecast__demo=actor.demo, forecast__currency=found["currency"], group=found["group"]
    )
    if not there.exists():
        raise ConditionRefusedError((), gettext("Choose a group that prediction found."))
    return tree


def _editable(actor: Actor, audience: Audience) -> Audience:
    actor.require(access.VIEW)
    actor.require(access.EDIT)
    _alone()
    found: Audience = Audience.objects.editable_by(actor).select_for_update(of=("self",)).get(pk=audience.pk)
    return found


def _settle(audience: Audience) -> None:
    """Look its members up now where that is quick; the keeper does it otherwise."""
    if audience.archived or audience.kind == AudienceKind.FROZEN or not audience.due:
        return
    if keeping.large():
        return
    keeping.rebuild(audience, patience=PATIENCE)


def levels(*, demo: bool) -> None:
    """How deep audiences lie in one another: those that contain others are kept after them."""
    every = {one.pk: one for one in Audience.objects.filter(demo=demo).only("within", "depth")}
    depths: dict[int, int] = {}

    def depth_of(number: int, above: tuple[int, ...]) -> int:
        if number not in depths:
            inner = [other for other in every[number].within if other in every and other not in above]
            depths[number] = max((1 + depth_of(other, (*above, number)) for other in inner), default=0)
        return depths[number]

    for number, one in every.items():
        if one.depth != depth_of(number, (number,)):
            Audience.objects.filter(pk=number).update(depth=depths[number])


def refill(ids: Sequence[int]) -> None:
    """After an undo: what follows from a tree that came back."""
    for one in Audience.objects.filter(pk__in=ids):
        within = [leaf["audience"] for leaf in asking.kept_leaves(one.tree) if "audience" in leaf]
        Audience.objects.filter(pk=one.pk).update(within=within, due=one.kind != AudienceKind.FROZEN)
        if one.kind == AudienceKind.FROZEN:
            customers.audience_members_freeze(audience=one.pk)
    for demo in (False, True):
        levels(demo=demo)


def audience_archive(*, actor: Actor, audience: Audience, archived: bool = True) -> int:
    """Put it away, or take it up again; gives the change set to undo. AudienceRefusedError where others contain it."""
    with transaction.atomic():
        kept = _editable(actor, audience)
        containing = Audience.objects.filter(within__contains=[kept.pk], archived=False).first()
        if archived and containing is not None:
            words = gettext("“%(name)s” asks for it. Change that audience first.") % {"name": containing.name}
            raise AudienceRefusedError({"": words})
        title = gettext("Audience “%(name)s” archived") if archived else gettext("Audience “%(name)s” brought back")
        with change_set(actor=actor, kind="edit", title=title % {"name": kept.name}) as made:
            kept.archived = archived
            kept.version += 1
            kept.due = kept.due or not archived
            kept.save(update_fields=["archived", "version", "due"])
        _settle(kept)
    return made.pk


def audience_freeze(*, actor: Actor, audience: Audience) -> Audience:
    """Members stay who they are now."""
    with transaction.atomic():
        _alone(always=True)
        kept = _editable(actor, audience)
        _settle(kept)
        return _kind(actor, kept, AudienceKind.FROZEN, gettext("Audience “%(name)s” frozen"))


def audience_thaw(*, actor: Actor, audience: Audience) -> Audience:
    """A frozen one follows what happens again."""
    with transaction.atomic():
        kept = _editable(actor, audience)
        kind = AudienceKind.MINED if "mined" in kept.tree else AudienceKind.LIVE
        return _kind(actor, kept, kind, gettext("Audience “%(name)s” live again"))


def _kind(actor: Actor, kept: Audience, kind: AudienceKind, title: str) -> Audience:
    if kept.kind != kind:
        with change_set(actor=actor, kind="edit", title=title % {"name": kept.name}):
            kept.kind = kind
            kept.version += 1
            kept.due = kind != AudienceKind.FROZEN
            kept.save(update_fields=["kind", "version", "due"])
        if kind == AudienceKind.FROZEN:
            customers.audience_members_freeze(audience=kept.pk)
        _settle(kept)
    kept.refresh_from_db()
    return kept


def snapshot_take(*, actor: Actor, audience: Audience, label: str = "") -> Snapshot:
    """Keep who is in it now, to be compared with later; HiddenFromReaderError where it is concealed."""
    called = " ".join(clean(label).split())[:NAME_LENGTH]
    if queries.concealed(actor=actor, audience=audience):
        raise HiddenFromReaderError
    with transaction.atomic():
        kept = _editable(actor, audience)
        if kept.snapshots.count() >= MOST_SNAPSHOTS:
            raise AudienceRefusedError({"": _("An audience keeps at most 200 pictures.")})
        title = gettext("Picture of audience “%(name)s”") % {"name": kept.name}
        with change_set(actor=actor, kind="bulk", title=title):
            made = Snapshot.objects.create(audience=kept, label=called, taken_by_id=actor.user_id)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {SnapshotMember._meta.db_table} (snapshot_id, customer_id) "
                    f"SELECT %s, customer_id FROM {InAudience._meta.db_table} WHERE audience = %s",
                    [made.pk, kept.pk],
                )
                made.size = cursor.rowcount
            made.save(update_fields=["size"])
    return made


def audience_rebuild(*, actor: Actor, audience: Audience) -> Audience:
    """Look its members up anew, all of them; those of a frozen one stay."""
    with transaction.atomic():
        _alone(always=True)
        kept = _editable(actor, audience)
        if kept.kind != AudienceKind.FROZEN and not kept.archived:
            keeping.rebuild(kept)
    kept.refresh_from_db()
    return kept


def sweep() -> None:
    """Members of audiences that are no more go, and tables that no audience reads are watched no longer."""
    there = set(Audience.objects.values_list("pk", flat=True))
    orphans = [one for one in customers.audiences_with_members() if one not in there]
    if orphans:
        customers.audience_members_clear(audiences=orphans)
    needed = {table for one in keeping.kept() for table in one.reads}
    watching.unwatch(watching.watched() - needed)


def sample_remove(actor: Actor) -> int:
    """Remove the audiences of the sample business; gives how many."""
    found = list(Audience.objects.filter(demo=True).values_list("pk", flat=True))
    customers.audience_members_clear(audiences=found)
    Audience.objects.filter(pk__in=found).delete()
    return len(found)

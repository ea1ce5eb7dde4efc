"""The merge of two records into one, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from peyvand.events.matching import CustomersMerged, CustomersUnmerged
from peyvand.foundation.changes.graph import tracked_tables
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import AlreadyUndoneError, KeptRow, change_set, undo
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.customers import access as customers_access
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services.merging import merge_into, merged_delete
from peyvand.memory.matching import access
from peyvand.memory.matching.errors import MergeError, SameRecordError
from peyvand.memory.matching.models import Redirect
from peyvand.memory.matching.services import choosing
from peyvand.memory.matching.services.moving import move, moving_tables

LONGEST_CHAIN = 100


@dataclass(frozen=True)
class Merged:
    """What a merge did. `moved` counts rows by table."""

    kept_id: int
    gone_id: int
    change_set_id: int
    moved: Mapping[str, int]


@dataclass(frozen=True)
class MergedBatch:
    """Merges of one stroke, which one step takes back; `left` are pairs that could not be merged."""

    batch: int
    merged: Sequence[Merged]
    left: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Unmerged:
    """What an un-merge did: what was edited since stays as it is (`kept`), what was added since stays with the survivor
    (`added`, rows by table).
    """

    kept_id: int
    gone_id: int
    change_set_id: int
    undone: int
    kept: int
    kept_rows: Sequence[KeptRow]
    added: Mapping[Label, int] = field(default_factory=dict)


def followed(customer_id: int) -> int:
    """Where a record is by now: its own id, or that of the one it was merged into."""
    found = Redirect.objects.filter(gone_id=customer_id).values_list("kept_id", flat=True).first()
    return found or customer_id


def merge(
    *, actor: Actor, kept: int, gone: int, choices: Mapping[str, str] | None = None, batch: int | None = None
) -> Merged:
    """Put the record `gone` into `kept`, in one change set; both ids follow earlier merges.

    `choices` says by field "kept", "gone" or "both" (see choosing); the rest follows the first choice. Raises
    NotAllowed, Customer.DoesNotExist when one of the two may not be seen and changed, MergeError when a person meets an
    organisation, SameRecordError when both are one by now.
    """
    actor.require(access.MERGE)
    actor.require(customers_access.EDIT)
    with transaction.atomic():
        survivor, other = _locked_pair(actor=actor, kept=kept, gone=gone)
        if survivor.kind != other.kind:
            raise MergeError(_("A person and an organisation can't be one record."))
        values = choosing.values(survivor, other, choices or {})
        title = gettext("%(gone)s merged into %(kept)s") % {"gone": other.name, "kept": survivor.name}
        reference = {"kept": survivor.pk, "gone": other.pk}
        with change_set(actor=actor, kind="merge", title=title, reference=reference) as made:
            merge_into(kept=survivor, gone=other, values=values)
            _pairs_follow(kept_id=survivor.pk, gone_id=other.pk)
            moved = move(actor=actor, kept_id=survivor.pk, gone_id=other.pk)
            Redirect.objects.filter(kept_id=other.pk).update(kept_id=survivor.pk)
            Redirect.objects.create(
                demo=actor.demo, gone_id=other.pk, gone_name=other.name, kept=survivor, into_id=survivor.pk,
                change_set_id=made.pk, batch=batch, merged_at=timezone.now(), merged_by_id=actor.user_id,
            )  # fmt: skip
            gone_id = other.pk
            merged_delete(gone=other)
            event = CustomersMerged(kept_id=survivor.pk, gone_id=gone_id, change_set_id=made.pk, demo=actor.demo)
            publish(event, actor=actor)
    return Merged(kept_id=survivor.pk, gone_id=gone_id, change_set_id=made.pk, moved=moved)


def _locked_pair(*, actor: Actor, kept: int, gone: int) -> tuple[Customer, Customer]:
    """Both records, locked in the order of their ids, after any merge that was quicker."""
    for _try in range(LONGEST_CHAIN):
        ids = followed(kept), followed(gone)
        if ids[0] == ids[1]:
            raise SameRecordError(_("These two are one record already."))
        rows = Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        found = {row.pk: row for row in rows}
        if len(found) == 2 or (followed(kept), followed(gone)) == ids:
            break
    allowed = set(
        Customer.objects.visible_to(actor, access.MERGE)
        .filter(pk__in=Customer.objects.visible_to(actor, customers_access.EDIT).filter(pk__in=ids).values("pk"))
        .values_list("pk", flat=True)
    )
    if len(found) < 2 or len(allowed) < 2:
        raise Customer.DoesNotExist
    return found[ids[0]], found[ids[1]]


# Pairs of the one who goes become pairs of the one who stays. Where both have a pair with a third, one of them stays,
# and whoever was told apart stays apart.
_PAIRS = (
    """
    UPDATE matching_pair k SET state = 'different', decided_by_id = g.decided_by_id, decided_at = g.decided_at
      FROM matching_pair g
     WHERE %(gone)s IN (g.a_id, g.b_id) AND g.state = 'different' AND k.state = 'open'
       AND k.a_id = least(%(kept)s, CASE WHEN g.a_id = %(gone)s THEN g.b_id ELSE g.a_id END)
       AND k.b_id = greatest(%(kept)s, CASE WHEN g.a_id = %(gone)s THEN g.b_id ELSE g.a_id END)
    """,
    """
    DELETE FROM matching_pair g
     WHERE %(gone)s IN (g.a_id, g.b_id) AND (%(kept)s IN (g.a_id, g.b_id) OR EXISTS (
       SELECT FROM matching_pair k
        WHERE k.a_id = least(%(kept)s, CASE WHEN g.a_id = %(gone)s THEN g.b_id ELSE g.a_id END)
          AND k.b_id = greatest(%(kept)s, CASE WHEN g.a_id = %(gone)s THEN g.b_id ELSE g.a_id END)))
    """,
    """
    UPDATE matching_pair SET a_id = least(%(kept)s, CASE WHEN a_id = %(gone)s THEN b_id ELSE a_id END),
           b_id = greatest(%(kept)s, CASE WHEN a_id = %(gone)s THEN b_id ELSE a_id END)
     WHERE %(gone)s IN (a_id, b_id)
    """,
)


def _pairs_follow(*, kept_id: int, gone_id: int) -> None:
    with connection.cursor() as cursor:
        for statement in _PAIRS:
            cursor.execute(statement, {"kept": kept_id, "gone": gone_id})


def merge_many(*, actor: Actor, pairs: Sequence[tuple[int, int]]) -> MergedBatch:
    """Merge these pairs (kept, gone), each its own change set, all of one batch; those that can't be are left out.

    Pairs that by then are one record, because others of the batch made them so, are done.
    """
    actor.require(access.MERGE)
    actor.require(customers_access.EDIT)
    done: list[Merged] = []
    left: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('matching_redirect', 'id'))")
        (batch,) = cursor.fetchone()
    for kept, gone in pairs:
        try:
            with transaction.atomic():
                done.append(merge(actor=actor, kept=kept, gone=gone, batch=batch))
        except SameRecordError:
            continue
        except (MergeError, Customer.DoesNotExist):
            left.append((kept, gone))
    return MergedBatch(batch=batch, merged=done, left=left)


# ── the way back ──────────────────────────────────────────────────────────


def redirect_get(*, actor: Actor, gone_id: int) -> Redirect:
    """The merge by which a record went; Redirect.DoesNotExist when there is none that the actor may take back."""
    actor.require(access.MERGE)
    reach = Customer.objects.visible_to(actor, access.MERGE)
    return Redirect.objects.filter(kept__in=reach, demo=actor.demo).select_related("kept").get(gone_id=gone_id)


def unmerge(*, actor: Actor, gone_id: int) -> Unmerged:
    """Take a merge back: both records as they were.

    What was edited since and what was added since stays with the survivor and is told. Raises Redirect.DoesNotExist,
    NotAllowed, and MergeError when the survivor has itself been merged since: that comes first.
    """
    with transaction.atomic():
        found = redirect_get(actor=actor, gone_id=gone_id)
        survivor = Customer.objects.select_for_update(of=("self",)).get(pk=found.kept_id)
        if found.into_id != found.kept_id:
            later = Redirect.objects.filter(gone_id=found.into_id).values_list("gone_name", flat=True).first()
            message = _("“%(name)s” has itself been merged into another record since. Take that merge back first.")
            raise MergeError(gettext(str(message)) % {"name": later or ""})
        added = added_since(change_set_id=found.change_set_id, kept_id=survivor.pk)
        try:
            result = undo(actor=actor, change_set_id=found.change_set_id)
        except (AlreadyUndoneError, ChangeSet.DoesNotExist):
            raise Redirect.DoesNotExist from None
    return Unmerged(
        kept_id=survivor.pk, gone_id=gone_id, change_set_id=result.change_set_id, undone=result.undone,
        kept=result.kept, kept_rows=result.kept_rows, added=added,
    )  # fmt: skip


def unmerge_batch(*, actor: Actor, batch: int) -> int:
    """Take back the merges of one stroke, the last first; gives how many. What may not be taken back stays."""
    actor.require(access.MERGE)
    gone = list(Redirect.objects.filter(batch=batch, demo=actor.demo).order_by("-id").values_list("gone_id", flat=True))
    done = 0
    for gone_id in gone:
        try:
            with transaction.atomic():
                unmerge(actor=actor, gone_id=gone_id)
                done += 1
        except (MergeError, Redirect.DoesNotExist):
            continue
    return done


def added_since(*, change_set_id: int, kept_id: int) -> dict[Label, int]:
    """What the survivor got after a merge and would keep after an un-merge: rows by the table's label."""
    tracked = tracked_tables()
    parts, labels = [], {}
    columns = {one.table: one.person for one in moving_tables()}
    columns |= {"customers_identity": "customer_id", "customers_customertag": "customer_id"}
    known: dict[str, Label] = {one.table: one.label for one in moving_tables()}
    known |= {"customers_identity": _("Identities"), "customers_customertag": _("Tags")}
    for table, column in columns.items():
        if table not in tracked:
            continue
        labels[table] = known[table]
        parts.append(
            sql.SQL(
                "SELECT {name} AS name, count(*) FROM {table} t WHERE t.{column} = %(kept)s AND EXISTS (SELECT FROM "
                "changes_change c WHERE c.table_name = {name} AND c.row_id = t.id AND c.op = 'I' AND c.id > "
                "(SELECT max(id) FROM changes_change WHERE change_set_id = %(set)s))"
            ).format(name=sql.Literal(table), table=sql.Identifier(table), column=sql.Identifier(column))
        )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts), {"kept": kept_id, "set": change_set_id})
        found = dict(cursor.fetchall())
    return {labels[name]: found[name] for name in labels if found.get(name)}


def after_undo(actor: Actor, found: ChangeSet, undo_id: int) -> None:
    """Whoever took a merge back, or took that back: say which of the two has happened."""
    merge_set = found
    while merge_set.kind == "undo" and merge_set.undo_of_id is not None:
        merge_set = ChangeSet.objects.get(pk=merge_set.undo_of_id)
    kept_id, gone_id = merge_set.reference.get("kept"), merge_set.reference.get("gone")
    if merge_set.kind != "merge" or not isinstance(kept_id, int) or not isinstance(gone_id, int):
        return
    happened = CustomersMerged if Redirect.objects.filter(gone_id=gone_id).exists() else CustomersUnmerged
    publish(happened(kept_id=kept_id, gone_id=gone_id, change_set_id=undo_id, demo=actor.demo), actor=actor)

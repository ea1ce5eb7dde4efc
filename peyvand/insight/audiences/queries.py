"""The reads of audiences, by right."""

from __future__ import annotations

from collections.abc import Sequence

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences.access import AudienceQuerySet, SnapshotQuerySet
from peyvand.insight.audiences.answers import Comparison, Reach, Size, Why
from peyvand.insight.audiences.models import Audience, Snapshot
from peyvand.insight.audiences.tree import Tree
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.models import Customer


def audiences(*, actor: Actor, archived: bool = False) -> AudienceQuerySet:
    """The audiences that the actor sees, by name; those in use, or the archived ones."""
    raise NotImplementedError


def audience_get(*, actor: Actor, id: int) -> Audience:
    """One audience; Audience.DoesNotExist when there is none that the actor may see."""
    raise NotImplementedError


def may_edit(*, actor: Actor, audience: Audience) -> bool:
    """Whether the actor may change it."""
    raise NotImplementedError


def concealed(*, actor: Actor, audience: Audience) -> bool:
    """Whether it asks, itself or through others, for what is kept from the actor, so that size and members are too."""
    raise NotImplementedError


def members(*, actor: Actor, audience: Audience) -> CustomerQuerySet:
    """Who is in it, of those whom the actor may see, in no order; HiddenFromReaderError where it is concealed."""
    raise NotImplementedError


def member_count(*, actor: Actor, audience: Audience) -> int:
    """How many of `members`."""
    raise NotImplementedError


def size(*, actor: Actor, tree: Tree) -> Size:
    """How many customers the tree fits, of those whom the actor sees; approximate where that takes long."""
    raise NotImplementedError


def sample(*, actor: Actor, tree: Tree, n: int = 5, seed: int = 0) -> list[tuple[Customer, str]]:
    """A few whom it fits, each with a reason; another seed gives others."""
    raise NotImplementedError


def reach(*, actor: Actor, tree: Tree) -> list[Reach]:
    """Of those whom the tree fits how many may be written to, by channel; the channels that reach somebody."""
    raise NotImplementedError


def why(*, actor: Actor, audience: Audience, customer: Customer) -> Why:
    """Why somebody is in or out; HiddenFromReaderError where it is concealed. Both were found by right."""
    raise NotImplementedError


def audiences_of(*, actor: Actor, customer: Customer) -> list[Audience]:
    """The audiences that a customer is in, of those that the actor sees and that are not concealed."""
    raise NotImplementedError


def snapshots(*, actor: Actor, audience: Audience) -> SnapshotQuerySet:
    """Pictures of it, newest first."""
    raise NotImplementedError


def compare(*, actor: Actor, a: Audience | Snapshot, b: Audience | Snapshot) -> Comparison:
    """Two audiences, two snapshots, or one of each; HiddenFromReaderError where one is concealed."""
    raise NotImplementedError


def overlap(*, actor: Actor, audiences: Sequence[Audience]) -> dict[tuple[int, int], int]:
    """How many customers whom the actor sees are in both, for each pair of these audiences by id, the lower first; of
    an audience with itself its size. Concealed ones are left out.
    """
    raise NotImplementedError

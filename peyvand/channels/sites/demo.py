"""The sample's web site."""

from __future__ import annotations

import secrets

from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services.setting import PURPOSE
from peyvand.foundation.demo.world import World
from peyvand.foundation.outside.locking import locked
from peyvand.foundation.registry.actor import Actor


def sample_load(actor: Actor, world: World) -> int:
    """One shop; gives how many rows."""
    Site.objects.create(
        demo=True, name="فروشگاه اینترنتی نمونه", hosts=["localhost", "127.0.0.1"],
        secret=locked(secrets.token_urlsafe(32), purpose=PURPOSE),
    )  # fmt: skip
    return 1


def sample_remove(actor: Actor) -> int:
    """Remove the sample's sites with their visitors."""
    return Site.objects.filter(demo=True).delete()[0]

"""What other rooms declare to this one: what is known of the other side while one talks over their channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from peyvand.channels.conversations.models import Conversation
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.customers.models import Customer


@dataclass(frozen=True)
class There:
    """The other side just now. `seen_at` is when they were last there, `page` and `title` what they have before them,
    `language` how they read, `read_up_to` the last entry of ours that they have seen, 0 for none. `claims` are what
    they said of themselves and nobody proved: label and value. `acts` are what else who may answer may do: label, icon
    and the address that is posted to.
    """

    online: bool
    seen_at: datetime | None = None
    page: str = ""
    title: str = ""
    language: str = ""
    read_up_to: int = 0
    claims: tuple[tuple[Label, str], ...] = ()
    acts: tuple[tuple[Label, str, str], ...] = ()


@dataclass(frozen=True)
class OtherSide:
    """`name` is the channel. `there(conversation)` says how it is with the other side, None where nobody knows.
    `known(actor, conversation, customer)` is called inside the transaction when a colleague says who it is.
    """

    name: str
    there: Callable[[Conversation], There | None]
    known: Callable[[Actor, Conversation, Customer], None]

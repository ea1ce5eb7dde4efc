"""What higher rooms declare to this one."""

from __future__ import annotations

from dataclasses import dataclass

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class ConsentChannel:
    """A way of reaching people that they may allow or not. `name` is stored: "email", "sms", "messenger:telegram".

    `identity` says by what kind of identity one is reached there (memory.customers.IdentityKind), "" where by none.
    """

    name: str
    label: Label
    icon: str
    order: int = 0
    identity: str = ""

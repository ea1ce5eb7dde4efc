"""What happens to customers. Bulk verbs publish one event a batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CustomersCreated:
    """People or organisations became known; `source` is "" or says from where ("import:7", "shop")."""

    customer_ids: tuple[int, ...]
    source: str
    demo: bool


@dataclass(frozen=True)
class CustomersChanged:
    """Something about these customers changed; `fields` names what ("name", "owner", "tags", "identities")."""

    customer_ids: tuple[int, ...]
    fields: tuple[str, ...]
    demo: bool


@dataclass(frozen=True)
class CustomersDeleted:
    """These customers are gone, unless somebody takes that back."""

    customer_ids: tuple[int, ...]
    demo: bool


@dataclass(frozen=True)
class ListChanged:
    """These customers were put on a list, or taken off it; large lists are told of in several events."""

    list_id: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    demo: bool

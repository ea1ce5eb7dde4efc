"""The keys by which a customer is found, matched and sorted; made of names and identities, never typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.text.identifiers import IdentifierError, normalise_email, parse_phone
from peyvand.foundation.text.keys import clean, fa_key, fa_key_spaced, sort_key
from peyvand.foundation.text.names import split_person_name
from peyvand.memory.customers.models import CustomerKind, IdentityKind

NAME_LENGTH = 300
SORTED_LENGTH = 200  # letters of a name that count in sorting; a btree page takes no endless keys


@dataclass(frozen=True)
class Name:
    """A name as it is kept: whole, and for a person in its parts."""

    name: str
    honorific: str = ""
    given: str = ""
    family: str = ""


def name_of(*, kind: str, name: str, honorific: str = "", given: str = "", family: str = "") -> Name:
    """The whole name and its parts, each made of the other where it is left out; "" where there is nothing to show.

    The honorific is not part of a person's name, unless there is no given name («آقای کیانی»).
    """
    name, honorific, given, family = _seen(name), _seen(honorific), _seen(given), _seen(family)
    if kind == CustomerKind.ORGANISATION:
        return Name(name=name)
    if not (given or family):
        parts = split_person_name(name)
        honorific, given, family = honorific or parts.honorific, parts.given, parts.family
        whole = " ".join(part for part in (given, family) if part)
    else:
        whole = name or " ".join(part for part in (given, family) if part)
    if honorific and not given and not whole.startswith(honorific):
        whole = f"{honorific} {whole}".strip()
    return Name(name=whole or name, honorific=honorific, given=given, family=family)


def _seen(text: str) -> str:
    """The text cleaned; nothing where it is of marks that nobody sees."""
    return clean(text) if fa_key(text) else ""


def search_key_of(name: str) -> str:
    """What a name is found by: its key, and once more with ZWNJ as a space where that differs."""
    key, spaced = fa_key(name), fa_key_spaced(name)
    return key if key == spaced else f"{key} {spaced}"


def sort_key_of(name: str) -> str:
    """What a name is sorted by, by code point."""
    return sort_key(name[:SORTED_LENGTH])


def identity_key(kind: str, value: str) -> str:
    """How an identity is compared: a phone in E.164, an e-mail in lower case, another by search key.

    Raises IdentifierError, or ValueError when there is nothing to compare.
    """
    if kind == IdentityKind.PHONE:
        return parse_phone(value).e164
    if kind == IdentityKind.EMAIL:
        return normalise_email(value)
    key = fa_key(value).removeprefix("@") if kind == IdentityKind.MESSENGER else fa_key(value)
    if not key or len(key) > 254:
        raise EmptyKeyError(_("Type the code as the other system shows it."))
    return key


class EmptyKeyError(IdentifierError):
    """Nothing by which it could be compared."""


_REFILL = """
UPDATE customers_customer c
   SET search_key = r.search_key, sort_key = r.sort_key, updated_at = statement_timestamp(),
       version = CASE WHEN c.version < 1 THEN extract(epoch FROM statement_timestamp())::int / 60 ELSE c.version + 1 END
  FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS r (id, search_key, sort_key)
 WHERE c.id = r.id
"""


def refill(customer_ids: Sequence[int]) -> None:
    """Make the keys of these customers anew, as after an undo, and count it as a change.

    A row that an undo brought back from deletion gets a version that nobody can have read before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM customers_customer WHERE id = ANY(%s)", [list(customer_ids)])
        found = cursor.fetchall()
        ids, names = [pk for pk, _name in found], [name for _pk, name in found]
        cursor.execute(_REFILL, [ids, [search_key_of(name) for name in names], [sort_key_of(name) for name in names]])

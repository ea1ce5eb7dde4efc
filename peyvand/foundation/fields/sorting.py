"""Text in the order of people's alphabets, on any PostgreSQL: also where it was built without ICU."""

from __future__ import annotations

from django.db import connection
from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Lower

from peyvand.foundation.text.keys import sorting_letters

FROM, TO = sorting_letters()
SAMPLE = "abcz۱۲اآبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
SORTED = "۱۲آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیabcz"
ASK = (
    "SELECT string_agg(letter, '' ORDER BY translate(lower(letter), %s, %s) COLLATE \"C\") "
    "FROM unnest(string_to_array(%s, NULL)) AS sample (letter)"
)


def as_people_sort(text: Combinable) -> Combinable:
    """What to sort a text by: digits, Persian letters, Latin letters; harakat, ZWNJ and the case don't count.

    As names are sorted, so that every column of a list has one order, whatever collations the server has.
    """
    letters = Func(Lower(text), Value(FROM), Value(TO), function="translate", output_field=TextField())
    return Collate(letters, "C")


def sorts_as_people() -> bool:
    """Whether the server puts the letters of both alphabets into their order."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [FROM, TO, SAMPLE])
        return bool(cursor.fetchone()[0] == SORTED)

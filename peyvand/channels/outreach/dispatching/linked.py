"""The short links of what is sent: one for each address of a content, made when its first message is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from peyvand.channels.outreach.addresses import code_make
from peyvand.channels.outreach.models import Content, Link
from peyvand.channels.outreach.tracking import targets_of

UNTRACKED = "SELECT set_config('peyvand.outreach_links', 'on', true)"  # what the house does by itself is no edit
MOST_KNOWN = 1_000

_ENSURE = """
INSERT INTO outreach_link (demo, code, target, digest, title, source, medium, campaign, content_id, archived, version)
SELECT r.demo, r.code, r.target, r.digest, '', '', '', '', r.content, false, 1
FROM unnest(%(demo)s::boolean[], %(code)s::text[], %(target)s::text[], %(digest)s::text[], %(content)s::bigint[])
  AS r (demo, code, target, digest, content)
ON CONFLICT (content_id, digest) WHERE content_id IS NOT NULL DO NOTHING
"""


def digest_of_target(target: str) -> str:
    """By what the same address is known again."""
    return hashlib.sha256(target.encode()).hexdigest()


_known: dict[int, Mapping[str, str]] = {}  # of a content, which never changes


def links_of(contents: Sequence[Content]) -> Mapping[int, Mapping[str, str]]:
    """The short links of these contents: by content, codes by address, made where there were none.

    Two statements for those that this process has not seen yet, however many they are; none for the others.
    """
    found = {one.pk: _known[one.pk] for one in contents if one.pk in _known}
    wanted: dict[int, tuple[str, ...]] = {}
    for content in contents:
        if content.pk not in found:
            targets = targets_of(content.texts)
            if targets:
                wanted[content.pk] = targets
            else:
                found[content.pk] = {}
                _remember({content.pk: {}})
    if wanted:
        made = _ensured([one for one in contents if one.pk in wanted], wanted)
        found.update(made)
        transaction.on_commit(lambda: _remember(made))  # what is rolled back was never made
    return found


def _remember(made: Mapping[int, Mapping[str, str]]) -> None:
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known.update(made)


def _ensured(contents: Sequence[Content], wanted: Mapping[int, Sequence[str]]) -> dict[int, Mapping[str, str]]:
    rows = [(content.demo, content.pk, target) for content in contents for target in wanted[content.pk]]
    given: dict[str, Any] = {
        "demo": [demo for demo, _pk, _target in rows], "code": [code_make() for _row in rows],
        "target": [target for _demo, _pk, target in rows], "content": [pk for _demo, pk, _target in rows],
        "digest": [digest_of_target(target) for _demo, _pk, target in rows],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(UNTRACKED)
        cursor.execute(_ENSURE, given)
    found: dict[int, dict[str, str]] = {pk: {} for pk in wanted}
    for pk, target, code in Link.objects.filter(content_id__in=list(wanted), archived=False).values_list(
        "content_id", "target", "code"
    ):
        if pk is not None:
            found[pk][target] = code
    return dict(found)

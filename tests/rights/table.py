"""What each address of the staff's pages asks for. An address that is not listed here fails the matrix.

A line: name, method, and what opens it. `+` both are needed, `|` either way; `*` everyone who is signed in; `public`
those who are not as well; `none` nobody reaches it in the test's business (what it needs is not there: it answers 404).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = """
workspace:home GET *
workspace:switch-business POST *
workspace:palette GET *
workspace:health GET public
customers:list GET customers.view
customers:bulk POST none
customers:bulk-field GET customers.edit
customers:cell GET customers.view+customers.edit
customers:cell POST customers.view+customers.edit
customers:new GET customers.view+customers.edit
customers:new POST customers.view+customers.edit
customers:new-organisation GET customers.view+customers.edit
customers:new-organisation POST customers.view+customers.edit
customers:same POST customers.edit
customers:identity-row GET customers.edit
customers:choices GET customers.view
customers:one GET customers.view
customers:edit GET customers.view+customers.edit
customers:edit POST customers.view+customers.edit
customers:delete POST customers.view+customers.delete
customers:identity-add POST customers.view+customers.edit
customers:identity-remove POST customers.view+customers.edit
customers:identity-verify POST customers.view+customers.edit
customers:tag-add POST customers.view+customers.edit
customers:tag-remove POST customers.view+customers.edit
customers:relation-add POST customers.view+customers.edit
customers:relation-remove POST customers.view+customers.edit
customers:stages GET fields.manage
customers:stages POST fields.manage
customers:stage POST fields.manage
customers:stage-move POST fields.manage
customers:stage-archive POST fields.manage
customers:lists GET customers.view
customers:list-new GET customers.view+customers.lists
customers:list-new POST customers.view+customers.lists
customers:list-of POST customers.view+customers.lists
customers:bulk-lists GET customers.view+customers.lists
customers:list-one GET customers.view
customers:list-edit GET customers.view+customers.lists
customers:list-edit POST customers.view+customers.lists
customers:list-archive POST customers.view+customers.lists
customers:list-delete POST customers.view+customers.lists
customers:list-copy POST customers.view+customers.lists
customers:member-add POST customers.view+customers.lists
customers:members-remove POST customers.view+customers.lists
customers:of-one-add GET customers.view+customers.lists
customers:of-one-add POST customers.view+customers.lists
customers:of-one-remove POST customers.view+customers.lists
fields:list GET fields.manage
fields:new GET fields.manage
fields:new POST fields.manage
fields:one GET fields.manage
fields:one POST fields.manage
fields:archive POST fields.manage
fields:move POST fields.manage
fields:seen GET accounts.manage_roles
fields:seen POST accounts.manage_roles
fields:view-save POST customers.view
fields:columns POST customers.view
fields:opening POST customers.view
fields:arrange POST customers.view
fields:view-remove POST none
consents:overview GET customers.view+consents.view
consents:ledger GET consents.view
consents:say GET customers.view+consents.view
consents:say POST customers.view+consents.view+consents.edit
consents:proof GET none
consents:purposes GET consents.view|consents.manage
consents:purpose-new GET consents.manage
consents:purpose-new POST consents.manage
consents:purpose GET consents.view|consents.manage
consents:purpose POST consents.manage
consents:wording POST consents.manage
consents:purpose-archive POST consents.manage
consents:purpose-move POST consents.manage
knowledge:list GET knowledge.view
knowledge:new GET knowledge.view+knowledge.edit
knowledge:new POST knowledge.view+knowledge.edit
knowledge:preview POST knowledge.edit
knowledge:categories GET knowledge.view+knowledge.publish
knowledge:categories POST knowledge.view+knowledge.publish
knowledge:category POST knowledge.publish
knowledge:category-remove POST knowledge.publish
knowledge:one GET knowledge.view
knowledge:edit GET knowledge.view+knowledge.edit
knowledge:edit POST knowledge.view+knowledge.edit
knowledge:publish POST knowledge.view+knowledge.publish
knowledge:review POST knowledge.view+knowledge.edit
knowledge:archive POST knowledge.view+knowledge.edit
knowledge:version GET knowledge.view
knowledge:restore POST knowledge.view+knowledge.edit
interactions:list GET interactions.view
interactions:older GET customers.view+interactions.view
interactions:ask GET customers.view+interactions.view
interactions:serving GET customers.view+interactions.view
interactions:rates GET interactions.costs
interactions:rates POST interactions.costs
interactions:rate-remove POST none
interactions:record POST customers.view+interactions.view+interactions.edit
interactions:one GET customers.view+interactions.view
interactions:correct POST customers.view+interactions.view+interactions.edit
interactions:pin POST customers.view+interactions.view+interactions.edit
interactions:file-add POST customers.view+interactions.view+interactions.edit
interactions:attach POST none
interactions:file GET none
interactions:file-remove POST none
interactions:detach POST none
interactions:remove POST customers.view+interactions.view+interactions.edit
commerce:orders GET orders.view
commerce:order-new GET orders.edit
commerce:order-new POST orders.edit
commerce:line-row GET orders.edit
commerce:price-unit GET *
commerce:customer-choices GET orders.edit
commerce:order GET customers.view+orders.view
commerce:order-deliver POST customers.view+orders.view+orders.edit
commerce:order-cancel POST customers.view+orders.view+orders.edit
commerce:order-return GET customers.view+orders.view+orders.edit
commerce:order-return POST customers.view+orders.view+orders.edit
commerce:order-payment GET customers.view+orders.view+orders.edit
commerce:order-payment POST customers.view+orders.view+orders.edit
commerce:products GET products.view
commerce:product-new GET products.edit
commerce:product-new POST products.edit
commerce:product-options GET products.view
commerce:product GET products.view
commerce:product POST products.view+products.edit
transfer:imports GET transfer.import
transfer:imports POST transfer.import
transfer:import GET none
transfer:columns GET none
transfer:columns POST none
transfer:reshape POST none
transfer:check GET none
transfer:status GET none
transfer:run POST none
transfer:stop POST none
transfer:undo POST none
transfer:problems GET none
transfer:export GET customers.view+customers.export
demo:status GET *
demo:load POST demo.manage
demo:remove POST demo.manage
demo:look POST *
value:dashboard GET insight.view
value:people GET none
value:choose-day POST insight.view
value:refresh POST insight.refresh
value:definitions GET insight.view
warehouse:loads GET insight.view
accounts:preferences POST public
accounts:language POST public
accounts:welcome GET public
accounts:welcome POST public
accounts:welcome-done GET *
accounts:invitation GET public
accounts:invitation POST public
accounts:password-link GET public
accounts:password-link POST public
accounts:settings GET *
accounts:profile GET *
accounts:profile POST *
accounts:security GET *
accounts:session-end POST none
accounts:sessions-end POST *
accounts:workspace GET accounts.manage_settings
accounts:workspace POST accounts.manage_settings
accounts:users GET accounts.view_people|accounts.manage_users
accounts:invite GET accounts.manage_users
accounts:invite POST accounts.manage_users
accounts:invitation-revoke POST accounts.manage_users
accounts:user GET accounts.manage_users
accounts:user POST accounts.manage_users
accounts:user-deactivate POST accounts.manage_users
accounts:user-activate POST accounts.manage_users
accounts:user-reset POST accounts.manage_users
accounts:user-second-factor POST accounts.manage_users
accounts:roles GET accounts.manage_users|accounts.manage_roles
accounts:role-new GET accounts.manage_roles
accounts:role-new POST accounts.manage_roles
accounts:role GET accounts.manage_roles
accounts:role POST accounts.manage_roles
accounts:role-delete POST accounts.manage_roles
accounts:teams GET accounts.view_people|accounts.manage_roles
accounts:team-new GET accounts.manage_roles
accounts:team-new POST accounts.manage_roles
accounts:team GET accounts.manage_roles
accounts:team POST accounts.manage_roles
accounts:team-delete POST accounts.manage_roles
accounts:tokens GET accounts.tokens
accounts:tokens POST accounts.tokens
accounts:token-revoke POST *
files:download GET none
changes:sets GET changes.view_audit
changes:check POST changes.view_audit
changes:anchor GET changes.view_audit
changes:set GET changes.view_audit
changes:undo POST changes.view_audit+changes.undo
jobs:runs GET *
jobs:run GET none
jobs:progress GET none
jobs:stop POST none
outbox:failures GET outbox.view
outbox:retry POST none
outbox:discard POST none
webhooks:endpoints GET webhooks.view|webhooks.manage
webhooks:endpoint-new GET webhooks.manage
webhooks:endpoint-new POST webhooks.manage
webhooks:endpoint GET webhooks.view|webhooks.manage
webhooks:endpoint-edit GET webhooks.manage
webhooks:endpoint-edit POST webhooks.manage
webhooks:endpoint-delete POST webhooks.manage
webhooks:endpoint-switch POST webhooks.manage
webhooks:rotate POST webhooks.manage
webhooks:test POST webhooks.manage
webhooks:resend-given-up POST webhooks.manage
webhooks:deliveries GET webhooks.view|webhooks.manage
webhooks:delivery GET webhooks.view|webhooks.manage
webhooks:resend POST webhooks.manage
matching:queue GET matching.merge
matching:find POST matching.find
matching:decide POST none
matching:merge GET none
matching:merge POST none
matching:unmerge POST none
privacy:person GET customers.view+privacy.export|customers.view+privacy.erase
privacy:export POST customers.view+privacy.export
privacy:erase POST customers.view+privacy.erase
"""

# Arguments whose record is somebody's: of a foreign one nothing is seen.
OWNED = frozenset({"customer_id", "identity_id", "relation_id", "tag_id", "order_id", "interaction_id", "list_id"})
# What an argument called pk or key stands for, by the beginning of the address's name.
CALLED = {
    "accounts:user": "user",
    "accounts:role": "role",
    "accounts:team": "team",
    "accounts:token": "token_id",
    "accounts:invitation-": "invitation",
}
FIXED: Mapping[str, Any] = {
    "token": "no-such-token",
    "business": "own",
    "name": "customers",
    "files:download": UUID(int=1),
    "purpose": "news",
    "record": "customer",
    "field": "city",
}


@dataclass(frozen=True)
class Row:
    """An address under one method; `ways` are sets of rights, any of which opens it. None: public."""

    name: str
    method: str
    ways: tuple[tuple[str, ...], ...] | None
    arguments: Mapping[str, str]

    @property
    def owned(self) -> bool:
        """Whether it speaks of a record that belongs to somebody."""
        return any(record in OWNED for record in self.arguments.values())

    @property
    def empty(self) -> bool:
        """Whether the test's business has nothing that it could show."""
        return self.ways == ()


def served(patterns: Sequence[Any] | None = None, space: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """(name, pattern) of every address of ours but the API, which has a matrix of its own, and allauth's."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        place = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not place.startswith(("api/", "account/")):
                yield from served(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space, place)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{space}{entry.name}", place


def arguments_of(name: str, pattern: str) -> dict[str, str]:
    """The record that each argument of an address stands for."""
    found = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    called = next((record for start, record in CALLED.items() if name.startswith(start)), name)
    return {argument: called if argument in ("pk", "key") else argument for argument in found}


def rows() -> tuple[Row, ...]:
    """The table, read."""
    patterns = dict(served())
    made = []
    for line in TABLE.strip().splitlines():
        name, method, rights = line.split()
        ways: tuple[tuple[str, ...], ...] | None
        if rights == "public":
            ways = None
        elif rights == "none":
            ways = ()
        else:
            ways = tuple(() if way == "*" else tuple(way.split("+")) for way in rights.split("|"))
        made.append(Row(name, method, ways, arguments_of(name, patterns.get(name, ""))))
    return tuple(made)


ROWS = rows()

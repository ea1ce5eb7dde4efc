"""Who somebody in a chat is: by a one-time code that came over another way, or by their own shared number."""

from __future__ import annotations

from dataclasses import dataclass

from peyvand.channels.conversations.services import address_known
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import Contact
from peyvand.channels.messengers.carrier import channel_of
from peyvand.channels.messengers.models import Bot
from peyvand.channels.sites.data import Taken
from peyvand.channels.sites.models import Proof
from peyvand.channels.sites.services import code_take
from peyvand.channels.sites.services import known as visitor_known
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.identifiers import IdentifierError, parse_phone
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Identity, IdentityKind, VerifiedHow
from peyvand.memory.customers.services import customer_create, identity_add, identity_verify

NOTE = 200


@dataclass(frozen=True)
class Whom:
    """Somebody in a chat with a bot. `key` is the chat as it is compared, `chat` as the messenger writes it."""

    row: Bot
    key: str
    chat: str
    name: str = ""
    username: str = ""
    language: str = ""

    @property
    def actor(self) -> Actor:
        """Who acts when they say who they are."""
        return system_actor(demo=self.row.demo, via="site", name=self.name or self.row.name)

    @property
    def channel(self) -> str:
        """The channel of the chat."""
        return channel_of(self.row.messenger)

    def identity(self) -> IdentityData:
        """The chat as an identity of theirs."""
        if ADAPTERS[self.row.messenger].phone:
            return IdentityData(IdentityKind.PHONE, self.key)
        label = f"@{self.username}"[:60] if self.username else ""
        return IdentityData(IdentityKind.MESSENGER, self.chat, system=self.row.messenger, label=label)

    def owners(self) -> list[Customer]:
        """Customers whose chat this is: of a messenger's own ids at most one, of a telephone maybe several."""
        given = self.identity()
        found = Identity.objects.filter(
            demo=self.row.demo, kind=given.kind, key=self.key, system__in=["", given.system]
        ).values("customer_id")
        return list(Customer.objects.filter(pk__in=found).order_by("pk")[:2])


def owner_of(row: Bot, key: str) -> int | None:
    """The one customer whose chat this is, None for nobody or several."""
    found = Whom(row, key, key).owners()
    return found[0].pk if len(found) == 1 else None


def code_taken(row: Bot, code: str) -> Taken | None:
    """Whom the code was made for; it is good once."""
    return code_take(demo=row.demo, code=code)


def joined(whom: Whom, taken: Taken) -> Customer | None:
    """The chat is the customer's for whom the code was made, or the visitor is whose chat it is; with neither known,
    both are somebody new. None where the chat is another customer's already: then nothing moves, and staff see it.
    """
    owners = whom.owners()
    customer = taken.customer
    if customer is None and taken.visitor is not None:
        if len(owners) > 1:
            return None
        customer = owners[0] if owners else _new(whom)
        visitor_known(actor=whom.actor, visitor=taken.visitor, customer=customer, how=Proof.CODE)
    if customer is None:
        return None
    exclusive = not ADAPTERS[whom.row.messenger].phone
    if exclusive and any(one.pk != customer.pk for one in owners):
        return None
    return customer if _give(whom, customer, whom.identity(), VerifiedHow.CODE) else None


def identified(whom: Whom, contact: Contact) -> Customer | None:
    """Whose number it is that somebody shared as their own; nobody's is somebody new's. None where several have it, or
    it is another's than whose chat this is: staff see that.
    """
    try:
        phone = parse_phone(_international(contact.phone)).e164
    except IdentifierError:
        return None
    held = Identity.objects.filter(demo=whom.row.demo, kind=IdentityKind.PHONE, key=phone).values("customer_id")
    having = list(Customer.objects.filter(pk__in=held).order_by("pk")[:2])
    owners = whom.owners()
    if len(having) > 1 or len(owners) > 1 or (having and owners and having[0].pk != owners[0].pk):
        return None
    number = IdentityData(IdentityKind.PHONE, phone)
    if not having and not owners:
        made = _new(whom, name=contact.name)
        _give(whom, made, number, VerifiedHow.PROGRAM)
        return made
    customer = (having or owners)[0]
    given = [_give(whom, customer, one, VerifiedHow.PROGRAM) for one in (whom.identity(), number)]
    return customer if all(given) else None


def _international(number: str) -> str:
    """Messengers leave the plus away: 98912… is +98912…."""
    text = number.strip()
    return f"+{text}" if text.isdecimal() and not text.startswith("0") and len(text) > 10 else text


def _new(whom: Whom, *, name: str = "") -> Customer:
    language = whom.language if whom.language in ("fa", "en") else ""
    made = customer_create(
        actor=whom.actor,
        data=CustomerData(
            name=name or whom.name, language=language, source=whom.channel, identities=[whom.identity()]
        ),
    )  # fmt: skip
    address_known(actor=whom.actor, channel=whom.channel, address=whom.key, customer=made)
    return made


def _give(whom: Whom, customer: Customer, given: IdentityData, how: str) -> bool:
    """Give the customer this identity, proved; False where they can't have it."""
    try:
        identity = identity_add(actor=whom.actor, customer=customer, data=given)
        if identity.verified_at is None:
            identity_verify(actor=whom.actor, identity=identity, how=how, note=whom.row.name[:NOTE])
    except InvalidError:
        return False
    address_known(actor=whom.actor, channel=whom.channel, address=whom.key, customer=customer)
    return True

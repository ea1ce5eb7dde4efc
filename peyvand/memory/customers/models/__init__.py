"""Tables of people and organisations: who they are, how to reach them, what is known of them, and their lists."""

from peyvand.memory.customers.models.lists import (
    AudienceBlock,
    AudienceMember,
    CustomerList,
    InAudience,
    ListMember,
    Stage,
)
from peyvand.memory.customers.models.people import (
    EXCLUSIVE_KINDS,
    Bearer,
    Customer,
    CustomerKind,
    CustomerTag,
    Identity,
    IdentityKind,
    NameWord,
    Relation,
    Tag,
    Touch,
    Trait,
    VerifiedHow,
)

__all__ = [
    "EXCLUSIVE_KINDS",
    "AudienceBlock",
    "AudienceMember",
    "Bearer",
    "Customer",
    "CustomerKind",
    "CustomerList",
    "CustomerTag",
    "Identity",
    "IdentityKind",
    "InAudience",
    "ListMember",
    "NameWord",
    "Relation",
    "Stage",
    "Tag",
    "Touch",
    "Trait",
    "VerifiedHow",
]

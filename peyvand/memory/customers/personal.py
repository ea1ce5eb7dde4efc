"""What the tables of this room hold about people, and how their rows are given out and erased.

They follow a merge by rules of their own (services.merging).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.registry.declarations import Beside, ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="customers_customer",
        label=_("Customer"),
        person="id",
        columns=classed(
            key="id parent_id",
            technical="demo version search_key sort_key custom_key created_at updated_at",
            staff="owner_id team_id",
            identifying="name honorific given_name family_name birth_date",
            descriptive="kind job_title city country language stage source",
            content="note custom",
        ),
        merge="custom",
        order=10,
    ),
    PersonalTable(
        name="customers_touch",
        label=_("Last interaction"),
        person="id",
        columns=classed(key="id", technical="demo", descriptive="at"),
        merge="stay",
        carried=False,
        order=10,
    ),
    PersonalTable(
        name="customers_identity",
        label=_("Identity"),
        columns=classed(
            key="id customer_id",
            technical="demo created_at",
            staff="verified_by_id",
            identifying="value key",
            descriptive="kind system label verified_at verified_how is_primary",
            content="verified_note",
        ),
        merge="custom",
        order=11,
    ),
    PersonalTable(
        name="customers_relation",
        label=_("Relation"),
        person="person_id",
        columns=classed(
            key="id person_id organisation_id", technical="demo created_at", descriptive="role since until is_main"
        ),
        merge="custom",
        order=12,
    ),
    PersonalTable(
        name="customers_customertag",
        label=_("Tag of a customer"),
        columns=classed(key="id customer_id tag_id", technical="created_at"),
        merge="custom",
        order=13,
    ),
    PersonalTable(
        name="customers_listmember",
        label=_("Customer on a list"),
        columns=classed(key="id customer_id list_id", technical="created_at", staff="added_by_id"),
        unique=(("list_id",),),
        order=13,
    ),
    PersonalTable(
        name="customers_audiencemember",
        label=pgettext_lazy("customers", "In an audience"),
        columns=classed(key="id customer_id audience", descriptive="since"),
        unique=(("audience",),),
        carried=False,
        order=13,
    ),
    PersonalTable(
        name="customers_trait",
        label=_("Traits"),
        columns=classed(
            key="id customer_id",
            technical="demo computed_at",
            staff="by_name",
            descriptive="name text number currency at source",
        ),
        merge="custom",
        order=14,
    ),
    ImpersonalTable(
        "customers_audienceblock",
        "ids of customers by audience, computed from what stands elsewhere: a moment after somebody goes, theirs goes",
    ),
    ImpersonalTable(
        "customers_bearer", "words of names, by which they are found: they change and go with the customer"
    ),
    ImpersonalTable("customers_nameword", "how many names have a word; what nobody bears any more is not kept"),
    ImpersonalTable("customers_tag", "the words staff put on customers"),
    ImpersonalTable("customers_stage", "the stages there are, not who stands in them"),
    ImpersonalTable("customers_customerlist", "what lists are called and who of us keeps them", staff=True),
    Beside("customers_tag", by=("demo", "key")),
    Beside(
        "customers_customer",
        by=("demo", "kind", "name"),
        columns=("id", "demo", "kind", "name", "search_key", "sort_key"),
        where=("kind", "organisation"),
    ),
)

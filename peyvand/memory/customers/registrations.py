"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.accounts.declarations import FirstLook
from peyvand.foundation.changes.declarations import Computed, Recompute, TitleGuard, TrackedTable
from peyvand.foundation.fields import access as fields_access
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.declarations import (
    Action,
    DemoPart,
    MenuEntry,
    Panel,
    Schedule,
    SearchProvider,
    SettingsPage,
    WarehouseFact,
)
from peyvand.foundation.transfer.shapes import Total
from peyvand.memory.customers import access, demo, fields, panels, personal, shapes, tasks
from peyvand.memory.customers.fields import CUSTOMER
from peyvand.memory.customers.keys import refill
from peyvand.memory.customers.palette import hits, list_hits
from peyvand.memory.customers.services import SAID, sample_remove, words_fold
from peyvand.memory.customers.trail import (
    either,
    names_of,
    narrow,
    unseen_list_members,
    unseen_lists,
    unseen_with_customer,
)
from peyvand.memory.customers.trait_fields import TRAIT_FIELDS
from peyvand.memory.customers.webhooks import WEBHOOKS


def _fold() -> None:
    words_fold()


DECLARATIONS = (
    *WEBHOOKS,
    *personal.TABLES,
    Total(name="customers", label=_("Customers")),
    Total(name="on_list", label=_("Newly on the list")),
    *access.PERMISSIONS,
    *shapes.DECLARATIONS,
    CUSTOMER,
    TRAIT_FIELDS,
    MenuEntry("customers", _("Customers"), "users", "customers:list", "customer", 10, access.VIEW, key="C"),
    MenuEntry(
        "customers.lists",
        pgettext_lazy("customers", "Lists"),
        "list-details",
        "customers:lists",
        "customer",
        15,
        access.VIEW,
    ),
    SettingsPage(
        "customers.stages",
        _("Stages of customers"),
        _("From the first word to the last: what they are called, in which order."),
        "progress",
        "customers:stages",
        46,
        fields_access.MANAGE,
    ),
    Action("customers.new-list", _("New list"), "list-details", "customers:list-new", 12, access.LISTS),
    Action("customers.new", _("New customer"), "user-plus", "customers:new", 10, access.EDIT),
    Action(
        "customers.new-organisation", _("New organisation"), "building", "customers:new-organisation", 11, access.EDIT
    ),
    SearchProvider("customers", _("Customers"), hits, order=10),
    SearchProvider("customers.lists", pgettext_lazy("customers", "Lists"), list_hits, order=40),
    TrackedTable(
        "customers_customer",
        _("Customer"),
        "user",
        conceal=fields.conceal_customer,
        unseen=unseen_with_customer("customers_customer", "id"),
        names=names_of,
    ),
    TrackedTable(
        "customers_identity",
        _("Identity"),
        "id-badge-2",
        conceal=fields.conceal_identity,
        unseen=unseen_with_customer("customers_identity"),
    ),
    TrackedTable(
        "customers_relation", _("Relation"), "affiliate", unseen=unseen_with_customer("customers_relation", "person_id")
    ),
    TrackedTable("customers_trait", _("What is known"), "bulb", unseen=unseen_with_customer("customers_trait")),
    TrackedTable("customers_tag", _("Tag"), "tag"),
    TrackedTable(
        "customers_customertag", _("Tag of a customer"), "tag", unseen=unseen_with_customer("customers_customertag")
    ),
    TrackedTable("customers_stage", _("Stage"), "progress"),
    TrackedTable("customers_customerlist", pgettext_lazy("customers", "List"), "list-details", unseen=unseen_lists),
    TrackedTable(
        "customers_listmember",
        _("Customer on a list"),
        "list-details",
        unseen=either(unseen_with_customer("customers_listmember"), unseen_list_members),
    ),
    TitleGuard("customers", narrow),
    Recompute("customers_customer", refill),
    Computed("customers_trait", "source", SAID, unless="computing"),
    Panel(
        name="customers.identities",
        screen="customer",
        slot="start",
        order=20,
        template="customers/panel_identities.html",
        context=panels.identities,
        permission=access.VIEW,
    ),
    Panel(
        name="customers.details",
        screen="customer",
        slot="start",
        order=30,
        template="customers/panel_details.html",
        context=panels.details,
        permission=access.VIEW,
    ),
    Panel(
        name="customers.relations",
        screen="customer",
        slot="start",
        order=40,
        template="customers/panel_relations.html",
        context=panels.relations,
        permission=access.VIEW,
    ),
    Panel(
        name="customers.known",
        screen="customer",
        slot="start",
        order=50,
        template="customers/panel_known.html",
        context=panels.known,
        permission=access.VIEW,
    ),
    WarehouseFact(
        name="customers",
        label=_("Customers"),
        meaning=_("One row a person or organisation; no name, no address"),
        needs=(access.VIEW,),
        select=(
            "SELECT c.id, c.demo, c.kind, c.city, c.country, c.language, c.stage, c.source, c.owner_id, c.team_id, "
            "c.birth_date, c.created_at, t.at AS last_interaction_at, c.updated_at "
            "FROM customers_customer c JOIN customers_touch t ON t.id = c.id"
        ),
        key="id",
        reads={"customers_customer": "id", "customers_touch": "id"},
        columns={
            "id": _("Id of the customer"),
            "demo": _("Whether it belongs to the sample business"),
            "kind": _("person or organisation"),
            "city": _("City, as typed"),
            "country": _("Country, as typed"),
            "language": _("fa, en or empty"),
            "stage": _("Key of the stage they stand in"),
            "source": _("Where the record came from"),
            "owner_id": _("Id of the person of us who looks after them"),
            "team_id": _("Id of the team that does"),
            "birth_date": _("Day of birth (Gregorian)"),
            "created_at": _("When they became known here (UTC)"),
            "last_interaction_at": _("Their latest interaction (UTC)"),
            "updated_at": _("When the record last changed (UTC)"),
        },
    ),
    DemoPart("customers", _("Customers"), sample_remove, demo.sample_load, demo.present, order=10),
    FirstLook("customers", demo.sample_first),
    Job(tasks.JOB, tasks.bulk, label=_("Bulk edit"), result_url=tasks.result_url),
    Schedule("customers.words", "27 * * * *", _fold),
)

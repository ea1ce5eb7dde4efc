"""Tables of people and organisations: who they are, how to reach them, what is known of them."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now, Reverse
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Team, User
from peyvand.memory.customers.access import BearerQuerySet, CustomerQuerySet


class CustomerKind(models.TextChoices):
    """A human being, or a firm, school, office."""

    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class IdentityKind(models.TextChoices):
    """By what somebody can be recognised or reached."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    MESSENGER = "messenger", _("Messenger")
    CARD = "card", _("Loyalty card")
    EXTERNAL = "external", _("Code in another system")
    VISITOR = "visitor", _("Web visitor")


class VerifiedHow(models.TextChoices):
    """How an identity was proved to be theirs."""

    CODE = "code", _("A code sent to it was told back")
    MESSAGE = "message", _("A message to it was answered")
    CALL = "call", _("Called, and they answered")
    DOCUMENT = "document", _("A document was seen")
    IN_PERSON = "in-person", _("Shown in person")
    PROGRAM = "program", _("Another program says so")


# A telephone or a mailbox may be a family's; these belong to one customer only.
EXCLUSIVE_KINDS = (IdentityKind.MESSENGER, IdentityKind.CARD, IdentityKind.EXTERNAL, IdentityKind.VISITOR)


class Customer(models.Model):
    """One person or organisation, of own data or of the sample business (`demo`).

    `name` is shown and sorted by; a person's is made of the parts when these are given. `search_key` and `sort_key`
    follow from the name (`text.keys`): no one sets them. `version` grows with every change, for editing side by side.
    `source` is "" or says where the record came from. `stage` is the key of a Stage. `custom` holds the values of
    custom fields by key, as foundation.fields.kinds keeps them; `custom_key` is what the database makes of it to be
    searched: a line each, "key=value".
    """

    demo = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(max_length=300)
    honorific = models.CharField(max_length=60, default="", blank=True)
    given_name = models.CharField(max_length=120, default="", blank=True)
    family_name = models.CharField(max_length=120, default="", blank=True)
    job_title = models.CharField(max_length=120, default="", blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    city = models.CharField(max_length=120, default="", blank=True)
    country = models.CharField(max_length=120, default="", blank=True)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2, default="", blank=True)
    stage = models.CharField(max_length=40, default="", blank=True)
    source = models.CharField(max_length=100, default="", blank=True)
    note = models.TextField(default="", blank=True)
    custom = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    custom_key = models.GeneratedField(
        expression=Func("custom", function="customers_custom_key", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    search_key = models.TextField(default="", db_default="", editable=False)
    sort_key = models.TextField(default="", db_default="", db_collation="C", editable=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1, db_default=1)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="customers_customer_named"),
            models.CheckConstraint(condition=Q(kind__in=CustomerKind.values), name="customers_customer_kind"),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(kind=CustomerKind.ORGANISATION), name="customers_customer_parent"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="customers_customer_not_own_parent"
            ),
        ]
        indexes = [
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="customers_customer_search"),
            GinIndex(OpClass(F("custom"), name="jsonb_path_ops"), name="customers_customer_custom"),
            GinIndex(OpClass(F("custom_key"), name="gin_trgm_ops"), name="customers_customer_found"),
            models.Index(fields=["demo", "sort_key", "id"], name="customers_customer_sorted"),
            models.Index(fields=["demo", "owner", "sort_key", "id"], name="customers_customer_of_owner"),
            models.Index(fields=["demo", "team", "sort_key", "id"], name="customers_customer_of_team"),
            models.Index(fields=["demo", "kind", "sort_key", "id"], name="customers_customer_of_kind"),
            models.Index(fields=["demo", "city", "sort_key", "id"], name="customers_customer_of_city"),
            models.Index(fields=["demo", "-id"], name="customers_customer_newest"),
            models.Index(fields=["updated_at", "id"], name="customers_customer_updated"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_organisation(self) -> bool:
        """Whether this is a firm rather than a human being."""
        return self.kind == CustomerKind.ORGANISATION

    @property
    def last_interaction_at(self) -> datetime | None:
        """When they were last in touch; read along by `select_related("touch")`."""
        return self.touch.at


class Touch(models.Model):
    """When a customer was last in touch: the latest of their interactions. Every customer has a row.

    Triggers keep it, here that there is a row and among the interactions its `at`: no one else writes it. It stands
    apart from the customer because it changes with every contact, and a customer's row hangs in a dozen indexes.
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, db_column="id", on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="touch",
    )  # fmt: skip
    demo = models.BooleanField()
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "touches"
        indexes = [
            models.Index("demo", F("at").desc(nulls_last=True), F("customer").desc(), name="customers_touch_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at}"


class Bearer(models.Model):
    """Whose name has a word of the search key, in the order of names: what a common name is read from, page by page.

    Triggers keep it, with what decides who may see the customer. A word of more than 80 letters lies in overlapping
    pieces.
    """

    pk = models.CompositePrimaryKey("customer_id", "word")
    customer = models.ForeignKey(
        Customer, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    word = models.TextField(db_collation="C")
    demo = models.BooleanField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    sort_key = models.TextField(db_collation="C")

    objects = BearerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["demo", "word", "sort_key", "customer"],
                include=["owner_id", "team_id"],
                name="customers_bearer_sorted",
            )
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.customer_id}"


class NameWord(models.Model):
    """How many customers' names have a word: the sum of its rows.

    Triggers add a row for what a statement changed, so that nobody waits for anybody; `services.naming` adds them up.
    """

    demo = models.BooleanField()
    word = models.TextField(db_collation="C")
    bearers = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="customers_nameword_word"),
            GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="customers_nameword_part"),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.bearers}"


class Identity(models.Model):
    """A phone number, address or code of a customer.

    `value` is as it was typed, `key` as it is compared: E.164, an address in lower case, a search key. `system` names
    the messenger or the other system ("telegram", "shop"), "" for the rest. `verified_at`: when it was proved theirs,
    with how, by whom (nobody where a program did) and what was noted; rows of earlier days may lack these.
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=12, choices=IdentityKind)
    system = models.CharField(max_length=40, default="", blank=True)
    value = models.CharField(max_length=254)
    key = models.CharField(max_length=254)
    label = models.CharField(max_length=60, default="", blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_how = models.CharField(max_length=12, choices=VerifiedHow, default="", db_default="", blank=True)
    verified_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    verified_note = models.CharField(max_length=200, default="", db_default="", blank=True)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IdentityKind.values), name="customers_identity_kind"),
            models.CheckConstraint(condition=~Q(key=""), name="customers_identity_has_key"),
            models.CheckConstraint(
                condition=Q(verified_how="") | Q(verified_how__in=VerifiedHow.values, verified_at__isnull=False),
                name="customers_identity_verified",
            ),
            models.UniqueConstraint(fields=["customer", "kind", "system", "key"], name="customers_identity_once"),
            models.UniqueConstraint(
                fields=["demo", "kind", "system", "key"],
                name="customers_identity_exclusive",
                condition=Q(kind__in=EXCLUSIVE_KINDS),
            ),
        ]
        indexes = [
            models.Index(
                F("demo"), F("kind"), OpClass(F("key"), name="varchar_pattern_ops"), name="customers_identity_key"
            ),
            models.Index(
                F("demo"),
                OpClass(Reverse("key"), name="text_pattern_ops"),
                name="customers_identity_phone_end",
                condition=Q(kind=IdentityKind.PHONE),
            ),
        ]

    def __str__(self) -> str:
        return self.value


class Relation(models.Model):
    """What a person is in an organisation ("buyer", "director"), from when until when where that is known.

    The last day counts in. `is_main`: the one to speak to first; an organisation has at most one.
    """

    demo = models.BooleanField(default=False)
    person = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="people")
    role = models.CharField(max_length=120, default="", blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    is_main = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="customers_relation_once"),
            models.CheckConstraint(condition=~Q(person=F("organisation")), name="customers_relation_two"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")), name="customers_relation_days"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(is_main=True), name="customers_relation_one_main"
            ),
        ]

    def __str__(self) -> str:
        return self.role


class Tag(models.Model):
    """A word that staff put on customers; `key` is the search key of the name, unique within a business."""

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "key"], name="customers_tag_once"),
            models.CheckConstraint(condition=~Q(key=""), name="customers_tag_named"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """A tag on a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tagged", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "tag"], name="customers_customertag_once")]
        indexes = [models.Index(fields=["tag", "customer"], name="customers_customertag_of_tag")]

    def __str__(self) -> str:
        return f"{self.customer_id}:{self.tag_id}"


class Trait(models.Model):
    """A fact or an estimate about a customer under a name ("value.class"), one each; the latest replaces the earlier.

    `text` for words, `number` for measures (an amount in whole units of `currency` where that is set). `at` is the day
    the trait speaks of, `source` who says so ("staff", "import", "api", or what computes it), `by_name` which
    colleague, `computed_at` when it was written. Computed ones can be computed again: their changes are not kept; what
    people say is kept like any other record (services.traits).
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="traits", db_index=False)
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=500, default="", blank=True)
    number = models.DecimalField(max_digits=30, decimal_places=6, null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    at = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=60, default="", blank=True)
    by_name = models.CharField(max_length=200, default="", db_default="", blank=True)
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="customers_trait_once")]
        indexes = [
            models.Index(fields=["demo", "name", "text", "customer"], name="customers_trait_text"),
            models.Index(
                F("demo"),
                F("name"),
                F("currency"),
                F("number").desc(),
                F("customer").desc(),
                name="customers_trait_number",
                condition=Q(number__isnull=False),
            ),
            models.Index(fields=["source"], name="customers_trait_source"),
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.text or self.number}"

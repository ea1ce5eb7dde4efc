"""Tables of what a house sorts its customers by: stages in their life, and lists of whom people put together."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language

from peyvand.foundation.accounts.models import Team, User
from peyvand.memory.customers.access import ListQuerySet, StageQuerySet
from peyvand.memory.customers.models.people import Customer


class Stage(models.Model):
    """Where somebody stands in their life as a customer, in the order of `position`. `key` names it for good.

    A stage that is archived stays readable where it was set, and is offered no more.
    """

    demo = models.BooleanField(default=False)
    key = models.CharField(max_length=40)
    name_fa = models.CharField(max_length=80, default="", blank=True)
    name_en = models.CharField(max_length=80, default="", blank=True)
    position = models.IntegerField(default=0)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = StageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "key"], name="customers_stage_once"),
            models.CheckConstraint(condition=~Q(key=""), name="customers_stage_key"),
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="customers_stage_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, or the one there is."""
        persian = (get_language() or "fa").startswith("fa")
        return (self.name_fa or self.name_en) if persian else (self.name_en or self.name_fa)


class CustomerList(models.Model):
    """Customers put together by hand, from a file or out of a filter: who is on it changes only when somebody says so.

    Its owner and the members of its team see it, with `shared` everyone who sees customers; of its members each sees
    those whom they may see. An archived list keeps its members and stands in no menu.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, default="", blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    shared = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1, db_default=1)

    objects = ListQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="customers_list_named")]
        indexes = [models.Index(fields=["demo", "archived", "name"], name="customers_list_of")]

    def __str__(self) -> str:
        return self.name


class AudienceBlock(models.Model):
    """Who is in an audience that follows what happens, of the customers whose ids begin with the same bits.

    `block` are the ids without their last BLOCK_BITS bits, `people` those bits of each, in no order, and `since` the
    minute in which each of them came, from 1970 on (UTC). An audience of a hundred thousand people stands in two
    hundred rows of at most 3 kB. Insight decides who is in and has it written; who reads looks at InAudience.
    """

    BLOCK_BITS = 9

    pk = models.CompositePrimaryKey("audience", "block")
    audience = models.BigIntegerField()
    block = models.IntegerField()
    people = ArrayField(models.SmallIntegerField())
    since = ArrayField(models.IntegerField())

    class Meta:
        indexes = [models.Index(fields=["block", "audience"], name="customers_audienceblock_of")]

    def __str__(self) -> str:
        return f"{self.audience}:{self.block}"


class AudienceMember(models.Model):
    """A customer who stays in an audience that is frozen: a row, so that it goes, comes back and moves with them."""

    audience = models.BigIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "customer"], name="customers_audiencemember_once")]
        indexes = [models.Index(fields=["customer", "audience"], name="customers_audiencemember_of")]

    def __str__(self) -> str:
        return f"{self.audience}:{self.customer_id}"


class InAudienceQuerySet(models.QuerySet["InAudience"]):
    """Who is in which audience."""

    def of(self, customer: int) -> Self:
        """Of one customer, by id; quick, which a filter on the customer alone is not."""
        return self.filter(block=customer >> AudienceBlock.BLOCK_BITS, customer=customer)


class InAudience(models.Model):
    """A customer in an audience, since when: a view of AudienceBlock and AudienceMember that every room may read.

    `audience` is the id of an audience of the room that keeps them, which is above this one. Who was deleted a moment
    ago may still be named.
    """

    pk = models.CompositePrimaryKey("audience", "customer_id")
    audience = models.BigIntegerField()
    block = models.IntegerField()
    customer = models.ForeignKey(
        Customer, on_delete=models.DO_NOTHING, related_name="in_audiences", db_index=False, db_constraint=False
    )
    since = models.DateTimeField()

    objects = InAudienceQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "customers_inaudience"

    def __str__(self) -> str:
        return f"{self.audience}:{self.customer_id}"


class ListMember(models.Model):
    """A customer on a list."""

    list = models.ForeignKey(CustomerList, on_delete=models.CASCADE, related_name="members", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="listed", db_index=False)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "customer"], name="customers_listmember_once")]
        indexes = [
            models.Index(fields=["customer", "list"], name="customers_listmember_of"),
            models.Index(fields=["list", "-id"], name="customers_listmember_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.list_id}:{self.customer_id}"

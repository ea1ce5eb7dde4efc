"""Rooms in which many talk: their lines, who is marked as an expert, who may not write."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from peyvand.channels.sites.models import Site, Visitor
from peyvand.foundation.accounts.models import User
from peyvand.memory.work.models import WorkingHours


class Room(models.Model):
    """A room of a site. `slow_seconds` must lie between two lines of one visitor, 0 for none. With `by_hours` it is
    open in the working hours (`hours`, else the house's own), without as long as it is not `closed`.

    `last_seq` grows with every change that those in it are told of. `pinned_id` is the line that stays on top.
    """

    demo = models.BooleanField(default=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    topic = models.CharField(max_length=300, default="", blank=True)
    slow_seconds = models.IntegerField(default=0)
    by_hours = models.BooleanField(default=False)
    hours = models.ForeignKey(WorkingHours, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    closed = models.BooleanField(default=False)
    last_seq = models.IntegerField(default=0)
    pinned_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="webchat_room_named"),
            models.CheckConstraint(condition=Q(slow_seconds__gte=0, slow_seconds__lte=3600), name="webchat_room_slow"),
        ]
        indexes = [models.Index(fields=["site", "name"], name="webchat_room_of_site")]

    def __str__(self) -> str:
        return self.name


class RoomExpert(models.Model):
    """A colleague whose lines are marked in a room."""

    demo = models.BooleanField(default=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="experts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="webchat_expert_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}"


class RoomGuest(models.Model):
    """A visitor in a room, under the name they gave there. Until `muted_until` they only read; `banned` is for good."""

    demo = models.BooleanField(default=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="guests")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    muted_until = models.DateTimeField(null=True, blank=True)
    banned = models.BooleanField(default=False)
    wrote_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "visitor"], name="webchat_guest_once")]

    def __str__(self) -> str:
        return f"{self.name} in {self.room_id}"


class RoomLine(models.Model):
    """What somebody said in a room. `seq` is that of its last change, so that who was away learns of it. One that was
    taken away keeps its row without its words. `reporters` are guests who found that it should not stand there.
    """

    demo = models.BooleanField(default=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="lines")
    seq = models.IntegerField()
    guest = models.ForeignKey(RoomGuest, null=True, blank=True, on_delete=models.CASCADE, related_name="lines")
    staff = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=150)
    expert = models.BooleanField(default=False)
    client_id = models.CharField(max_length=40, null=True, blank=True)
    text = models.CharField(max_length=2000)
    reporters = models.JSONField(default=list, blank=True)
    gone = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="webchat_roomline_order"),
            models.UniqueConstraint(fields=["guest", "client_id"], name="webchat_roomline_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}:{self.seq}"

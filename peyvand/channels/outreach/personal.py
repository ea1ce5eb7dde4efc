"""What the tables of this room hold about people, and how their rows follow a merge and are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.models import Message, Moving, Recipient
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImpersonalTable, MergeRule, PersonalTable, classed


def messages_merge(actor: Actor, kept_id: int, gone_id: int) -> None:
    """The ledger follows; which rows they were is kept, so that they find their way back."""
    ids = list(Message.objects.filter(customer_id=gone_id).values_list("pk", flat=True))
    if ids:
        Message.objects.filter(pk__in=ids).update(customer_id=kept_id)
        Moving.objects.create(demo=actor.demo, kept_id=kept_id, gone_id=gone_id, message_ids=ids)


def recipient_merge(actor: Actor, kept_id: int, gone_id: int) -> None:
    """Of two pages of preferences the stricter: the longer pause, the slower pace; the gone one's link leads on."""
    gone = Recipient.objects.filter(customer_id=gone_id).first()
    if gone is None:
        return
    kept = Recipient.objects.filter(customer_id=kept_id).first()
    if kept is None:
        gone.customer_id = kept_id
        gone.save(update_fields=["customer"])
        return
    paces = ["", "weekly", "monthly"]
    kept.pace = max(kept.pace, gone.pace, key=paces.index)
    pauses = [one for one in (kept.paused_until, gone.paused_until) if one is not None]
    kept.paused_until = max(pauses, default=None)
    kept.preferred, kept.tz = kept.preferred or gone.preferred, kept.tz or gone.tz
    kept.forget_asked_at = kept.forget_asked_at or gone.forget_asked_at
    gone.delete()
    kept.save()


TABLES = (
    PersonalTable(
        name="outreach_message",
        label=_("Messages to them"),
        columns=classed(
            key="id uid customer_id content_id source_id previous_id account_id",
            technical="demo dedupe_key options step priority state reason verdict thread due_at held_until expires_at "
            "lease leased_until tries asked provider_id",
            staff="staff_id",
            identifying="address address_key",
            descriptive="purpose kind channel line language source_kind parts cost_minor cost_currency created_at "
            "attempted_at sent_at delivered_at",
            content="values merged said files",
        ),
        erase="blank",
        blank={
            "customer_id": "NULL", "address": "''", "address_key": "''", "values": "'{}'", "merged": "'{}'",
            "said": "''", "files": "'[]'", "thread": "'{}'", "verdict": "'[]'", "dedupe_key": "'erased:' || id",
            "state": "CASE WHEN state IN ('pending', 'held', 'leased') THEN 'cancelled' ELSE state END",
        },
        merge="custom",
        order=80,
        carried=False,
    ),
    PersonalTable(
        name="outreach_deliveryreport",
        label=_("Reports of deliveries"),
        via=("message_id", "outreach_message"),
        columns=classed(key="id message_id", technical="demo key", descriptive="said code at", content="text"),
        order=81,
        carried=False,
    ),
    PersonalTable(
        name="outreach_recipient",
        label=_("What they prefer"),
        columns=classed(
            key="id customer_id", technical="demo changed_at", identifying="link",
            descriptive="preferred pace paused_until tz forget_asked_at",
        ),
        merge="custom",
        order=82,
        carried=False,
    ),
    PersonalTable(
        name="outreach_suppression",
        label=_("Addresses that get nothing"),
        columns=classed(
            key="id customer_id", technical="demo digest line", identifying="address",
            descriptive="channel reason kinds until at", content="source",
        ),
        erase="blank",
        blank={"customer_id": "NULL", "address": "''", "source": "''"},
        order=83,
    ),
    PersonalTable(
        name="outreach_optin",
        label=_("Consents that wait for a confirmation"),
        columns=classed(
            key="id customer_id wording_id", technical="demo digest expires_at", identifying="address",
            descriptive="purpose channel asked_at confirmed_at", content="proof",
        ),
        order=84,
        carried=False,
    ),
    ImpersonalTable("outreach_link", "short links and where they lead"),
    PersonalTable(
        name="outreach_click",
        label=_("Links they opened"),
        via=("message_id", "outreach_message"),
        columns=classed(key="id message_id link_id", technical="demo digested", descriptive="at"),
        order=85,
        carried=False,
    ),
    ImpersonalTable("outreach_arrival", "digests of tokens that were used, for a day"),
    MergeRule("outreach_message", messages_merge),
    MergeRule("outreach_recipient", recipient_merge),
    ImpersonalTable("outreach_moving", "ids of messages that a merge moved"),
    ImpersonalTable("outreach_template", "texts that are sent often"),
    ImpersonalTable("outreach_templatetext", "a template in one channel and language"),
    ImpersonalTable("outreach_content", "texts with fields, before they are merged with anybody's words"),
    ImpersonalTable("outreach_cap", "how often we write"),
    ImpersonalTable("outreach_quiethours", "when we do not write"),
    ImpersonalTable("outreach_budget", "for how much we write"),
    ImpersonalTable("outreach_purposerule", "what holds for a purpose"),
)  # fmt: skip

"""One of everything: what belongs to somebody, and what belongs to the house."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from peyvand.channels.conversations.models import (
    Answerer,
    Conversation,
    ConversationTag,
    Entry,
    RoutingRule,
    RoutingSettings,
    SavedReply,
    Way,
)
from peyvand.channels.email.models import EmailAccount, EmailFolder
from peyvand.channels.forms.models import Form, Submission, SubmissionFile
from peyvand.channels.forms.services import FormData, form_save
from peyvand.channels.messengers.models import Bot
from peyvand.channels.outreach.models import Cap
from peyvand.channels.outreach.services import (
    ContentData,
    LinkData,
    Request,
    TemplateData,
    cap_save,
    link_save,
    send,
    suppress,
    template_save,
)
from peyvand.channels.outreach.services import TextData as MessageText
from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.web.models import Shop, Visit
from peyvand.channels.webchat.models import Chat, Line, Room, RoomGuest, RoomLine, Widget
from peyvand.foundation.accounts.models import Invitation, Role, SignIn, Team, User
from peyvand.foundation.accounts.services import people, tokens
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.changes.models import ChangeSet, Seal
from peyvand.foundation.fields.models import SavedView
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.files import services as files
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.outbox.models import Event, Failure
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.transfer.models import Import, MappingTemplate
from peyvand.foundation.transfer.services import import_begin
from peyvand.foundation.webhooks import services as webhooks
from peyvand.insight.audiences.models import Audience
from peyvand.insight.prediction.models import Campaign
from peyvand.insight.reports.models import Dashboard, Mailing, Report, ShareLink, Tile
from peyvand.memory.commerce.services import (
    ContractData,
    CostData,
    ItemData,
    PriceListData,
    RateData,
    TaxRateData,
    contract_sign,
    cost_rate_save,
    cost_save,
    item_save,
    payment_record,
    price_list_save,
    tax_rate_save,
)
from peyvand.memory.commerce.services import category_save as product_category_save
from peyvand.memory.commerce.tests.factories import a_product, an_order
from peyvand.memory.consents.models import ConsentEntry
from peyvand.memory.consents.services import consent_give, consents_set, purposes_ensure
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.models import Customer, CustomerList, Stage
from peyvand.memory.customers.services import customer_create, customer_update, relation_add, tag_add, trait_set
from peyvand.memory.customers.stages import stages_ensure
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import Recognised, attach, file_add, rate_save, record
from peyvand.memory.knowledge.services import ArticleData, TextData, article_save, category_save, text_publish
from peyvand.memory.matching.services import merge_many
from peyvand.memory.matching.services.measuring import quality_count
from peyvand.memory.matching.tests.factories import pair as a_pair
from peyvand.memory.work.models import Holiday
from peyvand.memory.work.services import HoursData, hours_save, starting_ensure

Records = dict[str, Any]
ASKED = {"steps": [{"key": "s1", "fields": [{"key": "question", "type": "text", "label": {"en": "Question"}}]}]}
TEXT = b"A letter, as plain as can be."


@dataclass(frozen=True)
class _Maker:
    """Makes what belongs to one person; `marker` stands in every name."""

    owner: User
    marker: str

    def customer(self, name: str, **more: Any) -> Customer:
        made = customer_create(actor=system_actor(), data=CustomerData(name=f"{self.marker} {name}", **more))
        Customer.objects.filter(pk=made.pk).update(owner=self.owner)
        made.refresh_from_db()
        return made

    def note(self, **more: Any) -> Interaction:
        return record(
            actor=system_actor(), kind="note", at=timezone.now(), staff_id=self.owner.pk,
            payload={"text": f"{self.marker} said"}, **more,
        )  # fmt: skip

    def acting(self) -> Actor:
        """The person with every right, to leave acts of theirs behind."""
        return Actor(user_id=self.owner.pk, name=self.owner.name, everything=True)


def records_of(owner: User, marker: str) -> Records:
    """One of everything that has an owner."""
    system, make = system_actor(), _Maker(owner, marker)
    customer = make.customer("person", identities=[IdentityData("email", f"{marker.lower()}@example.com")])
    firm, twin = make.customer("firm", kind="organisation"), make.customer("twin")
    base, gone = make.customer("base"), make.customer("gone")
    relation = relation_add(actor=system, person=customer, organisation=firm, role="buyer")
    part = make.customer("part", kind="organisation", parent_id=firm.pk)
    trait = trait_set(actor=system, customer=customer, name="favourite", text=f"{marker} tea")
    tag = tag_add(actor=system, customer=customer, name=f"{marker} tag")
    order = an_order(("1", "10"), customer=customer)
    payment = payment_record(actor=system, order_id=order.pk, amount_minor=400)
    agreed = ContractData(starts_on=date(2026, 3, 21), fee_minor=400, currency="EUR", term_months=12)
    contract = contract_sign(actor=system, customer=customer, data=agreed)
    note = make.note(customer=customer)
    listed = CustomerList.objects.create(name=f"{marker} list", owner=owner)
    city = {"field": "city", "operator": "filled", "values": []}
    audience = Audience.objects.create(name=f"{marker} audience", owner=owner, tree={"all": [city]})
    listed.members.create(customer=customer)
    alone = CustomerList.objects.create(name=f"{marker} alone", owner=owner)
    campaign = Campaign.objects.create(
        demo=False, name=f"{marker} campaign", treated=listed, holdout=alone, starts_on=date(2026, 1, 1), days=30,
        currency="EUR",
    )  # fmt: skip
    token, _raw = tokens.token_make(actor=system, name=f"{marker} token", user_id=owner.pk, demo=False)
    merged = merge_many(actor=make.acting(), pairs=[(base.pk, gone.pk)])
    return {
        "customer_id": customer.pk, "identity_id": customer.identities.get().pk, "relation_id": relation.pk,
        "tag_id": tag.pk, "order_id": order.pk, "line_id": order.items.get().pk, "interaction_id": note.pk,
        "payment_id": payment.pk, "token_id": token.pk, "marker": marker, "firm_id": firm.pk, "twin_id": twin.pk,
        "contract_id": contract.pk, "base_id": base.pk, "list_id": listed.pk, "campaign_id": campaign.pk,
        "audience_id": audience.pk, "part_id": part.pk, "trait_id": trait.pk,
        "merged_id": merged.merged[0].gone_id, "batch": merged.batch, "pair_id": a_pair(customer, twin).pk,
        "visitor_id": _browser_of(make, customer).pk,
        **_files_of(make, customer, note), **_acts_of(make, customer), **_messages_of(make, customer),
        **_filled_in_by(make, customer),
    }  # fmt: skip


def _browser_of(make: _Maker, customer: Customer) -> Visitor:
    """A browser of the customer, with a visit."""
    site, _new = Site.objects.get_or_create(name="Visited", defaults={"hosts": ["shop.example"]})
    made = Visitor.objects.create(
        site=site, key=f"{make.owner.pk:026}", customer=customer, how="staff", claims={"name": f"{make.marker} said"}
    )
    now = timezone.now()
    path = [{"at": now.isoformat(), "k": "page", "u": "https://shop.example/", "n": f"{make.marker} page"}]
    Visit.objects.create(
        site=site, visitor=made, key=made.key, started_at=now, ended_at=now, pages=1, events=1, path=path
    )
    return made


def _files_of(make: _Maker, customer: Customer, note: Interaction) -> Records:
    """Files, and history that came to a customer when they were known."""
    system = system_actor()
    given = {"name": f"{make.marker}.txt", "content_type": "text/plain"}
    attached = file_add(actor=system, interaction_id=note.pk, stream=io.BytesIO(TEXT), **given)
    own = files.keep(actor=make.acting(), stream=io.BytesIO(TEXT), purpose="interactions.attachment", **given)
    proof = files.keep(actor=system, stream=io.BytesIO(TEXT), purpose="consents.proof", **given)
    consent_give(
        actor=system, customer=customer, purpose="news", channels=["sms"], source="paper", proof_file=proof,
        note=f"{make.marker} agreed",
    )  # fmt: skip
    phone = ("phone", "", f"+98912{make.owner.pk:07}")
    make.note(identity=phone)
    joined = attach(actor=system, identity=Recognised(phone[0], phone[2]), customer=customer)
    entry = ConsentEntry.objects.get(customer=customer)
    said = consents_set(
        actor=system, customers=[customer.pk], purpose="surveys", channels=["sms"], decision="given", source="call"
    )
    return {
        "file_id": attached.pk, "file_key": str(own.key), "entry_id": entry.pk,
        "joining_id": joined.pk if joined else 0, "line_set_id": said.change_set_id,
    }  # fmt: skip


def _messages_of(make: _Maker, customer: Customer) -> Records:
    """What was said to the customer, what they said, and where they want nothing."""
    system, marker = system_actor(), make.marker
    said = ContentData(texts=[MessageText(f"{marker} said", "en")], title=f"{marker} said")
    message = send(
        actor=system,
        request=Request(customer=customer.pk, purpose="service", content=said, dedupe_key=f"{marker} message"),
    )
    address = f"{marker.lower()}@example.com"
    silent = suppress(demo=False, channel="email", address_key=address, customer_id=customer.pk, reason="staff")
    talk = Conversation.objects.create(
        customer=customer, assignee=make.owner, channel="sms", address=f"+98935{make.owner.pk:07}",
        subject=f"{marker} said", preview=f"{marker} said", entries_count=1, last_in_at=timezone.now(),
        waiting_since=timezone.now(),
    )  # fmt: skip
    entry = Entry.objects.create(
        conversation=talk, way=Way.IN, channel="sms", at=timezone.now(), text=f"{marker} said", html=f"{marker} said",
        external_id=f"{marker}-1", search_key=f"{marker} said".lower(),
    )  # fmt: skip
    second = Conversation.objects.create(
        customer=customer, assignee=make.owner, channel="sms", address=talk.address, preview=f"{marker} said"
    )
    later = Entry.objects.create(
        conversation=talk,
        way=Way.IN,
        channel="sms",
        at=timezone.now(),
        text=f"{marker} said",
        external_id=f"{marker}-2",
    )
    Conversation.objects.filter(pk=talk.pk).update(entries_count=2)
    talk.taggings.create(tag=ConversationTag.objects.get_or_create(key="wrapping", name="Wrapping")[0])
    content = files.keep(
        actor=system, stream=io.BytesIO(TEXT), name=f"{marker}.txt", content_type="text/plain",
        purpose="conversations.file",
    )  # fmt: skip
    came = entry.files.create(file=content)
    chat = _chat_of(make, customer)
    own = SavedReply.objects.create(owner=make.owner, name=f"{marker} said", text_en="Thanks")
    return {
        "conversation_id": talk.pk, "said_id": entry.pk, "message_id": message.pk, "suppression_id": silent.pk,
        "saved_id": own.pk, "talk_file_id": came.pk, "chat_talk_id": chat.pk,
        "second_talk_id": second.pk, "later_entry_id": later.pk, "talk_tag_id": talk.taggings.get().tag_id,
    }  # fmt: skip


def _filled_in_by(make: _Maker, customer: Customer) -> Records:
    """A form that the customer filled in, with a file."""
    form = Form.objects.filter(demo=False).first() or form_save(
        actor=system_actor(), data=FormData(name="Asked", structure=ASKED)
    )
    made = Submission.objects.create(
        form=form, version=form.latest, at=timezone.now(), answers={"question": f"{make.marker} said"},
        customer=customer, nonce=make.marker, digest=make.marker,
    )  # fmt: skip
    given = {"name": f"{make.marker}.txt", "content_type": "text/plain"}
    kept = files.keep(actor=system_actor(), stream=io.BytesIO(TEXT), purpose="forms.file", **given)
    came = SubmissionFile.objects.create(submission=made, field="file", file=kept)
    return {"submission_id": made.pk, "answer_file_id": came.pk, "form_id": form.pk}


def _visitor(site: Site, marker: str) -> Visitor:
    key = f"{marker.lower()}{'k' * 26}"[:26]
    return Visitor.objects.create(site=site, key=key, claims={"name": marker, "email": f"{marker.lower()}@example.com"})


def _chat_of(make: _Maker, customer: Customer) -> Conversation:
    """A chat on a site, with the visitor's address."""
    marker = make.marker
    site = Site.objects.create(name="site with a chat", hosts=["shop.example"])
    widget = Widget.objects.create(site=site, title_en="Chat")
    chat = Chat.objects.create(visitor=_visitor(site, marker), widget=widget, last_seq=1)
    talk = Conversation.objects.create(
        customer=customer, assignee=make.owner, channel="webchat", account_id=widget.pk, address=chat.visitor.key,
        preview=f"{marker} said",
    )  # fmt: skip
    Line.objects.create(chat=chat, seq=1, kind="in", client_id="client-0001", text=f"{marker} said")
    return talk


def _acts_of(make: _Maker, customer: Customer) -> Records:
    """What the person has done: an edit, an import, long work, a view, a session."""
    customer_update(actor=make.acting(), customer=customer, changes={"city": "Yazd"}, version=None)
    edit = ChangeSet.objects.filter(actor_id=make.owner.pk, kind="edit").latest("id")
    table = f"name,phone\n{make.marker} imported,09120000000\n".encode()
    brought = import_begin(actor=system_actor(), name=f"{make.marker}.csv", stream=io.BytesIO(table), shape="customers")
    Import.objects.filter(pk=brought.pk).update(started_by_id=make.owner.pk)
    run = Run.objects.create(
        job="transfer.import", title=f"{make.marker} run", started_by_id=make.owner.pk, actor={}, total=1
    )
    exported = Run.objects.create(
        job="transfer.export", title=f"{make.marker} list", started_by_id=make.owner.pk, actor={}, total=1,
        state=Run.State.DONE, arguments={"name": "customers", "form": "csv"}, result={"file": "gone.csv"},
    )  # fmt: skip
    template = MappingTemplate.objects.create(
        shape="customers", name=f"{make.marker} columns", titles=make.marker, owner_id=make.owner.pk
    )
    view = SavedView.objects.create(record="customer", name=f"{make.marker} view", owner=make.owner)
    session = SignIn.objects.create(user=make.owner, session_key=f"{make.marker}{make.owner.pk}", agent="x")
    return {
        "change_set_id": edit.pk, "import_id": brought.pk, "run_id": run.pk, "view_id": view.pk,
        "export_run_id": exported.pk, "template_id": template.pk,
        "session_id": session.pk,
    }  # fmt: skip


def shared_records() -> Records:
    """One of everything that belongs to the house."""
    system = system_actor()
    purposes_ensure(demo=False)
    stages_ensure(demo=False)
    team = Team.objects.create(name="team")
    role = Role.objects.create(name="spare")
    person = make_user(role=role, email="spare@own.example")
    people.user_invite(actor=system, email="invited@own.example", role_id=role.pk)
    product = a_product()
    branch = product_category_save(actor=system, name_fa="نوشیدنی", name_en="Drinks")
    price_list = price_list_save(actor=system, data=PriceListData("عمده", "EUR"))
    item = item_save(actor=system, price_list=price_list, data=ItemData(product_id=product.pk, price=Decimal(9)))
    tax = tax_rate_save(actor=system, data=TaxRateData("مالیات", "Tax", Decimal(0), date(2020, 1, 1)))
    cost = cost_save(actor=system, data=CostData("operation", 100, "EUR", date(2026, 1, 1), date(2026, 1, 31)))
    standing = cost_rate_save(
        actor=system, data=RateData("Post", "delivery", "order", Decimal(5), "EUR", date(2026, 1, 1))
    )
    starting_ensure(demo=False)
    data = HoursData(name_en="Other", time_zone="Asia/Tehran", hours={"sat": ["09:00-17:00"]})
    hours, _done = hours_save(actor=system, data=data)
    Seal.objects.create(first_id=1, last_id=1, count=1, marks=b"", root=b"", head=b"head", mac=b"")
    asked = {"fact": "orders", "measures": ["orders.sales"]}
    report = Report.objects.create(name="Sales", shared=True, question=asked)
    board = Dashboard.objects.create(name="All", shared=True)
    tile = Tile.objects.create(dashboard=board, title="Sales", question=asked)
    mailing = Mailing.objects.create(report=report, at=time(8), forms=["xlsx"], people=[])
    shared = ShareLink.objects.create(
        report=report, owner=User.objects.earliest("pk"), digest="0" * 64, expires_at=timezone.now()
    )
    hook, _secret = webhooks.endpoint_create(
        actor=system, data=webhooks.EndpointData("https://hooks.peyvand.ir/in", ["*"])
    )
    sent = webhooks.endpoint_test(actor=system, endpoint_id=hook.pk)
    field = field_save(actor=system, record="customer", data=FieldData(kind="text", label_en="Size"))
    article = article_save(actor=system, data=ArticleData(texts={"fa": TextData("Tea", "## How")}))
    text = article.texts.get()
    text_publish(actor=system, text=text)
    category = category_save(actor=system, name_fa="Tea", name_en="")
    rate = rate_save(actor=system, kind="call", since=date(2026, 3, 21), minute=Money(100, "IRR"))
    unknown = record(
        actor=system, kind="call", at=timezone.now(), payload={"text": "who"}, identity=("phone", "", "+989129999999")
    )
    event = Event.objects.create(name="customers.CustomersChanged", payload={}, actor={})
    failure = Failure.objects.create(handler="none", event=event, state="dead", error="gone")
    texts = [MessageText("Hello {{first_name}}", "en")]
    quality_count(demo=False)
    template = template_save(actor=system, data=TemplateData(name_en="Welcome", texts=texts))
    short = link_save(actor=system, data=LinkData(target="https://shop.example/tea", title="Poster"))
    cap_save(actor=system, channel="", kind="", window="week", most=5)
    shop = Site.objects.create(name="shop", hosts=["shop.example"])
    widget = Widget.objects.create(site=shop, title_en="Chat")
    room = Room.objects.create(site=shop, name="tea", last_seq=1)
    guest = RoomGuest.objects.create(room=room, visitor=_visitor(shop, "room"), name="Guest")
    said = RoomLine.objects.create(room=room, seq=1, guest=guest, name="Guest", text="Hello")
    line = SmsAccount.objects.create(name="line", provider="kavenegar", line="1000", base_url="http://127.0.0.1:9")
    bot = Bot.objects.create(name="bot", messenger="bale", base_url="http://127.0.0.1:9")
    mailbox = EmailAccount.objects.create(name="mail", address="hello@own.example", provider="sample")
    return {
        "shop_id": Shop.objects.create(name="reports", kind="woocommerce").pk,
        "email_id": mailbox.pk, "folder_id": EmailFolder.objects.create(account=mailbox, name="INBOX").pk,
        "stage_id": Stage.objects.get(key="prospect").pk, "stage_key": "prospect",
        "routing_id": RoutingSettings.objects.create().pk,
        "answerer_id": Answerer.objects.create(user=person).pk,
        "routing_rule_id": RoutingRule.objects.create(name="by night", hours="closed").pk,
        "template_key": template.key, "rule_id": Cap.objects.get().pk, "account_id": line.pk,
        "bot_id": bot.pk, "site_id": shop.pk, "short_link_id": short.pk,
        "widget_id": widget.pk, "room_id": room.pk, "guest_id": guest.pk, "room_line_id": said.pk,
        "team": team.pk, "role": role.pk, "user": person.pk, "product_id": product.pk,
        "article_id": article.pk, "version_id": text.versions.get().pk, "category_id": category.pk,
        "report_id": report.pk, "dashboard_id": board.pk, "tile_id": tile.pk, "mailing_id": mailing.pk,
        "share_id": shared.pk, "shipped_key": "manager",
        "field_id": field.pk, "endpoint_id": hook.pk, "delivery_id": sent.pk, "cost_rate_id": rate.pk,
        "branch_id": branch.pk, "price_list_id": price_list.pk, "item_id": item.pk, "rate_id": tax.pk,
        "cost_id": cost.pk, "standing_rate_id": standing.pk,
        "holiday_id": Holiday.objects.order_by("day")[0].pk, "hours_id": hours.pk,
        "unknown_id": unknown.pk, "failure_id": failure.pk, "invitation": Invitation.objects.get().pk,
    }  # fmt: skip

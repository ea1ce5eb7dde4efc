"""What each address of the staff's pages asks for. An address that is not listed here fails the matrix.

A line: name, method, and what opens it. `+` both are needed, `|` either way; `*` everyone who is signed in; `public`
those who are not as well; `none` nobody reaches it in the test's business (what it needs is not there: it answers 404).
`all:` says with which rights besides one reaches what others have done, `all:-` that nobody does; without it the reach
is that of the rights. `only:all` is for those who see everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = """
workspace:home GET *
workspace:switch-business POST *
workspace:palette GET *
workspace:health GET public
ui:manifest GET public
ui:worker GET public
ui:offline GET public
customers:list GET customers.view
customers:bulk POST customers.view+customers.edit
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
customers:identity GET customers.view+customers.edit
customers:identity POST customers.view+customers.edit
customers:identity-verify POST customers.view+customers.edit
customers:identity-primary POST customers.view+customers.edit
customers:tag-add POST customers.view+customers.edit
customers:tag-remove POST customers.view+customers.edit
customers:relation-add POST customers.view+customers.edit
customers:relation GET customers.view+customers.edit
customers:relation POST customers.view+customers.edit
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
customers:list-one GET customers.view all:customers.lists
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
customers:structure GET customers.view
customers:part-add POST customers.view+customers.edit
customers:part-remove POST customers.view+customers.edit
customers:trait-add GET customers.view+customers.edit
customers:trait-add POST customers.view+customers.edit
customers:trait-remove POST customers.view+customers.edit
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
fields:view-remove POST customers.view all:-
consents:overview GET customers.view+consents.view
consents:ledger GET consents.view
consents:say GET customers.view+consents.view
consents:say POST customers.view+consents.view+consents.edit
consents:many POST customers.view+consents.edit
consents:take-back POST customers.view+consents.view+consents.edit
consents:mistake POST customers.view+consents.view+consents.edit
consents:proof GET customers.view+consents.view
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
work:overview GET work.view|work.manage
work:load POST work.manage
work:country GET work.manage
work:country POST work.manage
work:holiday-new GET work.manage
work:holiday-new POST work.manage
work:holiday GET work.manage
work:holiday POST work.manage
work:holiday-remove POST work.manage
work:hours-new GET work.manage
work:hours-new POST work.manage
work:hours GET work.manage
work:hours POST work.manage
work:hours-remove POST work.manage
interactions:list GET interactions.view
interactions:older GET customers.view+interactions.view
interactions:ask GET customers.view+interactions.view
interactions:serving GET customers.view+interactions.view
interactions:rates GET interactions.costs
interactions:rates POST interactions.costs
interactions:rate-remove POST interactions.costs
interactions:record POST customers.view+interactions.view+interactions.edit
interactions:one GET customers.view+interactions.view
interactions:correct POST customers.view+interactions.view+interactions.edit
interactions:pin POST customers.view+interactions.view+interactions.edit
interactions:file-add POST customers.view+interactions.view+interactions.edit
interactions:attach POST customers.view+interactions.view+interactions.edit only:all
interactions:file GET customers.view+interactions.view
interactions:file-remove POST customers.view+interactions.edit
interactions:detach POST customers.view+interactions.edit
interactions:remove POST customers.view+interactions.view+interactions.edit
commerce:orders GET orders.view
commerce:order-new GET orders.edit
commerce:order-new POST orders.edit
commerce:line-row GET orders.edit
commerce:price-unit GET *
commerce:order-quote POST orders.edit
commerce:customer-choices GET orders.edit
commerce:order GET customers.view+orders.view
commerce:order-deliver POST customers.view+orders.view+orders.edit
commerce:order-cancel POST customers.view+orders.view+orders.edit
commerce:order-return GET customers.view+orders.view+orders.edit
commerce:order-return POST customers.view+orders.view+orders.edit
commerce:order-payment GET customers.view+orders.view+orders.edit
commerce:order-payment POST customers.view+orders.view+orders.edit
commerce:payment-reverse GET customers.view+orders.view+orders.edit
commerce:payment-reverse POST customers.view+orders.view+orders.edit
value:contracts GET insight.view
commerce:contracts GET contracts.view
commerce:contract-new GET contracts.edit
commerce:contract-new POST customers.view+contracts.edit
commerce:contract-customers GET contracts.edit
commerce:contract GET customers.view+contracts.view
commerce:contract-edit GET customers.view+contracts.view+contracts.edit
commerce:contract-edit POST customers.view+contracts.view+contracts.edit
commerce:contract-renew GET customers.view+contracts.view+contracts.edit
commerce:contract-renew POST customers.view+contracts.view+contracts.edit
commerce:contract-fee GET customers.view+contracts.view+contracts.edit
commerce:contract-fee POST customers.view+contracts.view+contracts.edit
commerce:contract-end GET customers.view+contracts.view+contracts.edit
commerce:contract-end POST customers.view+contracts.view+contracts.edit
commerce:products GET products.view
commerce:categories GET products.view
commerce:categories POST products.view+products.edit
commerce:category GET products.view+products.edit
commerce:category POST products.view+products.edit
commerce:category-archive POST products.edit
commerce:category-move POST products.edit
commerce:price-lists GET products.view
commerce:price-list-new GET products.edit
commerce:price-list-new POST products.edit
commerce:price-list GET products.view
commerce:price-list-edit GET products.view+products.edit
commerce:price-list-edit POST products.view+products.edit
commerce:price-list-archive POST products.view+products.edit
commerce:price-item-put POST products.view+products.edit
commerce:price-item-remove POST products.view+products.edit
commerce:tax-rates GET products.view|taxes.edit
commerce:tax-rate-new GET taxes.edit
commerce:tax-rate-new POST taxes.edit
commerce:tax-rate GET taxes.edit
commerce:tax-rate POST taxes.edit
commerce:tax-rate-archive POST taxes.edit
commerce:costs GET commerce.costs_view
commerce:cost-new GET commerce.costs_edit
commerce:cost-new POST commerce.costs_edit
commerce:cost GET commerce.costs_view
commerce:cost POST commerce.costs_view+commerce.costs_edit
commerce:cost-remove POST commerce.costs_view+commerce.costs_edit
commerce:cost-rates GET commerce.costs_view
commerce:cost-rate-new GET commerce.costs_edit
commerce:cost-rate-new POST commerce.costs_edit
commerce:cost-rate-remove POST commerce.costs_view+commerce.costs_edit
commerce:product-new GET products.edit
commerce:product-new POST products.edit
commerce:product-options GET products.view
commerce:product GET products.view
commerce:product POST products.view+products.edit
transfer:imports GET transfer.import
transfer:imports POST transfer.import
transfer:templates GET transfer.import
transfer:template POST transfer.import all:transfer.view_all
transfer:template-delete POST transfer.import all:transfer.view_all
transfer:template-use POST transfer.import all:transfer.view_all
transfer:import GET transfer.import all:transfer.view_all
transfer:columns GET transfer.import all:transfer.view_all
transfer:columns POST transfer.import all:transfer.view_all
transfer:reshape POST transfer.import all:transfer.view_all
transfer:check GET transfer.import all:transfer.view_all
transfer:status GET transfer.import all:transfer.view_all
transfer:run POST transfer.import all:transfer.view_all
transfer:stop POST transfer.import all:transfer.view_all
transfer:undo POST transfer.import all:transfer.view_all
transfer:problems GET transfer.import all:transfer.view_all
transfer:export GET customers.view+customers.export
transfer:export POST customers.view+customers.export
transfer:export-file GET customers.view+customers.export all:-
demo:status GET *
demo:load POST demo.manage
demo:remove POST demo.manage
demo:look POST *
value:dashboard GET insight.view
value:people GET insight.view
value:choose-day POST insight.view
value:refresh POST insight.refresh
value:definitions GET insight.view
value:lifetime GET insight.view
value:profit GET insight.view+commerce.costs_view
value:profit-people GET insight.view+commerce.costs_view
value:scores GET insight.view
value:scores-ask POST insight.view
value:scored-people GET insight.view
value:wallet GET insight.view+orders.view
value:stated GET customers.view+customers.edit
value:stated POST customers.view+customers.edit
value:rates GET accounts.manage_settings
value:rates POST accounts.manage_settings
audiences:list GET audiences.view+customers.view
audiences:new GET audiences.view+customers.view+audiences.edit
audiences:create POST audiences.view+customers.view+audiences.edit
audiences:draw POST audiences.view+customers.view
audiences:size POST audiences.view+customers.view
audiences:editor POST audiences.view+customers.view
audiences:leaf POST audiences.view+customers.view
audiences:typed POST audiences.view+customers.view
audiences:choices GET audiences.view+customers.view
audiences:compare GET audiences.view+customers.view
audiences:one GET audiences.view+customers.view all:audiences.edit
audiences:members GET audiences.view+customers.view all:audiences.edit
audiences:why GET audiences.view+customers.view all:audiences.edit
audiences:time GET audiences.view+customers.view all:audiences.edit
audiences:save POST audiences.view+customers.view+audiences.edit
audiences:freeze POST audiences.view+customers.view+audiences.edit
audiences:thaw POST audiences.view+customers.view+audiences.edit
audiences:archive POST audiences.view+customers.view+audiences.edit
audiences:duplicate POST audiences.view+customers.view+audiences.edit
audiences:share POST audiences.view+customers.view+audiences.edit
audiences:snapshot POST audiences.view+customers.view+audiences.edit
prediction:overview GET insight.view
prediction:people GET insight.view
prediction:foresee POST insight.refresh
reports:funnel GET reports.view
reports:paths GET reports.view+insight.view
reports:touchpoint GET reports.view+insight.view
reports:acquisition GET reports.view+insight.view
reports:way-people GET reports.view
reports:compute POST insight.refresh
reports:lookback POST insight.refresh+accounts.manage_settings
reports:home GET reports.view
reports:build GET reports.view
reports:groups GET reports.view
reports:figure GET reports.view
reports:people GET reports.view+customers.view
reports:file GET reports.view+reports.export
reports:save POST reports.edit
reports:one GET reports.view
reports:copy POST reports.view+reports.edit
reports:archive POST reports.view+reports.edit+reports.share
reports:dashboard-new GET reports.edit
reports:dashboard-new POST reports.edit
reports:tile-add POST reports.edit
reports:shipped GET reports.view
reports:shipped-copy POST reports.edit
reports:dashboard GET reports.view
reports:dashboard-edit GET reports.view+reports.edit+reports.share
reports:dashboard-edit POST reports.view+reports.edit+reports.share
reports:dashboard-archive POST reports.view+reports.edit+reports.share
reports:tile POST reports.view+reports.edit+reports.share
reports:mailings GET reports.view+reports.share
reports:mailing-new GET none
reports:mailing-new POST none
reports:mailing GET reports.view+reports.share
reports:mailing POST reports.view+reports.share
reports:mailing-run POST reports.view+reports.share
reports:mailing-switch POST reports.view+reports.share
reports:links GET none
reports:link-new POST none
reports:link-close POST reports.share
prediction:leaving GET insight.view
prediction:leaving POST insight.view+insight.refresh+accounts.manage_settings
prediction:demand GET insight.view
prediction:campaigns GET insight.view
prediction:campaigns POST insight.view+insight.refresh
prediction:campaign GET insight.view+customers.view all:customers.lists
prediction:campaign-anew POST insight.view+insight.refresh+customers.view all:customers.lists
prediction:campaign-remove POST insight.view+insight.refresh+customers.view all:customers.lists
prediction:decline POST insight.view_customer+customers.view+products.view
warehouse:loads GET insight.view
warehouse:fact GET insight.view
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
accounts:session-end POST * all:-
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
files:download GET * all:-
changes:sets GET changes.view_audit
changes:check POST changes.view_audit
changes:anchor GET changes.view_audit
changes:set GET * all:changes.view_audit
changes:undo POST * all:changes.view_audit+changes.undo
jobs:runs GET *
jobs:run GET * all:jobs.view_all
jobs:progress GET * all:jobs.view_all
jobs:stop POST * all:jobs.view_all+jobs.stop_all
outbox:failures GET outbox.view
outbox:retry POST outbox.view+outbox.retry
outbox:discard POST outbox.view+outbox.retry
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
outreach:list GET outreach.view
outreach:one GET customers.view+outreach.view
outreach:cancel POST customers.view+outreach.view+outreach.send
outreach:decide POST customers.view+outreach.view+outreach.send
outreach:write GET customers.view+outreach.view+outreach.send
outreach:write POST customers.view+outreach.view+outreach.send
outreach:many GET outreach.view+outreach.send
outreach:many POST outreach.view+outreach.send
outreach:count POST outreach.send
outreach:parts POST outreach.send
outreach:templates GET outreach.write
outreach:template-new GET outreach.write
outreach:template-new POST outreach.write
outreach:template GET outreach.write
outreach:template POST outreach.write
outreach:template-archive POST outreach.write
outreach:preview POST outreach.write
outreach:links GET outreach.write
outreach:link-new GET outreach.write
outreach:link-new POST outreach.write
outreach:link GET outreach.write
outreach:link POST outreach.write
outreach:link-archive POST outreach.write
outreach:link-qr GET outreach.write
outreach:rules GET outreach.manage
outreach:rule-save POST outreach.manage
outreach:rule-remove POST outreach.manage
outreach:suppressed GET outreach.view
outreach:suppressed POST outreach.view+outreach.manage
outreach:suppression-remove POST customers.view+outreach.view+outreach.manage
conversations:list GET conversations.view
conversations:rows GET conversations.view
conversations:parts POST conversations.reply
conversations:one GET conversations.view
conversations:news GET conversations.view
conversations:file GET conversations.view
conversations:page GET conversations.view
conversations:reply POST conversations.view+conversations.reply
conversations:assign POST conversations.view+conversations.assign
conversations:snooze POST conversations.view+conversations.reply
conversations:close POST conversations.view+conversations.reply
conversations:reopen POST conversations.view+conversations.reply
conversations:read POST conversations.view
email:accounts GET email.manage
email:new GET email.manage
email:new POST email.manage
email:one GET email.manage
email:one POST email.manage
email:remove POST email.manage
email:test POST email.manage
email:folders GET email.manage
email:folders POST email.manage
email:folders-read POST email.manage
email:hook POST email.manage
email:proofs GET email.manage
email:proofs-look POST email.manage
email:key POST email.manage
email:marketing POST email.manage
conversations:bulk POST conversations.view+conversations.reply
conversations:tag POST conversations.view+conversations.reply
conversations:merge POST conversations.view+conversations.reply
conversations:split POST conversations.view+conversations.reply
conversations:live GET conversations.view
conversations:here POST conversations.view
conversations:routing GET conversations.manage
conversations:routing POST conversations.manage
conversations:rule-new GET conversations.manage
conversations:rule-new POST conversations.manage
conversations:rule-one GET conversations.manage
conversations:rule-one POST conversations.manage
conversations:rule-move POST conversations.manage
conversations:rule-remove POST conversations.manage
conversations:person GET conversations.manage
conversations:person POST conversations.manage
conversations:route POST conversations.view+conversations.assign
conversations:whose POST conversations.view+conversations.reply+customers.view+customers.edit
conversations:replies GET conversations.reply
conversations:reply-new GET conversations.reply
conversations:reply-new POST conversations.reply
conversations:reply-one GET conversations.reply all:-
conversations:reply-one POST conversations.reply all:-
conversations:reply-remove POST conversations.reply all:-
conversations:offered GET conversations.view+conversations.reply
push:setting GET push.manage
push:setting POST push.manage
push:worker GET push.manage
push:check POST push.manage
push:test POST push.manage
sites:sites GET sites.manage
sites:new GET sites.manage
sites:new POST sites.manage
sites:one GET sites.manage
sites:one POST sites.manage
sites:secret POST sites.manage
web:overview GET web.view
web:test GET web.view
web:events GET web.view
web:visitor GET customers.view+web.view
web:known POST customers.view+customers.edit+web.view
web:unknown POST customers.view+customers.edit+web.view
web:shops GET web.manage
web:shop-new GET web.manage
web:shop-new POST web.manage
web:shop GET web.manage
web:shop POST web.manage
web:shop-remove POST web.manage
web:shop-hook POST web.manage
web:shop-secret POST web.manage
sms:accounts GET sms.manage
sms:new GET sms.manage
sms:new POST sms.manage
sms:one GET sms.manage
sms:one POST sms.manage
sms:remove POST sms.manage
sms:hook POST sms.manage
sms:test POST sms.manage
messengers:bots GET messengers.manage
messengers:new GET messengers.manage
messengers:new POST messengers.manage
messengers:one GET messengers.manage
messengers:one POST messengers.manage
messengers:remove POST messengers.manage
messengers:hook POST messengers.manage
messengers:tell POST messengers.manage
messengers:test POST messengers.manage
messengers:link GET customers.view+customers.edit
messengers:link POST customers.view+customers.edit
forms:list GET forms.view
forms:new GET forms.view+forms.edit
forms:new POST forms.view+forms.edit
forms:results GET forms.view
forms:result GET forms.view+customers.view
forms:result-do POST forms.view+customers.view+forms.handle
forms:file GET forms.view+customers.view
forms:one GET forms.view
forms:settings GET forms.view+forms.edit
forms:settings POST forms.view+forms.edit
forms:build GET forms.view+forms.edit
forms:build POST forms.view+forms.edit
forms:preview GET forms.view
forms:switch POST forms.view+forms.edit
forms:remove POST forms.view+forms.edit
webchat:widgets GET webchat.manage
webchat:widget GET webchat.manage
webchat:widget POST webchat.manage
webchat:transcript POST conversations.view+conversations.reply
webchat:rooms GET webchat.manage|webchat.moderate
webchat:room-new GET webchat.manage
webchat:room-new POST webchat.manage
webchat:room-edit GET webchat.manage
webchat:room-edit POST webchat.manage
webchat:room GET webchat.moderate
webchat:room-news GET webchat.moderate
webchat:room-say POST webchat.moderate
webchat:room-line POST webchat.moderate
webchat:room-guest POST webchat.moderate
matching:queue GET matching.merge
matching:find POST matching.find
matching:several POST matching.merge+customers.edit
matching:merged GET matching.merge
matching:unmerge-batch POST customers.view+matching.merge
matching:quality GET matching.quality
matching:quality-count POST matching.quality
matching:quality-required POST matching.quality+accounts.manage_settings
matching:decide POST customers.view+matching.merge
matching:merge GET customers.view+customers.edit+matching.merge
matching:merge POST customers.view+customers.edit+matching.merge
matching:unmerge POST customers.view+matching.merge
privacy:person GET customers.view+privacy.export|customers.view+privacy.erase
privacy:export POST customers.view+privacy.export
privacy:erase POST customers.view+privacy.erase
"""

# Arguments whose record is somebody's: of a foreign one nothing is seen.
OWNED = frozenset({
    "customer_id", "identity_id", "relation_id", "tag_id", "order_id", "contract_id", "payment_id", "interaction_id",
    "twin_id",
    "base_id", "merged_id", "pair_id", "file_id", "joining_id", "entry_id", "import_id", "run_id", "change_set_id",
    "view_id", "session_id", "file_key", "batch", "message_id", "conversation_id", "suppression_id", "list_id",
    "trait_id", "part_id", "campaign_id", "line_set_id", "template_id", "export_run_id", "saved_id", "talk_file_id",
    "audience_id",
    "submission_id", "answer_file_id",
    "chat_talk_id",
    "visitor_id",
})  # fmt: skip
# What an argument called pk or key stands for, by the beginning of the address's name.
CALLED = {
    "accounts:user": "user",
    "accounts:role": "role",
    "accounts:team": "team",
    "accounts:token": "token_id",
    "accounts:invitation-": "invitation",
    "outreach:template": "template_key",
    "accounts:session-": "session_id",
    "files:": "file_key",
    "jobs:": "run_id",
    "transfer:export-file": "export_run_id",
    "outbox:": "failure_id",
    "reports:shipped": "shipped_key",
}
# What an argument stands for where its own name says less.
MEANT = {
    ("matching:merge", "kept_id"): "customer_id",
    ("matching:merge", "gone_id"): "twin_id",
    ("matching:unmerge", "customer_id"): "base_id",
    ("matching:unmerge", "gone_id"): "merged_id",
    ("interactions:attach", "interaction_id"): "unknown_id",
    ("interactions:rate-remove", "rate_id"): "cost_rate_id",
    ("commerce:cost-rate-remove", "rate_id"): "standing_rate_id",
    **{
        (f"email:{page}", "account_id"): "email_id"
        for page in (
            "one",
            "remove",
            "test",
            "folders",
            "folders-read",
            "hook",
            "proofs",
            "proofs-look",
            "key",
            "marketing",
        )
    },
    **{(f"outreach:{page}", "link_id"): "short_link_id" for page in ("link", "link-archive", "link-qr")},
    ("conversations:file", "file_id"): "talk_file_id",
    ("webchat:transcript", "conversation_id"): "chat_talk_id",
    ("conversations:rule-one", "rule_id"): "routing_rule_id",
    ("conversations:rule-move", "rule_id"): "routing_rule_id",
    ("conversations:rule-remove", "rule_id"): "routing_rule_id",
    ("conversations:person", "user_id"): "user",
}
FIXED: Mapping[str, Any] = {
    "token": "no-such-token",
    "business": "own",
    "name": "customers",
    "purpose": "news",
    "kind": "cap",
    "record": "customer",
    "language": "fa",
    "field": "city",
}
# What is posted where an empty form would do nothing.
BODIES: Mapping[str, Mapping[str, str]] = {
    "commerce:contract-new": {
        "customer": "{customer_id}",
        "kind": "service",
        "starts_on": "2026-03-21",
        "term_months": "12",
        "currency": "EUR",
        "fee": "9",
        "period_months": "1",
    },
    "commerce:contract-edit": {
        "kind": "lease",
        "starts_on": "2026-03-21",
        "term_months": "12",
        "currency": "EUR",
        "fee": "9",
        "period_months": "1",
    },
    "commerce:contract-renew": {"term_months": "12"},
    "commerce:contract-fee": {"fee": "11", "day": "2026-11-01"},
    "commerce:contract-end": {"day": "2026-12-01", "reason": "price"},
    "prediction:leaving": {"definition": "silence:60"},
    "customers:bulk": {"ids": "{customer_id}", "owner": "none"},
    "knowledge:archive": {"archived": "1"},
    "customers:relation-add": {"customer": "{firm_id}", "role": "buyer"},
    "customers:part-add": {"customer": "{part_id}"},
    "customers:identity": {"value": "new@example.com"},
    "customers:identity-verify": {"how": "call"},
    "customers:trait-add": {"name": "tea", "kind": "text", "value": "green"},
    "consents:many": {
        "ids": "{customer_id}",
        "sure": "1",
        "purpose": "news",
        "decision": "given",
        "channels": "sms",
        "source": "call",
    },
    "matching:several": {"ids": "{pair_id}", "sure": "1"},
    "interactions:attach": {"customer": "{customer_id}"},
    "transfer:reshape": {"shape": "customers"},
    "outbox:discard": {"reason": "old"},
    "forms:result-do": {"do": "spam"},
    "forms:build": {"do": "add", "type": "text"},
    "conversations:bulk": {"ids": "{conversation_id}", "do": "tag", "tag": "urgent"},
    "conversations:tag": {"name": "urgent"},
    "conversations:whose": {"customer": "{customer_id}"},
    "webchat:room-say": {"text": "Hello"},
    "webchat:room-line": {"do": "pin", "line": "{room_line_id}"},
    "webchat:room-guest": {"guest": "{guest_id}", "minutes": "10"},
    "conversations:merge": {"other": "{second_talk_id}"},
    "conversations:split": {"entry": "{later_entry_id}"},
    "privacy:erase": {"name": "{marker} person"},
    "web:known": {"customer": "{customer_id}"},
}
# Fields that name a second record: of somebody else's nothing is seen and nothing is done.
SECONDS = (
    ("customers:bulk", "ids", "customer_id"),
    ("conversations:bulk", "ids", "conversation_id"),
    ("conversations:merge", "other", "second_talk_id"),
    ("conversations:whose", "customer", "customer_id"),
    ("customers:relation-add", "customer", "firm_id"),
    ("customers:part-add", "customer", "part_id"),
    ("consents:many", "ids", "customer_id"),
    ("matching:several", "ids", "pair_id"),
    ("customers:edit", "parent", "firm_id"),
    ("customers:new-organisation", "parent", "firm_id"),
    ("commerce:order-new", "customer", "customer_id"),
    ("commerce:contract-new", "customer", "customer_id"),
    ("web:known", "customer", "customer_id"),
    ("fields:view-save", "view", "view_id"),
)
ASKED = (  # parameters of lists that name a second record
    "?q=Zzforeign", "?q=zzforeign@example.com", "?list=customers",
    "?customer={customer_id}&tag={tag_id}&saved={view_id}",
    "?staff={user}&owner={user}&who=Zzforeign&parent={firm_id}&sort=-name",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """An address under one method; `ways` are sets of rights, any of which opens it. None: public."""

    name: str
    method: str
    ways: tuple[tuple[str, ...], ...] | None
    arguments: Mapping[str, str]
    others: tuple[tuple[str, ...], ...] | None = None  # with which rights one reaches others' records; None: by scope
    only_all: bool = False

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
    plain = {argument: called if argument in ("pk", "key") else argument for argument in found}
    return {argument: MEANT.get((name, argument), record) for argument, record in plain.items()}


def rows() -> tuple[Row, ...]:
    """The table, read."""
    patterns = dict(served())
    made = []
    for line in TABLE.strip().splitlines():
        name, method, rights, *more = line.split()
        said = dict(one.split(":", 1) for one in more)
        others = said.get("all")
        made.append(
            Row(
                name, method, None if rights == "public" else ways_of(rights),
                arguments_of(name, patterns.get(name, "")), None if others is None else ways_of(others),
                said.get("only") == "all",
            )
        )  # fmt: skip
    return tuple(made)


def ways_of(rights: str) -> tuple[tuple[str, ...], ...]:
    """The sets of rights, any of which opens; none for `none` and `-`."""
    if rights in ("none", "-"):
        return ()
    return tuple(() if way == "*" else tuple(way.split("+")) for way in rights.split("|"))


ROWS = rows()

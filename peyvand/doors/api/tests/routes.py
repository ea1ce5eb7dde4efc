"""Every route of the API: which rights open it, and what is sent. A route that is not listed fails the matrix.

A line: method, path, rights. `+` both are needed, `|` either way, `*` every token, `none` nobody (what it needs is not
there); `all:` says with which rights besides one reaches what others have done (`all:-`: nobody does), without it the
reach is that of the rights; `only:all` is for those who see everybody. The same words as in tests/rights/table.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.rights.table import OWNED, ways_of
from tests.rights.world import Ways

TABLE = """
GET /customers customers.view
POST /customers customers.view+customers.edit
POST /customers/bulk customers.edit
POST /customers/actions customers.view+customers.edit
GET /customers/{customer_id} customers.view
PATCH /customers/{customer_id} customers.view+customers.edit
DELETE /customers/{customer_id} customers.view+customers.delete
GET /customers/{customer_id}/identities customers.view
POST /customers/{customer_id}/identities customers.view+customers.edit
DELETE /customers/{customer_id}/identities/{identity_id} customers.view+customers.edit
PATCH /customers/{customer_id}/identities/{identity_id} customers.view+customers.edit
POST /customers/{customer_id}/identities/{identity_id}/verify customers.view+customers.edit
POST /customers/{customer_id}/identities/{identity_id}/primary customers.view+customers.edit
GET /tags customers.view
GET /customers/{customer_id}/tags customers.view
POST /customers/{customer_id}/tags customers.view+customers.edit
DELETE /customers/{customer_id}/tags/{tag_id} customers.view+customers.edit
GET /customers/{customer_id}/relations customers.view
POST /customers/{customer_id}/relations customers.view+customers.edit
PATCH /customers/{customer_id}/relations/{relation_id} customers.view+customers.edit
DELETE /customers/{customer_id}/relations/{relation_id} customers.view+customers.edit
GET /customers/{customer_id}/tree customers.view
GET /customers/{customer_id}/traits customers.view
PUT /customers/{customer_id}/traits customers.view+customers.edit
DELETE /customers/{customer_id}/traits/{trait_id} customers.view+customers.edit
GET /customers/{customer_id}/merge customers.view+customers.edit+matching.merge
POST /customers/{customer_id}/merge customers.view+customers.edit+matching.merge
GET /customers/{base_id}/merged customers.view+matching.merge
POST /customers/{merged_id}/unmerge customers.view+matching.merge
GET /duplicates customers.view+matching.merge
POST /duplicates/find matching.find
POST /duplicates/merge customers.view+customers.edit+matching.merge
POST /duplicates/batches/{batch}/undo customers.view+matching.merge
GET /quality matching.quality
GET /quality/days matching.quality
POST /quality/count matching.quality
GET /duplicates/{pair_id} customers.view+matching.merge
POST /duplicates/{pair_id}/decide customers.view+matching.merge
GET /customers/{customer_id}/lists customers.view
GET /lists customers.view
POST /lists customers.view+customers.lists
GET /lists/{list_id} customers.view all:customers.lists
PATCH /lists/{list_id} customers.view+customers.lists
DELETE /lists/{list_id} customers.view+customers.lists
POST /lists/{list_id}/archive customers.view+customers.lists
POST /lists/{list_id}/copy customers.view+customers.lists
GET /lists/{list_id}/members customers.view all:customers.lists
POST /lists/{list_id}/members customers.view+customers.lists
POST /lists/{list_id}/members/remove customers.view+customers.lists
GET /stages customers.view
POST /stages fields.manage
PATCH /stages/{stage_key} fields.manage
POST /stages/{stage_key}/archive fields.manage
POST /stages/{stage_key}/move fields.manage
GET /consents/purposes consents.view
POST /consents/purposes consents.manage
PATCH /consents/purposes/{key} consents.manage
POST /consents/purposes/{key}/archive consents.manage
POST /consents/purposes/{key}/move consents.manage
GET /consents/purposes/{key}/wordings consents.view
POST /consents/purposes/{key}/wordings consents.manage
GET /customers/{customer_id}/consents customers.view+consents.view
POST /customers/{customer_id}/consents customers.view+consents.view+consents.edit
GET /customers/{customer_id}/consents/ledger customers.view+consents.view
POST /customers/{customer_id}/consents/with-file customers.view+consents.view+consents.edit
GET /consents consents.view
GET /consents/{entry_id}/proof customers.view+consents.view
POST /consents/allowed consents.view
POST /consents/{entry_id}/mistake customers.view+consents.view+consents.edit
POST /consents/set consents.edit
GET /interactions/kinds interactions.view
GET /customers/{customer_id}/timeline customers.view+interactions.view
GET /customers/{customer_id}/serving-cost customers.view+interactions.view
GET /customers/{customer_id}/joinings customers.view+interactions.view
GET /interactions interactions.view
POST /interactions customers.view+interactions.edit
POST /interactions/bulk customers.view+interactions.edit
GET /interactions/rates interactions.costs
POST /interactions/rates interactions.costs
DELETE /interactions/rates/{cost_rate_id} interactions.costs
GET /interactions/{interaction_id} customers.view+interactions.view
PATCH /interactions/{interaction_id} customers.view+interactions.view+interactions.edit
DELETE /interactions/{interaction_id} customers.view+interactions.view+interactions.edit
GET /interactions/{interaction_id}/history customers.view+interactions.view
PUT /interactions/{interaction_id}/pin customers.view+interactions.view+interactions.edit
DELETE /interactions/{interaction_id}/pin customers.view+interactions.view+interactions.edit
GET /interactions/{interaction_id}/files customers.view+interactions.view
POST /interactions/{interaction_id}/files customers.view+interactions.view+interactions.edit
GET /interactions/files/{file_id} customers.view+interactions.view
DELETE /interactions/files/{file_id} customers.view+interactions.edit
POST /interactions/{unknown_id}/attach customers.view+interactions.view+interactions.edit only:all
POST /joinings/{joining_id}/detach customers.view+interactions.edit
GET /contracts contracts.view
POST /contracts customers.view+contracts.edit
GET /contracts/{contract_id} customers.view+contracts.view
POST /contracts/{contract_id}/renew customers.view+contracts.view+contracts.edit
POST /contracts/{contract_id}/fee customers.view+contracts.view+contracts.edit
POST /contracts/{contract_id}/end customers.view+contracts.view+contracts.edit
GET /orders orders.view
POST /orders customers.view+orders.edit
GET /orders/{order_id} customers.view+orders.view
POST /orders/{order_id}/deliver customers.view+orders.view+orders.edit
POST /orders/{order_id}/cancel customers.view+orders.view+orders.edit
POST /orders/{order_id}/returns customers.view+orders.view+orders.edit
POST /orders/{order_id}/payments customers.view+orders.view+orders.edit
GET /products products.view
POST /products products.edit
GET /products/{product_id} products.view
PUT /products/{product_id} products.view+products.edit
POST /orders/{order_id}/payments/{payment_id}/reverse customers.view+orders.view+orders.edit
GET /product-categories products.view
POST /product-categories products.edit
PUT /product-categories/{branch_id} products.view+products.edit
GET /price-lists products.view
POST /price-lists products.edit
GET /price-lists/{price_list_id} products.view
PUT /price-lists/{price_list_id} products.view+products.edit
GET /price-lists/{price_list_id}/items products.view
POST /price-lists/{price_list_id}/items products.view+products.edit
DELETE /price-lists/{price_list_id}/items/{item_id} products.view+products.edit
GET /price products.view
GET /tax-rates products.view|taxes.edit
POST /tax-rates taxes.edit
PUT /tax-rates/{rate_id} taxes.edit
GET /costs commerce.costs_view
POST /costs commerce.costs_edit
GET /costs/{cost_id} commerce.costs_view
PUT /costs/{cost_id} commerce.costs_view+commerce.costs_edit
DELETE /costs/{cost_id} commerce.costs_view+commerce.costs_edit
GET /cost-rates commerce.costs_view
POST /cost-rates commerce.costs_edit
DELETE /cost-rates/{standing_rate_id} commerce.costs_view+commerce.costs_edit
GET /holidays work.view|work.manage
POST /holidays work.manage
POST /holidays/load work.manage
GET /holidays/{holiday_id} work.view|work.manage
PUT /holidays/{holiday_id} work.manage
DELETE /holidays/{holiday_id} work.manage
GET /working-hours work.view|work.manage
POST /working-hours work.manage
GET /working-hours/open work.view|work.manage
GET /working-hours/{hours_id} work.view|work.manage
PUT /working-hours/{hours_id} work.manage
DELETE /working-hours/{hours_id} work.manage
GET /articles knowledge.view
POST /articles knowledge.view+knowledge.edit
GET /articles/categories knowledge.view
POST /articles/categories knowledge.publish
PATCH /articles/categories/{category_id} knowledge.publish
DELETE /articles/categories/{category_id} knowledge.publish
GET /articles/versions/{version_id} knowledge.view
POST /articles/versions/{version_id}/restore knowledge.view+knowledge.edit
GET /articles/{article_id} knowledge.view
PUT /articles/{article_id} knowledge.view+knowledge.edit
POST /articles/{article_id}/archive knowledge.view+knowledge.edit
POST /articles/{article_id}/review knowledge.view+knowledge.edit
GET /articles/{article_id}/{language}/versions knowledge.view
POST /articles/{article_id}/{language}/publish knowledge.view+knowledge.publish
POST /articles/{article_id}/{language}/take-back knowledge.view+knowledge.publish
GET /customers/{customer_id}/personal-data customers.view+privacy.export
POST /customers/{customer_id}/erase customers.view+privacy.erase
GET /insight/summary none
GET /insight/slipping insight.view
GET /customers/{customer_id}/value insight.view_customer
GET /insight/profit none
GET /insight/wallets insight.view+orders.view
GET /customers/{customer_id}/profit insight.view_customer+commerce.costs_view
GET /insight/prediction none
GET /insight/funnel none
GET /insight/attribution none
GET /insight/acquisition none
GET /insight/demand none
GET /customers/{customer_id}/prediction insight.view_customer
GET /reports reports.view
GET /reports/{report_id}/answer reports.view
GET /reports/{report_id}/file none
POST /reports/answer reports.view
GET /audiences audiences.view+customers.view
POST /audiences audiences.view+audiences.edit+customers.view
POST /audiences/size audiences.view+customers.view
GET /audiences/{audience_id} audiences.view+customers.view all:audiences.edit
PATCH /audiences/{audience_id} audiences.view+audiences.edit+customers.view
POST /audiences/{audience_id}/archive audiences.view+audiences.edit+customers.view
POST /audiences/{audience_id}/freeze audiences.view+audiences.edit+customers.view
POST /audiences/{audience_id}/thaw audiences.view+audiences.edit+customers.view
GET /audiences/{audience_id}/members audiences.view+customers.view all:audiences.edit
GET /audiences/{audience_id}/overlap audiences.view+customers.view all:audiences.edit
GET /audiences/{audience_id}/why audiences.view+customers.view all:audiences.edit
GET /fields/{record} customers.view
GET /custom-fields fields.manage
POST /custom-fields fields.manage
GET /custom-fields/{field_id} fields.manage
PATCH /custom-fields/{field_id} fields.manage
POST /custom-fields/{field_id}/archive fields.manage
POST /custom-fields/{field_id}/move fields.manage
GET /views customers.view
POST /views customers.view
GET /views/{view_id} customers.view all:-
PATCH /views/{view_id} customers.view all:-
DELETE /views/{view_id} customers.view all:-
GET /imports transfer.import
POST /imports transfer.import+customers.import
GET /imports/{import_id} transfer.import all:transfer.view_all
PUT /imports/{import_id}/mapping transfer.import+customers.import all:transfer.view_all
POST /imports/{import_id}/reshape transfer.import+customers.import all:transfer.view_all
POST /imports/{import_id}/check transfer.import+customers.import all:transfer.view_all
POST /imports/{import_id}/run transfer.import+customers.import all:transfer.view_all
POST /imports/{import_id}/stop transfer.import all:transfer.view_all
POST /imports/{import_id}/undo transfer.import all:transfer.view_all
GET /imports/{import_id}/problems transfer.import all:transfer.view_all
GET /exports *
GET /exports/{name} customers.view+customers.export
GET /changes *
GET /changes/{change_set_id} * all:changes.view_audit
GET /changes/{change_set_id}/rows * all:changes.view_audit
POST /changes/{change_set_id}/undo * all:changes.view_audit+changes.undo
GET /runs/{run_id} * all:jobs.view_all
POST /runs/{run_id}/stop * all:jobs.view_all+jobs.stop_all
GET /webhooks/events webhooks.view|webhooks.manage
GET /webhooks/endpoints webhooks.view|webhooks.manage
POST /webhooks/endpoints webhooks.manage
GET /webhooks/endpoints/{endpoint_id} webhooks.view|webhooks.manage
PATCH /webhooks/endpoints/{endpoint_id} webhooks.manage
DELETE /webhooks/endpoints/{endpoint_id} webhooks.manage
POST /webhooks/endpoints/{endpoint_id}/rotate webhooks.manage
POST /webhooks/endpoints/{endpoint_id}/test webhooks.manage
GET /webhooks/deliveries webhooks.view|webhooks.manage
GET /webhooks/deliveries/{delivery_id} webhooks.view|webhooks.manage
POST /webhooks/deliveries/{delivery_id}/resend webhooks.manage
GET /messages customers.view+outreach.view
POST /messages customers.view+outreach.send
POST /messages/bulk outreach.send
GET /messages/{message_id} customers.view+outreach.view
POST /messages/{message_id}/cancel customers.view+outreach.send
GET /customers/{customer_id}/reach customers.view+outreach.view
GET /suppressions outreach.view
POST /suppressions outreach.manage
DELETE /suppressions/{suppression_id} customers.view+outreach.view+outreach.manage
GET /links outreach.write
POST /links outreach.write
GET /templates outreach.send|outreach.write
POST /templates outreach.write
PUT /templates/{template_key} outreach.write
GET /conversations conversations.view
GET /conversations/{conversation_id} conversations.view
POST /conversations/{conversation_id}/reply conversations.view+conversations.reply
POST /conversations/{conversation_id}/note conversations.view+conversations.reply
POST /conversations/{conversation_id}/assign conversations.view+conversations.assign
POST /conversations/{conversation_id}/snooze conversations.view+conversations.reply
POST /conversations/{conversation_id}/close conversations.view+conversations.reply
POST /conversations/{conversation_id}/reopen conversations.view+conversations.reply
POST /conversations/bulk conversations.view+conversations.reply
GET /conversations/{conversation_id}/tags conversations.view
POST /conversations/{conversation_id}/tags conversations.view+conversations.reply
DELETE /conversations/{conversation_id}/tags/{talk_tag_id} conversations.view+conversations.reply
POST /conversations/{conversation_id}/merge conversations.view+conversations.reply
POST /conversations/{conversation_id}/split conversations.view+conversations.reply
POST /conversations/{conversation_id}/route conversations.view+conversations.assign
GET /routing conversations.manage
PUT /routing conversations.manage
GET /routing/rules conversations.manage
POST /routing/rules conversations.manage
PUT /routing/rules/{routing_rule_id} conversations.manage
POST /routing/rules/{routing_rule_id}/move conversations.manage
DELETE /routing/rules/{routing_rule_id} conversations.manage
GET /routing/people conversations.manage
PUT /routing/people/{user} conversations.manage
GET /saved-replies conversations.reply
POST /saved-replies conversations.reply
GET /saved-replies/{saved_id} conversations.reply all:-
PUT /saved-replies/{saved_id} conversations.reply all:-
DELETE /saved-replies/{saved_id} conversations.reply all:-
GET /email/accounts email.manage
POST /email/accounts email.manage
GET /email/accounts/{email_id} email.manage
PATCH /email/accounts/{email_id} email.manage
DELETE /email/accounts/{email_id} email.manage
POST /email/accounts/{email_id}/test email.manage
POST /email/accounts/{email_id}/hook email.manage
GET /email/accounts/{email_id}/folders email.manage
PUT /email/accounts/{email_id}/folders email.manage
POST /email/accounts/{email_id}/folders/read email.manage
GET /email/accounts/{email_id}/left-out email.manage
GET /email/accounts/{email_id}/proofs email.manage
POST /email/accounts/{email_id}/proofs/look email.manage
POST /email/accounts/{email_id}/proofs/key email.manage
PUT /email/accounts/{email_id}/marketing email.manage
GET /sms/accounts sms.manage
POST /sms/accounts sms.manage
GET /sms/accounts/{account_id} sms.manage
PATCH /sms/accounts/{account_id} sms.manage
DELETE /sms/accounts/{account_id} sms.manage
POST /sms/accounts/{account_id}/test sms.manage
POST /sms/accounts/{account_id}/hook sms.manage
GET /messengers/bots messengers.manage
POST /messengers/bots messengers.manage
GET /messengers/bots/{bot_id} messengers.manage
PATCH /messengers/bots/{bot_id} messengers.manage
DELETE /messengers/bots/{bot_id} messengers.manage
POST /messengers/bots/{bot_id}/test messengers.manage
POST /messengers/bots/{bot_id}/tell messengers.manage
POST /messengers/bots/{bot_id}/hook messengers.manage
POST /customers/{customer_id}/chat-code customers.view+customers.edit
GET /forms forms.view
GET /forms/{form_id} forms.view
GET /forms/{form_id}/results forms.view
POST /forms/{form_id}/results forms.view+forms.handle
GET /forms/results/{submission_id} forms.view+customers.view
POST /forms/results/{submission_id}/decide forms.view+customers.view+forms.handle
GET /webchat/sites webchat.manage
GET /webchat/sites/{site_id} webchat.manage
PUT /webchat/sites/{site_id} webchat.manage
GET /webchat/rooms webchat.manage|webchat.moderate
POST /webchat/rooms webchat.manage
PATCH /webchat/rooms/{room_id} webchat.manage
"""

COST = {"kind": "sale", "amount_minor": 100, "currency": "EUR", "day_from": "2026-01-01", "day_to": "2026-01-02"}
CONSENT = {"purpose": "news", "channels": ["sms"], "decision": "given"}
HOURS = {"name_en": "Office", "time_zone": "Asia/Tehran", "hours": {"sat": ["9:00-17:00"]}}
LINE = {"quantity": "1", "description": "Tea", "unit_price": "5"}
SAID = {"texts": [{"body": "Hello", "language": "en"}]}
TREE = {"all": [{"field": "city", "operator": "filled", "values": []}]}
MESSAGE = {**SAID, "customer_id": "{customer_id}", "purpose": "service", "dedupe_key": "k1"}
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
FILE = object()  # in a body: it goes as a form with a file
# What is sent; {names} stand for records.
BODIES: Mapping[str, Any] = {
    "POST /reports/answer": {"fact": "orders"},
    "POST /customers": {"name": "New", "kind": "organisation", "parent_id": "{firm_id}"},
    "POST /customers/bulk": {"rows": [{"id": "{customer_id}", "city": "Shiraz"}], "whole": True},
    "POST /customers/actions": {"ids": ["{customer_id}"], "do": "tag", "value": "new"},
    "PATCH /customers/{customer_id}": {"city": "Shiraz"},
    "POST /customers/{customer_id}/identities": {"kind": "email", "value": "n@example.com"},
    "POST /customers/{customer_id}/identities/{identity_id}/verify": {"how": "call"},
    "PATCH /customers/{customer_id}/identities/{identity_id}": {"label": "Work"},
    "PATCH /customers/{customer_id}/relations/{relation_id}": {"role": "director", "is_main": True},
    "PUT /customers/{customer_id}/traits": {"facts": [{"name": "tea", "text": "green"}]},
    "POST /consents/{entry_id}/mistake": {"note": "wrong person"},
    "POST /customers/{customer_id}/tags": {"name": "new"},
    "POST /customers/{customer_id}/relations": {"customer_id": "{firm_id}", "role": "director"},
    "POST /customers/{customer_id}/merge": {"gone_id": "{twin_id}"},
    "POST /duplicates/merge": {"pairs": [{"kept_id": "{customer_id}", "gone_id": "{twin_id}"}]},
    "POST /duplicates/{pair_id}/decide": {"decision": "different"},
    "POST /lists": {"name": "New", "customer_ids": ["{customer_id}"]},
    "PATCH /lists/{list_id}": {"description": "Whom we want to see"},
    "POST /lists/{list_id}/archive": {"archived": True},
    "POST /lists/{list_id}/copy": {},
    "POST /lists/{list_id}/members": {"customer_ids": ["{twin_id}"]},
    "POST /lists/{list_id}/members/remove": {"customer_ids": ["{customer_id}"]},
    "POST /stages": {"name_en": "Trial"},
    "PATCH /stages/{stage_key}": {"name_en": "Hot lead"},
    "POST /stages/{stage_key}/archive": {"archived": True},
    "POST /stages/{stage_key}/move": {"up": False},
    "POST /consents/purposes": {"name_en": "Tastings"},
    "PATCH /consents/purposes/{key}": {"description": "More"},
    "POST /consents/purposes/{key}/archive": {"archived": True},
    "POST /consents/purposes/{key}/move": {"up": False},
    "POST /consents/purposes/{key}/wordings": {"language": "en", "text": "Yes, write to me."},
    "POST /customers/{customer_id}/consents": CONSENT,
    "POST /customers/{customer_id}/consents/with-file": {**CONSENT, "file": FILE},
    "POST /consents/allowed": {"customer_ids": ["{customer_id}"], "purpose": "news", "channel": "sms"},
    "POST /consents/set": {**CONSENT, "customer_ids": ["{customer_id}"]},
    "POST /interactions": {"customer_id": "{customer_id}", "kind": "note", "text": "hello"},
    "POST /interactions/bulk": {
        "rows": [{"customer_id": "{customer_id}", "kind": "note", "text": "hello"}], "whole": True
    },
    "POST /interactions/rates": {
        "kind": "meeting", "since": "2026-03-21", "currency": "IRR", "minor_per_minute": 5
    },
    "PATCH /interactions/{interaction_id}": {"text": "corrected"},
    "POST /interactions/{interaction_id}/files": {"file": FILE},
    "POST /interactions/{unknown_id}/attach": {"customer_id": "{customer_id}"},
    "POST /contracts": {
        "customer_id": "{customer_id}", "starts_on": "2026-03-21", "fee_minor": 100, "currency": "EUR",
        "term_months": 12,
    },
    "POST /contracts/{contract_id}/renew": {"fee_minor": 120},
    "POST /contracts/{contract_id}/fee": {"fee_minor": 120, "day": "2030-01-01"},
    "POST /contracts/{contract_id}/end": {"day": "2026-12-01", "reason": "price"},
    "POST /orders": {"currency": "IRR", "customer_id": "{customer_id}", "lines": [LINE]},
    "POST /orders/{order_id}/deliver": {},
    "POST /orders/{order_id}/cancel": {},
    "POST /orders/{order_id}/returns": {"lines": [{"line_id": "{line_id}", "quantity": "1"}]},
    "POST /orders/{order_id}/payments": {"amount_minor": 1},
    "POST /products": {"sku": "NEW", "name": "New", "currency": "IRR"},
    "PUT /products/{product_id}": {"sku": "OTHER", "name": "New", "currency": "IRR"},
    "POST /orders/{order_id}/payments/{payment_id}/reverse": {"note": "wrong"},
    "POST /product-categories": {"name_en": "Coffee", "parent_id": "{branch_id}"},
    "PUT /product-categories/{branch_id}": {"name_en": "Tea and herbs"},
    "POST /audiences": {"name": "Regulars", "tree": TREE},
    "POST /audiences/size": {"tree": TREE},
    "PATCH /audiences/{audience_id}": {"note": "Whom we want to see"},
    "POST /audiences/{audience_id}/archive": {"archived": True},
    "POST /price-lists": {"name": "Retail", "currency": "IRR"},
    "PUT /price-lists/{price_list_id}": {"name": "Cafés", "currency": "EUR"},
    "POST /price-lists/{price_list_id}/items": {"percent_off": "5"},
    "POST /tax-rates": {"name_en": "Tax", "percent": "9", "valid_from": "2020-01-02"},
    "PUT /tax-rates/{rate_id}": {"name_en": "VAT", "percent": "0", "valid_from": "2020-01-01"},
    "POST /costs": COST,
    "PUT /costs/{cost_id}": COST,
    "POST /cost-rates": {
        "name": "Box", "kind": "delivery", "driver": "order", "amount": "2", "currency": "EUR",
        "valid_from": "2026-01-01",
    },
    "POST /holidays": {"day": "2026-06-01", "name_en": "Stocktaking"},
    "POST /holidays/load": {"year": 2030},
    "PUT /holidays/{holiday_id}": {"day": "2026-06-02", "name_en": "Feast"},
    "POST /working-hours": HOURS,
    "PUT /working-hours/{hours_id}": {**HOURS, "name_en": "Shop"},
    "POST /articles": {"texts": {"fa": {"title": "Tea"}}, "category_id": "{category_id}"},
    "PUT /articles/{article_id}": {"texts": {"fa": {"title": "Coffee"}}},
    "POST /articles/categories": {"name_en": "Coffee"},
    "PATCH /articles/categories/{category_id}": {"name_en": "Coffee"},
    "POST /articles/{article_id}/archive": {"archived": True},
    "POST /articles/{article_id}/review": {"again_on": "2027-03-21"},
    "POST /customers/{customer_id}/erase": {"name": "{marker} person"},
    "POST /custom-fields": {"record": "customer", "kind": "text", "label_en": "Colour"},
    "PATCH /custom-fields/{field_id}": {"label_en": "Colour"},
    "POST /custom-fields/{field_id}/archive": {"archived": True},
    "POST /custom-fields/{field_id}/move": {"up": True},
    "POST /views": {"name": "New", "query": "view=mine"},
    "PATCH /views/{view_id}": {"name": "Other"},
    "POST /imports": {"shape": "customers", "run": "false", "file": FILE},
    "PUT /imports/{import_id}/mapping": {"mapping": {"name": 0}},
    "POST /imports/{import_id}/reshape": {"shape": "customers"},
    "POST /webhooks/endpoints": {"url": "https://hooks.peyvand.ir/in", "events": ["*"]},
    "PATCH /webhooks/endpoints/{endpoint_id}": {"description": "Shop"},
    "POST /messages": MESSAGE,
    "POST /messages/bulk": {**SAID, "customer_ids": ["{customer_id}"], "purpose": "service", "dedupe_key": "k2"},
    "POST /suppressions": {"channel": "sms", "address": "09121112233"},
    "POST /links": {"target": "https://shop.example/nowruz"},
    "POST /templates": {"name_en": "Bye", **SAID},
    "PUT /templates/{template_key}": {"name_en": "Welcome", **SAID},
    "POST /conversations/{conversation_id}/reply": {"text": "x", "channel": "sms"},
    "POST /conversations/{conversation_id}/note": {"text": "Call her"},
    "POST /conversations/{conversation_id}/assign": {},
    "POST /conversations/{conversation_id}/snooze": {"until": TOMORROW},
    "POST /conversations/{conversation_id}/merge": {"other_id": "{second_talk_id}"},
    "POST /conversations/{conversation_id}/split": {"entry_id": "{later_entry_id}"},
    "POST /conversations/bulk": {"ids": ["{conversation_id}"], "do": "tag", "tag": "urgent"},
    "POST /conversations/{conversation_id}/tags": {"name": "urgent"},
    "PUT /routing": {"reroute_minutes": 30},
    "POST /routing/rules": {"name": "By day", "hours": "open", "to_topic": "returns"},
    "PUT /routing/rules/{routing_rule_id}": {"name": "By day", "hours": "open"},
    "POST /routing/rules/{routing_rule_id}/move": {"up": True},
    "PUT /routing/people/{user}": {"topics": ["returns"], "most": 5},
    "POST /saved-replies": {"name": "Thanks", "text_en": "Thank you"},
    "POST /email/accounts": {"name": "Shop", "address": "shop@own.example", "smtp_host": "mail.own.example"},
    "PATCH /email/accounts/{email_id}": {
        "provider": "smtp", "smtp_host": "mail.own.example", "secrets": {"smtp": "open sesame"}
    },
    "PUT /email/accounts/{email_id}/folders": {"chosen": ["{folder_id}"]},
    "PUT /email/accounts/{email_id}/marketing": {"on": False},
    "POST /sms/accounts": {"name": "New", "provider": "kavenegar", "line": "2000", "secrets": {"api_key": "k"}},
    "PATCH /sms/accounts/{account_id}": {"base_url": "", "secrets": {"api_key": "k"}},
    "POST /messengers/bots": {"name": "New", "messenger": "bale", "secrets": {"token": "k"}},
    "PATCH /messengers/bots/{bot_id}": {"base_url": "", "secrets": {"token": "k"}},
    "POST /forms/{form_id}/results": {"name": "paper-1", "answers": {"question": "When?"}},
    "POST /forms/results/{submission_id}/decide": {"do": "spam"},
    "PUT /webchat/sites/{site_id}": {"title_en": "Chat", "accent": "#0b7570"},
    "POST /webchat/rooms": {"site_id": "{site_id}", "name": "Tea"},
    "PATCH /webchat/rooms/{room_id}": {"closed": True},
    "PUT /saved-replies/{saved_id}": {"name": "Thanks", "text_en": "Thank you, {{first_name}}"},
}  # fmt: skip
QUERIES: Mapping[str, str] = {
    "GET /customers/{customer_id}/merge": "?gone_id={twin_id}",
    "GET /audiences/{audience_id}/why": "?customer_id={customer_id}",
    "GET /price": "?product_id={product_id}&currency=IRR&customer_id={customer_id}",
}
# Parameters and fields that name a second record beside one's own: of somebody else's nothing is seen, nothing is done.
SECONDS = (
    ("POST /customers", "firm_id"), ("POST /customers/bulk", "customer_id"), ("POST /customers/actions", "customer_id"),
    ("POST /customers/{customer_id}/relations", "firm_id"), ("POST /customers/{customer_id}/merge", "twin_id"),
    ("GET /customers/{customer_id}/merge", "twin_id"), ("POST /duplicates/merge", "twin_id"),
    ("POST /consents/set", "customer_id"), ("POST /consents/allowed", "customer_id"),
    ("POST /interactions", "customer_id"), ("POST /interactions/bulk", "customer_id"), ("POST /orders", "customer_id"),
    ("POST /contracts", "customer_id"),
    ("POST /orders/{order_id}/returns", "line_id"), ("GET /price", "customer_id"), ("POST /messages", "customer_id"),
    ("POST /conversations/bulk", "conversation_id"),
    ("POST /conversations/{conversation_id}/merge", "second_talk_id"),
)  # fmt: skip
# Conditions that name a second record, by list.
ASKED: Mapping[str, tuple[str, ...]] = {
    "/customers": (
        "?q=Zzforeign", "?q=zzforeign@example.com", "?tag={tag_id}", "?owner={stranger}", "?sort=-name",
        "?f.team=filled", "?view=unowned", "?f.lists=any:{list_id}", "?f.phone=filled", "?f.email=contains:zzforeign",
        "?f.owner=any:{stranger}", "?f.tags=any:{tag_id}", "?f.consent=any:news.email",
    ),
    "/interactions": ("?customer_id={customer_id}", "?who=Zzforeign", "?q=Zzforeign", "?staff_id={stranger}"),
    "/contracts": ("?customer_id={customer_id}", "?q=Zzforeign"),
    "/orders": ("?customer_id={customer_id}", "?q=Zzforeign"),
    "/changes": ("?actor_id={stranger}",),
    "/exports/customers": ("?q=Zzforeign", "?tag={tag_id}", "?owner={stranger}"),
    "/exports/interactions": ("?customer={customer_id}", "?who=Zzforeign"),
}  # fmt: skip
FIXED: Mapping[str, Any] = {"key": "news", "language": "fa", "record": "customer", "name": "customers"}
# A conflict, as things are: there is no such mailbox, and the sample signs nothing.
NOTHING_TO_DO = {
    "POST /imports/{import_id}/undo", "POST /messages/{message_id}/cancel",
    "POST /email/accounts/{email_id}/folders/read", "POST /email/accounts/{email_id}/proofs/key",
}  # fmt: skip
# Who reads what is somebody's gets an empty answer where there is nothing, the same for a foreign and a missing one.
EMPTY = {
    "GET /customers/{customer_id}/value",
    "GET /customers/{customer_id}/profit",
    "GET /customers/{customer_id}/prediction",
}


@dataclass(frozen=True)
class Route:
    """A route under one method; `ways` are sets of rights, any of which opens it."""

    method: str
    path: str
    ways: Ways
    others: Ways | None = None
    only_all: bool = False

    @property
    def name(self) -> str:
        """As the table and the bodies call it."""
        return f"{self.method} {self.path}"

    @property
    def owned(self) -> bool:
        """Whether it speaks of a record that belongs to somebody."""
        return bool(OWNED.intersection(re.findall(r"{(\w+)}", self.path)))

    @property
    def served(self) -> str:
        """The path as the document has it."""
        names = {
            "base_id": "customer_id", "merged_id": "customer_id", "unknown_id": "interaction_id",
            "branch_id": "category_id", "stage_key": "key", "cost_rate_id": "rate_id", "template_key": "key",
            "routing_rule_id": "rule_id", "talk_tag_id": "tag_id", "user": "user_id",
            "email_id": "account_id",
        }  # fmt: skip
        return re.sub(r"{(\w+)}", lambda found: f"{{{names.get(found[1], found[1])}}}", self.path)


def _routes() -> tuple[Route, ...]:
    made = []
    for line in TABLE.strip().splitlines():
        method, path, rights, *more = line.split()
        said = dict(one.split(":", 1) for one in more)
        others = said.get("all")
        made.append(
            Route(method, path, ways_of(rights), None if others is None else ways_of(others), said.get("only") == "all")
        )
    return tuple(made)


ROUTES = _routes()


def filled(value: Any, records: Mapping[str, Any]) -> Any:
    """A body with the ids of these records."""
    if isinstance(value, dict):
        return {name: filled(one, records) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, records) for one in value]
    if isinstance(value, str) and re.fullmatch(r"{\w+}", value):
        return records[value.strip("{}")]
    return value.format(**records) if isinstance(value, str) and "{" in value else value

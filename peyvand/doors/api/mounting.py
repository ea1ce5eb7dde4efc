"""The API itself: every room's router under one address."""

from __future__ import annotations

from importlib.metadata import version

from ninja import NinjaAPI
from ninja.operation import Operation

from peyvand.channels.conversations.api import router as conversations
from peyvand.channels.conversations.api_routing import router as routing
from peyvand.channels.conversations.api_saved import router as saved_replies
from peyvand.channels.email.api import router as email
from peyvand.channels.forms.api import router as forms
from peyvand.channels.messengers.api import router as messengers
from peyvand.channels.outreach.api import router as outreach
from peyvand.channels.outreach.link_api import router as links
from peyvand.channels.sms.api import router as sms
from peyvand.channels.webchat.api import router as webchat
from peyvand.doors.api.bearing import Token
from peyvand.doors.api.problems import install
from peyvand.doors.api.reading import StrictParser
from peyvand.foundation.changes.api import router as changes
from peyvand.foundation.fields.api import router as fields
from peyvand.foundation.jobs.api import router as jobs
from peyvand.foundation.transfer.api import router as transfer
from peyvand.foundation.webhooks.api import router as webhooks
from peyvand.insight.audiences.api import router as audiences
from peyvand.insight.prediction.api import router as prediction
from peyvand.insight.reports.api import router as reports
from peyvand.insight.reports.ways_api import router as ways
from peyvand.insight.value.api import router as value
from peyvand.memory.commerce.api import router as commerce
from peyvand.memory.consents.api import router as consents
from peyvand.memory.customers.api import router as customers
from peyvand.memory.interactions.api import router as interactions
from peyvand.memory.knowledge.api import router as knowledge
from peyvand.memory.matching.api import router as matching
from peyvand.memory.privacy.api import router as privacy
from peyvand.memory.work.api import router as work

ROUTERS = (
    customers,
    consents,
    interactions,
    matching,
    commerce,
    knowledge,
    privacy,
    work,
    value,
    prediction,
    audiences,
    reports,
    ways,
    fields,
    transfer,
    changes,
    webhooks,
    jobs,
    outreach,
    links,
    conversations,
    saved_replies,
    routing,
    email,
    sms,
    messengers,
    forms,
    webchat,
)
DESCRIPTION = """\
Everything staff can do, for programs. A token says who calls: `Authorization: Bearer pv_…`.

Lists are read page by page: `next` of an answer is `after` of the next request; it is null at the end. Send an
`Idempotency-Key` with a POST, and it is done once however often it is sent within two days. Errors are problem+json
(RFC 9457) in the language of `Accept-Language`. `X-Peyvand-Business: demo` reads and writes the sample business.
To hear of changes at once instead of asking, give an address to `/webhooks/endpoints`.
Times are ISO 8601 with an offset; amounts named `_minor` are integers of the currency's smallest unit."""


class Api(NinjaAPI):
    """Operations are named by their functions, so that a generated client reads well; a test holds them apart."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


def _made() -> NinjaAPI:
    api = Api(
        title="Peyvand", version=version("peyvand"), description=DESCRIPTION, docs_url=None, openapi_url=None,
        auth=Token(), parser=StrictParser(), urls_namespace="api-1", servers=[{"url": "/"}],
    )  # fmt: skip
    for router in ROUTERS:
        api.add_router("", router)
    install(api)
    return api


api = _made()

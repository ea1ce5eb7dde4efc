"""Every address of Peyvand. Rooms own their pages; this file says where they hang."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("peyvand.doors.workspace.urls")),
    path("", include("peyvand.foundation.ui.web.urls")),  # sw.js, offline/, manifest-….webmanifest
    path("customers/", include("peyvand.memory.customers.web.urls")),
    path("work/", include("peyvand.memory.work.web.urls")),
    path("consents/", include("peyvand.memory.consents.web.urls")),
    path("knowledge/", include("peyvand.memory.knowledge.web.urls")),
    path("duplicates/", include("peyvand.memory.matching.web.urls")),
    path("privacy/", include("peyvand.memory.privacy.web.urls")),
    path("interactions/", include("peyvand.memory.interactions.web.urls")),
    path("", include("peyvand.memory.commerce.web.urls")),  # orders/, products/
    path("inbox/", include("peyvand.channels.conversations.web.urls")),
    path("messages/", include("peyvand.channels.outreach.web.urls")),
    path("forms/", include("peyvand.channels.forms.web.urls")),
    path("sites/", include("peyvand.channels.sites.web.urls")),
    path("push/", include("peyvand.channels.push.web.urls")),
    path("web/", include("peyvand.channels.web.web.urls")),
    path("email/", include("peyvand.channels.email.web.urls")),
    path("messengers/", include("peyvand.channels.messengers.web.urls")),
    path("sms/", include("peyvand.channels.sms.web.urls")),
    path("webchat/", include("peyvand.channels.webchat.web.urls")),
    path("webhooks/", include("peyvand.foundation.webhooks.web.urls")),
    path("", include("peyvand.foundation.transfer.web.urls")),  # import/, export/
    path("demo/", include("peyvand.foundation.demo.web.urls")),
    path("insight/", include("peyvand.insight.value.web.urls")),
    path("insight/prediction/", include("peyvand.insight.prediction.web.urls")),
    path("insight/data/", include("peyvand.insight.warehouse.web.urls")),
    path("insight/reports/", include("peyvand.insight.reports.web.urls")),
    path("audiences/", include("peyvand.insight.audiences.web.urls")),
    path("fields/", include("peyvand.foundation.fields.web.urls")),
    path("", include("peyvand.foundation.accounts.web.urls")),  # settings/…, welcome/, invitation/
    path("files/", include("peyvand.foundation.files.web.urls")),
    path("audit/", include("peyvand.foundation.changes.web.urls")),
    path("jobs/", include("peyvand.foundation.jobs.web.urls")),
    path("events/", include("peyvand.foundation.outbox.web.urls")),
    path("account/", include("peyvand.foundation.accounts.web.sign_in_urls")),
    path("api/v1/", include("peyvand.doors.api.urls")),
]
handler400 = "peyvand.doors.workspace.views.errors.bad_request"
handler403 = "peyvand.doors.workspace.views.errors.forbidden"
handler404 = "peyvand.doors.workspace.views.errors.not_found"
handler500 = "peyvand.doors.workspace.views.errors.server_error"

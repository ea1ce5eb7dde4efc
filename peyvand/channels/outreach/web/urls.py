from __future__ import annotations

from django.urls import path

from peyvand.channels.outreach.web import link_views, rule_views, template_views, views, writing

app_name = "outreach"
urlpatterns = [
    path("", views.ledger, name="list"),
    path("<int:message_id>/", views.one, name="one"),
    path("<int:message_id>/cancel/", views.cancel, name="cancel"),
    path("<int:message_id>/decide/", views.decide, name="decide"),
    path("to/<int:customer_id>/", writing.write, name="write"),
    path("many/", writing.many, name="many"),
    path("many/count/", writing.count, name="count"),
    path("parts/", writing.parts, name="parts"),
    path("templates/", template_views.templates, name="templates"),
    path("templates/new/", template_views.new, name="template-new"),
    path("templates/preview/", template_views.preview, name="preview"),
    path("templates/<str:key>/", template_views.edit, name="template"),
    path("templates/<str:key>/archive/", template_views.archive, name="template-archive"),
    path("links/", link_views.links, name="links"),
    path("links/new/", link_views.new, name="link-new"),
    path("links/<int:link_id>/", link_views.one, name="link"),
    path("links/<int:link_id>/archive/", link_views.archive, name="link-archive"),
    path("links/<int:link_id>/qr.svg", link_views.qr, name="link-qr"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/<str:kind>/", rule_views.save, name="rule-save"),
    path("rules/<str:kind>/<int:rule_id>/remove/", rule_views.remove, name="rule-remove"),
    path("suppressed/", rule_views.suppressed, name="suppressed"),
    path("suppressed/<int:suppression_id>/remove/", rule_views.suppression_remove, name="suppression-remove"),
]

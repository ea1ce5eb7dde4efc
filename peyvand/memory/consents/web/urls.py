from __future__ import annotations

from django.urls import path

from peyvand.memory.consents.web import many, purpose_views, views

app_name = "consents"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("ledger/", views.ledger, name="ledger"),
    path("of/<int:customer_id>/<slug:purpose>/", views.say, name="say"),
    path("many/", many.many, name="many"),
    path("take-back/<int:line_set_id>/", views.take_back, name="take-back"),
    path("mistake/<int:entry_id>/", views.mistake, name="mistake"),
    path("proof/<int:entry_id>/", views.proof, name="proof"),
    path("purposes/", purpose_views.purposes, name="purposes"),
    path("purposes/new/", purpose_views.purpose_form, name="purpose-new"),
    path("purposes/<slug:purpose>/", purpose_views.purpose_form, name="purpose"),
    path("purposes/<slug:purpose>/wording/", purpose_views.wording, name="wording"),
    path("purposes/<slug:purpose>/archive/", purpose_views.archive, name="purpose-archive"),
    path("purposes/<slug:purpose>/move/", purpose_views.move, name="purpose-move"),
]

from __future__ import annotations

from django.urls import path

from peyvand.insight.prediction.web import views, views_ahead

app_name = "prediction"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("people/", views.people_page, name="people"),
    path("leaving/", views_ahead.leaving_page, name="leaving"),
    path("demand/", views_ahead.demand_page, name="demand"),
    path("campaigns/", views_ahead.campaigns_page, name="campaigns"),
    path("campaigns/<int:campaign_id>/", views_ahead.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/anew/", views_ahead.campaign_anew, name="campaign-anew"),
    path("campaigns/<int:campaign_id>/remove/", views_ahead.campaign_remove, name="campaign-remove"),
    path("decline/<int:customer_id>/<int:product_id>/", views_ahead.decline, name="decline"),
    path("foresee/", views.foresee_now, name="foresee"),
]

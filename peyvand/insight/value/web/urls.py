from __future__ import annotations

from django.urls import path

from peyvand.insight.value.web import agreed_views, ahead_views, profit_views, score_views, views, wallet_views

app_name = "value"
urlpatterns = [
    path("", views.dashboard_page, name="dashboard"),
    path("people/", views.people_page, name="people"),
    path("as-of/", views.choose_day, name="choose-day"),
    path("refresh/", views.refresh_now, name="refresh"),
    path("lifetime/", ahead_views.lifetime_page, name="lifetime"),
    path("lifetime/rates/", ahead_views.rates_page, name="rates"),
    path("contracts/", agreed_views.contracts_page, name="contracts"),
    path("profit/", profit_views.profit_page, name="profit"),
    path("profit/people/", profit_views.profit_people, name="profit-people"),
    path("scores/", score_views.scores_page, name="scores"),
    path("scores/ask/", score_views.scores_ask, name="scores-ask"),
    path("scores/people/", score_views.scored_people, name="scored-people"),
    path("wallet/", wallet_views.wallet_page, name="wallet"),
    path("wallet/<int:customer_id>/", wallet_views.stated, name="stated"),
    path("definitions/", views.definitions, name="definitions"),
]

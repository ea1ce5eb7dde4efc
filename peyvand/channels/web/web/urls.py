from __future__ import annotations

from django.urls import path

from peyvand.channels.web.web import shops, views

app_name = "web"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("sites/<int:site_id>/test/", views.try_script, name="test"),
    path("sites/<int:site_id>/events/", views.events, name="events"),
    path("visitors/<int:visitor_id>/", views.visitor, name="visitor"),
    path("visitors/<int:visitor_id>/known/", views.known, name="known"),
    path("visitors/<int:visitor_id>/unknown/", views.unknown, name="unknown"),
    path("shops/", shops.shops, name="shops"),
    path("shops/new/", shops.new, name="shop-new"),
    path("shops/<int:shop_id>/", shops.one, name="shop"),
    path("shops/<int:shop_id>/remove/", shops.remove, name="shop-remove"),
    path("shops/<int:shop_id>/hook/", shops.hook, name="shop-hook"),
    path("shops/<int:shop_id>/secret/", shops.secret, name="shop-secret"),
]

from __future__ import annotations

from django.urls import path

from peyvand.foundation.webhooks.web import views

app_name = "webhooks"
urlpatterns = [
    path("", views.endpoints, name="endpoints"),
    path("new/", views.endpoint_new, name="endpoint-new"),
    path("<int:endpoint_id>/", views.endpoint, name="endpoint"),
    path("<int:endpoint_id>/edit/", views.endpoint_edit, name="endpoint-edit"),
    path("<int:endpoint_id>/delete/", views.endpoint_delete, name="endpoint-delete"),
    path("<int:endpoint_id>/switch/", views.endpoint_switch, name="endpoint-switch"),
    path("<int:endpoint_id>/rotate/", views.rotate, name="rotate"),
    path("<int:endpoint_id>/test/", views.test, name="test"),
    path("<int:endpoint_id>/send-again/", views.resend_given_up, name="resend-given-up"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/", views.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/send-again/", views.resend, name="resend"),
]

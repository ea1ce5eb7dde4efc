from __future__ import annotations

from django.urls import path

from peyvand.channels.email.web import folders, proofs, views

app_name = "email"
urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("new/", views.new, name="new"),
    path("<int:account_id>/", views.one, name="one"),
    path("<int:account_id>/remove/", views.remove, name="remove"),
    path("<int:account_id>/test/", views.test, name="test"),
    path("<int:account_id>/hook/", folders.hook, name="hook"),
    path("<int:account_id>/folders/", folders.page, name="folders"),
    path("<int:account_id>/folders/read/", folders.read, name="folders-read"),
    path("<int:account_id>/proofs/", proofs.page, name="proofs"),
    path("<int:account_id>/proofs/look/", proofs.look, name="proofs-look"),
    path("<int:account_id>/proofs/key/", proofs.key, name="key"),
    path("<int:account_id>/proofs/marketing/", proofs.marketing, name="marketing"),
]

"""Every address of the public site, which is served on an origin of its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("peyvand.doors.site.urls"))]
handler404 = "peyvand.doors.site.errors.not_found"
handler500 = "peyvand.doors.site.errors.server_error"
handler400 = "peyvand.doors.site.errors.bad_request"

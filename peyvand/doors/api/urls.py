"""Where the API hangs."""

from __future__ import annotations

urlpatterns: list[object] = []

"""How signing in works here: nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Signing in for staff: in by invitation or as the first administrator only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: an account is made by an invitation or by the first run."""
        return False

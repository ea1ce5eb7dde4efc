"""Who is signed in, read with their role in one statement."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from peyvand.foundation.accounts.models import User


class PeopleBackend(AuthenticationBackend):
    """allauth's, which loads a person together with the role that every request asks for."""

    def get_user(self, user_id: int) -> User | None:
        """The person, while they may sign in."""
        user = User.objects.select_related("role").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

"""How signing in works here, told to allauth: nobody signs up by themselves, guesses are counted, the trail is kept."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import limits
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import SignIn, User
from peyvand.foundation.accounts.services.sessions import session_note, sessions_end
from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor

KIND = "sign-in"
QUIET = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
DEEDS = {
    "account/email/password_changed": _("%(name)s changed their password"),
    "mfa/email/totp_activated": _("%(name)s set up a second factor"),
    "mfa/email/totp_deactivated": _("%(name)s removed their second factor"),
    "mfa/email/recovery_codes_generated": _("%(name)s made new recovery codes"),
    "mfa/email/webauthn_added": _("%(name)s added a passkey"),
    "mfa/email/webauthn_removed": _("%(name)s removed a passkey"),
}


def record_failure(*, email: str, address: str, title: str) -> None:
    """A failed sign-in in the trail, under the e-mail that was tried: nobody has signed in yet."""
    record(
        actor=Actor(user_id=None, name=email[:120]),
        kind=KIND,
        title=title,
        reference={"email": email[:254], "address": address},
    )


class AccountAdapter(DefaultAccountAdapter):
    """Signing in for staff: in by invitation or as the first administrator only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email and the password don't fit together."),
        "too_many_login_attempts": _(
            "Too many tries. Wait a quarter of an hour, or use a device you signed in from before."
        ),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "rate_limited": _("Too many tries. Wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: an account is made by an invitation or by the first run."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at."""
        email, address = str(credentials.get("email", "")), self.get_client_ip(request)
        self._taken = limits.keys_of(request, email=email, address=address)
        for key in self._taken:
            if not limits.take(key):
                raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        for key in self._taken:
            limits.give_back(key)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the failure in the trail; the limits bound how many there can be."""
        title = gettext("Failed sign-in")
        record_failure(email=str(credentials.get("email", "")), address=self.get_client_ip(request), title=title)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether it is the user's password, under the same limits."""
        again = self.authenticate(context.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session and note it among the person's sessions."""
        super().login(request, user)
        key = request.session.session_key
        if key is not None:
            agent = request.headers.get("User-Agent", "")
            session_note(user_id=user.pk, session_key=key, agent=agent, address=self.get_client_ip(request))
            request.session["noted"] = key

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Remember the device, keep the sign-in in the trail."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        limits.remember_device(request, response, email=user.email, secure=settings.SESSION_COOKIE_SECURE)
        record(
            actor=actor_of(user),
            kind=KIND,
            title=gettext("%(name)s signed in") % {"name": user.name},
            reference={"user": user.pk, "address": self.get_client_ip(request)},
        )
        return response

    def logout(self, request: HttpRequest) -> None:
        """End the session and forget it."""
        SignIn.objects.filter(session_key=request.session.session_key).delete()
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where the person came from."""
        return reverse("accounts:security")

    def set_password(self, user: User, password: str) -> None:
        """Set it and end every other session of the person."""
        here = context.request.session.session_key if context.request is not None else None
        with transaction.atomic():
            super().set_password(user, password)
            sessions_end(user_id=user.pk, but=here)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *args: Any, **kwargs: Any
    ) -> None:
        """Coming and going need no announcement."""
        if message_template not in QUIET:
            super().add_message(request, level, message_template, *args, **kwargs)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """What allauth would tell by mail stands in the trail."""
        title = DEEDS.get(template_prefix)
        if title is not None:
            record(actor=actor_of(user), kind=KIND, title=str(title) % {"name": user.name}, reference={"user": user.pk})

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to prove again that it is you, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code of your app"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [{**way, "description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: secrets are encrypted under the installation's key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("This can't be removed now."),
        "cannot_generate_recovery_codes": _("Set up the second factor first."),
        "incorrect_code": _("The code doesn't fit. It changes every half minute; take the newest one."),
    }

    def _box(self) -> Fernet:
        key = hashlib.sha256(b"accounts.second-factor" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        """Encrypted under a key drawn from the installation's secret key."""
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The reverse; fails when the installation's secret key was replaced."""
        return self._box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """A name to begin with; the person may change it."""
        return gettext("My passkey")


class SecondFactorForm(AuthenticateForm):
    """The code asked for after the password; a wrong one stands in the trail."""

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        super()._emit_authentication_failed(authenticator)
        address = AccountAdapter(context.request).get_client_ip(context.request)
        record_failure(email=self.user.email, address=address, title=gettext("Failed second factor"))

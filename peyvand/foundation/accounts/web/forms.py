"""Forms of signing in, the first run and the settings. Each lists its fields by name: nothing else is ever taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from zoneinfo import available_timezones

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.adapter import SecondFactorForm
from peyvand.foundation.accounts.models import Calendar, Language, Role, Theme, User

ZONES_FIRST = ("Asia/Tehran", "Asia/Kabul", "Asia/Dushanbe", "Asia/Dubai", "Europe/Istanbul", "Europe/Berlin", "UTC")
CURRENCIES = (
    ("IRR", _("Iranian rial (toman)")),
    ("USD", _("US dollar")),
    ("EUR", _("Euro")),
    ("GBP", _("Pound sterling")),
    ("AED", _("UAE dirham")),
    ("TRY", _("Turkish lira")),
    ("AFN", _("Afghani")),
    ("TJS", _("Tajik somoni")),
    ("IQD", _("Iraqi dinar")),
    ("CAD", _("Canadian dollar")),
    ("CNY", _("Chinese yuan")),
)
WEEKDAYS = (
    ("5", _("Saturday")),
    ("6", _("Sunday")),
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
)
LTR = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "off"}


def zone_choices() -> list[tuple[str, str]]:
    """IANA names, the likely ones first."""
    rest = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    names = [*ZONES_FIRST, *(name for name in rest if name not in ZONES_FIRST)]
    return [(name, name.replace("_", " ")) for name in names]


def email_field(**attributes: str) -> forms.EmailField:
    """An address, typed left to right."""
    return forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={**LTR, **attributes}))


def new_password_field(help_text: Any = None) -> forms.CharField:
    """A password being chosen."""
    return forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=help_text or _("At least 10 letters or digits; a short sentence is good and easy to remember."),
        widget=forms.PasswordInput(attrs={**LTR, "autocomplete": "new-password"}),
    )


def code_widget() -> forms.TextInput:
    """Six digits, or a recovery code."""
    return forms.TextInput(attrs={**LTR, "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": "on"})


class SignInForm(LoginForm):
    """E-mail and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field(autocomplete="username", autofocus="on")
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={**LTR, "autocomplete": "current-password"}),
        )


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.PasswordInput(attrs={**LTR, "autocomplete": "current-password", "autofocus": "on"})
        self.fields["password"] = forms.CharField(label=_("Your password"), strip=False, widget=widget)


class NewPasswordForm(ChangePasswordForm):
    """The password of now, then the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old = forms.PasswordInput(attrs={**LTR, "autocomplete": "current-password"})
        self.fields["oldpassword"].widget, self.fields["oldpassword"].label = old, _("Your password now")
        self.fields["password1"] = new_password_field()
        self.fields["password1"].label = _("New password")
        self.fields["password2"].widget = forms.PasswordInput(attrs={**LTR, "autocomplete": "new-password"})
        self.fields["password2"].label = _("New password again")


class CodeForm(SecondFactorForm):
    """The code after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(label=_("Code"), max_length=20, widget=code_widget())


class CodeOnceMoreForm(CodeAgainForm):
    """The code once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(label=_("Code"), max_length=20, widget=code_widget())


class SetUpCodeForm(ActivateTOTPForm):
    """The first code of a newly connected app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(label=_("Code"), max_length=10, widget=code_widget())


class ChosenPasswordForm(forms.Form):
    """A new password by a link."""

    password = new_password_field()

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self._user)
        return password


class ComeInForm(ChosenPasswordForm):
    """What an invited person says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order: Sequence[str] = ("name", "password")


class BusinessForm(forms.Form):
    """Second step of the first run."""

    workspace_name = forms.CharField(label=_("Name of the business"), max_length=120)
    default_currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    calendar = forms.ChoiceField(label=_("Calendar"), choices=Calendar.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    toman = forms.BooleanField(label=_("Show rial amounts in toman"), required=False)


class FirstAdminForm(ComeInForm):
    """Third step of the first run."""

    email = email_field(autocomplete="username")
    field_order = ("name", "email", "password")


class WorkspaceForm(BusinessForm):
    """Settings of the workspace."""

    weekend = forms.MultipleChoiceField(
        label=_("Weekend days"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].help_text = _("Of people who come in later; everyone chooses their own.")
        self.fields["time_zone"].help_text = _("Where the days of the business begin and end.")


class ProfileForm(forms.Form):
    """One's own profile."""

    name = forms.CharField(label=_("Name"), max_length=120)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)
    calendar = forms.ChoiceField(label=_("Calendar"), choices=Calendar.choices)
    tz = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    theme = forms.ChoiceField(label=_("Look"), choices=Theme.choices)
    toman = forms.BooleanField(label=_("Show rial amounts in toman"), required=False)
    keys_enabled = forms.BooleanField(
        label=_("Single-letter shortcuts"),
        required=False,
        help_text=_("Switch off if you use speech or a device that sends stray letters."),
    )


class PersonForm(forms.Form):
    """A colleague, by someone who may manage people."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = email_field()
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    role = forms.TypedChoiceField(label=_("Role"), coerce=int)
    teams = forms.TypedMultipleChoiceField(
        label=_("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, roles: Sequence[Role], teams: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.pk, role.title) for role in roles]
        cast("forms.ChoiceField", self.fields["teams"]).choices = teams


class InviteForm(PersonForm):
    """An invitation."""

    field_order = ("email", "name", "role", "teams")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["job_title"]
        self.fields["name"].required = False


class RoleForm(forms.Form):
    """Name and description of a role; its rights come as radio segments named by the rights."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)


class TeamForm(forms.Form):
    """A team with members and leaders."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Which program will use it, such as “website shop”.")
    )
    role = forms.TypedChoiceField(
        label=_("Rights"), coerce=int, empty_value=None, required=False,
        help_text=_("A token never does more than you may; a role makes it less."),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("1 year")), (0, _("Until it is revoked"))],
    )

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = [
            ("", _("All that I may")),
            *((role.pk, role.title) for role in roles),
        ]


def put_errors(form: forms.Form, error: ValidationError | ValueError) -> None:
    """Show what a verb refused on the form."""
    form.add_error(None, error if isinstance(error, ValidationError) else str(error))

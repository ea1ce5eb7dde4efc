"""Tables of people and rights. Secrets are kept as digests only; e-mails in lower case, so unique means unique."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Scope


class Calendar(models.TextChoices):
    JALALI = "jalali", _("Jalali")
    GREGORIAN = "gregorian", _("Gregorian")


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    BROWSER = "", _("As the browser")
    FA = "fa", "فارسی"
    EN = "en", "English"


def plain_email(text: str) -> str:
    """An e-mail address as it is stored and compared: trimmed, in lower case."""
    return text.strip().lower()


class Role(models.Model):
    """A named set of rights. `key` is set for roles made at the first run; the one with key "admin" may everything."""

    name = models.CharField(max_length=80, unique=True)  # of starting roles an English msgid, shown by `title`
    key = models.CharField(max_length=30, null=True, unique=True)
    description = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name as people read it: a starting role's in their language, unless it was renamed."""
        return gettext(self.name) if self.key else self.name

    @property
    def purpose(self) -> str:
        """The description, likewise."""
        return gettext(self.description) if self.key and self.description else self.description

    @property
    def is_admin(self) -> bool:
        """Whether this is the role that may everything, also what rooms declare later."""
        return self.key == "admin"

    def in_use(self) -> bool:
        """Whether a person, a living token or an open invitation has the role."""
        return (
            User.objects.filter(role=self).exists()
            or ApiToken.objects.filter(role=self, revoked_at=None).exists()
            or Invitation.objects.filter(role=self, accepted_at=None, revoked_at=None).exists()
        )


class RoleGrant(models.Model):
    """One right of a role. A right that is not given has no row."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=80)
    scope = models.SmallIntegerField(choices=[(scope.value, scope.name.lower()) for scope in Scope if scope])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="accounts_grant_once"),
            models.CheckConstraint(condition=models.Q(scope__in=[1, 2, 3]), name="accounts_grant_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.permission}:{Scope(self.scope).name.lower()}"


class RoleHidden(models.Model):
    """A field of a record ("customer.note") that people of the role neither see nor change, on any path."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="hidden")
    field = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "field"], name="accounts_hidden_once")]

    def __str__(self) -> str:
        return self.field


class UserManager(BaseUserManager["User"]):
    """Makes users; rights and guards are the services' matter."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved user with a hashed password, or with none that fits."""
        user = self.model(email=plain_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=plain_email(username or ""))


class User(AbstractBaseUser):
    """A member of staff. A user is never deleted, only deactivated: records keep pointing at them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language, blank=True, default=Language.BROWSER)
    calendar = models.CharField(max_length=10, choices=Calendar, default=Calendar.JALALI)
    tz = models.CharField(max_length=64, default="Asia/Tehran")  # an IANA name
    toman = models.BooleanField(default=True)  # rial amounts are shown in toman
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    keys_enabled = models.BooleanField(default=True)  # single-letter shortcuts
    role = models.ForeignKey(Role, null=True, on_delete=models.PROTECT, related_name="users")
    teams: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "Team", through="Membership", related_name="members"
    )
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)  # came with the sample business
    last_seen = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_user_email_lower")
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Team(models.Model):
    """People who work together; "team" rights reach what its members own."""

    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=200, blank=True, default="")
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user in a team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    leader = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="accounts_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Invitation(models.Model):
    """A way in for one person: a link that works once, until `expires_at`."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, hexadecimal
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True, default="")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")
    teams: models.ManyToManyField[Any, Any] = models.ManyToManyField(Team, related_name="+")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="accounts_invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.email


class ResetLink(models.Model):
    """A link by which a person chooses a new password: once, within the hour, while `stamp` still fits the user."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    stamp = models.CharField(max_length=64)  # over e-mail, password and activity; any change of them spoils the link
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"reset of {self.user_id}"


class ApiToken(models.Model):
    """A key for programs. It acts as its user, with that user's rights, narrowed to `role` where one is given."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)  # the first letters of the token, to tell tokens apart
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    demo = models.BooleanField(default=False)  # which of the two businesses it reads and writes
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Setting(models.Model):
    """The value of a declared `SettingKey`, where it differs from the default."""

    key = models.CharField(max_length=80, unique=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.key


class SignIn(models.Model):
    """A session of a user, so that they can see their sessions and end them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=300, blank=True, default="")
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"session of {self.user_id}"


class Attempt(models.Model):
    """How often a sign-in was tried under one key since `since`; in the database, so over all processes together."""

    key = models.CharField(
        max_length=64, unique=True
    )  # a digest: of an address, an account, or an account on a known device
    since = models.DateTimeField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"

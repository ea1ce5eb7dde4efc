"""Settings of every process of Peyvand. What differs between machines comes from the environment (see
docs/operating.md).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from peyvand.config.place import data_folder, secret_key, site_url

BASE = Path(__file__).resolve().parent.parent
DATA = data_folder()
SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("PEYVAND_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("PEYVAND_ORIGINS", "").split(",") if origin]
SECURE = os.environ.get("PEYVAND_HTTPS") == "1"
PROXIES = os.environ.get("PEYVAND_PROXIES", "127.0.0.0/8,::1").split(",")


def database(url: str) -> dict[str, Any]:
    """Django's dictionary of a PostgreSQL address, sockets included (postgresql:///name?host=/folder)."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "peyvand",
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "application_name": "peyvand"},
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql:///peyvand"))}
if os.environ.get("PEYVAND_POOL"):  # the web process; workers keep one connection a thread
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": int(os.environ["PEYVAND_POOL"]),
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "peyvand.foundation.registry.apps.RegistryConfig",
    "peyvand.foundation.text.apps.TextConfig",
    "peyvand.foundation.calendar.apps.CalendarConfig",
    "peyvand.foundation.money.apps.MoneyConfig",
    "peyvand.foundation.outside.apps.OutsideConfig",
    "peyvand.foundation.database.apps.DatabaseConfig",
    "peyvand.foundation.ui.apps.UiConfig",
    "peyvand.foundation.changes.apps.ChangesConfig",
    "peyvand.foundation.outbox.apps.OutboxConfig",
    "peyvand.foundation.jobs.apps.JobsConfig",
    "peyvand.foundation.files.apps.FilesConfig",
    "peyvand.foundation.accounts.apps.AccountsConfig",
    "peyvand.foundation.fields.apps.FieldsConfig",
    "peyvand.foundation.search.apps.SearchConfig",
    "peyvand.foundation.webhooks.apps.WebhooksConfig",
    "peyvand.foundation.transfer.apps.TransferConfig",
    "peyvand.foundation.demo.apps.DemoConfig",
    "peyvand.memory.customers.apps.CustomersConfig",
    "peyvand.memory.work.apps.WorkConfig",
    "peyvand.memory.consents.apps.ConsentsConfig",
    "peyvand.memory.interactions.apps.InteractionsConfig",
    "peyvand.memory.commerce.apps.CommerceConfig",
    "peyvand.memory.knowledge.apps.KnowledgeConfig",
    "peyvand.memory.matching.apps.MatchingConfig",
    "peyvand.memory.privacy.apps.PrivacyConfig",
    "peyvand.channels.sites.apps.SitesConfig",
    "peyvand.channels.outreach.apps.OutreachConfig",
    "peyvand.channels.conversations.apps.ConversationsConfig",
    "peyvand.channels.forms.apps.FormsConfig",
    "peyvand.channels.sms.apps.SmsConfig",
    "peyvand.channels.email.apps.EmailConfig",
    "peyvand.channels.messengers.apps.MessengersConfig",
    "peyvand.channels.webchat.apps.WebchatConfig",
    "peyvand.channels.web.apps.WebConfig",
    "peyvand.channels.push.apps.PushConfig",
    "peyvand.insight.warehouse.apps.WarehouseConfig",
    "peyvand.insight.value.apps.ValueConfig",
    "peyvand.insight.prediction.apps.PredictionConfig",
    "peyvand.insight.audiences.apps.AudiencesConfig",
    "peyvand.insight.reports.apps.ReportsConfig",
    "peyvand.doors.workspace.apps.WorkspaceConfig",
    "peyvand.doors.api.apps.ApiConfig",
    "peyvand.doors.console.apps.ConsoleConfig",
    "peyvand.doors.site.apps.SiteConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "peyvand.foundation.accounts.middleware.ActorMiddleware",
    "peyvand.doors.workspace.middleware.ShellMiddleware",
]

ROOT_URLCONF = "peyvand.config.urls"
ASGI_APPLICATION = "peyvand.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "foundation" / "accounts" / "templates"],  # before allauth's own pages
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peyvand.foundation.ui.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "peyvand.foundation.ui.forms.FormRenderer"

# Languages and time: UTC in the database, the reader's own at the edge.
LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE / "locale"]
LANGUAGE_COOKIE_NAME = "peyvand_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Long work
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # the worker makes its tasks from what rooms declare
CHILD_MEMORY_MB = int(os.environ.get("PEYVAND_CHILD_MEMORY") or 0)  # of a job's child; 0: half of the machine's
ENGINE = os.environ.get("PEYVAND_ENGINE", "")  # that computes figures: empty, DuckDB; spark://host:port, that cluster

# Files
FILE_MAX_BYTES = int(os.environ.get("PEYVAND_FILE_MB") or 2048) * 2**20  # of one file
FILE_QUOTA_BYTES = int(os.environ.get("PEYVAND_QUOTA_MB") or 10240) * 2**20  # of one person's files together
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# The public site, where recipients and providers come to
SITE_URL = site_url()

# Machines outside: hosts of one's own network that requests may go to; every other address must be a public one
OWN_HOSTS = [host for host in os.environ.get("PEYVAND_OWN_HOSTS", "").split(",") if host.strip()]

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["peyvand.foundation.accounts.backend.PeopleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "peyvand.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = True
# Second factors; passwords are counted by accounts.limits, over all processes together.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/15m/key"}
ACCOUNT_FORMS = {
    "login": "peyvand.foundation.accounts.web.forms.SignInForm",
    "reauthenticate": "peyvand.foundation.accounts.web.forms.PasswordAgainForm",
    "change_password": "peyvand.foundation.accounts.web.forms.NewPasswordForm",
}
MFA_ADAPTER = "peyvand.foundation.accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "peyvand.foundation.accounts.web.forms.CodeForm",
    "reauthenticate": "peyvand.foundation.accounts.web.forms.CodeOnceMoreForm",
    "activate_totp": "peyvand.foundation.accounts.web.forms.SetUpCodeForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is given by an administrator, never confirmed by mail
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # http://localhost
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Peyvand"
MFA_PASSKEY_LOGIN_ENABLED = True
SESSION_COOKIE_NAME = "__Host-peyvand" if SECURE else "peyvand"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-peyvand-csrf" if SECURE else "peyvand_csrf"
CSRF_FAILURE_VIEW = "peyvand.doors.workspace.views.errors.csrf_failure"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # staff mail goes by links until an account is set up

# The browser's own guards
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],  # style="" of charts and bars; no marketer's HTML on this origin
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "peyvand.foundation.accounts.masking.MaskingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("PEYVAND_LOG", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []

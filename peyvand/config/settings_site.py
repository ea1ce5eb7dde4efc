"""Settings of the public site's process: no session, no sign-in, no cookie; only the public pages."""

from __future__ import annotations

import os

from peyvand.config.settings import *  # noqa: F403
from peyvand.config.settings import CONTENT_SECURITY_POLICY, TEMPLATES

ROOT_URLCONF = "peyvand.config.site_urls"
ALLOWED_HOSTS = [host for host in os.environ.get("PEYVAND_SITE_HOSTS", "*").split(",") if host]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # its app doesn't start without it; here it has nothing to do
]
TEMPLATES = [
    {
        **TEMPLATES[0],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024  # a provider may hand over a whole mail
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "style-src": ["'self'"],
        "connect-src": ["'none'"],
        "img-src": ["'self'"],
    }
}

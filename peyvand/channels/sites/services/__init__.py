"""The verbs on sites and visitors."""

from __future__ import annotations

from peyvand.channels.sites.services.codes import code_new, code_take, codes_sweep
from peyvand.channels.sites.services.setting import host_allowed, secret_of, secret_renew, site_save
from peyvand.channels.sites.services.visitors import (
    claim,
    identities_followed,
    known,
    remember,
    signed_customer,
    unknown,
    visitor_seen,
    visitors_seen,
)

__all__ = [
    "claim", "code_new", "code_take", "codes_sweep", "host_allowed", "identities_followed", "known", "remember",
    "secret_of", "secret_renew", "signed_customer", "site_save", "unknown", "visitor_seen",
    "visitors_seen",
]  # fmt: skip

"""What the routes of accounts of e-mail take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from peyvand.foundation.ui.rest import Given, Id, Text, example

Name = Annotated[Text, Field(max_length=120)]
Long = Annotated[Text, Field(max_length=254)]
Word = Annotated[Text, Field(max_length=8)]
Port = Annotated[int, Field(ge=0, le=65535)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Names = Annotated[list[Annotated[Text, Field(max_length=20)]], Field(max_length=20)]
Secrets = Annotated[
    dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=500)]], Field(max_length=20)
]


class EmailAccountIn(Given):
    """An account as it is to be. `provider` is smtp or the name of a provider; `secrets` are "smtp" and "imap" for the
    passwords, or the keys of the provider by their names.
    """

    model_config = example(
        {
            "name": "Shop",
            "address": "hello@shop.ir",
            "smtp_host": "mail.shop.ir",
            "smtp_user": "hello",
            "secrets": {"smtp": "open sesame"},
        }
    )

    name: Name
    address: Long
    from_name_fa: Name = ""
    from_name_en: Name = ""
    kinds: Names = Field(default_factory=list)
    position: Count = 0
    enabled: bool = True
    per_second: Count = 0
    per_day: Count = 0
    provider: Annotated[Text, Field(max_length=20)] = "smtp"
    smtp_host: Long = ""
    smtp_port: Port = 587
    smtp_security: Word = "starttls"
    smtp_user: Long = ""
    return_path: Long = ""
    plus: bool = True
    dkim_domain: Long = ""
    dkim_selector: Annotated[Text, Field(max_length=63)] = ""
    imap_host: Long = ""
    imap_port: Port = 993
    imap_security: Word = "tls"
    imap_user: Long = ""
    authserv: Long = ""
    secrets: Secrets = Field(default_factory=dict)


class EmailAccountChange(Given):
    """What changes; what is left out stays, each secret too. `version` is that of the account as it was read."""

    model_config = example({"version": 3, "enabled": False}, {"secrets": {"smtp": "open sesame"}})

    version: int | None = Field(default=None, ge=0, lt=2**31)
    name: Name | None = None
    address: Long | None = None
    from_name_fa: Name | None = None
    from_name_en: Name | None = None
    kinds: Names | None = None
    position: Count | None = None
    enabled: bool | None = None
    per_second: Count | None = None
    per_day: Count | None = None
    provider: Annotated[Text, Field(max_length=20)] | None = None
    smtp_host: Long | None = None
    smtp_port: Port | None = None
    smtp_security: Word | None = None
    smtp_user: Long | None = None
    return_path: Long | None = None
    plus: bool | None = None
    dkim_domain: Long | None = None
    dkim_selector: Annotated[Text, Field(max_length=63)] | None = None
    imap_host: Long | None = None
    imap_port: Port | None = None
    imap_security: Word | None = None
    imap_user: Long | None = None
    authserv: Long | None = None
    secrets: Secrets | None = None


class EmailAccountOut(Schema):
    """An account. `secrets` are the names of those that are kept; `trouble` hinders sending, `deafness` reading."""

    id: int
    name: str
    address: str
    from_name_fa: str
    from_name_en: str
    kinds: list[str]
    marketing: bool
    position: int
    enabled: bool
    per_second: int
    per_day: int
    provider: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    return_path: str
    plus: bool
    dkim_domain: str
    dkim_selector: str
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    authserv: str
    secrets: list[str]
    sent_at: datetime | None
    trouble: str
    heard_at: datetime | None
    deafness: str
    proved_at: datetime | None
    version: int
    created_at: datetime


class EmailHookOut(Schema):
    """The address for a provider's calls. It is told this once; in the answer to a repeated request it is null."""

    secret: str | None


class EmailTriedOut(Schema):
    """What trying one half of an account showed: smtp or imap; `said` is what the other side answered."""

    what: str
    good: bool
    said: str


class EmailFolderOut(Schema):
    """A folder: what the server counts in it, what was looked at, and what became of that. `differs` is how many mails
    were not looked at yet, null where nobody has counted.
    """

    id: int
    name: str
    special: str
    chosen: bool
    gone: bool
    total: int | None
    counted_at: datetime | None
    known: int
    stored: int
    before: int
    reports: int
    skipped: int
    failed: int
    differs: int | None


class EmailFoldersIn(Given):
    """The folders that are to be read, all of them."""

    model_config = example({"chosen": [4, 7]})

    chosen: list[Id] = Field(max_length=1_000)


class EmailReadOut(Schema):
    """How many mails were new, and how the folders stand."""

    new: int
    folders: list[EmailFolderOut]


class EmailLeftOutOut(Schema):
    """A mail that was not kept, or waits to be tried again (`fate` failed); `why` in words."""

    folder: str
    uid: int
    fate: str
    why: str
    at: datetime


class EmailProofOut(Schema):
    """A finding: spf, dkim or dmarc; `state` is good, warn, bad or unknown. `value` is to be published at `record`."""

    what: str
    state: str
    words: str
    record: str
    value: str


class EmailProofsOut(Schema):
    """What DNS said at `at`. `stands`: marketing may go; `marketing`: it does. The record of our own key besides."""

    at: datetime | None
    stands: bool
    marketing: bool
    proofs: list[EmailProofOut]
    record: str
    record_value: str


class EmailMarketingIn(Given):
    """Whether marketing may go from an account."""

    model_config = example({"on": True})

    on: bool

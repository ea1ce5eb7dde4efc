"""What channels hand over when somebody has written to us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ReceivedFile:
    """A file that came along; `content_id` is what a page of HTML calls it by, "" for none."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Received:
    """One message from outside. `external_id` is the channel's own id of it: what comes twice is taken once.

    `channel` is the channel's name ("email", "sms"), `account_id` the account it came to. `address` is the sender's as
    an identity is compared (E.164, lower case), `shown_address` as it came. `text` is what is read and found; `html`
    the page as it came, shown only cleaned. `conversation_id` when the channel knows it for sure (a signed token);
    `references` are external ids of earlier messages, newest last. `automatic`: no person wrote it (out of office,
    an autoresponder): it is kept, answers nothing and wakes nobody. `proof` is what is known of the sender's truth
    (SPF, DKIM, DMARC); `trusted` False keeps it from joining a conversation by references alone, and is shown.
    `quote_at` is the place in `text` from which it repeats what was said before, None where it doesn't.
    """

    channel: str
    account_id: int
    external_id: str
    at: datetime
    address: str
    shown_address: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    files: Sequence[ReceivedFile] = ()
    conversation_id: int | None = None
    references: Sequence[str] = ()
    automatic: bool = False
    trusted: bool = True
    proof: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    raw_file_id: int | None = None
    quote_at: int | None = None

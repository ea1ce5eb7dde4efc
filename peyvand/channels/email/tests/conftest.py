"""Accounts at servers of the tests' own, on loopback."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.conf import LazySettings

from peyvand.channels.conversations.tests.conftest import colleague as colleague
from peyvand.channels.conversations.tests.conftest import signed_in as signed_in
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import locked_up
from peyvand.channels.email.speaking import lines
from peyvand.channels.outreach.declarations import Outgoing
from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person


@dataclass
class Sink:
    """A server that takes mail, or says what it is told to say."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    rcpt: Callable[[str], str] | None = None
    sender: Callable[[str], str] | None = None
    data: Callable[[Envelope], str] | None = None
    cut: str = ""  # after which step the connection is cut: "data", "dot"
    server: Any = None

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if self.sender is not None and not (said := self.sender(address)).startswith("250"):
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.sessions.add(id(session))
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if self.rcpt is not None and not (said := self.rcpt(address)).startswith("250"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.cut == "dot":
            self.mails.append(envelope)
            server.transport.abort()
            await asyncio.sleep(0.01)
        said = self.data(envelope) if self.data is not None else "250 2.0.0 taken"
        if said.startswith("250"):
            self.mails.append(envelope)
        return said


class _Words:
    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == b"open sesame"
        return AuthResult(success=good, handled=False)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A server on loopback that keeps what it is given."""
    found = Sink()
    controller = Controller(
        found, hostname="127.0.0.1", port=0, authenticator=_Words(), auth_require_tls=False, data_size_limit=60 * 2**20
    )
    controller.port = _free_port()
    controller.start()
    found.port, found.server = controller.port, controller
    yield found
    lines.close_all()
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def account(db: None, settings: LazySettings) -> Callable[..., EmailAccount]:
    """Makes an account: account(smtp_port=…)."""
    settings.OWN_HOSTS = ["127.0.0.1", "localhost"]

    def made(*, secrets: dict[str, str] | None = None, **more: Any) -> EmailAccount:
        fields = {
            "name": "Hello", "address": "hello@house.ir", "from_name_fa": "خانه‌ی چای", "from_name_en": "Tea house",
            "smtp_host": "127.0.0.1", "smtp_security": "none", "marketing": True, **more,
        }  # fmt: skip
        return EmailAccount.objects.create(**fields, secrets=locked_up(secrets or {}))

    return made


@pytest.fixture
def outgoing() -> Callable[..., Outgoing]:
    """A message as the dispatcher hands it over: outgoing(to="m@home.ir")."""
    number = iter(range(1, 100_000))

    def made(**more: Any) -> Outgoing:
        fields: dict[str, Any] = {
            "id": next(number), "uid": uuid.uuid4(), "to": "m@home.ir", "to_name": "مریم کیانی",
            "line": "hello@house.ir",
            "subject": "جشن یلدا", "text": "سلام مریم\nچای رسید.", "language": "fa", "purpose": "news",
            "html": '<html lang="fa" dir="rtl"><body dir="rtl"><p>سلام</p></body></html>', "kind": "marketing",
            "demo": False, "one_click_url": "https://site.house.ir/u/abc/", "preferences_url": "https://site/p/x/",
            **more,
        }  # fmt: skip
        return Outgoing(**fields)

    return made

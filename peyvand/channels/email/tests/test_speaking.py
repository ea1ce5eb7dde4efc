"""What goes out: how it is made, signed and handed over, and what each answer means."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from typing import cast

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.channels.email.carrier import EMAIL, accounts, kinds_of, send
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import locked_up
from peyvand.channels.email.speaking import lines
from peyvand.channels.email.speaking.mime import Mail, mail_of, one_line, uid_of
from peyvand.channels.email.speaking.signing import key_make, signed
from peyvand.channels.email.tests.conftest import Sink
from peyvand.channels.email.tokens import bounce_address, conversation_of, message_of, reply_address
from peyvand.channels.outreach.declarations import Account, Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.models import Message, State, Suppression
from peyvand.channels.outreach.services import ContentData, TextData, send_many
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
Makes = Callable[..., EmailAccount]
Outgoes = Callable[..., Outgoing]


def read(raw: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(raw, policy=email.policy.default))


def as_account(row: EmailAccount) -> Account:
    return Account(row.pk, row.name, row.address, secret={"row": row})


def sent(row: EmailAccount, *messages: Outgoing) -> list[Outcome]:
    said = {one.id: one for one in send(as_account(row), messages)}
    return [said[one.id] for one in messages]


def test_a_mail_has_all_it_needs(account: Makes, outgoing: Outgoes) -> None:
    row, out = account(), outgoing()
    mail = mail_of(row, out, files={})
    made = read(mail.raw)
    assert made["From"].addresses[0].display_name == "خانه‌ی چای"
    assert made["To"].addresses[0].addr_spec == "m@home.ir"
    assert made["Subject"] == "جشن یلدا"
    assert uid_of(made["Message-ID"]) == out.uid
    assert made["Content-Language"] == "fa"
    assert made["List-Unsubscribe"] == "<https://site.house.ir/u/abc/>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made["Auto-Submitted"] == "auto-generated"
    plain, page = made.get_body(("plain",)), made.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == "سلام مریم\nچای رسید.\n"
    assert 'dir="rtl"' in page.get_content()
    assert message_of(mail.sender) == out.uid
    assert max(len(line) for line in mail.raw.split(b"\r\n")) < 998
    assert mail_of(row, out, files={}).message_id == mail.message_id


def test_an_answer_names_its_conversation_and_what_it_answers(account: Makes, outgoing: Outgoes) -> None:
    thread = {
        "conversation": 77,
        "reply_to": "a@b.ir",
        "references": ["<x@y.ir>", "sha256:abc", "a@b.ir", "evil\r\nBcc: x@y"],
    }
    out = outgoing(kind="service", one_click_url="", thread=thread)
    made = read(mail_of(account(), out, files={}).raw)
    assert conversation_of(str(made["Reply-To"])) == 77
    assert made["In-Reply-To"] == "<a@b.ir>"
    assert made["References"] == "<x@y.ir> <a@b.ir>"
    for name in ("List-Unsubscribe", "Auto-Submitted", "Bcc"):
        assert made[name] is None


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_nobody_adds_a_header(subject: str, name: str) -> None:
    row = EmailAccount(address="hello@house.ir", name="x", from_name_fa=name, plus=True)
    hostile = "\r\nBcc: evil@evil.example\r\n\r\nhello"
    out = Outgoing(
        1,
        uuid.uuid4(),
        "m@home.ir",
        name + hostile,
        "",
        subject + hostile,
        "x",
        "<p>x</p>",
        "fa",
        "news",
        "service",
        False,
    )
    made = read(mail_of(row, out, files={}).raw)
    assert made["Bcc"] is None
    assert len(made.get_all("From") or []) == 1
    assert [one.addr_spec for one in made["To"].addresses] == ["m@home.ir"]
    assert "\n" not in one_line(subject + hostile)


def test_its_signature_is_believed(account: Makes, outgoing: Outgoes) -> None:
    pem, public = key_make()
    row = account(dkim_selector="peyvand", dkim_domain="house.ir", secrets={"dkim": pem})
    record = f"v=DKIM1; k=rsa; p={public}".encode()
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    text = "خط اول  \n\n  با   فاصله\n.نقطه\n\n\n"
    raw = mail_of(row, outgoing(text=text), files={}).raw
    assert dkim.verify(raw, dnsfunc=dns)
    assert asked == [b"peyvand._domainkey.house.ir."]
    made = read(raw)
    covered = str(made["DKIM-Signature"]).replace(" ", "").lower()
    for name in ("from", "list-unsubscribe", "list-unsubscribe-post", "reply-to"):
        assert f":{name}" in covered or f"h={name}" in covered
    assert not dkim.verify(raw.replace(b"Subject:", b"Subject: x"), dnsfunc=dns)
    assert not dkim.verify(b"From: evil@evil.example\r\n" + raw, dnsfunc=dns)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_body_is_signed_as_others_read_it(body: bytes) -> None:
    pem, public = _pair()
    whole = body.replace(b"\r", b"").replace(b"\n", b"\r\n")
    raw = b"From: a@house.ir\r\nSubject:  x\r\n y\t z\r\n\r\n" + whole
    made = signed(raw, pem=pem, domain="house.ir", selector="s")
    assert dkim.verify(made, dnsfunc=lambda name, timeout=5: f"v=DKIM1; p={public}".encode())


_PAIR: list[tuple[str, str]] = []


def _pair() -> tuple[str, str]:
    if not _PAIR:
        _PAIR.append(key_make())
    return _PAIR[0]


def test_mail_goes_over_one_connection(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    row = account(smtp_port=sink.port, smtp_user="hello", secrets={"smtp": "open sesame"})
    out = [outgoing(to=f"m{n}@home.ir", text=".\n..\nسلام") for n in range(5)]
    assert [one.said for one in sent(row, *out)] == [Said.SENT] * 5
    assert [one.rcpt_tos for one in sink.mails] == [[f"m{n}@home.ir"] for n in range(5)]
    assert len(sink.sessions) == 1
    content = sink.mails[0].content
    assert isinstance(content, bytes)
    body = read(content).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == ".\n..\nسلام\n"
    assert message_of(str(sink.mails[2].mail_from)) == out[2].uid
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.trouble == ""


@pytest.mark.parametrize(
    ("answer", "said", "code", "suppress"),
    [
        ("550 5.1.1 no such user", Said.FAILED, "5.1.1", "hard-bounce"),
        ("550 no such user", Said.FAILED, "550", ""),
        ("550 5.7.1 not from you", Said.FAILED, "5.7.1", ""),
        ("450 4.2.1 busy", Said.AGAIN, "4.2.1", ""),
        ("421 4.7.0 go away", Said.AGAIN, "4.7.0", ""),
        ("530 5.7.0 sign in", Said.AGAIN, "5.7.0", ""),
    ],
)
def test_what_a_server_says_of_a_recipient(
    account: Makes, outgoing: Outgoes, sink: Sink, answer: str, said: str, code: str, suppress: str
) -> None:
    sink.rcpt = lambda address: answer if address == "bad@home.ir" else "250 OK"
    row = account(smtp_port=sink.port)
    good, bad, after = outgoing(), outgoing(to="bad@home.ir"), outgoing()
    found = sent(row, good, bad, after)
    assert [one.said for one in found] == [Said.SENT, said, Said.SENT]
    assert (found[1].code, found[1].suppress) == (code, suppress)
    assert len(sink.mails) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("250 OK", Said.SENT),
        ("554 5.7.1 spam", Said.FAILED),
        ("451 4.3.0 later", Said.AGAIN),
        ("999 what", Said.UNKNOWN),
    ],
)
def test_what_a_server_says_of_a_mail(account: Makes, outgoing: Outgoes, sink: Sink, answer: str, said: str) -> None:
    sink.data = lambda envelope: answer
    row = account(smtp_port=sink.port)
    assert [one.said for one in sent(row, outgoing())] == [said]


def test_cut_after_the_dot_nobody_knows(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    row = account(smtp_port=sink.port)
    sink.cut = "dot"
    (found,) = sent(row, outgoing())
    assert found.said == Said.UNKNOWN
    sink.cut = ""
    assert [one.said for one in sent(row, outgoing())] == [Said.SENT]


@pytest.mark.parametrize("step", ["greeting", "mail", "data"])
def test_cut_before_the_dot_it_certainly_did_not_go(account: Makes, outgoing: Outgoes, step: str) -> None:
    """A server that hangs up at that step, twice: the mail may go later, and nothing was taken."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines_in:
                if step == "greeting":
                    continue
                connection.sendall(b"220 hello\r\n")
                for line in lines_in:
                    verb = line[:4].upper()
                    if verb == b"MAIL" and step == "mail":
                        break
                    if verb == b"DATA":
                        connection.sendall(b"354 go\r\n")
                        break
                    connection.sendall(b"250 OK\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    row = account(smtp_port=listener.getsockname()[1])
    found = sent(row, outgoing(text="x" * 3_000_000), outgoing())
    # `close` makes the system wake `accept` only when it is shut down first.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    lines.close_all()
    assert {one.said for one in found} <= ({Said.AGAIN} if step != "data" else {Said.AGAIN, Said.UNKNOWN})
    row.refresh_from_db()
    assert row.trouble or step == "data"


def test_a_connection_that_the_server_closed_is_opened_again(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    row = account(smtp_port=sink.port)
    assert sent(row, outgoing())[0].said == Said.SENT
    kept = lines._lines()[row.pk].smtp
    assert kept.sock is not None
    kept.sock.shutdown(socket.SHUT_RDWR)
    assert sent(row, outgoing())[0].said == Said.SENT
    assert len(sink.mails) == 2


def test_a_wrong_password_is_said_on_the_page_and_waits(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    row = account(smtp_port=sink.port, smtp_user="hello", secrets={"smtp": "wrong"})
    found = sent(row, outgoing(), outgoing())
    assert [one.said for one in found] == [Said.AGAIN, Said.AGAIN]
    assert found[0].after >= 600
    row.refresh_from_db()
    assert "535" in row.trouble
    assert "wrong" not in row.trouble
    row.secrets = locked_up({"smtp": "open sesame"})
    row.version += 1
    row.save()
    assert sent(row, outgoing())[0].said == Said.SENT
    row.refresh_from_db()
    assert row.trouble == ""


def test_an_accounts_page_names_no_recipient(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    sink.rcpt = lambda address: f"450 4.2.1 <{address}>: mailbox busy"
    row = account(smtp_port=sink.port)
    sent(row, outgoing())
    row.refresh_from_db()
    assert row.trouble == "4.2.1 4.2.1 <…>: mailbox busy"


def test_a_server_inside_ones_own_network_is_not_reached(
    account: Makes, outgoing: Outgoes, sink: Sink, settings: object
) -> None:
    row = account(smtp_port=sink.port)
    settings.OWN_HOSTS = []  # type: ignore[attr-defined]
    assert sent(row, outgoing())[0].said == Said.AGAIN
    assert not sink.mails
    assert not sink.sessions


def test_an_address_that_no_mail_can_bear_spoils_only_itself(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    row = account(smtp_port=sink.port)
    found = sent(row, outgoing(to="a b@home.ir"), outgoing())
    assert [one.said for one in found] == [Said.FAILED, Said.SENT]


def test_the_sample_reaches_nobody(account: Makes, outgoing: Outgoes, sink: Sink) -> None:
    sample = account(provider="sample", demo=True, smtp_port=sink.port)
    assert sent(sample, outgoing(demo=True))[0].said == Said.DELIVERED
    as_smtp = account(demo=True, smtp_port=sink.port)
    assert sent(as_smtp, outgoing(demo=True))[0].said == Said.DELIVERED
    assert not sink.sessions


def test_marketing_goes_only_with_proofs(account: Makes) -> None:
    assert "marketing" in kinds_of(account())
    assert "marketing" not in kinds_of(account(marketing=False))
    assert kinds_of(account(marketing=False, kinds=["marketing"])) == {"none"}
    assert len(accounts(False)) == 3
    account(enabled=False)
    account(provider="gone")
    assert len(accounts(False)) == 3


def test_through_the_gate_to_a_real_server(
    account: Makes, person: Callable[..., Customer], actor: Actor, sink: Sink
) -> None:
    account(smtp_port=sink.port)
    people = [person(allows=["email"]) for _ in range(3)]
    content = ContentData(title="News", texts=[TextData("سلام {{first_name}}", "fa", subject="خبر")])
    sink.rcpt = lambda address: "550 5.1.1 nobody" if address == "m2@home.ir" else "250 OK"
    send_many(
        actor=actor, customers=[one.pk for one in people], purpose="news", content=content, dedupe_key="n",
        channel="email",
    )  # fmt: skip
    send_due()
    states = list(Message.objects.order_by("address").values_list("state", flat=True))
    assert states == [State.SENT, State.FAILED, State.SENT]
    assert Suppression.objects.get().reason == "hard-bounce"
    content_ = sink.mails[0].content
    assert isinstance(content_, bytes)
    made = read(content_)
    assert "/u/" in made["List-Unsubscribe"]
    assert EMAIL.rich


def test_addresses_name_what_they_belong_to() -> None:
    uid = uuid.uuid4()
    address = bounce_address("hello@house.ir", uid)
    assert message_of(address) == uid
    assert message_of(address.upper()) == uid
    assert conversation_of(address) is None
    tail = "a" if address.split("@")[0][-1] != "a" else "b"
    assert message_of(address.replace("@", f"{tail}@")) is None
    assert message_of("hello+b" + "a" * 38 + "@house.ir") is None
    assert conversation_of(reply_address("hello@house.ir", 5)) == 5
    assert bounce_address("x" * 40 + "@house.ir", uid) == ""
    assert len(address.split("@")[0]) <= 64


def test_mails_speak_of_their_ids(account: Makes, outgoing: Outgoes) -> None:
    out = outgoing()
    mail = mail_of(account(), out, files={})
    assert isinstance(mail, Mail)
    assert mail.message_id == f"<{out.uid.hex}@house.ir>"
    assert uid_of("<not-ours@house.ir>") is None

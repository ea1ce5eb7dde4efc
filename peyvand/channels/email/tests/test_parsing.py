"""Mails of every sort, taken apart: what is in them is found, and nothing makes it fail."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peyvand.channels.email.hearing import judging
from peyvand.channels.email.hearing.decoding import header_text
from peyvand.channels.email.hearing.parsing import MOST_FILES, parsed
from peyvand.channels.email.hearing.proving import Proved, proved
from peyvand.channels.email.hearing.quoting import quote_start
from peyvand.channels.email.speaking.signing import key_make, signed
from peyvand.channels.email.tests import corpus
from peyvand.channels.email.tests.corpus import b64, mail, part, parts


def test_there_are_enough_of_them() -> None:
    groups = (corpus.CHARSETS, corpus.SHAPES, corpus.SUBJECTS, corpus.MACHINES, corpus.PEOPLE, corpus.QUOTES)
    assert sum(map(len, groups)) >= 60


@pytest.mark.parametrize("name", corpus.CHARSETS)
def test_letters_are_read_as_meant(name: str) -> None:
    raw, expected = corpus.CHARSETS[name]
    assert expected in parsed(raw).text


@pytest.mark.parametrize("name", corpus.SHAPES)
def test_every_shape_is_read(name: str) -> None:
    raw, expected = corpus.SHAPES[name]
    found = parsed(raw)
    assert expected in found.text
    assert found.external_id
    assert "\x00" not in found.text + found.html


@pytest.mark.parametrize("name", corpus.SUBJECTS)
def test_subjects(name: str) -> None:
    written, expected = corpus.SUBJECTS[name]
    assert parsed(mail(Subject=written)).subject == expected


def test_files_come_along_with_their_names() -> None:
    found = parsed(corpus.SHAPES["mixed of related"][0])
    assert [(one.name, one.content_type, one.content_id) for one in found.files] == [
        ("file.png", "image/png", "logo@x"), ("ف.pdf", "application/pdf", ""),
    ]  # fmt: skip
    assert found.files[1].content == b"%PDF-1.4 x"
    inner = parsed(corpus.SHAPES["a mail in a mail"][0]).files
    assert [(one.name, b"inner" in one.content) for one in inner] == [("file.eml", True)]
    wrapped = parsed(corpus.SHAPES["winmail.dat"][0]).files
    assert [(one.name, one.content) for one in wrapped] == [("bill.txt", b"42")]
    assert [one.name for one in parsed(corpus.SHAPES["a broken winmail.dat"][0]).files] == ["winmail.dat"]


def test_a_name_leads_nowhere() -> None:
    evil = part("x", 'text/x; name="../../etc/passwd"', Content_Disposition="attachment")
    assert [one.name for one in parsed(mail(*parts(evil))).files] == [".._.._etc_passwd"]


def test_who_wrote_and_to_whom() -> None:
    found = parsed(
        mail(
            From='"کیانی، مریم" <M@Home.IR>',
            To="a@house.ir, B <b@house.ir>",
            Cc="c@house.ir",
            Delivered_To="d@house.ir",
        )
    )
    assert (found.sender, found.sender_name) == ("m@home.ir", "کیانی، مریم")
    assert set(found.to) == {"a@house.ir", "b@house.ir", "c@house.ir", "d@house.ir"}
    assert parsed(mail(From="broken <m@home.ir")).sender == "m@home.ir"
    assert parsed(mail(From="")).sender == ""


def test_a_mail_without_a_name_gets_one_of_its_own() -> None:
    one, two = mail(Message_ID=""), mail("other", Message_ID="")
    assert parsed(one).external_id == parsed(one).external_id != parsed(two).external_id
    assert parsed(one).external_id.startswith("sha256:")
    assert parsed(mail(Message_ID="<" + "x" * 500 + "@y>")).external_id.startswith("sha256:")
    assert parsed(mail(References="<a@b> <c@d>", In_Reply_To="<c@d>")).references == ["a@b", "c@d"]


def test_ten_megabytes_in_a_thousand_parts() -> None:
    inner = [part(corpus.TEXT)] + [
        part(b64(b"x" * 7_500), f'application/octet-stream; name="f{n}.bin"', Content_Transfer_Encoding="base64")
        for n in range(1_000)
    ]
    raw = mail(*parts(*inner))
    assert len(raw) > 10_000_000
    began = time.process_time()
    found = parsed(raw)
    assert time.process_time() - began < 20
    assert corpus.TEXT in found.text
    assert len(found.files) == MOST_FILES + 1
    assert found.files[-1].name == "message.eml", "what is not kept one by one comes as a whole"
    assert found.files[-1].content == raw


def test_a_tower_of_parts_is_kept_whole() -> None:
    found = parsed(mail(*corpus._nested(400, part("deep"))))
    assert [one.name for one in found.files] == ["message.eml"]
    assert found.subject == "Tea"


@pytest.mark.parametrize("name", corpus.QUOTES)
def test_what_repeats_is_found(name: str) -> None:
    text, new = corpus.QUOTES[name]
    found = parsed(mail(text))
    assert found.quote_at is not None
    assert found.text[: found.quote_at].strip() == new


@pytest.mark.parametrize("name", corpus.NO_QUOTES)
def test_nothing_new_is_ever_folded_away(name: str) -> None:
    assert quote_start(corpus.NO_QUOTES[name]) is None


def test_a_page_tells_where_it_repeats() -> None:
    page = '<div>رسید</div><div class="gmail_quote"><blockquote>سلام</blockquote></div>'
    found = parsed(mail(page, "text/html; charset=utf-8"))
    assert found.quote_at is not None
    assert (found.text[: found.quote_at].strip(), found.text[found.quote_at :].strip()) == ("رسید", "سلام")


@pytest.mark.parametrize("name", corpus.MACHINES)
def test_machines_are_known(name: str) -> None:
    assert judging.automatic(parsed(corpus.MACHINES[name]))


@pytest.mark.parametrize("name", corpus.PEOPLE)
def test_people_are_not_taken_for_machines(name: str) -> None:
    assert judging.automatic(parsed(corpus.PEOPLE[name])) == ""


@given(st.binary(max_size=2_000))
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n")
@example(b"Content-Type: text/plain; charset=\xff\xfe\r\nContent-Disposition: attachment; filename*=x''%\r\n\r\nx")
@example(b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n")
@settings(deadline=None, max_examples=200)
def test_whatever_comes_is_taken(raw: bytes) -> None:
    found = parsed(raw)
    assert isinstance(found.text, str)
    assert found.quote_at is None or 0 < found.quote_at < len(found.text)
    judging.automatic(found)
    judging.complained_of(found)


@given(st.sampled_from(sorted(corpus.SHAPES)), st.integers(0, 3_000), st.binary(max_size=8))
@settings(deadline=None, max_examples=200)
def test_a_broken_mail_is_taken_too(name: str, at: int, junk: bytes) -> None:
    raw = corpus.SHAPES[name][0]
    parsed(raw[: at % (len(raw) + 1)] + junk + raw[(at + 5) % (len(raw) + 1) :])


@given(st.text(max_size=200))
@settings(deadline=None)
def test_headers_are_one_line(text: str) -> None:
    assert "\n" not in header_text(text)
    assert "\r" not in header_text(text)


# ── who sent it ───────────────────────────────────────────────────────────


def judged(*lines: str, authserv: str = "mx.house.ir") -> Proved:
    head = b"".join(f"Authentication-Results: {line}\r\n".encode() for line in lines)
    raw = head + mail()
    return proved(parsed(raw), raw, authserv=authserv, key_finder=lambda name, timeout: None)


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("mx.house.ir; dmarc=pass header.from=home.ir", "pass"),
        ("mx.house.ir; dmarc=fail header.from=home.ir; dkim=pass header.d=evil.example", "fail"),
        ("mx.house.ir; dkim=pass header.d=home.ir; spf=fail smtp.mailfrom=x.ir", "pass"),
        ("mx.house.ir; spf=pass smtp.mailfrom=b@mail.home.ir", "pass"),
        ("mx.house.ir; spf=pass smtp.mailfrom=evil@evil.example", "none"),
        ("mx.house.ir; spf=fail smtp.mailfrom=m@home.ir", "fail"),
        ("mx.house.ir; none", "none"),
        ("evil.example; dmarc=pass header.from=home.ir", "none"),
    ],
)
def test_only_ones_own_server_is_believed(line: str, result: str) -> None:
    assert judged(line).result == result


def test_what_stands_below_was_written_by_others() -> None:
    assert judged("other.example; none", "mx.house.ir; dmarc=pass").result == "none"


def test_a_signature_is_checked_here() -> None:
    pem, public = key_make()
    record = f"v=DKIM1; k=rsa; p={public}".encode()
    good = signed(mail(), pem=pem, domain="home.ir", selector="s")
    foreign = signed(mail(), pem=pem, domain="evil.example", selector="s")

    def result(raw: bytes, found: bytes | None = record) -> str:
        return proved(parsed(raw), raw, authserv="", key_finder=lambda name, timeout: found).result

    assert result(good) == "pass"
    assert result(good.replace(b"Subject: Tea", b"Subject: Pay")) == "fail"
    assert result(good, None) == "none", "who can't be asked proves nothing"
    assert result(good.replace("چای".encode(), b"gold")) == "fail"
    assert result(foreign) == "none"
    assert result(mail()) == "none"

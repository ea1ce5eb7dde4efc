"""Mails of every sort, as they come in life: made here, word by word, so that nobody's real mail lies in the tests."""

from __future__ import annotations

import base64
import quopri
import struct
from collections.abc import Mapping
from email.header import Header

TEXT = "سلام، چای لاهیجان رسید. گزارش کیفیت: عالی"
CP = "سلام، چاي رسيد. پژواك"  # letters that windows-1256 has, keyboards of old


def mail(body: str | bytes = TEXT, kind: str = "text/plain; charset=utf-8", **more: str) -> bytes:
    """A simple mail; underscores in names of headers stand for hyphens."""
    headers = {
        "From": "Maryam <m@home.ir>", "To": "hello@house.ir", "Subject": "Tea", "Message-ID": "<1@home.ir>",
        "Date": "Sat, 28 Nov 2026 10:00:00 +0330", "Content-Type": kind,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    whole = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + whole


def parts(*inner: bytes, sub: str = "mixed", boundary: str = "b0") -> tuple[bytes, str]:
    """A multipart's body and its content type."""
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in inner)
    return body + b"--" + boundary.encode() + b"--\r\n", f'multipart/{sub}; boundary="{boundary}"'


def part(body: str | bytes, kind: str = "text/plain; charset=utf-8", **more: str) -> bytes:
    """A part."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {"Content-Type": kind, **more}.items())
    return head.encode() + b"\r\n" + (body if isinstance(body, bytes) else body.encode())


def report(
    fields: str, *, kind: str = "delivery-status", original: bytes = b"", human: str = "Sorry."
) -> tuple[bytes, str]:
    """A report with its fields and what it speaks of."""
    made = [part(human), part(fields.replace("\n", "\r\n"), f"message/{kind}")]
    if original:
        made.append(part(original, "message/rfc822"))
    body, _type = parts(*made, sub="report", boundary="r0")
    return body, f'multipart/report; report-type={kind}; boundary="r0"'


def failed(
    status: str = "5.1.1", action: str = "failed", told: str = "smtp; 550 5.1.1 User unknown"
) -> tuple[bytes, str]:
    """A bounce as RFC 3464 has it."""
    return report(
        f"Reporting-MTA: dns; mx.home.ir\n\nFinal-Recipient: rfc822; m@home.ir\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {told}\n"
    )


def tnef(*files: tuple[str, bytes], body: str = "") -> bytes:
    """A winmail.dat with these files."""

    def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
        return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    made = struct.pack("<IH", 0x223E9F78, 1)
    if body:
        made += attribute(1, 0x800C, 0x0002, body.encode() + b"\x00")
    for name, content in files:
        made += attribute(2, 0x9002, 0x0006, b"\x00" * 14)
        made += attribute(2, 0x8010, 0x0001, name.encode() + b"\x00")
        made += attribute(2, 0x800F, 0x0006, content)
    return made


def b64(raw: bytes) -> str:
    """As base64 in lines."""
    return base64.encodebytes(raw).decode()


def _charsets() -> dict[str, tuple[bytes, str]]:
    return {
        "utf-8": (mail(), TEXT),
        "windows-1256": (mail(CP.encode("cp1256"), "text/plain; charset=windows-1256"), CP),
        "windows-1256 in capitals and quotes": (mail(CP.encode("cp1256"), 'text/plain; charset="WINDOWS-1256"'), CP),
        "windows-1256 undeclared": (mail(CP.encode("cp1256"), "text/plain"), CP),
        "windows-1256 that says utf-8": (mail(CP.encode("cp1256"), "text/plain; charset=utf-8"), CP),
        "utf-8 that says us-ascii": (mail(TEXT, "text/plain; charset=us-ascii"), TEXT),
        "utf-8 that says latin-1": (mail(TEXT, "text/plain; charset=iso-8859-1"), TEXT),
        "utf-8 undeclared": (mail(TEXT, "text/plain"), TEXT),
        "no content type": (mail(TEXT, ""), TEXT),
        "an unknown charset": (mail(TEXT, "text/plain; charset=x-klingon"), TEXT),
        "a codec that is no charset": (mail(TEXT, "text/plain; charset=rot13"), TEXT),
        "utf-16": (mail(TEXT.encode("utf-16"), "text/plain; charset=utf-16"), TEXT),
        "base64": (mail(b64(TEXT.encode()), Content_Transfer_Encoding="base64"), TEXT),
        "quoted-printable": (
            mail(quopri.encodestring(TEXT.encode()), Content_Transfer_Encoding="quoted-printable"), TEXT,
        ),
        "windows-1256 quoted-printable": (
            mail(quopri.encodestring(CP.encode("cp1256")), "text/plain; charset=windows-1256",
                 Content_Transfer_Encoding="quoted-printable"), CP,
        ),
        "latin": (mail("Grüße, café".encode("latin-1"), "text/plain; charset=iso-8859-1"), "Grüße, café"),
        "a curly quote that says latin-1": (mail(b"It\x92s tea", "text/plain; charset=iso-8859-1"), "It’s tea"),
        "cp1251": (mail("Здравствуйте".encode("cp1251"), "text/plain; charset=windows-1251"), "Здравствуйте"),
        "gb2312": (mail("你好".encode("gb18030"), "text/plain; charset=gb2312"), "你好"),
        "nul": (mail(b"tea\x00cup", "text/plain"), "teacup"),
        "a broken letter": (mail(TEXT.encode() + b"\xff", "text/plain; charset=utf-8"), "سلام"),
    }  # fmt: skip


CHARSETS: Mapping[str, tuple[bytes, str]] = _charsets()


def _shapes() -> dict[str, tuple[bytes, str]]:
    plain, page = part(TEXT), part(f"<html><body><p>{TEXT}</p></body></html>", "text/html; charset=utf-8")
    alternative = parts(plain, page, sub="alternative", boundary="b1")
    inner = part(alternative[0], alternative[1])
    image = part(b64(b"\x89PNG\r\n\x1a\n123"), "image/png", Content_ID="<logo@x>", Content_Transfer_Encoding="base64")
    related = parts(part(alternative[0], alternative[1]), image, sub="related", boundary="b2")
    pdf = part(
        b64(b"%PDF-1.4 x"), 'application/pdf; name="a.pdf"',
        Content_Disposition="attachment; filename*=utf-8''%D9%81.pdf",
        Content_Transfer_Encoding="base64",
    )  # fmt: skip
    return {
        "alternative": (mail(*alternative), TEXT),
        "only a page": (mail(f"<div>{TEXT}</div><script>x()</script>", "text/html; charset=utf-8"), TEXT),
        "only a page in windows-1256": (mail(f"<b>{CP}</b>".encode("cp1256"), "text/html; charset=windows-1256"), CP),
        "related": (mail(*related), TEXT),
        "mixed of related": (mail(*parts(part(*related), pdf)), TEXT),
        "nested ten times": (mail(*_nested(10, inner)), TEXT),
        "no end of the boundary": (mail(parts(plain)[0][:-8], parts(plain)[1]), TEXT),
        "no boundary at all": (mail(TEXT, "multipart/mixed"), TEXT),
        "a boundary that never comes": (mail(TEXT, 'multipart/mixed; boundary="zzz"'), TEXT),
        "bare line feeds": (mail(TEXT).replace(b"\r\n", b"\n"), TEXT),
        "bare carriage returns": (mail("one\rtwo"), "one\ntwo"),
        "flowed": (mail("سلام \nمریم\n> quoted \n> more", "text/plain; charset=utf-8; format=flowed"), "سلام مریم"),
        "flowed with delsp": (mail("سلا \nم", "text/plain; charset=utf-8; format=flowed; delsp=yes"), "سلام"),
        "two texts": (mail(*parts(part("one"), part("two"))), "one\n\ntwo"),
        "broken base64": (mail("2LPZhNin2YU===???", Content_Transfer_Encoding="base64"), "سلام"),
        "an unknown encoding": (mail(TEXT, Content_Transfer_Encoding="x-own"), TEXT),
        "winmail.dat": (
            mail(*parts(plain, part(b64(tnef(("bill.txt", b"42"))), "application/ms-tnef; name=winmail.dat",
                                    Content_Transfer_Encoding="base64"))), TEXT,
        ),
        "a broken winmail.dat": (
            mail(*parts(plain, part(b64(b"\x78\x9f\x3e\x22 broken"), "application/ms-tnef; name=winmail.dat",
                                    Content_Transfer_Encoding="base64"))), TEXT,
        ),
        "a mail in a mail": (mail(*parts(plain, part(mail("inner"), "message/rfc822"))), TEXT),
        "headers of 8 bits": (mail(TEXT, Subject="چای"), TEXT),
        "an endless subject": (mail(TEXT, Subject="x" * 100_000), TEXT),
        "a header without a colon": (mail(TEXT).replace(b"Subject: Tea", b"Subject Tea"), ""),
        "no headers at all": (TEXT.encode(), ""),
        "empty body": (mail(""), ""),
        "nothing": (b"", ""),
        "only line ends": (b"\r\n\r\n\r\n", ""),
        "zeros": (b"\x00" * 500, ""),
        "all bytes": (bytes(range(256)) * 8, ""),
    }  # fmt: skip


def _nested(depth: int, inner: bytes) -> tuple[bytes, str]:
    body, kind = parts(inner, boundary="n0")
    for level in range(1, depth):
        body, kind = parts(part(body, kind), boundary=f"n{level}")
    return body, kind


SHAPES: Mapping[str, tuple[bytes, str]] = _shapes()

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "plain": ("Tea", "Tea"),
    "base64": (Header("جشن یلدا", "utf-8").encode(), "جشن یلدا"),
    "windows-1256": (Header(CP[:20], "windows-1256").encode(), CP[:20]),
    "a letter in two words": (
        "=?utf-8?B?" + base64.b64encode("چای".encode()[:3]).decode() + "?= =?utf-8?B?"
        + base64.b64encode("چای".encode()[3:]).decode() + "?=", "چای",
    ),
    "without a space between": ("=?utf-8?B?2LPZhNin2YU=?==?utf-8?B?IQ==?=", "سلام!"),
    "raw utf-8": ("جشن یلدا", "جشن یلدا"),
    "an unknown charset": ("=?x-klingon?Q?tea?=", "tea"),
    "broken base64": ("=?utf-8?B?2LPZhNin2YU?=", "سلام"),
    "folded": ("one\r\n two", "one two"),
    "a new line inside a word": ("=?utf-8?Q?a=0D=0ABcc:_x@y.ir?=", "a Bcc: x@y.ir"),
}  # fmt: skip

MACHINES: Mapping[str, bytes] = {
    "RFC 3834": mail(Auto_Submitted="auto-replied"),
    "generated": mail(Auto_Submitted="auto-generated; x=y"),
    "X-Autoreply": mail(X_Autoreply="yes"),
    "X-Autorespond": mail(X_Autorespond="Tea"),
    "precedence": mail(Precedence="bulk"),
    "a list": mail(List_Id="<news.shop.ir>"),
    "a newsletter": mail(List_Unsubscribe="<https://x.ir/u>"),
    "from nobody": mail(Return_Path="<>"),
    "a daemon": mail(From="MAILER-DAEMON@mx.home.ir"),
    "Outlook's absence": mail(Subject="Automatic reply: Tea", X_Auto_Response_Suppress="All"),
    "a Persian absence": mail(Subject="پاسخ خودکار: چای", In_Reply_To="<x@house.ir>"),
    "a read receipt": mail(*report("Disposition: x; displayed", kind="disposition-notification")),
}
PEOPLE: Mapping[str, bytes] = {
    "plain": mail(),
    "says that no machine": mail(Auto_Submitted="no"),
    "speaks of an absence": mail(Subject="I was out of office", Precedence=""),
    "wants no absences": mail(X_Auto_Response_Suppress="OOF"),
}

QUOTES: Mapping[str, tuple[str, str]] = {
    "Gmail": ("رسید\n\nOn Sat, Nov 28, 2026 at 10:00 AM Tea <hello@house.ir> wrote:\n> سلام", "رسید"),
    "Gmail in two lines": (
        "Thanks\n\nOn Sat, Nov 28, 2026 at 10:00 AM Tea house\n<hello@house.ir> wrote:\n\n> hi",
        "Thanks",
    ),
    "Gmail in Persian": (
        "ممنون\n\nدر تاریخ شنبه ۷ آذر ۱۴۰۵، ۱۰:۰۰ خانه‌ی چای <hello@house.ir> نوشت:\n\n> سلام",
        "ممنون",
    ),
    "Outlook": ("Thanks\n\n-----Original Message-----\nFrom: Tea\nSent: Saturday", "Thanks"),
    "Outlook's fields": ("Thanks\n\nFrom: Tea house <hello@house.ir>\nSent: Saturday\nTo: m@home.ir\n\nhi", "Thanks"),
    "Outlook in Persian": ("ممنون\n\nاز: خانه‌ی چای\nتاریخ: شنبه\n\nسلام", "ممنون"),
    "only arrows": ("yes\n\n> did it come?\n> really?\n", "yes"),
}
NO_QUOTES: Mapping[str, str] = {
    "nothing": "سلام",
    "answers below": "On Sat, Tea <h@house.ir> wrote:\n> did it come?\nYes, it did.",
    "between the lines": "> did it come?\nYes.\n> and the cup?\nBroken.",
    "only a repetition": "> did it come?",
    "a sentence": "On Monday I wrote: nothing came. Please look.",
}

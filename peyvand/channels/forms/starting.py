"""Forms to start from. Their words are content, in both languages, that whoever makes the form may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class Starting:
    """A form to start from. `needs` is a purpose that its consent line speaks of, "" for none."""

    name: str
    label: Label
    help: Label
    icon: str
    texts: Mapping[str, Mapping[str, str]]
    structure: Mapping[str, Any]
    opt_in: str = ""


def _t(fa: str, en: str) -> dict[str, str]:
    return {"fa": fa, "en": en}


def _f(key: str, type_: str, fa: str, en: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": type_, "label": _t(fa, en), **more}


_NAME = _f("name", "text", "نام و نام خانوادگی", "Your name", required=True, map="name")
_EMAIL = _f("email", "email", "ایمیل", "E-mail", required=True, map="email")
_PHONE = _f("phone", "phone", "تلفن همراه", "Mobile phone", map="phone")
_NEWS = _f(
    "news", "consent", "می‌خواهم خبرها و پیشنهادها را با ایمیل بگیرم.", "Send me news and offers by e-mail.",
    purpose="news", channel="email",
)  # fmt: skip
_FROM = [
    {"key": "source", "type": "hidden", "source": "utm_source"},
    {"key": "page", "type": "hidden", "source": "page"},
]


def _steps(*steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"steps": [{"key": f"s{n}", "fields": fields} for n, fields in enumerate(steps, 1)]}


STARTING: tuple[Starting, ...] = (
    Starting(
        "contact", _("Contact"), _("A question to you, with the ways to answer it."), "message-2",
        {
            "title": _t("تماس با ما", "Contact us"),
            "intro": _t("پرسشتان را بنویسید؛ تا یک روز کاری پاسخ می‌دهیم.", "Ask us; we answer within a working day."),
            "button": _t("بفرست", "Send"),
            "thanks": _t("پیامتان رسید. به‌زودی پاسخ می‌دهیم.", "We have your message and will answer soon."),
        },
        _steps([
            _NAME, _EMAIL, _PHONE,
            _f("about", "choice", "درباره‌ی چه می‌نویسید؟", "What is it about?", options=[
                {"key": "order", "fa": "سفارشم", "en": "My order"},
                {"key": "goods", "fa": "کالاها", "en": "Your goods"},
                {"key": "other", "fa": "چیز دیگر", "en": "Something else"},
            ]),
            _f("number", "text", "شماره‌ی سفارش", "Order number", when={"field": "about", "op": "is", "value": "order"}),
            _f("message", "long", "پیام شما", "Your message", required=True), _NEWS, *_FROM,
        ]),
    ),
    Starting(
        "newsletter", _("Newsletter"), _("An address, and a yes from it before anything is sent."), "mail",
        {
            "title": _t("خبرنامه", "Newsletter"),
            "intro": _t("هر ماه یک نامه: تازه‌ها و پیشنهادها.", "A letter a month: what is new, and offers."),
            "button": _t("عضو می‌شوم", "Sign me up"),
            "thanks": _t("نامه‌ای برایتان فرستادیم؛ پیوند آن را باز کنید تا عضو شوید.",
                         "We have sent you a letter; open its link to join."),
        },
        _steps([_EMAIL, _f("first", "text", "نام", "First name", map="given_name"), *_FROM]),
        opt_in="news",
    ),
    Starting(
        "warranty", _("Warranty registration"), _("Goods, day and place of purchase, with a picture of the receipt."),
        "shield-check",
        {
            "title": _t("ثبت ضمانت", "Register your warranty"), "button": _t("ثبت کن", "Register"),
            "thanks": _t("ضمانت شما ثبت شد.", "Your warranty is registered."),
        },
        _steps(
            [
                _f("goods", "text", "نام یا کد کالا", "Name or code of the goods", required=True),
                _f("serial", "text", "شماره‌ی سریال", "Serial number", required=True),
                _f("bought", "date", "روز خرید", "Day of purchase", required=True),
                _f("receipt", "file", "عکس رسید", "Picture of the receipt"),
            ],
            [
                _NAME, {**_PHONE, "required": True}, {**_EMAIL, "required": False},
                _f("city", "text", "شهر", "City", map="city"),
                _f("postal", "postal", "کد پستی", "Postal code"), _f("address", "address", "نشانی", "Address"),
            ],
        ),
    ),
    Starting(
        "satisfaction", _("Satisfaction"), _("How it went, from zero to ten, and why."), "star",
        {
            "title": _t("خرید شما چطور بود؟", "How did it go?"), "button": _t("بفرست", "Send"),
            "thanks": _t("سپاس از وقتی که گذاشتید.", "Thank you for your time."),
        },
        _steps([
            _f("recommend", "nps", "چقدر ما را به دوستانتان پیشنهاد می‌کنید؟",
               "How likely are you to recommend us to friends?", required=True),
            _f("delivery", "rating", "تحویل", "Delivery"),
            _f("quality", "rating", "کیفیت کالا", "Quality of the goods"),
            _f("why", "long", "چرا؟", "Why?"),
            _f("call", "yesno", "می‌خواهید با شما تماس بگیریم؟", "Shall we call you?"),
            {**_PHONE, "required": True, "when": {"field": "call", "op": "is", "value": "yes"}},
        ]),
    ),
)  # fmt: skip

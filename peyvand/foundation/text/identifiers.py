"""Phone, e-mail, national and company id, postal code, IBAN and card: read as people type them, kept in one form.

Every parser raises an IdentifierError whose text says, in the reader's language, what to type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import phonenumbers
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from peyvand.foundation.text.banks import BANK_OF_CARD, BANKS
from peyvand.foundation.text.bidi import MARKS
from peyvand.foundation.text.digits import latin_digits, persian_digits

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PhoneType = Literal["mobile", "fixed", "other"]


class IdentifierError(ValueError):
    """What was typed can't be read; `str()` says what to type, in the language active then."""

    def __init__(self, message: _StrPromise, *, count: int | None = None) -> None:
        super().__init__()
        self.message = message
        self.count = count

    def __str__(self) -> str:
        if self.count is None:
            return str(self.message)
        persian = (get_language() or "").startswith("fa")
        return self.message % {"count": persian_digits(str(self.count)) if persian else str(self.count)}


class PhoneError(IdentifierError):
    """Not a phone number."""


class EmailError(IdentifierError):
    """Not an e-mail address."""


class NationalIdError(IdentifierError):
    """Not a person's national id (کد ملی)."""


class CompanyIdError(IdentifierError):
    """Not a company's national id (شناسه ملی)."""


class PostalCodeError(IdentifierError):
    """Not ten digits."""


class IbanError(IdentifierError):
    """Not an IBAN."""


class CardError(IdentifierError):
    """Not a bank card's number."""


# What Excel and copying leave round a code: marks, spaces, dashes, the ".0" of a number cell.
_UNSEEN = dict.fromkeys([*MARKS, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_NUMBER_CELL = re.compile(r"(\d+)\.0+")


def _bare(raw: str) -> str:
    text = latin_digits(raw).translate(_UNSEEN).strip()
    return match[1] if (match := _NUMBER_CELL.fullmatch(text)) else text


def _digits(raw: str) -> str:
    """The digits of a code in which only spaces, dashes, dots and slashes may stand between; empty if anything else."""
    text = re.sub(r"[\s\-–—‑./_]", "", _bare(raw))
    return text if re.fullmatch(r"[0-9]+", text) else ""


# ── phone ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Phone:
    """A phone number: E.164 (`+989123456789`), what it is, and its country's two letters ("" when it has none)."""

    e164: str
    type: PhoneType
    region: str


_IRAN_MOBILE = re.compile(r"(?:\+|00)?(?:98)?0?(9\d{9})")
_TYPES: dict[int, PhoneType] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",  # it may get a message
    PhoneNumberType.FIXED_LINE: "fixed",
}


def parse_phone(raw: str, region: str = "IR") -> Phone:
    """Read a phone number as people type it; without a country code it is one of `region`.

    Raises PhoneError. Any 09xxxxxxxxx is taken for an Iranian mobile, also where the numbering plan doesn't list its
    prefix yet.
    """
    text = re.sub(r"(?i)^tel:", "", _bare(raw))
    text = text.replace("＋", "+")
    compact = re.sub(r"[\s\-–—‑./()_]", "", text)
    mobile = _IRAN_MOBILE.fullmatch(compact)
    if mobile and (region == "IR" or re.match(r"\+98|0098", compact)):
        return Phone(e164=f"+98{mobile[1]}", type="mobile", region="IR")
    count = sum(sign.isdigit() for sign in compact)
    if not count:
        raise PhoneError(_("Type the number in digits, like 09123456789."))
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", compact) if compact.startswith("00") else text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise _phone_error(compact, count, region)
    kind = _TYPES.get(phonenumbers.number_type(number), "other")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164=e164, type=kind, region=phonenumbers.region_code_for_number(number) or "")


def _phone_error(compact: str, count: int, region: str) -> PhoneError:
    if region != "IR" or (compact.startswith(("+", "00")) and not compact.startswith(("+98", "0098"))):
        return PhoneError(_("Type the number with its country code, like +44 20 7183 8750."))
    if compact.startswith(("+", "0098")) or count == 11:
        return PhoneError(_("No number begins like this. Type it like 09123456789, or 02188776655 with the area code."))
    message = ngettext_lazy(
        "The number has %(count)s digit; it needs 11, like 09123456789.",
        "The number has %(count)s digits; it needs 11, like 09123456789.",
        count,
    )
    return PhoneError(message, count=count)


def format_phone(e164: str, language: str) -> str:
    """The number as it is read: `0912 345 6789` in Persian, `+98 912 345 6789` in others; abroad always with +.

    Latin digits in every language, to be shown left to right. What isn't a number comes back as it is.
    """
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    iranian = number.country_code == 98
    if iranian and re.fullmatch(r"\+989\d{9}", e164):
        rest = f"{e164[3:6]} {e164[6:9]} {e164[9:]}"
        return f"0{rest}" if language.startswith("fa") else f"+98 {rest}"
    if iranian and language.startswith("fa"):
        return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def phone_for_file(e164: str) -> str:
    """The number for a cell of CSV or XLSX, without the + that a spreadsheet takes for a formula: 0912…, abroad 0044….

    `parse_phone` reads it back to the same E.164.
    """
    if e164.startswith("+98"):
        return f"0{e164[3:]}"
    return f"00{e164[1:]}" if e164.startswith("+") else e164


# ── e-mail ────────────────────────────────────────────────────────────────

_LOCAL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")


def normalise_email(raw: str) -> str:
    """The address in lower case, its digits Latin, without "mailto:" and brackets. Raises EmailError."""
    text = re.sub(r"(?i)^mailto:", "", _bare(raw).strip("<>")).lower()
    if "@" not in text:
        raise EmailError(_("An e-mail address has an @ in it, like name@example.com."))
    if re.search(r"[,;\s]", text):
        raise EmailError(_("Type one e-mail address without spaces or commas, like name@example.com."))
    local, _at, domain = text.rpartition("@")
    labels = domain.split(".")
    well_formed = (
        _LOCAL.fullmatch(local)
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
        and len(local) <= 64
        and len(text) <= 254
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
    if not well_formed:
        raise EmailError(_("Type the whole e-mail address, like name@example.com."))
    return text


# ── people, companies, places ─────────────────────────────────────────────


def parse_national_id(raw: str) -> str:
    """A person's national id (کد ملی), ten digits; the zeros that Excel ate come back. Raises NationalIdError."""
    digits = _digits(raw)
    if not 8 <= len(digits) <= 10:
        raise NationalIdError(_("A national id has 10 digits, like 0084575948."))
    digits = digits.zfill(10)
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    if len(set(digits)) == 1 or int(digits[9]) != (rest if rest < 2 else 11 - rest):
        raise NationalIdError(
            _("One digit of this national id isn't right. Compare it with the card and type it again.")
        )
    return digits


_COMPANY_WEIGHTS = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)


def parse_company_id(raw: str) -> str:
    """A company's national id (شناسه ملی), eleven digits. Raises CompanyIdError."""
    digits = _digits(raw)
    if len(digits) != 11:
        raise CompanyIdError(_("A company's national id has 11 digits, like 14007650912."))
    shift = int(digits[9]) + 2
    rest = sum((int(digit) + shift) * weight for digit, weight in zip(digits[:10], _COMPANY_WEIGHTS, strict=True)) % 11
    if len(set(digits)) == 1 or int(digits[10]) != rest % 10:
        raise CompanyIdError(
            _("One digit of this company id isn't right. Compare it with the papers and type it again.")
        )
    return digits


@dataclass(frozen=True)
class PostalCode:
    """Ten digits, and a warning to show beside them when the post may not know such a code."""

    value: str
    warning: _StrPromise | None


_LIKELY_POSTAL_CODE = re.compile(r"(?!(\d)\1{3})[13-9]{4}[1346-9][013-9]{5}")


def parse_postal_code(raw: str) -> PostalCode:
    """An Iranian postal code. Raises PostalCodeError only where it isn't ten digits: the finer rule just warns."""
    digits = _digits(raw)
    if len(digits) != 10:
        raise PostalCodeError(_("A postal code has 10 digits, like 1416753955."))
    likely = _LIKELY_POSTAL_CODE.fullmatch(digits)
    return PostalCode(
        digits, None if likely else _("This doesn't look like a postal code of Iran; check it once more.")
    )


# ── banks ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Iban:
    """A checked IBAN without spaces; `bank` is the Iranian bank's name, or None when it is foreign or unknown."""

    value: str
    bank: _StrPromise | None

    @property
    def spaced(self) -> str:
        """In fours, as it is printed; left to right."""
        return " ".join(self.value[place : place + 4] for place in range(0, len(self.value), 4))


def parse_iban(raw: str) -> Iban:
    """An IBAN (شبا); 24 digits alone are Iranian. Raises IbanError."""
    text = re.sub(r"[\s\-–—‑./_]", "", _bare(raw)).upper()
    if re.fullmatch(r"\d{24}", text):
        text = f"IR{text}"
    if re.match(r"IR", text) and len(text) != 26:
        count = sum(sign.isdigit() for sign in text)
        message = ngettext_lazy(
            "An IBAN of Iran has IR and 24 digits; this one has %(count)s.",
            "An IBAN of Iran has IR and 24 digits; this one has %(count)s.",
            count,
        )
        raise IbanError(message, count=count)
    try:
        value = str(IBAN(text))
    except SchwiftyException:
        wrong_digit = _("One digit of this IBAN isn't right. Compare it with the bank's paper and type it again.")
        shape = _("Type the IBAN with its country's letters, like IR062960000000100324200001.")
        raise IbanError(wrong_digit if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text) else shape) from None
    return Iban(value=value, bank=BANKS.get(value[4:7]) if value.startswith("IR") else None)


@dataclass(frozen=True)
class Card:
    """What may be kept of a bank card: the masked number and the bank's name (None when unknown)."""

    masked: str
    bank: _StrPromise | None


def parse_card(raw: str) -> Card:
    """A bank card's sixteen digits, checked by Luhn; the middle six are forgotten here. Raises CardError."""
    digits = _digits(raw)
    if len(digits) != 16:
        raise CardError(_("A card's number has 16 digits."))
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10 or len(set(digits)) == 1:
        raise CardError(_("One digit of this card's number isn't right. Compare it with the card and type it again."))
    bank = BANK_OF_CARD.get(digits[:6])
    return Card(masked=f"{digits[:4]} {digits[4:6]}** **** {digits[12:]}", bank=BANKS[bank] if bank else None)

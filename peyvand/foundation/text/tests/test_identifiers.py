"""Known good and bad numbers, and that every refusal says what to type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.text import banks
from peyvand.foundation.text.digits import persian_digits
from peyvand.foundation.text.identifiers import (
    IdentifierError,
    PhoneError,
    format_phone,
    normalise_email,
    parse_card,
    parse_company_id,
    parse_iban,
    parse_national_id,
    parse_phone,
    parse_postal_code,
    phone_for_file,
)


@pytest.mark.parametrize(
    "raw",
    [
        "09123456789",
        "+989123456789",
        "00989123456789",
        "9123456789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "0912 345 67 89",
        "0912-345-6789",
        "(0912) 345.6789",
        "\u202a+98 912 345 6789\u202c",
        "tel:+989123456789",
        "989123456789",
        "9123456789.0",
        "+98 (0) 912 345 6789",
    ],
)
def test_an_iranian_mobile_has_one_form(raw: str) -> None:
    phone = parse_phone(raw)
    assert (phone.e164, phone.type, phone.region) == ("+989123456789", "mobile", "IR")


def test_landlines_and_other_countries() -> None:
    assert parse_phone("۰۲۱-۸۸۷۷۶۶۵۵").e164 == "+982188776655"
    assert parse_phone("02188776655").type == "fixed"
    assert parse_phone("+44 20 7183 8750").region == "GB"
    assert parse_phone("00442071838750").e164 == "+442071838750"
    assert parse_phone("020 7183 8750", "GB").e164 == "+442071838750"
    assert parse_phone("07911 123456", "GB").type == "mobile"


@pytest.mark.parametrize(
    "raw", ["", "سارا", "123456", "88776655", "00000000000", "+1", "0912345678901234", "+999123456789"]
)
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(PhoneError):
        parse_phone(raw)


def test_the_refusal_counts_the_digits_and_shows_one_to_follow() -> None:
    with pytest.raises(PhoneError) as caught:
        parse_phone("091234")
    with override("fa"):
        assert str(caught.value) == "شماره ۶ رقم دارد؛ باید ۱۱ رقم باشد، مانند 09123456789."
    with override("en"):
        assert str(caught.value) == "The number has 6 digits; it needs 11, like 09123456789."


def test_phones_are_shown() -> None:
    assert format_phone("+989123456789", "fa") == "0912 345 6789"
    assert format_phone("+989123456789", "en") == "+98 912 345 6789"
    assert format_phone("+982188776655", "fa") == "021 8877 6655"
    assert format_phone("+442071838750", "fa") == "+44 20 7183 8750"
    assert format_phone("1525", "fa") == "1525"


@given(st.from_regex(r"09[0-9]{9}", fullmatch=True), st.sampled_from(["fa", "en"]))
def test_a_mobile_survives_showing_and_a_file(raw: str, language: str) -> None:
    e164 = parse_phone(raw).e164
    assert parse_phone(format_phone(e164, language)).e164 == e164
    assert parse_phone(persian_digits(phone_for_file(e164))).e164 == e164
    assert parse_phone(phone_for_file(e164)[1:]).e164 == e164  # Excel ate the zero


def test_a_foreign_number_survives_a_file() -> None:
    assert phone_for_file("+442071838750") == "00442071838750"
    assert parse_phone("00442071838750").e164 == "+442071838750"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (" Ali.R@Example.IR ", "ali.r@example.ir"),
        ("mailto:a@b.ir", "a@b.ir"),
        ("<a@b.ir>", "a@b.ir"),
        ("\u200fali۲@b.ir", "ali2@b.ir"),
        ("a+b@sub.example.co", "a+b@sub.example.co"),
        ("نام@نمونه.ایران", "نام@نمونه.ایران"),
    ],
)
def test_email(raw: str, kept: str) -> None:
    assert normalise_email(raw) == kept
    assert normalise_email(kept) == kept


@pytest.mark.parametrize(
    "raw", ["", "a", "a@", "@b.ir", "a@b", "a b@c.ir", "a@b.ir, c@d.ir", "a@-b.ir", "a..b@c.ir", "a@b.1", "a@@b.ir"]
)
def test_no_email(raw: str) -> None:
    with pytest.raises(IdentifierError):
        normalise_email(raw)


def test_national_id() -> None:
    for known in ("0084575948", "0013542419"):
        assert parse_national_id(known) == known
    assert parse_national_id("۸۴۵۷۵۹۴۸") == parse_national_id("84575948.0") == "0084575948"
    assert parse_national_id("008-457594-8") == "0084575948"
    for wrong in ("0012345678", "1111111111", "", "123", "00845759480", "008457594x"):
        with pytest.raises(IdentifierError):
            parse_national_id(wrong)


def test_company_id() -> None:
    for known in ("10380284790", "14007650912", "10861677542"):
        assert parse_company_id(persian_digits(known)) == known
    for wrong in ("10380284791", "1038028479", "11111111111", ""):
        with pytest.raises(IdentifierError):
            parse_company_id(wrong)


@given(st.sampled_from(["0084575948", "0013542419"]), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_a_national_id_is_found(known: str, place: int, by: int) -> None:
    wrong = known[:place] + str((int(known[place]) + by) % 10) + known[place + 1 :]
    with pytest.raises(IdentifierError):
        parse_national_id(wrong)


def test_a_postal_code_warns_but_does_not_block() -> None:
    assert parse_postal_code("۱۴۱۶۷-۵۳۹۵۵").warning is None
    assert parse_postal_code("1111111111").warning is not None
    with pytest.raises(IdentifierError):
        parse_postal_code("14167")


def test_iban() -> None:
    assert parse_iban("IR062960000000100324200001").bank is None
    iban = parse_iban("ir58 0540 1051 8002 1273 1130 07")
    assert iban.value == "IR580540105180021273113007"
    assert iban.spaced == "IR58 0540 1051 8002 1273 1130 07"
    assert parse_iban("۵۸۰۵۴۰۱۰۵۱۸۰۰۲۱۲۷۳۱۱۳۰۰۷").value == iban.value
    with override("fa"):
        assert str(iban.bank) == "بانک پارسیان"
    with override("en"):
        assert str(iban.bank) == "Parsian Bank"
    assert parse_iban("GB29 NWBK 6016 1331 9268 19").bank is None
    for wrong in ("IR580540105180021273113008", "IR58", "", "سلام", "XX00", "GB29NWBK60161331926818"):
        with pytest.raises(IdentifierError):
            parse_iban(wrong)


def test_a_card_is_kept_masked_only() -> None:
    card = parse_card("۶۰۳۷ ۹۹۱۱ ۱۱۱۱ ۱۱۱۲")
    assert card.masked == "6037 99** **** 1112"
    assert card.bank is banks.BANKS["017"]
    assert "11111" not in repr(card).replace("1112", "")
    for wrong in ("6037991111111114", "603799111111111", "", "0000000000000000"):
        with pytest.raises(IdentifierError):
            parse_card(wrong)


def test_every_card_prefix_has_its_bank() -> None:
    assert set(banks.BANK_OF_CARD.values()) <= set(banks.BANKS)
    assert all(len(prefix) == 6 for prefix in banks.BANK_OF_CARD)


PARSERS = [parse_phone, normalise_email, parse_national_id, parse_company_id, parse_postal_code, parse_iban, parse_card]


@pytest.mark.parametrize("parser", PARSERS)
@given(raw=st.text() | st.text("0123456789۰۱۲+-() IRir@.", max_size=30))
def test_whatever_is_typed_is_read_or_refused_in_words(parser: Callable[[str], object], raw: str) -> None:
    try:
        parser(raw)
    except IdentifierError as error:
        with override("fa"):
            said = str(error)
        assert said.endswith(".")
        assert "%" not in said
        assert any("ا" <= letter <= "ی" for letter in said)

"""Currencies: minor digits by ISO 4217, names in both languages. The Rial stands apart: no minor unit here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RIAL = "IRR"
TOMAN = "IRT"  # how gateways name it; never a stored currency
RIALS_A_TOMAN = 10


@dataclass(frozen=True)
class Currency:
    """A currency; one major unit is 10 ** `digits` minor ones.

    `symbol` stands before the number in English (else the code does); `word` after it in Persian (else the name).
    """

    code: str
    digits: int
    name: _StrPromise
    symbol: str = ""
    word: _StrPromise | None = None


class UnknownCurrencyError(LookupError):
    """A code that no currency here has."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(_("There is no currency with the code %(code)s. Type one like IRR or EUR.")) % {"code": self.code}


CURRENCIES: dict[str, Currency] = {
    currency.code: currency
    for currency in (
        # ISO gives the Rial two digits, which nobody has used for generations: stored whole, shown also as toman.
        Currency(RIAL, 0, _("Iranian rial"), word=_("rial")),
        Currency("USD", 2, _("US dollar"), symbol="$", word=_("dollar")),
        Currency("EUR", 2, _("Euro"), symbol="€", word=_("euro")),
        Currency("GBP", 2, _("British pound"), symbol="£", word=_("pound")),
        Currency("TRY", 2, _("Turkish lira"), symbol="₺", word=_("lira")),
        Currency("AED", 2, _("UAE dirham"), word=_("dirham")),
        Currency("CHF", 2, _("Swiss franc"), word=_("franc")),
        Currency("JPY", 0, _("Japanese yen"), symbol="¥", word=_("yen")),
        Currency("CNY", 2, _("Chinese yuan"), word=_("yuan")),
        Currency("RUB", 2, _("Russian rouble"), symbol="₽", word=_("rouble")),
        Currency("INR", 2, _("Indian rupee"), symbol="₹"),
        Currency("PKR", 2, _("Pakistani rupee")),
        Currency("AFN", 2, _("Afghan afghani"), word=_("afghani")),
        Currency("IQD", 3, _("Iraqi dinar")),
        Currency("KWD", 3, _("Kuwaiti dinar")),
        Currency("BHD", 3, _("Bahraini dinar")),
        Currency("JOD", 3, _("Jordanian dinar")),
        Currency("SAR", 2, _("Saudi riyal")),
        Currency("QAR", 2, _("Qatari riyal")),
        Currency("OMR", 3, _("Omani rial")),
        Currency("YER", 2, _("Yemeni rial")),
        Currency("LBP", 2, _("Lebanese pound")),
        Currency("SYP", 2, _("Syrian pound")),
        Currency("EGP", 2, _("Egyptian pound")),
        Currency("AMD", 2, _("Armenian dram"), word=_("dram")),
        Currency("AZN", 2, _("Azerbaijani manat"), symbol="₼"),
        Currency("TMT", 2, _("Turkmen manat")),
        Currency("GEL", 2, _("Georgian lari"), symbol="₾", word=_("lari")),
        Currency("UZS", 2, _("Uzbek som")),
        Currency("KGS", 2, _("Kyrgyz som")),
        Currency("KZT", 2, _("Kazakh tenge"), symbol="₸", word=_("tenge")),
        Currency("TJS", 2, _("Tajik somoni"), word=_("somoni")),
        Currency("CAD", 2, _("Canadian dollar")),
        Currency("AUD", 2, _("Australian dollar")),
        Currency("NZD", 2, _("New Zealand dollar")),
        Currency("HKD", 2, _("Hong Kong dollar")),
        Currency("SGD", 2, _("Singapore dollar")),
        Currency("TWD", 2, _("New Taiwan dollar")),
        Currency("SEK", 2, _("Swedish krona")),
        Currency("NOK", 2, _("Norwegian krone")),
        Currency("DKK", 2, _("Danish krone")),
        Currency("ISK", 0, _("Icelandic krona")),
        Currency("CZK", 2, _("Czech koruna")),
        Currency("PLN", 2, _("Polish zloty"), word=_("zloty")),
        Currency("HUF", 2, _("Hungarian forint"), word=_("forint")),
        Currency("RON", 2, _("Romanian leu"), word=_("leu")),
        Currency("RSD", 2, _("Serbian dinar")),
        Currency("UAH", 2, _("Ukrainian hryvnia"), symbol="₴", word=_("hryvnia")),
        Currency("BYN", 2, _("Belarusian rouble")),
        Currency("KRW", 0, _("South Korean won"), symbol="₩", word=_("won")),
        Currency("THB", 2, _("Thai baht"), symbol="฿", word=_("baht")),
        Currency("MYR", 2, _("Malaysian ringgit"), word=_("ringgit")),
        Currency("IDR", 2, _("Indonesian rupiah")),
        Currency("PHP", 2, _("Philippine peso"), symbol="₱"),
        Currency("VND", 0, _("Vietnamese dong"), symbol="₫", word=_("dong")),
        Currency("BDT", 2, _("Bangladeshi taka"), word=_("taka")),
        Currency("LKR", 2, _("Sri Lankan rupee")),
        Currency("NPR", 2, _("Nepalese rupee")),
        Currency("ILS", 2, _("Israeli shekel"), symbol="₪", word=_("shekel")),
        Currency("ZAR", 2, _("South African rand"), word=_("rand")),
        Currency("NGN", 2, _("Nigerian naira"), symbol="₦", word=_("naira")),
        Currency("KES", 2, _("Kenyan shilling")),
        Currency("GHS", 2, _("Ghanaian cedi"), word=_("cedi")),
        Currency("ETB", 2, _("Ethiopian birr"), word=_("birr")),
        Currency("MAD", 2, _("Moroccan dirham")),
        Currency("DZD", 2, _("Algerian dinar")),
        Currency("TND", 3, _("Tunisian dinar")),
        Currency("LYD", 3, _("Libyan dinar")),
        Currency("BRL", 2, _("Brazilian real")),
        Currency("MXN", 2, _("Mexican peso")),
        Currency("ARS", 2, _("Argentine peso")),
        Currency("CLP", 0, _("Chilean peso")),
        Currency("COP", 2, _("Colombian peso")),
        Currency("PEN", 2, _("Peruvian sol")),
        Currency("UYU", 2, _("Uruguayan peso")),
    )
}

TOMAN_WORD = _("toman")


def currency_of(code: str) -> Currency:
    """The currency of an ISO code, in capitals; UnknownCurrencyError when there is none."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrencyError(code) from None


def is_currency(code: str) -> bool:
    """Whether the code is a currency's, in capitals."""
    return code in CURRENCIES


def exponent_of(code: str) -> int:
    """How many digits the minor unit has: 0 for IRR, 2 for EUR; UnknownCurrencyError when there is no such currency."""
    return currency_of(code).digits

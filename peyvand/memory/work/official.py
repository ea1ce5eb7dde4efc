"""The official holidays of a country, from the `holidays` library: days by decree included, as far as it knows them."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays
import pycountry
from holidays.registry import COUNTRIES

from peyvand.foundation.text.digits import persian_digits
from peyvand.foundation.text.keys import clean

YEARS = range(1950, 2101)  # Gregorian; lunar days outside are not reliable
NAME_LENGTH = 200
# Where the list of ISO 3166 has the long name of treaties, or no Persian one.
_NAMES = {
    "IR": ("ایران", "Iran"),
    "GB": ("بریتانیا", "United Kingdom"),
    "KP": ("کره‌ی شمالی", "North Korea"),
    "KR": ("کره‌ی جنوبی", "South Korea"),
    "LA": ("لائوس", "Laos"),
    "SY": ("سوریه", "Syria"),
    "TR": ("ترکیه", "Türkiye"),
    "XK": ("کوزوو", "Kosovo"),
}


@dataclass(frozen=True)
class Names:
    """What a day is called; one of the two may be ""."""

    fa: str
    en: str


@lru_cache(maxsize=512)
def official(country: str, year: int) -> Mapping[date, Names]:
    """The official holidays of a Gregorian year; none where the library doesn't know the country or the year."""
    if year not in YEARS or country not in countries():
        return MappingProxyType({})
    found = holidays.country_holidays(country, years=[year])
    persian = next((one for one in found.supported_languages if one.startswith("fa")), None)
    english = next((one for one in found.supported_languages if one.startswith("en")), found.default_language)
    names_fa = holidays.country_holidays(country, years=[year], language=persian) if persian else {}
    names_en = holidays.country_holidays(country, years=[year], language=english)
    return MappingProxyType(
        {day: Names(_persian(_name(names_fa.get(day), "، ")), _name(names_en.get(day), ", ")) for day in sorted(found)}
    )


def _name(text: str | None, between: str) -> str:
    return between.join(dict.fromkeys(clean(part) for part in (text or "").split(";")))[:NAME_LENGTH]


def _persian(text: str) -> str:
    return persian_digits(text).replace("عیدنوروز", "عید نوروز")


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The codes of two letters whose holidays are known."""
    return frozenset(names[1] for names in COUNTRIES.values())  # list_supported_countries loads all of them: 0.8 s


@lru_cache(maxsize=2)
def country_names(language: str) -> Mapping[str, str]:
    """Their names in "fa" or "en", by code, in the order of the names."""
    persian = language == "fa"
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, ["fa"], fallback=True)
    found = {}
    for code in countries():
        known = pycountry.countries.get(alpha_2=code)
        if code in _NAMES:
            found[code] = _NAMES[code][0 if persian else 1]
        elif known is not None:
            found[code] = words.gettext(known.name).replace("هٔ", "ه‌ی") if persian else known.name
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: one[1])))

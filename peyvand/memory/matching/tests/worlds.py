"""Made-up people, some of whom are there twice in the ways that real bases have them twice. No one is real."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

MARK = "\x1f"
# Persian spelling and the ways people write it in Latin letters.
GIVEN = {
    "سارا": ("Sara", "Sarah"), "مریم": ("Maryam", "Mariam"), "زهرا": ("Zahra",), "فاطمه": ("Fatemeh", "Fatemeh"),
    "نرگس": ("Narges", "Nargess"), "الهام": ("Elham",), "شیدا": ("Sheida", "Shida"), "پریسا": ("Parisa",),
    "نگار": ("Negar",), "لیلا": ("Leila", "Leyla"), "مهسا": ("Mahsa",), "آزاده": ("Azadeh", "Azade"),
    "بهاره": ("Bahareh", "Bahare"), "ندا": ("Neda",), "سمیرا": ("Samira",), "ریحانه": ("Reyhaneh", "Reihane"),
    "علی": ("Ali",), "محمد": ("Mohammad", "Mohamad"), "رضا": ("Reza",), "حسین": ("Hossein", "Hosein"),
    "مهدی": ("Mehdi", "Mahdi"), "امیر": ("Amir",), "حمید": ("Hamid",), "سعید": ("Saeed", "Saeid"),
    "جواد": ("Javad",), "وحید": ("Vahid",), "کاوه": ("Kaveh", "Kave"), "آرش": ("Arash",), "بهرام": ("Bahram",),
    "محمدرضا": ("Mohammadreza", "Mohammad Reza"), "امیرحسین": ("Amirhossein", "Amir Hossein"), "یاسر": ("Yaser",),
    "بابک": ("Babak",), "فرهاد": ("Farhad",), "شهرام": ("Shahram",), "کیوان": ("Keyvan", "Kayvan"),
}  # fmt: skip
FAMILY = {
    "کریمی": ("Karimi",), "محمدی": ("Mohammadi",), "احمدی": ("Ahmadi",), "رضایی": ("Rezaei", "Rezaee"),
    "موسوی": ("Mousavi", "Moosavi"), "قاسمی": ("Ghasemi", "Qasemi"), "یوسفی": ("Yousefi", "Yusefi"),
    "نوروزی": ("Norouzi", "Noroozi"), "اکبری": ("Akbari",), "شیرازی": ("Shirazi",), "تقوی": ("Taghavi",),
    "عزیزی": ("Azizi",), "غفاری": ("Ghaffari", "Ghafari"), "چراغی": ("Cheraghi",), "خسروی": ("Khosravi",),
    "جعفری": ("Jafari", "Jaafari"), "صادقی": ("Sadeghi", "Sadeqi"), "رستگار": ("Rastegar",), "بهرامی": ("Bahrami",),
    "نادری": ("Naderi",), "کیانی": ("Kiani", "Kiyani"), "فرهادی": ("Farhadi",), "سلطانی": ("Soltani",),
    "حیدری": ("Heydari", "Heidari"), "مرادی": ("Moradi",), "شریفی": ("Sharifi",), "زمانی": ("Zamani",),
    "باقری": ("Bagheri", "Baqeri"), "طاهری": ("Taheri",), "نجفی": ("Najafi",), "کاظمی": ("Kazemi",),
    "رحیمی": ("Rahimi",), "فتحی": ("Fathi",), "شاکری": ("Shakeri",), "ملکی": ("Maleki",), "پاکزاد": ("Pakzad",),
    "دهقانی": ("Dehghani", "Dehqani"), "خلیلی": ("Khalili",), "امینی": ("Amini",), "صالحی": ("Salehi",),
    "گلستانی": ("Golestani",), "میرزایی": ("Mirzaei", "Mirzaee"), "بیات": ("Bayat",), "همتی": ("Hemmati", "Hemati"),
    "شجاعی": ("Shojaei", "Shojaee"), "درویش": ("Darvish",), "نیک‌نام": ("Niknam",), "ساسانی": ("Sasani",),
}  # fmt: skip
CITIES = ("تهران", "تهران", "تهران", "مشهد", "اصفهان", "شیراز", "تبریز", "کرج", "یزد", "رشت")
HONORIFICS = ("سید", "دکتر", "خانم", "مهندس", "حاج")
SAFE = random.Random


@dataclass
class Person:
    """One record as it stands in the base; records of one human being share `who`."""

    id: int
    who: int
    given: str
    family: str
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    birth: date | None = None
    city: str = ""
    how: str = ""

    def row(self) -> dict[str, Any]:
        """As the search reads it from the database."""
        return {
            "id": self.id,
            "name": f"{self.given} {self.family}",
            "given_name": self.given,
            "family_name": self.family,
            "city": self.city,
            "birth_date": self.birth,
            "phones": MARK.join(self.phones) or None,
            "emails": MARK.join(self.emails) or None,
            "codes": None,
        }


def world(*, people: int, twice: int, seed: int = 11) -> list[Person]:
    """So many human beings, the first `twice` of whom have a second record; and households, and namesakes."""
    luck = random.Random(seed)
    found = [_person(luck, number) for number in range(people)]
    for number in range(0, people, 9):  # a household: one telephone and family name, other given names
        if number + 1 < people:
            other = found[number + 1]
            other.family, other.phones, other.city = found[number].family, found[number].phones[:1], found[number].city
            while other.given == found[number].given:
                other.given = luck.choice(list(GIVEN))
    seconds = [_again(luck, found[number], people + number) for number in range(twice)]
    return found + seconds


def _person(luck: random.Random, number: int) -> Person:
    given, family = luck.choice(list(GIVEN)), luck.choice(list(FAMILY))
    latin = f"{GIVEN[given][0]}.{FAMILY[family][0]}".lower().replace(" ", "")
    return Person(
        id=number + 1,
        who=number,
        given=given,
        family=family,
        phones=[f"+9891{luck.randrange(10**8):08}"] if luck.random() < 0.9 else [],
        emails=[f"{latin}{luck.randrange(10, 9999)}@example.com"] if luck.random() < 0.5 else [],
        birth=date(1955, 1, 1) + timedelta(days=luck.randrange(18_000)) if luck.random() < 0.4 else None,
        city=luck.choice(CITIES) if luck.random() < 0.85 else "",
    )


HOWS = ("letters", "zwnj", "honorific", "latin", "typo", "phone", "email", "swapped", "nickname")


def _again(luck: random.Random, first: Person, number: int) -> Person:
    """The same human being, written down a second time."""
    how = HOWS[number % len(HOWS)]
    second = Person(
        id=number + 1, who=first.who, given=first.given, family=first.family, phones=list(first.phones),
        emails=list(first.emails), birth=first.birth, city=first.city, how=how,
    )  # fmt: skip
    if how == "letters":
        second.given, second.family = (text.replace("ی", "ي").replace("ک", "ك") for text in (first.given, first.family))
    elif how == "zwnj":
        second.given = first.given.replace("محمدرضا", "محمد‌رضا").replace("امیرحسین", "امیر حسین")
        second.family = first.family.replace("نیک‌نام", "نیکنام") + "\u200c"
    elif how == "honorific":
        second.given = f"{luck.choice(HONORIFICS)} {first.given}"
    elif how == "latin":
        second.given, second.family = luck.choice(GIVEN[first.given]), luck.choice(FAMILY[first.family])
        second.city = ""
    elif how == "typo":
        second.family = _typo(luck, first.family)
    elif how == "phone":
        second.phones = [f"+9893{luck.randrange(10**8):08}"]
    elif how == "email":
        second.phones, second.emails = [], first.emails or [f"x{luck.randrange(10**6)}@example.org"]
        second.birth = first.birth or date(1980, 5, 5)
        first.birth = second.birth
    elif how == "swapped":
        second.given, second.family = first.family, first.given
    elif how == "nickname":
        second.given = {"فاطمه": "فاطی", "محمد": "ممد", "محمدرضا": "ممدرضا"}.get(first.given, first.given[:2] + ".")
    # What one knows of a record differs from the other, as it does.
    if how not in ("phone", "email") and second.phones and luck.random() < 0.2 and second.emails:
        second.phones = []
    if not second.phones and not second.emails and how != "email":
        second.birth = first.birth = first.birth or date(1950, 1, 1) + timedelta(days=luck.randrange(18_000))
    if luck.random() < 0.3 and how != "phone":
        second.city = ""
    return second


def _typo(luck: random.Random, word: str) -> str:
    place = luck.randrange(1, len(word) - 1)
    return luck.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )

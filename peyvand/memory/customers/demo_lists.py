"""The lists that the house of the sample keeps by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from peyvand.memory.customers.writing import NewCustomer

MOST = 60  # on one of them


@dataclass(frozen=True)
class SampleList:
    """A list with what it is for, who sees it ("all", "team", "owner"), and who may be on it."""

    name: str
    words: str
    seen_by: str
    fits: Callable[[NewCustomer], bool]


def _house(row: NewCustomer) -> bool:
    return row.kind == "organisation"


LISTS = (
    SampleList(
        "مهمانان شب چشیدن پاییزه",
        "دعوت‌شدگان شب چشیدن چای پاییزه در فروشگاه ونک؛ پذیرش تا ۴۰ نفر.",
        "all",
        lambda row: not _house(row) and row.city in ("تهران", "کرج") and bool(row.tags),
    ),
    SampleList(
        "بازدید حضوری زمستان",
        "کافه‌ها و هتل‌هایی که پیش از نوروز باید حضوری سر بزنیم.",
        "team",
        lambda row: _house(row) and row.country == "ایران" and row.city != "تهران",
    ),
    SampleList(
        "هدیه‌ی نوروزی",
        "قراردادی‌ها و هدیه‌خرهای همیشگی؛ بسته‌ی چای نو با کارت دست‌نویس.",
        "all",
        lambda row: bool({"قرارداد سالانه", "هدیه‌خر", "معرف دوستان"} & set(row.tags)),
    ),
    SampleList(
        "پیگیری گلایه‌ها",
        "کسانی که از ارسال گله داشته‌اند؛ پس از حل شدن از لیست بردارید.",
        "owner",
        lambda row: "دیر رسیدن" in row.note or "زنگ خانه" in row.note,
    ),
)

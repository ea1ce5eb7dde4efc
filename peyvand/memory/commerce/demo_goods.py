"""What the sample's house sells. Prices are toman for one unit; costs are a share of the price, None where unknown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """A product; `liked` weighs how often it is bought, `bulk` by how much more a house takes of it than a person."""

    sku: str
    name: str
    toman: int
    cost: float | None
    liked: int
    bulk: int = 0


GOODS = (
    Good("CH-101", "چای بهاره‌ی لاهیجان، ۵۰۰ گرم", 420_000, 0.58, 14, 12),
    Good("CH-102", "چای قلم ممتاز لاهیجان، ۲۵۰ گرم", 265_000, 0.55, 12, 10),
    Good("CH-103", "چای شکسته‌ی خوش‌دم، یک کیلو", 610_000, 0.66, 8, 24),
    Good("CH-104", "چای باروتی فومن، ۲۰۰ گرم", 198_000, 0.52, 5, 6),
    Good("CH-105", "چای دودی هیزمی، ۱۵۰ گرم", 236_000, 0.49, 3, 3),
    Good("CH-106", "چای سبز لاهیجان، ۱۵۰ گرم", 174_000, 0.50, 6, 5),
    Good("CH-201", "دارجیلینگ برداشت اول، ۱۰۰ گرم", 690_000, 0.61, 4, 2),
    Good("CH-202", "ارل‌گری با برگاموت، ۲۰۰ گرم", 340_000, 0.57, 9, 8),
    Good("CH-203", "سنچای ژاپنی، ۱۰۰ گرم", 560_000, 0.63, 3, 2),
    Good("CH-204", "اولانگ شیر، ۱۰۰ گرم", 625_000, 0.62, 3, 1),
    Good("CH-205", "ماسالای دست‌ساز، ۲۵۰ گرم", 285_000, 0.41, 9, 9),
    Good("CH-206", "ماچای آیینی، ۳۰ گرم", 980_000, 0.64, 3, 4),
    Good("DM-301", "دم‌نوش به‌لیمو، ۸۰ گرم", 128_000, 0.44, 8, 6),
    Good("DM-302", "دم‌نوش گل‌گاوزبان و لیموعمانی، ۱۰۰ گرم", 165_000, 0.46, 8, 4),
    Good("DM-303", "دم‌نوش زعفران و هل، ۶۰ گرم", 390_000, 0.59, 5, 5),
    Good("DM-304", "دم‌نوش شب آرام، ۹۰ گرم", 148_000, None, 6, 2),
    Good("DM-305", "چای ترش کرمان، ۱۲۰ گرم", 112_000, 0.38, 6, 6),
    Good("DM-306", "دم‌نوش سیب و دارچین، ۱۰۰ گرم", 136_000, 0.42, 5, 5),
    Good("GH-401", "ترکیب اسپرسوی البرز، یک کیلو", 1_280_000, 0.67, 10, 30),
    Good("GH-402", "ترکیب اسپرسوی البرز، ۲۵۰ گرم", 345_000, 0.60, 13, 2),
    Good("GH-403", "اتیوپی سیدامو، ۲۵۰ گرم", 485_000, 0.64, 7, 6),
    Good("GH-404", "کلمبیا سوپریمو، ۲۵۰ گرم", 445_000, 0.63, 7, 6),
    Good("GH-405", "قهوه‌ی ترک با هل، ۲۰۰ گرم", 268_000, 0.55, 9, 6),
    Good("GH-406", "بدون کافئین، ۲۵۰ گرم", 520_000, 0.66, 3, 3),
    Good("GH-407", "قهوه‌ی فوری ممتاز، ۱۰۰ گرم", 310_000, 0.70, 4, 6),
    Good("AB-501", "قوری شیشه‌ای با صافی", 780_000, 0.56, 3, 2),
    Good("AB-502", "موکاپات سه‌نفره", 1_150_000, 0.65, 2, 1),
    Good("AB-503", "فرنچ‌پرس ۶۰۰ سی‌سی", 890_000, 0.61, 2, 2),
    Good("AB-504", "آسیاب دستی سرامیکی", 1_690_000, 0.66, 2, 1),
    Good("AB-505", "استکان کمرباریک، شش‌تایی", 460_000, 0.51, 3, 6),
    Good("AB-506", "کاغذ صافی V60، صدتایی", 215_000, 0.58, 5, 9),
    Good("AB-507", "پیاله‌ی سفالی لالجین", 175_000, None, 3, 2),
    Good("SH-601", "نبات چوبی زعفرانی، بیست‌تایی", 145_000, 0.48, 8, 12),
    Good("SH-602", "کلوچه‌ی فومن، جعبه‌ی ده‌تایی", 190_000, 0.62, 7, 8),
    Good("SH-603", "خرمای کبکاب با مغز گردو", 225_000, None, 4, 4),
)
GIFTS = (
    Good("HD-701", "جعبه‌ی هدیه‌ی «عصر بارانی»", 860_000, 0.54, 2, 3),
    Good("HD-702", "جعبه‌ی هدیه‌ی «نوروزانه»", 1_240_000, 0.52, 1, 5),
    Good("HD-703", "سینی «شب یلدا» با دم‌نوش و آجیل", 1_580_000, 0.57, 1, 5),
)
WORKSHOP = Good("KR-801", "کارگاه دم‌آوری قهوه، یک نفر", 750_000, 0.30, 1)
POSTAGE = Good("HZ-901", "هزینه‌ی ارسال", 55_000, None, 1)
ABROAD = (  # in euros, cents
    Good("EX-001", "Lahijan Spring Black Tea, 1 kg", 2_450, 0.52, 6),
    Good("EX-002", "Saffron & Cardamom Infusion, 500 g", 3_980, 0.55, 3),
    Good("EX-003", "Sour Tea of Kerman, 1 kg", 1_790, 0.43, 4),
)


@dataclass(frozen=True)
class Branch:
    """A category of the sample, and which codes stand in it, by their beginning."""

    fa: str
    en: str
    codes: tuple[str, ...] = ()
    inside: str = ""  # the English name of the one above


BRANCHES = (
    Branch("نوشیدنی", "Drinks"),
    Branch("چای ایرانی", "Iranian tea", ("CH-1",), "Drinks"),
    Branch("چای خارجی", "Tea from abroad", ("CH-2",), "Drinks"),
    Branch("دم‌نوش", "Infusions", ("DM-",), "Drinks"),
    Branch("قهوه", "Coffee", ("GH-",), "Drinks"),
    Branch("لوازم دم‌آوری", "Brewing tools", ("AB-",)),
    Branch("شیرینی و همراه چای", "Sweets", ("SH-",)),
    Branch("جعبه‌ی هدیه", "Gift boxes", ("HD-",)),
    Branch("کارگاه و ارسال", "Workshops and postage", ("KR-", "HZ-")),
    Branch("صادراتی", "For export", ("EX-",)),
)
WHOLESALE_TAG = "عمده"  # of houses, see customers.demo_names
WHOLESALE, WHOLESALE_OFF = "عمده‌فروشی", 12.5
BIG_BAG, BIG_BAG_FROM, BIG_BAG_OFF = "GH-401", 20, 15  # the espresso of cafés, by the sack
LIKED_AGAIN, LIKED_OFF = "قدردانی از قهرمان‌ها", 5
YALDA, YALDA_OFF = "شب یلدا", 10
VAT_FA, VAT_EN = "مالیات بر ارزش افزوده", "Value added tax"
EXEMPT_FA, EXEMPT_EN = "معاف از مالیات (صادرات)", "Exempt (export)"
REASONS = ("بسته‌بندی آسیب دیده بود", "مانده‌ی فصل پیش", "جبران دیر رسیدن سفارش پیش", "خرید تعدادی")
WHOLE_REASONS = ("مشتری دائمی", "نخستین سفارش", "معرف دوستان")

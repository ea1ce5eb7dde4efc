"""The words by which people say conditions, in Persian and English, as `fa_key_spaced` folds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from peyvand.foundation.text.keys import fa_key


def one_of(words: str | Iterable[str]) -> str:
    """A pattern of these words, the longest first; "|" parts them."""
    parts = words.split("|") if isinstance(words, str) else list(words)
    return "(?:" + "|".join(sorted((re.escape(fa_key(part)) for part in parts), key=len, reverse=True)) + ")"


def whole(pattern: str) -> re.Pattern[str]:
    """The pattern between spaces, commas or the ends."""
    return re.compile(rf"(?:(?<=^)|(?<=[ ,;])){pattern}(?=$|[ ,;])")


_NUMBERS = {
    1: "one|یک", 2: "two|دو", 3: "three|سه", 4: "four|چهار", 5: "five|پنج", 6: "six|شش", 7: "seven|هفت", 8: "eight|هشت",
    9: "nine|نه تا", 10: "ten|ده", 11: "eleven|یازده", 12: "twelve|دوازده", 15: "fifteen|پانزده", 20: "twenty|بیست",
    30: "thirty|سی", 40: "forty|چهل", 45: "چهل و پنج", 50: "fifty|پنجاه", 60: "sixty|شصت", 70: "seventy|هفتاد",
    80: "eighty|هشتاد", 90: "ninety|نود", 100: "hundred|صد", 180: "صد و هشتاد", 120: "صد و بیست",
}  # fmt: skip
NUMBERS: Mapping[str, str] = {
    **{fa_key(word): str(value) for value, words in _NUMBERS.items() for word in words.split("|") if " " not in word},
    "once": "1 times", "twice": "2 times", "thrice": "3 times", "یکبار": "1 بار", "دوبار": "2 بار", "سهبار": "3 بار",
}  # fmt: skip

NUMBER = r"(\d+(?:[.,٫٬]\d+)*)"
LEAST = one_of(
    "at least|no less than|more than|over|above|from|minimum|دست کم|دستکم|حداقل|کمینه|بیش از|بیشتر از|بالای|بالاتر از"
)
MORE = one_of("more than|over|above|بیش از|بیشتر از|بالای|بالاتر از")
MOST = one_of(
    "at most|no more than|less than|under|below|fewer than|maximum|حداکثر|بیشینه|کمتر از|زیر|پایین تر از|پایینتر از"
)
FEWER = one_of("less than|under|below|fewer than|کمتر از|زیر|پایین تر از|پایینتر از")
TIMES = one_of("times|time|orders|purchases|بار|مرتبه|دفعه|سفارش|خرید")
UNITS = {"day": "day|days|روز", "week": "week|weeks|هفته", "month": "month|months|ماه", "year": "year|years|سال"}
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
SCALE = one_of("هزار|میلیون|ملیون|میلیارد|thousand|million|billion|k|m|mn|bn")
MONEY = one_of("تومان|تومن|ریال|دلار|یورو|toman|tomans|rial|rials|dollar|dollars|euro|euros|usd|eur|irr|irt")

NOT = whole(
    one_of(
        "not|no|never|didn't|did not|haven't|have not|hasn't|has not|don't|without|nor|نه|"
        "هرگز|بدون|هیچ|نشده|نداشته|نداشتند|نداشته اند|ندارند|ندارد"
    )
)
_BUYING = "bought|buy|buys|buying|ordered|order|orders|purchased|purchase|purchases|خرید|خریده|"
"خریدند|خریدهاند|خریده اند|خریده است|خرید کرده|خرید کردهاند|خرید کرده اند|خرید کردند|"
"خریده باشند|خرید داشته|سفارش|سفارش داده|سفارش داده اند|سفارش دادهاند|سفارش دادند"
BOUGHT = whole(one_of(_BUYING))
NOT_BOUGHT = whole(
    one_of(
        "نخرید|نخریده|نخریدند|نخریده اند|نخریدهاند|نخریده است|نخریده باشند|خرید نکرده|"
        "خرید نکرده اند|خرید نکردهاند|خرید نکردند|خرید نداشته|خرید نداشته اند|سفارش نداده|"
        "سفارش نداده اند|سفارش ندادهاند|سفارش ندادند"
    )
)
CONTACT = whole(
    one_of("contacted|contact|were in touch|in touch|wrote to us|تماس|تماس گرفته|تماس گرفته اند|تماس گرفتند|در تماس")
)
NO_CONTACT = whole(one_of("تماس نگرفته|تماس نگرفته اند|تماس نگرفتند|تماس نداشته|تماس نداشته اند"))
VISITED = whole(
    one_of(
        "visited|visit|visits|visited the site|visited our site|visited the website|"
        "بازدید کرده|بازدید کرده اند|بازدید کردند|بازدید|سایت را دیده|سایت را دیده اند|"
        "به سایت آمده|به سایت آمده اند"
    )
)
NOT_VISITED = whole(one_of("بازدید نکرده|بازدید نکرده اند|سایت را ندیده|سایت را ندیده اند"))
DOING = (
    ("ordered", BOUGHT, NOT_BOUGHT),
    ("contact", CONTACT, NO_CONTACT),
    ("visited", VISITED, NOT_VISITED),
)

LAST = whole(
    r"(?:(?:در|طی|ظرف|in|within|during|for|over) )?(?:(?:the|their|these) )?(?:(?:last|past|previous) )?"
    + rf"{NUMBER} ({one_of('|'.join(UNITS.values()))})(?: (?:گذشته|اخیر|پیش|است که|است))?"
)
TODAY = whole(one_of("today|امروز"))
LAST_ONE = whole(
    rf"(?:(?:در|طی|in|within|during) )?(?:(?:the )?(?:last|past) ({one_of('day|week|month|year')})"
    rf"|({one_of('هفته|ماه|سال')}) (?:گذشته|اخیر))"
)
SINCE = {
    "nowruz": whole(
        one_of(
            "since nowruz|since norouz|since the new year|after nowruz|from nowruz|از نوروز|"
            "پس از نوروز|بعد از نوروز|از عید|از عید نوروز|از نوروز امسال|از نوروز تاکنون"
        )
    ),
    "yalda": whole(
        one_of(
            "since yalda|since yalda night|after yalda|from yalda|از یلدا|از شب یلدا|پس از یلدا|"
            "پس از شب یلدا|بعد از یلدا|بعد از شب یلدا"
        )
    ),
    "month": whole(one_of("this month|since the month began|این ماه|ماه جاری|از اول ماه|از ابتدای ماه|از سر ماه")),
    "season": whole(one_of("this season|this quarter|این فصل|فصل جاری|از اول فصل|از ابتدای فصل")),
    "year": whole(one_of("this year|since the year began|امسال|سال جاری|از اول سال|از ابتدای سال|از سر سال")),
}
BEFORE = {
    "season": whole(one_of("last season|last quarter|previous season|the season before|فصل گذشته|فصل پیش|فصل قبل")),
    "year": whole(one_of("last calendar year|the year before|پارسال|سال قبل|سال پیش")),
    "month": whole(one_of("last calendar month|the month before|ماه قبل|ماه پیش")),
}  # whole periods of the calendar, the ones before today's
DATE = r"(?:\d{1,4}[/-]\d{1,2}[/-]\d{1,4}|\d{1,2} [^\W\d_]+ \d{4})"
JOIN = "\uf8ff"  # in place of the word between two ends
_AMOUNT = rf"{NUMBER}(?: ?{SCALE})?(?: {MONEY})?".replace("(\\d", "(?:\\d")
BETWEEN = one_of("between|from|بین|میان|مابین|از")
ENDS = re.compile(
    rf"(?:(?<=^)|(?<=[ ,;])){BETWEEN} (?:{DATE}|{_AMOUNT})( (?:and|to|till|until|و|تا) )(?:{DATE}|{_AMOUNT})(?=$|[ ,;])"
)
SPAN = whole(rf"{BETWEEN} ({DATE}) {JOIN}+ ({DATE})")
SINCE_DAY = whole(rf"{one_of('since|after|from|از|پس از|بعد از')} ({DATE})")
COUNT_BETWEEN = whole(rf"(?:{BETWEEN} )?{NUMBER} {JOIN}+ {NUMBER} {TIMES}")
COUNT_LEAST = whole(rf"(?:{LEAST} )?{NUMBER} {TIMES}")
COUNT_MOST = whole(rf"(?:{MOST}) {NUMBER} {TIMES}")
COUNT_MORE = whole(rf"(?:{MORE}) {NUMBER} {TIMES}")
COUNT_FEWER = whole(rf"(?:{FEWER}) {NUMBER} {TIMES}")
COUNT_IS = whole(rf"(?:exactly|only|just|دقیقا|فقط|تنها) {NUMBER} {TIMES}")

# Amounts: of which trait, by the words round it.
AMOUNTS = (
    ("t.value.lifetime", one_of("lifetime value|life time value|worth|value|ارزش طول عمر|ارزش عمر|ارزششان|ارزش شان|"
"ارزش آن ها|ارزش آنها|ارزش آنان|ارزش")),
    ("worth", one_of("revenue|spent|spend|spending|sales|فروش|درآمد|جمع خرید|خرید یک سال|خرج کرده|"
"خرج کرده اند|هزینه کرده اند|پرداخته|پرداخته اند")),
)  # fmt: skip
RISK = one_of("risk of leaving|chance of leaving|churn risk|churn|خطر رفتن|احتمال ریزش|احتمال رفتن")
_FIFTHS = {5: "fifth|پنجم", 4: "fourth|quarter|چهارم", 3: "third|سوم", 10: "tenth|decile|دهم", 2: "half|نیمه|دوم"}
PARTS: Mapping[str, int] = {fa_key(word): part for part, words in _FIFTHS.items() for word in words.split("|")}
NO_SHARE = rf"(?! ?(?:{one_of(PARTS)}|%|٪|percent|per cent|درصد))"  # after an amount: it was none
TOP = whole(
    rf"(?:(?:more than|above|over|in|among|of|بیش از|بالای|در|جزو|جزء) )?(?:the |their )?(?:"
    rf"(?:top|upper|best|highest) ({one_of(PARTS)}|{NUMBER} ?(?:%|٪|percent|درصد))"
    rf"|(?:1 ?)({one_of('پنجم|چهارم|سوم|دهم')}) (?:بالا|بالای|بالایی|بالاست|برتر|پرارزش|نخست)"
    rf"|(?:{NUMBER} ?(?:درصد|٪|%)) (?:بالا|بالایی|برتر))(?: (?:مشتریان|همه|of all))?"
)
# A permission said by itself, and words that mean one only beside "reachable".
PERMIT = one_of(
    "reachable by|reachable over|reachable on|reachable via|can be reached by|"
    "may be reached by|allow|allows|allowed|allowing|permission for|اجازه ی|اجازه|مجاز به"
)
BY = one_of("by|over|via|on|through|با|از راه|از طریق|در")
CHANNELS: Mapping[str, str] = {
    "sms": "sms|text|text message|text messages|پیامک|اس ام اس",
    "email": "email|e-mail|mail|ایمیل|رایانامه",
    "call": "phone|call|calls|a call|تلفن|تماس تلفنی",
    "messenger:telegram": "telegram|تلگرام",
    "messenger:bale": "bale|بله",
    "messenger:rubika": "rubika|روبیکا",
    "messenger:whatsapp": "whatsapp|واتساپ|واتس اپ",
    "messenger:instagram": "instagram|اینستاگرام",
    "push": "push|push notification|اعلان",
}
REACHING = whole(
    one_of(
        "reachable|می شود رسید|میشود رسید|می شود پیام داد|میشود پیام داد|میتوان پیام داد|"
        "می توان پیام داد|می شود به ان ها پیام داد|میشود به ان ها پیام داد|دسترس پذیر|"
        "در دسترس|در دسترسند|در دسترس اند"
    )
)
SLIPPING = whole(
    one_of("slipping away|slipping|cooling|cooling down|رو به سردی|رو به سردی اند|رو به سردیاند|رو به سرد شدن")
)
PEOPLE = whole(one_of("people only|persons|individuals|private customers|اشخاص|افراد|مشتریان حقیقی|شخص"))
FIRMS = whole(
    one_of("organisations|organizations|companies|firms|businesses|شرکت ها|شرکتها|سازمان ها|سازمانها|مشتریان سازمانی")
)

SPLIT = re.compile(r" ?[,;.] ?| (?:and|but|who|whose|which|that|و|که|ولی|اما|یا|or|also|همچنین) ")
_EMPTY = (
    "customers|customer|people|everyone|everybody|all|those|the|a|an|of|in|on|at|for|with|to|has|have|"
    "had|been|be|is|are|was|were|their|them|they|who|whose|that|which|and|but|or|also|only|do|did|does|"
    "me|show|find|us|our|my|once|then|still|yet|ones|any|some|from|by|it|its|مشتریان|مشتری|مشتریانی|"
    "کسانی|کسی|همه|همه‌ی|آنهایی|آن‌هایی|هستند|است|اند|باشند|بوده|شده|را|از|در|با|به|برای|تا|که|و|هم|یا|"
    "ولی|اما|این|آن|ها|های|ی|هر|یک|کرده|کردند|کرده‌اند|داشته|داشته‌اند|باشد|می|شود|میشود|ما|خود|نیز|"
    "دارند|دارد|بودند|بود|اند|شان|داده|داده‌اند|هایی|پیام|ارزش|ارزششان|مقدار|کالا|کالای|محصول|دسته|"
    "دسته‌ی|شهر|ساکن|اهل|کلاس|خریداران|class|city|category|product|products|bought|live|living|value|"
    "worth"
)
EMPTY = frozenset(fa_key(word) for word in re.split(r"[|]", _EMPTY))

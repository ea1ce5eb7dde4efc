"""One sample of every part, for the living style page. Invented people and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from peyvand.foundation.ui import charts, fields, lists, pieces
from peyvand.foundation.ui.shell import NavGroup, NavItem, Notice, Shell, WorkspaceChoice

NOW = datetime(2026, 11, 23, 9, 20, tzinfo=ZoneInfo("Asia/Tehran"))


@dataclass(frozen=True)
class Person:
    """A row of the sample list."""

    pk: int
    name: str
    who: str
    code: str
    value: str
    stay: float
    at: datetime
    step: str
    kind: str = "person"


@dataclass(frozen=True)
class Run:
    """A long work of the sample page."""

    id: int
    title: str
    state: str
    done: int
    total: int | None
    message: str = ""
    error: str = ""
    stop_url: str = "/stop/"


@dataclass(frozen=True)
class Tab:
    """A saved view."""

    label: str
    url: str
    current: bool = False
    count: int = 0


class SampleForm(forms.Form):
    """Every kind of field, some with something wrong."""

    name = forms.CharField(label="نام", help_text="همان‌گونه که خودش می‌نویسد.")
    email = forms.EmailField(label="ایمیل", required=False)
    code = forms.CharField(label="کد اشتراک", widget=fields.CodeInput(), initial="AT-20481")
    birth = fields.DateField(label="تاریخ تولد", required=False, initial=date(1989, 7, 3))
    stage = forms.ChoiceField(label="مرحله", choices=[("lead", "سرنخ"), ("customer", "مشتری")])
    ways = forms.MultipleChoiceField(
        label="کانال‌ها",
        choices=[("sms", "پیامک"), ("mail", "ایمیل")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="یادداشت", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="اجازه‌ی پیامک داده است", required=False)
    file = forms.FileField(label="فایل", widget=fields.DropInput(), required=False)


def people() -> list[Person]:
    """Rows of the sample list, one a class."""
    return [
        Person(1, "مریم رستگار", "مدیر دفتر، تهران", "champion", "۴۸٫۶", 0.84, NOW - timedelta(minutes=8), "پاسخ"),
        Person(
            2, "کافه‌ی نارنج", "کافه، شیراز", "loyal", "۱۸۶٫۲", 0.71, NOW - timedelta(days=1), "تمدید", "organisation"
        ),
        Person(3, "حمیدرضا کیانی", "پزشک، اصفهان", "cantlose", "۳۱٫۴", 0.22, NOW - timedelta(days=46), "تماس شخصی"),
        Person(
            4, "هتل سپیدار", "هتل، رامسر", "promising", "۹۲٫۰", 0.66, NOW - timedelta(days=2), "پیگیری", "organisation"
        ),
        Person(5, "الهه شریفی", "دانشجو، کرج", "new", "۲٫۱", 0.58, NOW - timedelta(hours=3), "خوشامد"),
        Person(6, "نازنین فرهمند", "عکاس، رشت", "risk", "۱۲٫۷", 0.19, NOW - timedelta(days=38), "پیشنهاد بازگشت"),
        Person(7, "Daniel Weber", "رایزن فرهنگی، تهران", "attention", "۸٫۳", 0.6, NOW - timedelta(days=6), "معرفی چای"),
        Person(8, "امیرحسین پارسا", "برنامه‌نویس، یزد", "dormant", "۴٫۲", 0.11, NOW - timedelta(days=150), "نظرسنجی"),
        Person(9, "ب. رضایی", "تبریز", "lost", "۰٫۸", 0.03, NOW - timedelta(days=700), "یادآور"),
    ]


def shell() -> Shell:
    """The frame, with two businesses and counts."""
    return Shell(
        workspace_name="چای‌خانه‌ی البرز",
        workspaces=[
            WorkspaceChoice("چای‌خانه‌ی البرز", "/look/", current=True, demo=True),
            WorkspaceChoice("کسب‌وکار من", "/look/own/"),
        ],
        groups=[
            NavGroup(
                "",
                [
                    NavItem("خانه", "/", "home", key="H"),
                    NavItem("گفت‌وگوها", "/inbox/", "inbox", count=9, hot=True, key="I"),
                    NavItem("کارها", "/tasks/", "checkbox", count=5),
                ],
            ),
            NavGroup(
                "مشتری",
                [
                    NavItem("مشتریان", "/customers/", "users", current=True, key="C"),
                    NavItem("ورود داده", "/import/", "table-import"),
                ],
            ),
            NavGroup("فهم", [NavItem("بینش", "/insight/", "chart-dots-3", key="A")]),
        ],
        palette_url="/palette/",
        me_name="سارا نیک‌پور",
        me_role="کارشناس فروش و خدمت",
        me_id=2,
        profile_url="/me/",
        settings_url="/settings/",
        sign_out_url="/out/",
        preferences_url="/preferences/",
        tabs=[
            NavItem("خانه", "/", "home"),
            NavItem("گفت‌وگوها", "/inbox/", "inbox"),
            NavItem("مشتریان", "/customers/", "users", current=True),
            NavItem("بینش", "/insight/", "chart-dots-3"),
        ],
        notices=[
            Notice(
                "این کسب‌وکار نمونه است؛ هر چه بخواهید بیازمایید.", icon="flask", url="/import/", link="آوردن داده‌ی خودم"
            )
        ],
    )


def stats() -> list[pieces.Stat]:
    """The pulse."""
    return [
        pieces.Stat(
            "فروش ۳۰ روز",
            "۱٬۸۴۲",
            "میلیون تومان",
            "/insight/",
            [3, 4, 2, 5, 6, 5, 8, 9, 7, 10, 12, 13],
            "c1",
            "up",
            "better",
            "؜۱۲٪ بیش از ۳۰ روز پیش از آن",
        ),
        pieces.Stat(
            "مشتریان فعال", "۷٬۶۱۴", "نفر و سازمان", "/c/", [3, 4, 4, 5, 7, 6, 8, 9], "c3", "up", "better", "۱۸۶ تازه"
        ),
        pieces.Stat(
            "زمان نخستین پاسخ", "۱۱", "دقیقه", "/r/", [9, 8, 8, 7, 5, 4], "c5", "down", "better", "هدف ۱۵ دقیقه"
        ),
        pieces.Stat("ریزش ماهانه", "۳٫۱", "٪", "/r/", [2, 1, 2, 3, 3, 4], "c4", "up", "worse", "۰٫۴ بیشتر"),
    ]


def pareto() -> charts.Chart:
    """Who holds the value."""
    points = [(0, 0), (2, 21), (5, 38), (10, 54), (15, 64), (20, 71), (30, 80), (50, 91), (80, 98.5), (100, 100)]
    return charts.Chart(
        name="pareto",
        question="ارزش در دست چه کسانی است؟",
        answer="یک‌پنجم مشتریان ۷۱٪ ارزش را می‌سازند.",
        kind="line",
        x=charts.Axis("سهم مشتریان، از باارزش‌ترین", format="percent", maximum=100),
        y=charts.Axis(format="percent", maximum=100),
        series=[
            charts.Series("ارزش", points, area=True, smooth=True),
            charts.Series("برابر", [(0, 0), (100, 100)], tone="c6", dashed=True),
        ],
        marks=[charts.Mark(20, 71, "۲۰٪ مشتریان، ۷۱٪ ارزش")],
        columns=["مشتریان برتر", "شمار", "سهم از ارزش"],
        rows=[["۵٪", 381, charts.Share(0.38)], ["۲۰٪", 1523, charts.Share(0.71)], ["۵۰٪", 3807, charts.Share(0.91)]],
        audience_url="/audience/",
    )


def churn() -> charts.Chart:
    """How many are leaving."""
    counts = [1980, 1610, 1120, 840, 610, 470, 372, 281, 198, 133]
    tones = ["c1"] * 4 + ["c2"] * 3 + ["c4"] * 3
    return charts.Chart(
        name="churn",
        question="چند نفر در آستانه‌ی رفتن‌اند؟",
        answer="۶۱۲ مشتری با احتمال بیش از ۷۰٪ تا ۹۰ روز دیگر می‌روند.",
        kind="bar",
        x=charts.Axis("احتمال رفتن تا ۹۰ روز", [f"{ten * 10}" for ten in range(10)], "text"),
        y=charts.Axis(),
        series=[charts.Series("مشتری", counts, tones=tones)],
        links=[f"/customers/?risk={ten}" for ten in range(10)],
        columns=["احتمال ریزش", "شمار"],
        rows=[[f"{ten * 10}", counts[ten]] for ten in range(10)],
    )


def sales() -> charts.Chart:
    """Months, with an expected interval."""
    months = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان"]
    values = [410, 480, 455, 520, 610, 590, 700, 742]
    return charts.Chart(
        name="sales",
        question="فروش هر ماه چگونه پیش می‌رود؟",
        answer="آبان با ۷۴۲ میلیون تومان بهترین ماه سال بود.",
        kind="line",
        x=charts.Axis("", months, "text"),
        y=charts.Axis(),
        series=[
            charts.Series("امسال", values, low=[v - 40 for v in values], high=[v + 40 for v in values]),
            charts.Series("پارسال", [v * 0.8 for v in values], tone="c6", dashed=True),
        ],
        unit="م‌ت",
        columns=["ماه", "امسال", "پارسال"],
        rows=[[month, value, round(value * 0.8)] for month, value in zip(months, values, strict=True)],
    )


def cohorts() -> charts.HeatTable:
    """Who stayed, by month of arrival."""
    shares = [[100, 36, 29, 25], [100, 38, 30, None], [100, 47, None, None], [100, None, None, None]]
    return charts.HeatTable(
        name="cohorts",
        question="ماندن به ماه ورود",
        note="٪ خریداران هر ماه پس از نخستین خرید",
        caption="ماندگاری به ماه ورود",
        corner="ماه ورود",
        size_label="شمار",
        columns=["آغاز", "ماه ۱", "ماه ۲", "ماه ۳"],
        switches=[charts.Link("٪", ""), charts.Link("شمار", "?as=count")],
        rows=[
            charts.HeatRow(
                month,
                size,
                [
                    charts.HeatCell()
                    if share is None
                    else charts.HeatCell(str(share), share / 100, "/customers/", best=share == 47)
                    for share in line
                ],
            )
            for month, size, line in zip(
                ["مرداد", "شهریور", "مهر", "آبان"], ["۴۰۷", "۵۷۵", "۶۸۴", "۵۲۸"], shares, strict=True
            )
        ],
    )


def days() -> list[pieces.Day]:
    """A short history."""
    items = [
        pieces.TimelineItem(
            title="پیام در بله",
            at=NOW - timedelta(minutes=8),
            icon="bale",
            tone=0,
            meta="از مریم",
            tag="منتظر پاسخ",
            tag_tone="warn",
            body="سلام، جعبه‌ی یلدا را می‌شود با کارت تبریک فرستاد؟",
        ),
        pieces.TimelineItem(title="۶ صفحه در سایت دید", at=NOW - timedelta(minutes=17), icon="world"),
        pieces.TimelineItem(
            title="سفارش ۵۸۰۷",
            at=NOW - timedelta(days=8),
            icon="shopping-bag",
            tone=4,
            meta="از سایت",
            amount="۲٬۱۴۰٬۰۰۰ تومان",
            url="/orders/1/",
        ),
        pieces.TimelineItem(
            title="یادداشت",
            at=NOW - timedelta(days=9),
            icon="notes",
            tone=5,
            meta="سارا نیک‌پور",
            body="بسته‌بندی ساده، بی‌روبان.",
            note=True,
        ),
    ]
    return pieces.by_day(items, now=NOW)


def context() -> dict[str, Any]:
    """Everything the style page shows."""
    wrong = SampleForm({"name": "", "email": "x", "code": "AT-1", "birth": "۱۴۰۵/۱۳/۰۱", "stage": "lead"})
    wrong.is_valid()
    return {
        "shell": shell(),
        "page": lists.KeysetPage(rows=people(), next_cursor="abc", previous_cursor=None),
        "page_url": "/customers/?",
        "table_class": "",
        "tabs": [
            Tab("همه", "/customers/"),
            Tab("مشتریان من", "/customers/?mine", count=386),
            Tab("نیازمند رسیدگی", "/customers/?care", current=True, count=214),
        ],
        "stats": stats(),
        "charts": [pareto(), churn(), sales()],
        "heat": cohorts(),
        "days": days(),
        "form": SampleForm(),
        "wrong": wrong,
        "runs": [
            Run(1, "سفارش‌های-مهر.csv", "running", 7440, 12000, "خواندن ردیف‌ها"),
            Run(2, "تازه کردن بینش", "running", 0, None),
            Run(3, "نمایشگاه-آبان.xlsx", "done", 320, 320, "۳۲۰ ردیف"),
            Run(4, "مشتریان.csv", "failed", 10, 20, error="ستون «موبایل» پیدا نشد."),
        ],
        "steps": ["فایل", "ستون‌ها", "بررسی", "ورود"],
        "classes": list(pieces.CLASSES),
        "channels": list(pieces.CHANNELS),
        "empty": pieces.Empty(
            title="هنوز مشتری ندارید",
            text="یک فایل اکسل بدهید؛ ستون‌ها را خودمان می‌شناسیم.",
            icon="users",
            action="ورود داده",
            url="/import/",
            second="مشتری تازه",
            second_url="/new/",
            sample="برای نمونه: نام، موبایل، شهر",
        ),
    }

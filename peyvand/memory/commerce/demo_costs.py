"""What the sample business spends: advertising by source, gifts, rent, a fair that did not pay, and standing prices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from peyvand.foundation.calendar.calendars import CalendarKind, date_of, parts
from peyvand.foundation.demo.world import World
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.commerce.models import Cost, CostDriver, CostKind, CostRate, Order, OrderKind
from peyvand.memory.customers.demo_names import SOURCES

MONTHS = 24
INSTAGRAM, SITE, _SHOP, FRIENDS, FAIR = SOURCES
# Of the revenue of an average month: what is spent each month on winning customers, by source.
SPENT = {INSTAGRAM: 0.016, SITE: 0.012, FRIENDS: 0.003}
RENT, FAIR_SPENT, COMMISSION = 0.03, 0.34, 0.006


def costs_write(world: World) -> int:
    """Costs of the last months and standing prices; gives how many rows."""
    chance = world.chance("commerce.costs")
    sold = Order.objects.filter(demo=True, currency="IRR", kind=OrderKind.SALE)
    days = sold.order_by("placed_at").values_list("placed_at", flat=True).first()
    if days is None:
        return 0
    whole = sold.aggregate(sum=Sum("total_minor"))["sum"] or 0
    of_month = whole / max(1.0, (world.now - days).days / 30.4)

    def amount(share: float) -> int:
        return max(1_000_000, round(of_month * share * chance.uniform(0.8, 1.25) / 1_000_000) * 1_000_000)

    rows: list[Cost] = []
    months = [(first, last) for first, last in _months(world.today, MONTHS) if last >= days.date()]
    if not months:
        return 0
    for first, last in months:
        for source, share in SPENT.items():
            minor = amount(share)
            clicks = minor // chance.randrange(45_000, 90_000)
            paid = source != FRIENDS
            rows.append(
                _cost(CostKind.ACQUISITION, minor, first, last, CostDriver.NEW_CUSTOMER, source=source,
                      medium="cpc" if paid else "", clicks=clicks if paid else None,
                      impressions=clicks * chance.randrange(60, 140) if paid else None)
            )  # fmt: skip
        rows.append(_cost(CostKind.SALE, amount(COMMISSION), first, last, CostDriver.ORDER_VALUE, channel="store",
                          note="پورسانت فروشنده‌های فروشگاه"))  # fmt: skip
        if first >= months[-min(12, len(months))][0]:  # before, there were too few customers to bear it
            rows.append(_cost(CostKind.OPERATION, amount(RENT), first, last, CostDriver.CUSTOMER, note="اجاره و انبار"))
    fair = months[-min(8, len(months))][0]
    rows += [
        _cost(CostKind.ACQUISITION, amount(FAIR_SPENT), fair, fair + timedelta(days=29), CostDriver.NEW_CUSTOMER,
              source=FAIR, document="۱۴۰۵/۲۱۷", note="غرفه، چاپ و پذیرایی"),
        _cost(CostKind.OPERATION, amount(0.01), months[-1][0], months[-1][0], None, note="تعمیر آسیاب قهوه"),
    ]  # fmt: skip
    Cost.objects.bulk_create(rows)
    since = months[0][0]
    rates = [
        _rate("بسته‌بندی و پست", CostKind.DELIVERY, CostDriver.ORDER, 380_000, since, channel="web"),
        _rate("بسته‌بندی و پست", CostKind.DELIVERY, CostDriver.ORDER, 520_000, months[-min(6, len(months))][0],
              channel="web"),
        _rate("کارمزد درگاه", CostKind.SALE, CostDriver.ORDER_VALUE, 1, since, channel="web"),
        _rate("هدیه‌ی نخستین خرید", CostKind.ACQUISITION, CostDriver.NEW_CUSTOMER, 250_000, since),
    ]  # fmt: skip
    CostRate.objects.bulk_create(rates)
    return len(rows) + len(rates)


def _months(today: date, count: int) -> list[tuple[date, date]]:
    """First and last days of the last Jalali months, the one that is under way left out."""
    year, month, _day = parts(today, CalendarKind.JALALI)
    ends = []
    until = date_of(year, month, 1, CalendarKind.JALALI)
    for _ in range(count):
        month -= 1
        if month == 0:
            year, month = year - 1, 12
        first = date_of(year, month, 1, CalendarKind.JALALI)
        ends.append((first, until - timedelta(days=1)))
        until = first
    return ends[::-1]


def _cost(
    kind: CostKind, minor: int, first: date, last: date, driver: CostDriver | None, *, source: str = "",
    medium: str = "", channel: str = "", document: str = "", note: str = "", clicks: int | None = None,
    impressions: int | None = None,
) -> Cost:  # fmt: skip
    return Cost(
        demo=True, kind=kind, amount_minor=minor, currency="IRR", day_from=first, day_to=last,
        driver=driver.value if driver else "", source=source, medium=medium, channel=channel, document=document,
        note=note, clicks=clicks, impressions=impressions,
    )  # fmt: skip


def _rate(name: str, kind: CostKind, driver: CostDriver, amount: int, since: date, *, channel: str = "") -> CostRate:
    return CostRate(
        demo=True, name=name, key=fa_key(name), kind=kind, driver=driver, amount=Decimal(amount), currency="IRR",
        valid_from=since, channel=channel,
    )  # fmt: skip

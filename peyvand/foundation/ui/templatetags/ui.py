"""`{% load ui %}`: icons, avatars, classes, figures and dates as the reader reads them, charts, progress."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.forms.boundfield import BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.formats import MoneyStyle
from peyvand.foundation.registry.actor import SYSTEM
from peyvand.foundation.text.identifiers import format_phone
from peyvand.foundation.text.names import initials
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Cell, Chart, HeatTable, Link, Number, Share
from peyvand.foundation.ui.charts import spark as spark_points
from peyvand.foundation.ui.fields import DateInput
from peyvand.foundation.ui.page import page_data
from peyvand.foundation.ui.pieces import CHANNELS, CLASSES, Key, Stat
from peyvand.foundation.ui.pieces import keyboard_map as keys_of_page
from peyvand.foundation.ui.reader import Reader, current_reader

register = template.Library()

GROUNDS = 7
SMALL = 0.01  # a share below it is told with a decimal
BALE = (
    '<svg class="ti {}" width="1em" height="1em" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M12 3a9 9 0 1 1-8.6 6.4M3 5l.4 4.6L8 9"/>'
    '<path d="M8.5 12.3l2.6 2.6 5-5.4"/></svg>'
)
MARK = (
    '<span class="pv-mark"><svg width="17" height="17" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2.6" stroke-linecap="round" aria-hidden="true"><circle cx="8.4" cy="12" r="5.2"/>'
    '<circle cx="15.6" cy="12" r="5.2"/></svg></span>{}'
)


# ── the page ──────────────────────────────────────────────────────────────


@register.simple_tag
def reader() -> Reader:
    """Who reads: language, direction, theme; works without a request, so that error pages do."""
    return current_reader()


@register.simple_tag
def page_json() -> SafeString:
    """What the scripts read, as a JSON data block."""
    return json_script(page_data(), "pv-page")


@register.simple_tag
def keyboard_map() -> list[Key]:
    """The shortcuts every page has."""
    return keys_of_page()


# ── signs ─────────────────────────────────────────────────────────────────


@register.simple_tag
def mark() -> SafeString:
    """Peyvand's mark: two rings that hold each other."""
    return format_html(MARK, "")


@register.simple_tag
def icon(name: str, *, label: str = "", cls: str = "", flip: bool = False) -> SafeString:
    """A Tabler icon by its name. With a `label` it speaks for itself; `flip` mirrors arrows in right-to-left pages."""
    return _sign(name, str(label), f"{cls} flip" if flip else cls)


@lru_cache(maxsize=2048)  # the same few signs stand hundreds of times on a page
def _sign(name: str, label: str, classes: str) -> SafeString:
    if name == "bale":
        drawn = format_html(BALE, classes)
        return (
            format_html('<span role="img" aria-label="{}" title="{}">{}</span>', label, label, drawn)
            if label
            else drawn
        )
    if label:
        return format_html(
            '<i class="ti ti-{} {}" role="img" aria-label="{}" title="{}"></i>', name, classes, label, label
        )
    return format_html('<i class="ti ti-{} {}" aria-hidden="true"></i>', name, classes)


@register.simple_tag
def channel(code: str) -> SafeString:
    """A channel's icon that says its name."""
    label, name = CHANNELS.get(code, (code, "point"))
    return icon(name, label=str(label))


@register.simple_tag
def avatar(
    subject: object,
    *,
    id: int | str | None = None,
    size: str = "",
    org: bool = False,
    channel: str = "",
) -> SafeString:
    """A round (person) or square (organisation) ground with initials. `subject` is a name, or has `name` and `pk`.

    The colour comes from the id, so that it stays when the name changes. Sizes: sm, (none), md, lg.
    """
    name = subject if isinstance(subject, str) else str(getattr(subject, "name", subject))
    known = id if id is not None else getattr(subject, "pk", None)
    square = org or getattr(subject, "kind", "") == "organisation"
    seed = known if isinstance(known, int) else crc32(str(known or name).encode())
    sign = format_html('<span class="chn">{}</span>', icon(CHANNELS[channel][1])) if channel in CHANNELS else ""
    classes = " ".join(part for part in ("pv-av", "org" if square else "", size, f"h{seed % GROUNDS}") if part)
    return format_html(
        '<span class="{}" aria-hidden="true">{}{}</span>', classes, initials(name, organisation=square), sign
    )


@register.simple_tag
def rfm_class(code: str) -> SafeString:
    """A value class: icon, word and colour together; nothing for an unknown or empty code."""
    if code not in CLASSES:
        return SafeString("")
    label, name = CLASSES[code]
    return format_html('<span class="pv-cls cl-{}">{}{}</span>', code, icon(name), label)


@register.simple_tag
def tag(text: object, tone: str = "", *, icon_name: str = "") -> SafeString:
    """A small state: good, warn, bad, info, acc, or none."""
    sign = icon(icon_name) if icon_name else ""
    return format_html('<span class="pv-tag {}">{}<bdi>{}</bdi></span>', f"t-{tone}" if tone else "", sign, text)


@register.simple_tag
def row_check(id: object, name: object) -> SafeString:
    """The checkbox at a row's start, named after the row."""
    return format_html(
        '<input class="form-check-input" type="checkbox" name="ids" value="{}" data-check aria-label="{}">', id, name
    )


@register.simple_tag
def bar(share: float | Decimal | None, tone: str = "c1", *, width: int = 56) -> SafeString:
    """A share (0–1) as a small bar with its percent."""
    if share is None:
        return SafeString("")
    return format_html(
        '<span class="row-"><span class="pv-bar" style="inline-size:{}px"><i style="inline-size:{}%;'
        'background:var(--pv-{})"></i></span><span class="s sub nw">{}</span></span>',
        width,
        round(float(share) * 100),
        tone,
        formats.percent(share, 1 if 0 < share < SMALL else 0),
    )


# ── figures and dates ─────────────────────────────────────────────────────


@register.filter
def num(value: Any, places: int | None = None) -> str:
    """A number in the reader's digits and separators; text stays text."""
    if isinstance(value, int | float | Decimal):
        return formats.number(value, places)
    return "" if value is None else str(value)


@register.filter
def money(value: Money | None, style: MoneyStyle = "full") -> str:
    """Money in the reader's words: full «۲٬۱۴۰٬۰۰۰ تومان»; `short`, `number` and `millions` in lists."""
    return "" if value is None else formats.money(value, style)


@register.filter
def unit(currency: str) -> str:
    """The unit in which amounts of the currency are shown: «تومان»."""
    return formats.unit_word(currency)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A share (0–1) as a percent, with ٪ on its left in Persian."""
    return "" if value is None else formats.percent(value, places)


@register.filter(name="date")
def date_(value: date | datetime | None, style: formats.Style = "auto") -> str:
    """A date in the reader's calendar and zone; without its year when that is this year."""
    return "" if value is None else formats.day(value, style)


@register.filter(name="datetime")
def datetime_(value: datetime | None) -> str:
    """A date and time, in full."""
    return "" if value is None else formats.moment(value)


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago: minutes and hours, then a weekday, then a date."""
    return "" if value is None else formats.ago(value)


@register.filter
def iso(value: date | datetime | None) -> str:
    """For machines: the datetime attribute of <time>."""
    return "" if value is None else value.isoformat()


@register.simple_tag
def moment(value: datetime | None) -> SafeString:
    """A moment as a person says it, with the full date and time in its title."""
    if value is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.moment(value), formats.ago(value)
    )


@register.filter
def digits(value: object) -> str:
    """Text with the reader's digits. Never for codes, phones, addresses."""
    return formats.digits(str(value))


@register.filter
def phone(e164: str) -> SafeString:
    """A phone as people of the reader's language write it, left to right."""
    return format_html('<span class="ltr">{}</span>', format_phone(e164, current_reader().language))


@register.filter
def doer(name: str) -> str:
    """Whoever did something, by the name that was noted; the system itself in the reader's language."""
    return gettext("Peyvand") if name == SYSTEM else name


@register.filter
def bdi(value: object) -> SafeString:
    """A person's value, isolated from the direction of the sentence round it."""
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def marked(text: object, query: str | None) -> SafeString:
    """The text with the typed letters marked."""
    whole, wanted = str(text), (query or "").strip().removeprefix(">").strip()
    place = whole.casefold().find(wanted.casefold()) if wanted else -1
    if place < 0:
        return conditional_escape(whole)
    end = place + len(wanted)
    return format_html("{}<mark>{}</mark>{}", whole[:place], whole[place:end], whole[end:])


# ── forms ─────────────────────────────────────────────────────────────────

LEFT_TO_RIGHT = {"email", "url", "tel", "password"}


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the field is one checkbox, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def widget(field: BoundField) -> SafeString:
    """The field's control with the classes of the house."""
    control = field.field.widget
    given = str(control.attrs.get("class", ""))
    attributes: dict[str, Any] = {}
    if isinstance(control, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        own = "form-check-input"
    elif isinstance(control, Select):
        own = "form-select"
    elif isinstance(control, FileInput):
        own = "" if control.template_name == "ui/forms/drop.html" else "form-control"
    else:
        own = "form-control"
    attributes["class"] = f"{own} {given}".strip()
    if getattr(control, "input_type", "") in LEFT_TO_RIGHT and "dir" not in control.attrs:
        attributes["dir"] = "ltr"
    elif (
        getattr(control, "input_type", "") == "text"
        and "dir" not in control.attrs
        and not isinstance(control, DateInput)
    ):
        attributes["dir"] = "auto"
    return field.as_widget(attrs=attributes)


# ── larger pieces ─────────────────────────────────────────────────────────


@register.simple_tag
def stat(value: Stat) -> SafeString:
    """One number of the pulse, with its line."""
    return render_to_string("ui/parts/stat.html", {"stat": value})


@register.simple_tag
def spark(values: Sequence[Number], tone: str = "c1", width: int = 120, height: int = 34) -> SafeString:
    """A line of the recent values, without axes."""
    if len(values) < 2:
        return SafeString("")
    return render_to_string("ui/parts/spark.html", {"spark": spark_points(values, width, height), "tone": tone})


@register.simple_tag
def chart(value: Chart) -> SafeString:
    """A figure: question, answer, picture, table, and what can be saved of it."""
    spec = json_script(value.spec(), f"spec-{value.name}")
    return render_to_string("ui/parts/chart.html", {"chart": value, "spec": spec})


@register.simple_tag
def heat(value: HeatTable) -> SafeString:
    """Cohorts as a table that is its own picture."""
    return render_to_string("ui/parts/heat.html", {"heat": value})


@register.simple_tag
def chart_cell(cell: Cell, head: bool = False) -> SafeString:
    """One cell of a chart's table: shown for the reader, kept raw for CSV."""
    if isinstance(cell, Share):
        return format_html('<td class="n" data-raw="{}">{}</td>', cell.value, formats.percent(cell.value, cell.places))
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        places = 0 if isinstance(cell, int) or float(cell).is_integer() else 1
        return format_html('<td class="n" data-raw="{}">{}</td>', cell, formats.number(cell, places))
    if isinstance(cell, Link):
        return format_html('<td{}><a class="lnk" href="{}">{}</a></td>', "", cell.url, cell.text)
    if head:
        return format_html('<th scope="row">{}</th>', "" if cell is None else cell)
    return format_html('<td class="n">{}</td>', "–" if cell is None else cell)


@register.simple_tag
def draw(name: str, context: Mapping[str, Any]) -> SafeString:
    """Another room's template with its own context alone (a timeline item's body, a panel)."""
    return render_to_string(name, dict(context))


STATES = {"waiting", "running"}


@register.simple_tag
def progress(run: Any, *, url: str = "", page_url: str = "", stop_url: str = "") -> SafeString:
    """A long work: percent, count, stop. While it runs, `url` (this same fragment) is asked for each second.

    `run` has id, title, state (waiting, running, done, failed, cancelled), done, total, message, error; the
    addresses may also be its `progress_url`, `page_url` and `stop_url`.
    """
    alive = run.state in STATES
    share = min(1.0, run.done / run.total) if run.total else None
    state = {
        "waiting": gettext("Waiting"),
        "running": gettext("Running"),
        "done": gettext("Done"),
        "failed": gettext("Failed"),
        "cancelled": gettext("Stopped"),
    }.get(run.state, run.state)
    return render_to_string(
        "ui/parts/progress.html",
        {
            "run": run,
            "alive": alive,
            "share": share,
            "percent": round(share * 100) if share is not None else None,
            "state": state,
            "left": getattr(run, "left", ""),
            "url": url or getattr(run, "progress_url", ""),
            "page_url": page_url or getattr(run, "page_url", ""),
            "stop_url": (stop_url or getattr(run, "stop_url", "")) if alive else "",
        },
    )


@register.simple_tag
def attributes(values: Mapping[str, object]) -> SafeString:
    """Data attributes from a mapping; None leaves one out."""
    return format_html_join("", ' data-{}="{}"', ((name, value) for name, value in values.items() if value is not None))


@register.filter
def as_json(value: object) -> str:
    """JSON for an attribute such as hx-vals; Django escapes it."""
    return json.dumps(value, ensure_ascii=False)

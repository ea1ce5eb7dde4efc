"""`{% load customers %}`: the rows of the customers' list. Fifty rows of seven cells each are drawn at every opening of
the list, so a cell is put together here instead of by a template of its own.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from peyvand.foundation.ui.templatetags.ui import avatar, icon, moment, rfm_class
from peyvand.memory.customers.web.showing import Cell, Line

register = template.Library()
NOBODY = 0  # stands in an address for the customer's number


@lru_cache(maxsize=256)
def _around(name: str, *more: str) -> tuple[str, str]:
    """What stands before and after a customer's number in an address."""
    before, _number, after = reverse(name, args=[NOBODY, *more]).partition(f"/{NOBODY}/")
    return f"{before}/", f"/{after}"


def url_of(name: str, pk: int, *more: str) -> str:
    """`reverse(name, args=[pk, *more])`, which takes a hundred times as long."""
    before, after = _around(name, *more)
    return f"{before}{pk}{after}"


@register.simple_tag
def one_url(pk: int) -> str:
    """The page of a customer."""
    return url_of("customers:one", pk)


@register.simple_tag
def who_of(line: Line, *, again: bool = False) -> SafeString:
    """The line under a name; `again` puts it in the place of the one that stands on the page."""
    swap = SafeString(' hx-swap-oob="true"' if again else "")
    return format_html('<span class="xs mut el" id="who-{}"{}><bdi>{}</bdi></span>', line.pk, swap, line.who)


@register.simple_tag
def cells_of(line: Line) -> SafeString:
    """All cells of a row after the name."""
    return format_html_join("", '<td class="{}">{}</td>', ((cell.cls, cell_of(line, cell)) for cell in line.cells))


@register.simple_tag
def cell_of(line: Line, cell: Cell) -> SafeString:
    """What stands in one cell."""
    name = cell.field.name
    if name == "class":
        return rfm_class(line.rfm_class)
    if name == "worth":
        return format_html("{}", line.worth)
    if name == "touched":
        return moment(line.touched) if line.touched else SafeString('<span class="mut">–</span>')
    if name == "channels":
        signs = format_html_join("", "{}", ((icon(sign, label=word),) for sign, word in line.identities))
        return format_html('<span class="pv-chs">{}</span>', signs)
    if name == "owner":
        return format_html('<span class="cu-cell">{}{}</span>', _owner(line), _pen(line, cell))
    return format_html(
        '<span class="cu-cell"><bdi class="el cu-text">{}</bdi>{}</span>', cell.text or "–", _pen(line, cell)
    )


def _owner(line: Line) -> SafeString:
    owner = line.customer.owner
    if owner is None:
        return format_html('<span class="mut s">{}</span>', gettext("No owner"))
    picture = avatar(owner.name, id=owner.pk, size="sm")
    return format_html('<span class="row- s">{}<bdi class="el">{}</bdi></span>', picture, owner.name)


def _pen(line: Line, cell: Cell) -> SafeString:
    """What opens the cell for writing."""
    if not cell.editable:
        return SafeString("")
    words = gettext("Change %(field)s of %(name)s") % {"field": cell.field.label, "name": line.customer.name}
    return format_html(
        '<button type="button" class="btn btn-ghost btn-icon btn-sm cu-pen" data-row-key="E" hx-get="{}" '
        'hx-target="closest td" hx-swap="innerHTML" aria-label="{}">{}</button>',
        url_of("customers:cell", line.pk, cell.field.name), words, icon("pencil"),
    )  # fmt: skip

"""What the page's scripts need of the server: words in the reader's language, addresses of heavy scripts, habits."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.ui.reader import current_reader


def page_data() -> dict[str, Any]:
    """The JSON of `#pv-page`; scripts that few pages need are loaded on demand from the addresses given here."""
    reader = current_reader()
    return {
        "language": reader.language,
        "calendar": reader.calendar.value,
        "tz": reader.tz,
        "theme": reader.theme,
        "keys": reader.keys,
        "worker": reverse("ui:worker"),
        "assets": {
            "echarts": static("vendor/echarts.min.js"),
            "charts": static("ui/charts.js"),
            "datepicker": static("ui/datepicker.js"),
            "jalali": static("vendor/jalalidatepicker.min.js"),
            "jalaliCss": static("vendor/jalalidatepicker.min.css"),
            "cells": static("ui/cells.js"),
            "select": static("vendor/tom-select.min.js"),
            "selectCss": static("vendor/tom-select.min.css"),
        },
        "words": {
            "undo": gettext("Undo"),
            "close": gettext("Close"),
            "offline": gettext("Connection lost. Nothing was changed; try again when you're back online."),
            "failed": gettext("This wasn't done. Try again; if it goes on, tell your administrator."),
            "forbidden": gettext("You don't have access to this. Your administrator can give it."),
            "leave": gettext("What you typed isn't saved. Leave this page?"),
            "one": gettext("{n} row selected"),
            "many": gettext("{n} rows selected"),
            "table": gettext("Show as a table"),
            "chart": gettext("Show as a chart"),
            "none": gettext("Nothing found. Try fewer letters."),
            "found": gettext("{n} results"),
            "year": gettext("Year"),
            "month": gettext("Month"),
            "calendar": gettext("Calendar"),
            "noMatch": gettext("No match"),
        },
    }

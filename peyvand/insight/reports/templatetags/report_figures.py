"""What the pages of reports draw."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from peyvand.foundation.ui.charts import Chart

register = template.Library()


@register.simple_tag
def spec_of(chart: Chart) -> SafeString:
    """The chart as charts.js reads it."""
    return json_script(chart.spec(), f"spec-{chart.name}")

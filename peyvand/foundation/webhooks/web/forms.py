"""What staff type of an endpoint."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.fields import CodeInput
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.errors import InvalidError
from peyvand.foundation.webhooks.models import EVERYTHING, WebhookEndpoint
from peyvand.foundation.webhooks.services import DESCRIPTION_LENGTH, EndpointData


class EndpointForm(forms.Form):
    """An endpoint. The events are drawn by the template, each with a sample of its message."""

    url = forms.CharField(
        label=_("Address"),
        max_length=3_000,
        widget=CodeInput({"placeholder": "https://", "inputmode": "url", "autocomplete": "off"}),
        help_text=_("Where the other program listens. Take https, so that nobody reads along."),
    )
    description = forms.CharField(label=_("Description"), required=False, max_length=DESCRIPTION_LENGTH)
    everything = forms.BooleanField(label=_("All events, those to come as well"), required=False)
    events = forms.MultipleChoiceField(required=False, choices=[])
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, endpoint: WebhookEndpoint | None = None, **more: Any) -> None:
        if endpoint is not None:
            more["initial"] = {
                "url": endpoint.url,
                "description": endpoint.description,
                "everything": EVERYTHING in endpoint.events,
                "events": endpoint.events,
                "version": endpoint.version,
            }
        super().__init__(*args, **more)
        events = self.fields["events"]
        if isinstance(events, forms.MultipleChoiceField):
            known = [one.name for one in registry.all(WebhookEvent)]
            kept = [name for name in (endpoint.events if endpoint else []) if name != EVERYTHING and name not in known]
            events.choices = [(name, name) for name in (*known, *kept)]

    @property
    def chosen(self) -> set[str]:
        """Names that are ticked."""
        return set(self["events"].value() or ())

    def data_given(self) -> EndpointData:
        """What was typed."""
        given = self.cleaned_data
        events = [EVERYTHING] if given["everything"] else given["events"]
        return EndpointData(given["url"], events, given["description"])

    def put_errors(self, error: InvalidError) -> None:
        """Show what the service refused at the fields it names, and on top what has no field."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))

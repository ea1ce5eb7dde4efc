"""Addresses of customers that were merged into others lead on to these, for good."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.declarations import RedirectLookup

_CUSTOMER = re.compile(r"(.*/customers/)([0-9]{1,18})(/.*)?")


def moves(path: str) -> bool:
    """Whether a path of the document names a customer, who may have been merged into another."""
    return "/customers/{customer_id}" in path


def moved_on(request: HttpRequest, response: HttpResponse, actor: Actor) -> HttpResponse:
    """For a reading request that found nothing: the way to what the customer has become, if the actor may see that."""
    if request.method != "GET" or response.status_code != 404:
        return response
    at = _CUSTOMER.fullmatch(request.path)
    if at is None:
        return response
    for lookup in registry.all(RedirectLookup):
        if (kept := lookup.function(actor, int(at[2]))) is not None:
            query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
            return HttpResponsePermanentRedirect(f"{at[1]}{kept}{at[3] or ''}{query}")
    return response

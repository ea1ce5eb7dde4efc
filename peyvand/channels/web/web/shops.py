"""Shops: set up, their address and secret, and what they reported."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.web import access, queries, setting
from peyvand.channels.web.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.web.models import Shop
from peyvand.channels.web.shops import KINDS
from peyvand.channels.web.web.forms import ShopForm, initial_of
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast


@require_safe
def shops(request: StaffRequest) -> HttpResponse:
    """The shops."""
    request.actor.require(access.MANAGE)
    context = {
        "rows": [
            (one, KINDS[one.kind].label if one.kind in KINDS else one.kind)
            for one in queries.shops(actor=request.actor)
        ],
        "empty": Empty(
            title=gettext("No shop reports yet"), icon="building-store",
            text=gettext("What is ordered in your shop comes to its customers by itself."),
            action=gettext("New shop"), url=reverse("web:shop-new"),
            sample=gettext("For example: a shop with WooCommerce."),
        ),
    }  # fmt: skip
    return render(request, "web/shops.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Set up a shop."""
    request.actor.require(access.MANAGE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, shop_id: int) -> HttpResponse:
    """Change a shop; its address and what it reported."""
    return _form(request, _shop(request.actor, shop_id))


def _shop(actor: Actor, shop_id: int) -> Shop:
    actor.require(access.MANAGE)
    try:
        return queries.shop_get(actor=actor, id=shop_id)
    except Shop.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, row: Shop | None) -> HttpResponse:
    actor = request.actor
    initial = initial_of(row) if row else {"enabled": True, "system": "shop", "unit": "toman", "kind": "woocommerce"}
    form = ShopForm(request.POST or None, actor=actor, shop=row, initial=initial)
    meanwhile, version = False, row.version if row else 0
    if request.method == "POST" and row is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made, told = setting.shop_save(
                actor=actor, data=form.data_of(), kinds=frozenset(KINDS), shop=row, version=version if row else None
            )
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            if told:
                return _told(request, made, told)
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("web:shop", made.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {
        "form": form, "row": row, "version": version, "meanwhile": meanwhile,
        "kind": KINDS.get(row.kind) if row else None, "hook_url": setting.hook_url(row) if row else "",
        "deliveries": queries.deliveries(actor=actor, shop=row) if row else [],
    }  # fmt: skip
    return render(request, "web/shop.html", context, status=status)


def _told(request: StaffRequest, row: Shop, told: str) -> HttpResponse:
    """The secret, shown this once."""
    context = {"row": row, "told": told, "kind": KINDS.get(row.kind), "hook_url": setting.hook_url(row)}
    response = render(request, "web/shop.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def remove(request: StaffRequest, shop_id: int) -> HttpResponse:
    """Take it away, with the way back."""
    row = _shop(request.actor, shop_id)
    done = setting.shop_remove(actor=request.actor, shop=row)
    toast(request, gettext("The shop is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("web:shops")


@require_POST
def hook(request: StaffRequest, shop_id: int) -> HttpResponse:
    """A new address for its reports."""
    row = _shop(request.actor, shop_id)
    setting.hook_renew(actor=request.actor, shop=row)
    toast(request, gettext("A new address; give it to the shop, the old one is closed."))
    return redirect("web:shop", row.pk)


@require_POST
def secret(request: StaffRequest, shop_id: int) -> HttpResponse:
    """A new secret, shown this once."""
    row = _shop(request.actor, shop_id)
    told = setting.secret_renew(actor=request.actor, shop=row)
    return _told(request, row, told)

"""Bots: set up, tried, and told where to call; and the code by which a chat becomes a customer's."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.messengers import access, queries, services
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import Adapter
from peyvand.channels.messengers.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.messengers.models import Bot, Hearing
from peyvand.channels.messengers.queries import Shown
from peyvand.channels.messengers.web.forms import BotForm, initial_of
from peyvand.channels.sites.services import code_new
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.access import EDIT, VIEW
from peyvand.memory.customers.models import Customer


@require_safe
def bots(request: StaffRequest) -> HttpResponse:
    """The bots in their order."""
    actor = request.actor
    actor.require(access.MANAGE)
    context = {
        "rows": queries.bots(actor=actor),
        "empty": Empty(
            title=gettext("No bot yet"), icon="robot",
            text=gettext("With a bot, customers write to you in their messenger, and you answer from the inbox."),
            action=gettext("New bot"), url=reverse("messengers:new"),
            sample=gettext("For example: a bot of Bale, Telegram or Rubika, or a number at WhatsApp."),
        ),
    }  # fmt: skip
    return render(request, "messengers/bots.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Set up a bot: first of which messenger, then what that has."""
    request.actor.require(access.MANAGE)
    adapter = ADAPTERS.get(request.GET.get("messenger", ""))
    if adapter is None:
        return render(request, "messengers/choose.html", {"messengers": list(ADAPTERS.values())})
    return _form(request, adapter, None)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, bot_id: int) -> HttpResponse:
    """Change a bot; the address that its messenger calls, what hinders it."""
    shown = _shown(request.actor, bot_id)
    return _form(request, shown.adapter, shown)


def _shown(actor: Actor, bot_id: int) -> Shown:
    actor.require(access.MANAGE)
    try:
        return queries.bot_get(actor=actor, id=bot_id)
    except Bot.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, adapter: Adapter, shown: Shown | None) -> HttpResponse:
    actor, row = request.actor, shown.row if shown else None
    initial = initial_of(row) if row else {"enabled": True, "hearing": Hearing.POLL, "price": 0}
    form = BotForm(request.POST or None, adapter=adapter, bot=row, initial=initial)
    meanwhile, version = False, row.version if row else 0
    if request.method == "POST" and row is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made = services.bot_save(actor=actor, data=form.data_of(), bot=row, version=version if row else None)
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("messengers:one", made.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {
        "form": form, "shown": shown, "adapter": adapter, "version": version, "meanwhile": meanwhile,
        "verify": row.header if row is not None and adapter.name == "whatsapp" else "",
    }  # fmt: skip
    return render(request, "messengers/bot.html", context, status=status)


@require_POST
def remove(request: StaffRequest, bot_id: int) -> HttpResponse:
    """Take it away, with the way back."""
    shown = _shown(request.actor, bot_id)
    done = services.bot_remove(actor=request.actor, bot=shown.row)
    toast(request, gettext("The bot is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("messengers:bots")


@require_POST
def hook(request: StaffRequest, bot_id: int) -> HttpResponse:
    """A new address for the messenger's calls."""
    shown = _shown(request.actor, bot_id)
    services.hook_renew(actor=request.actor, bot=shown.row)
    toast(request, gettext("A new address; tell the messenger, the old one is closed."))
    return redirect("messengers:one", bot_id)


@require_POST
def tell(request: StaffRequest, bot_id: int) -> HttpResponse:
    """Tell the messenger where to call us."""
    shown = _shown(request.actor, bot_id)
    good, said = services.hook_tell(actor=request.actor, bot=shown.row)
    words = gettext("The messenger knows the address.") if good else gettext("The messenger did not take it: %(said)s")
    toast(request, words if good else words % {"said": said}, level="good" if good else "bad")
    return redirect("messengers:one", bot_id)


@require_POST
def test(request: StaffRequest, bot_id: int) -> HttpResponse:
    """Ask the messenger who the bot is: address and keys are right when it answers."""
    shown = _shown(request.actor, bot_id)
    good, said = services.bot_test(actor=request.actor, bot=shown.row)
    words = gettext("The messenger answered: %(said)s") if good else gettext("The messenger did not answer: %(said)s")
    toast(request, words % {"said": said}, level="good" if good else "bad")
    return redirect("messengers:one", bot_id)


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Make a one-time code for a customer: the chat in which it is said is theirs."""
    actor = request.actor
    actor.require(VIEW)
    actor.require(EDIT)
    try:
        customer = Customer.objects.visible_to(actor, EDIT).get(pk=customer_id)
    except Customer.DoesNotExist:
        raise Http404 from None
    code = code_new(actor=actor, customer=customer) if request.method == "POST" else ""
    context = {
        "customer": customer, "code": code, "links": queries.links(demo=actor.demo, code=code),
        "possible": queries.linkable(demo=actor.demo),
    }  # fmt: skip
    return render(request, "messengers/link.html", context)

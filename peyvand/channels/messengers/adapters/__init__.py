"""The messengers, by name."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.channels.messengers.adapters import botlike, rubika, safir, whatsapp
from peyvand.channels.messengers.adapters.base import Adapter

ADAPTERS: Mapping[str, Adapter] = {
    one.name: one for one in (botlike.TELEGRAM, botlike.BALE, safir.SAFIR, rubika.RUBIKA, whatsapp.WHATSAPP)
}

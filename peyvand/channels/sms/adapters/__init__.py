"""The providers, by name."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.channels.sms.adapters import ghasedak, kavenegar, melipayamak, sample, smsir, twilio
from peyvand.channels.sms.adapters.base import Adapter

ADAPTERS: Mapping[str, Adapter] = {
    one.name: one
    for one in (
        kavenegar.KAVENEGAR,
        smsir.SMSIR,
        melipayamak.MELIPAYAMAK,
        ghasedak.GHASEDAK,
        twilio.TWILIO,
        sample.SAMPLE,
    )
}

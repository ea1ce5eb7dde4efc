"""The verbs on notices."""

from __future__ import annotations

from peyvand.channels.push.services.setting import (
    SenderData,
    is_test,
    sender_of,
    sender_save,
    test_code,
    worker_check,
    worker_text,
    worker_url,
)
from peyvand.channels.push.services.subscribing import (
    SubscriptionData,
    renew,
    subscribe,
    topics_choose,
    unsubscribe,
    visitor_known,
)

__all__ = [
    "SenderData", "SubscriptionData", "is_test", "renew", "sender_of", "sender_save", "subscribe", "test_code",
    "topics_choose", "unsubscribe", "visitor_known", "worker_check", "worker_text", "worker_url",
]  # fmt: skip

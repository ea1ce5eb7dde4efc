"""Notices as the gate's dispatcher knows them: whose browsers take them, and what push services say.

A message goes to every browser in which its recipient takes notices of its purpose; it is sent when one of them has
it. A notice has the message's own id as its tag, so that a browser that gets it twice shows it once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Account, Carrier, Outcome, Outgoing, Said
from peyvand.channels.outreach.drawing import LINK, trimmed
from peyvand.channels.outreach.tracking import is_ours
from peyvand.channels.push.models import Sender, Subscription
from peyvand.channels.push.sealing import BrowserKeys, authorization, encrypted
from peyvand.channels.push.services.setting import PURPOSE, contact_of
from peyvand.channels.push.services.subscribing import CHANNEL, opened
from peyvand.channels.sites.services import host_allowed
from peyvand.foundation.accounts import settings
from peyvand.foundation.outside.locking import unlocked
from peyvand.foundation.outside.requesting import Outcome as Answered
from peyvand.foundation.outside.requesting import Trouble, request
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import PurposeKind

TIMEOUT = 10.0
AT_ONCE = 8  # requests under way
PAUSE = 60.0
BODY = 600  # letters; screens show fewer
NOT_TAKEN = frozenset({Trouble.ADDRESS, Trouble.NAME, Trouble.SAMPLE, Trouble.CONNECT, Trouble.TLS})
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def browser_of(agent: str) -> str:
    """What a browser calls itself, in a word."""
    return next((name for sign, name in _BROWSERS if sign in agent), "")


def accounts(demo: bool) -> Sequence[Account]:
    """The house itself, where notices are switched on."""
    rows = Sender.objects.filter(demo=demo, enabled=True)
    return [Account(id=row.pk, name=str(_("Notices")), line=CHANNEL, secret={"row": row}) for row in rows]


def addresses(customer_ids: Sequence[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """The browsers in which these customers take notices, the one that took the last first."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Subscription.objects.filter(visitor__customer_id__in=list(customer_ids), gone_at=None)
    values = rows.order_by("-ok_at", "-created_at").values_list("visitor__customer_id", "digest", "agent", "site__name")
    for customer_id, digest, agent, site in values:
        if customer_id is not None:
            found[customer_id].append((digest, " · ".join(filter(None, [browser_of(agent), site]))[:254]))
    return found


@dataclass(frozen=True)
class Notice:
    """One request: a message for one browser."""

    message_id: int
    row: Subscription
    endpoint: str
    body: bytes
    headers: Mapping[str, str]


def send(account: Account, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """Hand each to its recipient's browsers by their push services."""
    sender = account.secret.get("row")
    row = sender if isinstance(sender, Sender) else Sender.objects.get(pk=account.id)
    private = unlocked(row.private, purpose=PURPOSE)
    if private is None:
        return [Outcome(one.id, Said.AGAIN, code="key", after=900.0) for one in messages]
    browsers = _browsers(messages)
    if row.demo:  # the sample reaches nobody
        return [
            Outcome(one.id, Said.DELIVERED, provider_id=f"sample-{one.id}") if browsers.get(one.id)
            else Outcome(one.id, Said.FAILED, code="gone") for one in messages
        ]  # fmt: skip
    now = timezone.now()
    signed: dict[str, str] = {}
    notices: list[Notice] = []
    for one in messages:
        for browser in browsers.get(one.id, ()):
            if (keys := opened(browser)) is not None:
                notices.append(_notice(one, browser, keys, sender=row, private=private, signed=signed, now=now))
    with ThreadPoolExecutor(AT_ONCE) as several:
        answers = list(several.map(_asked, notices))
    by_message: dict[int, list[tuple[Subscription, Answered]]] = defaultdict(list)
    for notice, answer in zip(notices, answers, strict=True):
        by_message[notice.message_id].append((notice.row, answer))
    _note(row, [(notice.row, answer) for notice, answer in zip(notices, answers, strict=True)], now=now)
    return [outcome_of(one.id, [answer for _row, answer in by_message.get(one.id, ())]) for one in messages]


def _browsers(messages: Sequence[Outgoing]) -> dict[int, list[Subscription]]:
    """The living browsers of each message's recipient that take notices of its purpose."""
    named = {
        row.digest: row
        for row in Subscription.objects.filter(digest__in=[one.to for one in messages]).select_related(
            "visitor", "site"
        )
    }
    people = {row.visitor.customer_id for row in named.values() if row.visitor.customer_id is not None}
    of: dict[int, list[Subscription]] = defaultdict(list)
    rows = Subscription.objects.filter(visitor__customer_id__in=people, gone_at=None).select_related("visitor", "site")
    for row in rows.order_by("pk"):
        if row.visitor.customer_id is not None:
            of[row.visitor.customer_id].append(row)
    found = {}
    for one in messages:
        to = named.get(one.to)
        theirs = of.get(to.visitor.customer_id, []) if to is not None and to.visitor.customer_id else []
        wanting = [other for other in theirs if one.purpose in other.topics or one.kind == PurposeKind.SERVICE]
        found[one.id] = wanting or [other for other in theirs if other.digest == one.to]
    return found


def _notice(
    message: Outgoing,
    browser: Subscription,
    keys: tuple[str, BrowserKeys],
    *,
    sender: Sender,
    private: str,
    signed: dict[str, str],
    now: datetime,
) -> Notice:
    endpoint, secrets = keys
    parts = urlsplit(endpoint)
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin not in signed:
        signed[origin] = authorization(private, endpoint, contact=contact_of(sender), now=now)
    body = encrypted(payload(message.subject, message.text, browser, tag=str(message.uid)), secrets)
    urgent = "high" if message.kind == PurposeKind.SERVICE else "normal"
    return Notice(message.id, browser, endpoint, body, _headers(signed[origin], hours=sender.hours, urgency=urgent))


def _headers(authorized: str, *, hours: int, urgency: str) -> dict[str, str]:
    return {
        "Authorization": authorized, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
        "TTL": str(hours * 3600), "Urgency": urgency,
    }  # fmt: skip


def payload(title: str, text: str, browser: Subscription, *, tag: str) -> bytes:
    """What the worker shows: title, words, where a press leads. Only an address of ours or of the site's is one."""
    url = next((one for one in map(trimmed, LINK.findall(text)) if _may_open(one, browser)), "")
    words = LINK.sub("", text) if url else text
    words = "\n".join(line.strip(" :،") for line in words.splitlines() if line.strip(" :،"))
    said = {
        "t": title or settings.text("workspace_name"), "b": words[:BODY], "u": url, "i": tag,
        "l": browser.language, "d": "rtl" if browser.language == "fa" else "ltr",
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _may_open(address: str, browser: Subscription) -> bool:
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return False
    host = f"{parts.hostname or ''}{port}"
    hosts = browser.site.hosts
    return is_ours(address) or host_allowed(hosts, host) or host_allowed(hosts, parts.hostname or "")


def _asked(notice: Notice) -> Answered:
    return request(notice.endpoint, body=notice.body, headers=notice.headers, timeout=TIMEOUT)


def _word(answer: Answered) -> tuple[str, str]:
    """What one push service's answer means."""
    status = answer.status
    if status is None:
        return (Said.AGAIN if answer.error in NOT_TAKEN else Said.UNKNOWN), answer.error
    if 200 <= status < 300:
        return Said.SENT, str(status)
    if status in (404, 410):
        return "gone", str(status)
    if status == 429 or status >= 500:
        return Said.AGAIN, str(status)
    return Said.FAILED, str(status)


def outcome_of(message_id: int, answers: Sequence[Answered]) -> Outcome:
    """What became of a message from what became of it in each browser: one that has it is enough; where nobody knows
    of one, nobody knows; one that may take it later is tried again; else it has failed.
    """
    words = [(_word(answer), answer) for answer in answers]
    for said in (Said.SENT, Said.UNKNOWN, Said.AGAIN, Said.FAILED):
        for (word, code), answer in words:
            if word == said:
                after = float(answer.retry_after or PAUSE) if said == Said.AGAIN else 0.0
                text = answer.response[:300] if said == Said.FAILED else ""
                where = answer.headers.get("location", "")[-200:] if said == Said.SENT else ""
                return Outcome(message_id, said, where, code=code, text=text, after=after)
    return Outcome(message_id, Said.FAILED, code="gone", suppress="hard-bounce" if words else "")


def _note(sender: Sender, asked: Iterable[tuple[Subscription, Answered]], *, now: datetime) -> None:
    """What each browser's push service said stands with it; what hinders all of them with the house."""
    took: list[int] = []
    failed: list[int] = []
    gone: list[int] = []
    trouble = ""
    for row, answer in asked:
        word, code = _word(answer)
        (took if word == Said.SENT else gone if word == "gone" else failed).append(row.pk)
        if code in ("401", "403"):
            trouble = f"{code} {answer.response}".strip()[:300]
    Subscription.objects.filter(pk__in=took).update(ok_at=now)
    Subscription.objects.filter(pk__in=failed).update(failed_at=now)
    Subscription.objects.filter(pk__in=gone).update(failed_at=now, gone_at=now)
    if (trouble or took) and trouble != sender.trouble:
        Sender.objects.filter(pk=sender.pk).update(trouble=trouble)


def notice_test(*, actor: Actor, row: Subscription, title: str, text: str) -> bool:
    """A notice to the browser in which somebody of the house tries notices; whether its push service took it."""
    sender = Sender.objects.get(demo=row.demo)
    private, keys = unlocked(sender.private, purpose=PURPOSE), opened(row)
    if private is None or keys is None or row.demo:
        return False
    endpoint, secrets = keys
    now = timezone.now()
    signed = authorization(private, endpoint, contact=contact_of(sender), now=now)
    body = encrypted(payload(title, text, row, tag="test"), secrets)
    answer = request(endpoint, body=body, headers=_headers(signed, hours=1, urgency="high"), timeout=TIMEOUT)
    _note(sender, [(row, answer)], now=now)
    return answer.taken


PUSH = Carrier(
    name=CHANNEL, label=_("Push notification"), icon="bell", identity=CHANNEL, accounts=accounts, send=send, order=30,
    batch=40, addresses=addresses,
)  # fmt: skip

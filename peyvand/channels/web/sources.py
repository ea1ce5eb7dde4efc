"""How a visit came: by its campaign's words, else by a click id, else by the page before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from peyvand.channels.web.events import plain_text

CLICKS = {
    "gclid": ("google", "cpc"), "gbraid": ("google", "cpc"), "wbraid": ("google", "cpc"), "msclkid": ("bing", "cpc"),
    "yclid": ("yandex", "cpc"), "fbclid": ("facebook", "social"), "ttclid": ("tiktok", "cpc"),
    "twclid": ("twitter", "cpc"), "li_fat_id": ("linkedin", "cpc"), "igshid": ("instagram", "social"),
}  # fmt: skip
ENGINES = ("google", "bing", "yandex", "duckduckgo", "yahoo", "ecosia", "baidu", "zarebin", "gerdoo", "qwant", "brave")
SOCIAL = {
    "instagram.com": "instagram", "l.instagram.com": "instagram", "t.me": "telegram", "telegram.org": "telegram",
    "web.telegram.org": "telegram",
    "facebook.com": "facebook", "l.facebook.com": "facebook", "twitter.com": "twitter", "x.com": "twitter",
    "t.co": "twitter", "linkedin.com": "linkedin", "aparat.com": "aparat", "youtube.com": "youtube",
    "eitaa.com": "eitaa", "bale.ai": "bale", "ble.ir": "bale", "rubika.ir": "rubika", "wa.me": "whatsapp",
    "virgool.io": "virgool", "pinterest.com": "pinterest", "tiktok.com": "tiktok",
}  # fmt: skip


class Source(NamedTuple):
    """Where a visit came from; all "" where they came by themselves."""

    source: str = ""
    medium: str = ""
    campaign: str = ""


def source_of(said: Mapping[str, Any], own_hosts: frozenset[str] = frozenset()) -> Source:
    """`said` is what the tracker tells of the arrival: "utm" by its names, "click" by the click id's name, "ref"."""
    utm = said.get("utm")
    if isinstance(utm, Mapping) and (named := plain_text(utm.get("source"), 100)):
        return Source(named, plain_text(utm.get("medium"), 60), plain_text(utm.get("campaign"), 150))
    click = said.get("click")
    if isinstance(click, Mapping):
        for name in click:
            if name in CLICKS:
                return Source(*CLICKS[name])
    host = host_of(plain_text(said.get("ref"), 1000))
    if not host or host in own_hosts:
        return Source()
    for engine in ENGINES:
        if engine in host.split("."):
            return Source(engine, "organic")
    if host in SOCIAL:
        return Source(SOCIAL[host], "social")
    return Source(host[:100], "referral")


def host_of(url: str) -> str:
    """The host of an address, without www; "" for what is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in ("http", "https") else ""


def device_of(agent: str) -> str:
    """phone, tablet or desk, as far as the browser says it."""
    told = agent.lower()
    if not told:
        return ""
    if "ipad" in told or "tablet" in told or ("android" in told and "mobile" not in told):
        return "tablet"
    return "phone" if "mobi" in told or "iphone" in told else "desk"

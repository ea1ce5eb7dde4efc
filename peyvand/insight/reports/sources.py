"""One name for one source: a record says «اینستاگرام», an address utm_source=ig, a bill Instagram."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import fa_key

UNKNOWN = ""  # nobody said
DIRECT = "direct"  # came to a site by themselves
LONGEST = 100

# Key → its name for people, and what else it is written as.
NAMED: Mapping[str, tuple[Label, tuple[str, ...]]] = {
    DIRECT: (_("By themselves"), ()),
    "instagram": (_("Instagram"), ("اینستاگرام", "اینستا", "insta", "ig", "instagram.com", "l.instagram.com")),
    "google": (_("Google"), ("گوگل", "google.com", "google ads", "adwords", "گوگل ادز")),
    "telegram": (_("Telegram"), ("تلگرام", "t.me", "telegram.org")),
    "whatsapp": (_("WhatsApp"), ("واتساپ", "واتس‌اپ", "wa.me")),
    "bale": (_("Bale"), ("بله", "ble.ir", "bale.ai")),
    "rubika": (_("Rubika"), ("روبیکا", "rubika.ir")),
    "eitaa": (_("Eitaa"), ("ایتا", "eitaa.com")),
    "facebook": (_("Facebook"), ("فیسبوک", "fb", "facebook.com")),
    "linkedin": (_("LinkedIn"), ("لینکدین", "linkedin.com")),
    "yektanet": (_("Yektanet"), ("یکتانت",)),
    "torob": (_("Torob"), ("ترب", "torob.com")),
    "newsletter": (_("Newsletter"), ("خبرنامه",)),
    "website": (_("Website"), ("وب‌گاه", "وب‌سایت", "سایت", "وب", "web", "site")),
    "store": (_("In person"), ("حضوری", "فروشگاه", "مغازه", "walk-in", "in person", "shop")),
    "referral": (_("Referred by friends"), ("معرفی دوستان", "معرفی", "معرف", "friends", "word of mouth")),
    "call": (_("Call"), ("تلفن", "تماس", "phone", "telephone")),
}
_KEYS = {fa_key(name): key for key, (_label, names) in NAMED.items() for name in (key, *names)}


def source_key(text: str | None) -> str:
    """The key of what was typed or came with an address; UNKNOWN of nothing. What is not in the list keeps its own
    words, so that "Tea fair" and "tea  fair" are one.
    """
    folded = " ".join((text or "").split())[:LONGEST]
    if not folded:
        return UNKNOWN
    return _KEYS.get(fa_key(folded), folded.lower())


def offer_key(text: str) -> str:
    """The key of an offer among those of sources: its own words, spaces and case apart."""
    return f"offer:{' '.join(text.split()).casefold()}"


def source_came_by(*, record: str, visit: str, visited: bool) -> str:
    """The source somebody came by, of keys: that of the first visit on the way, else the record's, else DIRECT where
    they visited and nothing says more.
    """
    return (visit if visited else UNKNOWN) or record or (DIRECT if visited else UNKNOWN)


def source_label(key: str) -> str:
    """The source's name for the reader."""
    if key == UNKNOWN:
        return gettext("Unknown source")
    return str(NAMED[key][0]) if key in NAMED else key

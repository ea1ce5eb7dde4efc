"""Whether the world believes that mail from an account is ours: SPF, DKIM and DMARC, asked of DNS, told in words.

Nothing here can see from which machine a server sends, so that of SPF only what stands in DNS is judged: that there is
one record, that it is one, that it ends by refusing others, that it asks DNS at most ten times (RFC 7208, 4.6.4). DMARC
(RFC 7489) needs one of the two in the domain that readers see: the organisational domain counts, as with alignment
"relaxed".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import dns.exception
import dns.resolver
from django.utils.translation import gettext_noop

from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking.mime import ascii_domain

Resolver = Callable[[str], Sequence[str] | None]  # the TXT records of a name; None: nobody answered

GOOD, WARN, BAD, UNKNOWN = "good", "warn", "bad", "unknown"
SPF_LOOKUPS = 10
_ASKS = re.compile(r"include:|exists:|redirect=|(a|mx|ptr)([:/]|$)")


@dataclass(frozen=True)
class Proof:
    """One finding. `words` is an English msgid with `figures` in it; `record` and `value` are what to publish."""

    what: str  # spf, dkim, dmarc
    state: str
    words: str
    figures: dict[str, str] = field(default_factory=dict)
    record: str = ""
    value: str = ""


def texts_of(name: str) -> Sequence[str] | None:
    """The TXT records of a name, as the system's resolver gives them."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5.0)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError, ValueError):
        return None
    return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]


def organisation(domain: str) -> str:
    """The domain that somebody has registered, near enough: two labels, three where the second is a public one."""
    labels = domain.lower().rstrip(".").split(".")
    public = {"co", "com", "net", "org", "gov", "ac", "edu", "id", "sch"}
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in public else 2
    return ".".join(labels[-count:])


def examined(account: EmailAccount, *, resolver: Resolver = texts_of) -> list[Proof]:
    """What DNS says of an account's domain."""
    domain = ascii_domain(account.domain)
    back = ascii_domain((account.return_path or account.address).rpartition("@")[2])
    signing = ascii_domain(account.dkim_domain or domain)
    spf, dkim = _spf(back, resolver), _dkim(account, signing, resolver)
    return [spf, dkim, _dmarc(domain, back, signing, spf, dkim, resolver)]


def stands(proofs: Sequence[Proof]) -> bool:
    """Whether mail of marketing may go: DKIM and DMARC are good, SPF is not bad. What is not known does not stand."""
    states = {one.what: one.state for one in proofs}
    return states.get("dkim") == GOOD and states.get("dmarc") in (GOOD, WARN) and states.get("spf") in (GOOD, WARN)


def as_plain(proofs: Sequence[Proof]) -> list[dict[str, object]]:
    """As it is kept with the account."""
    return [asdict(one) for one in proofs]


def of_plain(kept: Sequence[dict[str, object]]) -> list[Proof]:
    """As it was kept."""
    return [Proof(**one) for one in kept]  # type: ignore[arg-type]


def _silent(what: str, name: str) -> Proof:
    return Proof(what, UNKNOWN, gettext_noop("Nobody could be asked about %(name)s just now."), {"name": name})


def _spf(domain: str, resolver: Resolver) -> Proof:
    texts = resolver(domain)
    if texts is None:
        return _silent("spf", domain)
    found = [one for one in texts if re.match(r"v=spf1(\s|$)", one, re.IGNORECASE)]
    if not found:
        return Proof(
            "spf", BAD, gettext_noop("%(name)s names no servers that may send its mail."), {"name": domain},
            domain, "v=spf1 a mx -all",
        )  # fmt: skip
    if len(found) > 1:
        return Proof(
            "spf", BAD, gettext_noop("%(name)s has %(count)s records of SPF; only one counts, so that none does."),
            {"name": domain, "count": str(len(found))}, domain, "",
        )  # fmt: skip
    asks = spf_asks(found[0], resolver)
    if asks > SPF_LOOKUPS:
        return Proof(
            "spf", BAD, gettext_noop("SPF of %(name)s asks DNS %(count)s times; after ten others stop reading."),
            {"name": domain, "count": str(asks)}, domain, found[0],
        )  # fmt: skip
    ends = found[0].lower().split()[-1]
    if ends in ("+all", "all", "?all") or not (ends.endswith("all") or ends.startswith("redirect=")):
        return Proof(
            "spf", WARN, gettext_noop("SPF of %(name)s lets everybody send in its name; end it with -all or ~all."),
            {"name": domain}, domain, re.sub(r"\s+[+?]?all\s*$", "", found[0], flags=re.IGNORECASE) + " ~all",
        )  # fmt: skip
    return Proof("spf", GOOD, gettext_noop("%(name)s names the servers that may send its mail."), {"name": domain})


def spf_asks(record: str, resolver: Resolver, seen: frozenset[str] = frozenset()) -> int:
    """How often reading a record asks DNS, what it includes counted with it."""
    count = 0
    for one in record.lower().split()[1:]:
        term = one.lstrip("+-~?")
        if not _ASKS.match(term):
            continue
        count += 1
        for begins in ("include:", "redirect="):
            name = term.removeprefix(begins)
            if term.startswith(begins) and name not in seen and len(seen) < 2 * SPF_LOOKUPS:
                inner = [text for text in resolver(name) or [] if text.lower().startswith("v=spf1")]
                count += spf_asks(inner[0], resolver, seen | {name}) if inner else 0
    return count


def _dkim(account: EmailAccount, domain: str, resolver: Resolver) -> Proof:
    if not account.dkim_selector:
        words = gettext_noop("Mail goes unsigned: there is no key yet. Make one here.")
        if account.provider != "smtp":
            words = gettext_noop("Your provider signs; write its selector on the account’s page, to have it looked at.")
        return Proof("dkim", BAD, words)
    name = f"{account.dkim_selector}._domainkey.{domain}"
    value = f"v=DKIM1; k=rsa; p={account.dkim_public}" if account.dkim_public else ""
    texts = resolver(name)
    if texts is None:
        return _silent("dkim", name)
    published = [re.sub(r"\s+", "", one) for one in texts]
    keys = [found[1] for one in published if (found := re.search(r"(?:^|;)p=([A-Za-z0-9+/=]*)", one))]
    if not keys:
        return Proof("dkim", BAD, gettext_noop("The key of our signatures is not published."), {}, name, value)
    if account.dkim_public and account.dkim_public not in keys:
        return Proof("dkim", BAD, gettext_noop("Another key is published than the one we sign with."), {}, name, value)
    if not any(keys):
        return Proof("dkim", BAD, gettext_noop("The published key has been taken back."), {}, name, value)
    return Proof("dkim", GOOD, gettext_noop("The key of our signatures is published under %(name)s."), {"name": name})


def _dmarc(domain: str, back: str, signing: str, spf: Proof, dkim: Proof, resolver: Resolver) -> Proof:
    found: list[str] = []
    for name in dict.fromkeys([f"_dmarc.{domain}", f"_dmarc.{organisation(domain)}"]):
        texts = resolver(name)
        if texts is None:
            return _silent("dmarc", name)
        found = [one for one in texts if re.match(r"v=DMARC1\s*(;|$)", one)]
        if found:
            break
    wanted = f"v=DMARC1; p=none; rua=mailto:postmaster@{organisation(domain)}"
    if not found:
        return Proof(
            "dmarc", BAD, gettext_noop("%(name)s does not say what to do with mail that others forge."),
            {"name": domain}, f"_dmarc.{organisation(domain)}", wanted,
        )  # fmt: skip
    aligned_dkim = dkim.state == GOOD and organisation(signing) == organisation(domain)
    aligned_spf = spf.state in (GOOD, WARN) and organisation(back) == organisation(domain)
    if not (aligned_dkim or aligned_spf):
        return Proof(
            "dmarc", BAD,
            gettext_noop("Neither the signature nor the return address is proved for %(name)s, which readers see."),
            {"name": domain},
        )  # fmt: skip
    policy = re.search(r";\s*p=(\w+)", found[0])
    if policy is None or policy[1].lower() == "none":
        return Proof(
            "dmarc", WARN, gettext_noop("DMARC stands, but forged mail is let through (p=none)."), {},
            f"_dmarc.{organisation(domain)}", re.sub(r"p=none", "p=quarantine", found[0]),
        )  # fmt: skip
    return Proof("dmarc", GOOD, gettext_noop("DMARC stands, and forged mail is turned away."))

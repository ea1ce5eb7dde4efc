"""The doctor: what DNS says of a domain, in words; marketing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from peyvand.channels.email import doctor, queries, services
from peyvand.channels.email.doctor import Proof, examined, organisation, spf_asks, stands
from peyvand.channels.email.errors import InvalidError
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import DKIM, secrets_of
from peyvand.foundation.registry.actor import Actor

pytestmark = pytest.mark.django_db
Makes = Callable[..., EmailAccount]
KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
GOOD = {
    "house.ir": ["google-site-verification=x", "v=spf1 include:_spf.host.ir ip4:1.2.3.4 -all"],
    "_spf.host.ir": ["v=spf1 a mx ip4:5.6.7.8 -all"],
    "peyvand._domainkey.house.ir": [f"v=DKIM1; k=rsa; p={KEY}"],
    "_dmarc.house.ir": ["v=DMARC1; p=quarantine; rua=mailto:x@house.ir"],
}


def resolver(records: Mapping[str, Sequence[str]]) -> doctor.Resolver:
    return lambda name: records.get(name, [])


def ill(**more: Sequence[str]) -> doctor.Resolver:
    names = {"spf": "house.ir", "dkim": "peyvand._domainkey.house.ir", "dmarc": "_dmarc.house.ir"}
    return resolver({**GOOD, **{names[name]: value for name, value in more.items()}})


@pytest.fixture
def row(account: Makes) -> EmailAccount:
    return account(dkim_selector="peyvand", dkim_domain="house.ir", dkim_public=KEY, marketing=False)


def states(proofs: Sequence[Proof]) -> dict[str, str]:
    return {one.what: one.state for one in proofs}


def test_all_is_well(row: EmailAccount) -> None:
    found = examined(row, resolver=resolver(GOOD))
    assert states(found) == {"spf": "good", "dkim": "good", "dmarc": "good"}
    assert stands(found)
    assert doctor.of_plain(doctor.as_plain(found)) == found


@pytest.mark.parametrize(
    ("records", "expected", "fine"),
    [
        ({"spf": []}, {"spf": "bad"}, False),
        ({"spf": ["v=spf1 -all", "v=spf1 a -all"]}, {"spf": "bad"}, False),
        ({"spf": ["v=spf1 a +all"]}, {"spf": "warn"}, True),
        ({"spf": ["v=spf1 a"]}, {"spf": "warn"}, True),
        ({"spf": ["v=spf1 " + " ".join(f"a:h{n}.ir" for n in range(11)) + " -all"]}, {"spf": "bad"}, False),
        ({"dkim": []}, {"dkim": "bad"}, False),
        ({"dkim": ["v=DKIM1; p=AAAA"]}, {"dkim": "bad"}, False),
        ({"dkim": [f"v=DKIM1; k=rsa; p={KEY[:10]} {KEY[10:]}"]}, {"dkim": "good"}, True),
        ({"dmarc": []}, {"dmarc": "bad"}, False),
        ({"dmarc": ["v=DMARC1; p=none"]}, {"dmarc": "warn"}, True),
        ({"dmarc": ["hello"]}, {"dmarc": "bad"}, False),
    ],
)
def test_what_is_missing(
    row: EmailAccount, records: dict[str, list[str]], expected: dict[str, str], fine: bool
) -> None:
    found = examined(row, resolver=ill(**records))
    assert expected.items() <= states(found).items()
    assert stands(found) is fine
    for one in found:
        assert one.words % one.figures
        if one.state == "bad" and one.what != "spf":
            assert one.value or one.what == "dmarc"


def test_what_to_publish_is_said_word_by_word(row: EmailAccount) -> None:
    found = {one.what: one for one in examined(row, resolver=resolver({}))}
    assert (found["dkim"].record, found["dkim"].value) == (
        "peyvand._domainkey.house.ir", f"v=DKIM1; k=rsa; p={KEY}",
    )  # fmt: skip
    assert found["dmarc"].record == "_dmarc.house.ir"
    assert found["spf"].record == "house.ir"


def test_silence_is_not_health(row: EmailAccount) -> None:
    found = examined(row, resolver=lambda name: None)
    assert set(states(found).values()) == {"unknown"}
    assert not stands(found)


def test_a_foreign_signature_proves_nothing_of_the_domain(account: Makes) -> None:
    other = account(
        dkim_selector="peyvand", dkim_domain="other.ir", dkim_public=KEY, return_path="b@other.ir", marketing=False
    )
    records = {**GOOD, "other.ir": ["v=spf1 -all"], "peyvand._domainkey.other.ir": [f"p={KEY}"]}
    found = states(examined(other, resolver=resolver(records)))
    assert found == {"spf": "good", "dkim": "good", "dmarc": "bad"}


def test_a_sub_domain_belongs_to_its_organisation(account: Makes) -> None:
    assert organisation("news.house.ir") == "house.ir"
    assert organisation("a.b.house.co.ir") == "house.co.ir"
    sub = account(address="hi@news.house.ir", dkim_selector="peyvand", dkim_domain="house.ir", dkim_public=KEY)
    found = states(examined(sub, resolver=resolver({**GOOD, "news.house.ir": ["v=spf1 -all"]})))
    assert found["dmarc"] == "good"


def test_spf_that_includes_itself_comes_to_an_end() -> None:
    loop = resolver({"a.ir": ["v=spf1 include:b.ir -all"], "b.ir": ["v=spf1 include:a.ir -all"]})
    assert 2 <= spf_asks("v=spf1 include:a.ir -all", loop) <= 4


def test_marketing_waits_for_the_proofs(row: EmailAccount, actor: Actor) -> None:
    with pytest.raises(InvalidError):
        services.marketing_set(actor=actor, account=row, on=True, resolver=ill(dmarc=[]))
    row.refresh_from_db()
    assert not row.marketing
    assert row.proved_at is not None
    services.marketing_set(actor=actor, account=row, on=True, resolver=resolver(GOOD))
    row.refresh_from_db()
    assert row.marketing
    services.marketing_set(actor=actor, account=row, on=False)
    row.refresh_from_db()
    assert not row.marketing


def test_a_new_key_has_a_new_name_and_is_kept_shut(account: Makes, actor: Actor) -> None:
    row = services.dkim_make(actor=actor, account=account(marketing=True))
    assert (row.dkim_selector, row.dkim_domain, row.marketing) == ("peyvand", "house.ir", False)
    first = secrets_of(row)[DKIM]
    assert "PRIVATE KEY" in first
    assert "PRIVATE KEY" not in row.secrets
    again = services.dkim_make(actor=actor, account=row)
    assert again.dkim_selector == "peyvand2"
    assert secrets_of(again)[DKIM] != first
    with pytest.raises(InvalidError):
        services.dkim_make(actor=actor, account=account(provider="postmark"))


def test_proofs_are_looked_at_again_and_a_loss_is_shown(row: EmailAccount, actor: Actor, account: Makes) -> None:
    services.marketing_set(actor=actor, account=row, on=True, resolver=resolver(GOOD))
    services.proofs_look_all(resolver=ill(dkim=[]))
    shown = queries.account_get(actor=actor, id=row.pk)
    assert shown.doubted
    assert shown.row.marketing
    services.proofs_look_all(resolver=resolver(GOOD))
    assert not queries.account_get(actor=actor, id=row.pk).doubted

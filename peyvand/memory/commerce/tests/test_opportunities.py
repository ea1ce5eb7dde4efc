"""Opportunities of another system, kept on the timelines of their organisations."""

from __future__ import annotations

from pathlib import Path

import pytest

from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer import services
from peyvand.foundation.transfer.models import ImportProblem
from peyvand.memory.commerce.models import Product
from peyvand.memory.commerce.timeline import KINDS, OPPORTUNITY
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
ACTOR = system_actor(via="console")
REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "crm_sales_opportunities"
HEAD = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
FILE = f"""{HEAD}
A1,Mina Rad,Kettle Pro,Bluefin,Won,10/20/2016,3/1/2017,1054
A2,Mina Rad,KettlePro,Bluefin,Engaging,10/25/2016,,
A3,Omid Kia,Cup,,Prospecting,,,
A4,Omid Kia,Cup,Greenfold,Lost,10/26/2016,3/7/2017,0
,Omid Kia,Cup,Greenfold,Lost,10/26/2016,3/7/2017,0
"""


def bring(path: Path, **options: object) -> dict[str, object]:
    return services.run_import(
        actor=ACTOR, shape="opportunities", path=path, options={"currency": "USD", "tz": "UTC", **options}
    )


def test_each_line_is_on_the_timeline_of_its_organisation(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(FILE, encoding="utf-8")
    Product.objects.create(sku="K", name="Kettle Pro", currency="USD", kind="goods")
    result = bring(path)
    assert (result["lines"], result["created"], result["skipped"]) == (5, 4, {"required": 1})
    assert result["opportunities"] == 4
    assert set(Customer.objects.values_list("kind", "name")) == {
        ("organisation", "Bluefin"), ("organisation", "Greenfold"),
    }  # fmt: skip
    assert set(Product.objects.values_list("name", flat=True)) == {"Kettle Pro", "Cup"}
    won = Interaction.objects.get(kind=OPPORTUNITY, payload__number="A1")
    assert (won.customer.name if won.customer else "", won.at.date().isoformat()) == ("Bluefin", "2017-03-01")
    assert (won.payload["total_minor"], won.payload["product"]) == (105400, "Kettle Pro")
    kind = next(kind for kind in KINDS if kind.name == OPPORTUNITY)
    assert "موفق" in kind.summary(won.payload, "fa")
    assert "Mina Rad" in kind.summary(won.payload, "en")
    assert Interaction.objects.get(payload__number="A2").payload["product"] == "Kettle Pro"
    assert Interaction.objects.get(payload__number="A3").customer_id is None
    assert not ImportProblem.objects.exclude(reason="required").exists()
    again = bring(path)
    assert (again["created"], again["unchanged"]) == (0, 4)
    path.write_text(f"{HEAD}\nA2,Mina Rad,Kettle Pro,Bluefin,Won,10/25/2016,4/1/2017,900\n", encoding="utf-8")
    assert bring(path, day_first=False)["created"] == 1
    services.import_undo(actor=ACTOR, import_id=int(str(result["id"])))
    assert set(Interaction.objects.values_list("payload__number", "payload__stage")) == {("A2", "Won")}
    assert set(Customer.objects.values_list("name", flat=True)) == {"Bluefin"}


@pytest.mark.skipif(not REAL.exists(), reason="../shared/data/crm_sales_opportunities is not here")
def test_the_real_folder_comes_in(tmp_path: Path) -> None:
    firms = services.run_import(actor=ACTOR, shape="organisations", path=REAL / "accounts.csv.gz", options={})
    assert (firms["created"], firms["skipped"]) == (85, {})
    products = services.run_import(
        actor=ACTOR, shape="products", path=REAL / "products.csv.gz", options={"currency": "USD"},
        mapping={"sku": "product", "unit_price": "sales_price"},
    )  # fmt: skip
    assert products["created"] == 7
    result = bring(REAL / "sales_pipeline.csv.gz")
    assert (result["lines"], result["created"], result["skipped"]) == (8800, 8800, {})
    assert Interaction.objects.filter(kind=OPPORTUNITY, customer=None).count() == 1425
    assert (Customer.objects.count(), Product.objects.count()) == (85, 7)
    services.import_undo(actor=ACTOR, import_id=int(str(result["id"])))
    assert not Interaction.objects.filter(kind=OPPORTUNITY).exists()

"""`bench insight` at a tiny size: every stage answers, and the same question by hand has the same answer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.db import connection

from peyvand.doors.console.commands.bench_insight import measured
from peyvand.doors.console.measuring.insight_child import STAGES
from peyvand.doors.console.measuring.insight_stages import BESIDE, WHOLE

CUSTOMERS, ORDERS = 2_000, 20_000


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_stage_is_measured_and_agrees_with_sql_by_hand(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    where = connection.settings_dict
    given = urlencode({"host": where["HOST"], "port": where["PORT"], "user": where["USER"]})
    monkeypatch.setenv("DATABASE_URL", f"postgresql:///{where['NAME']}?{given}")
    monkeypatch.setenv("PEYVAND_SECRET_KEY", settings.SECRET_KEY)
    monkeypatch.setenv("PEYVAND_DATA", str(tmp_path))
    monkeypatch.delenv("PEYVAND_ENGINE", raising=False)
    settings.DATA = tmp_path
    found = measured(customers=CUSTOMERS, orders=ORDERS, python="")
    stages = {one["stage"]: one for one in found["stages"]}
    assert list(stages) == list(STAGES)
    assert all(one["s"] > 0 and one["peak_mb"] > 0 and one["rows"] > 0 for one in stages.values())
    assert stages["load"]["reconciled"]
    assert stages["change"]["reconciled"]
    assert stages["change"]["seen"] == stages["change"]["changed"] == 1_000
    assert stages["rfm_sql"]["same"]
    assert stages["rfm_sql"]["rows"] == stages["rfm"]["rows"] == CUSTOMERS
    assert stages["baskets_01"]["rows"] == ORDERS
    assert stages["baskets_005"]["itemsets"] > stages["baskets_01"]["itemsets"] > 0
    assert stages["foretold"]["state"] == "on"
    assert stages["foretold"]["rows"] == CUSTOMERS
    assert stages["churn"]["model"] == "trees"
    assert stages["churn"]["auc"] > 0.7
    assert found["whole"]["stages"] == list(WHOLE)
    assert found["whole"]["peak_mb"] >= stages["rfm"]["peak_mb"]
    assert set(found["ratios"]) == {"rfm_sql"}
    assert not found["peers"]
    assert set(BESIDE.values()) <= set(STAGES)

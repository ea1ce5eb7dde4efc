"""What the roles of the first run may, of all that the rooms declare: their work, and none of the house's settings."""

from __future__ import annotations

import pytest

from peyvand.foundation.accounts.roles import STARTING_ROLES, grants_by_pattern
from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry

GRANTS = {role.key: grants_by_pattern(role, registry.all(Permission)) for role in STARTING_ROLES}


@pytest.mark.parametrize("role", ["manager", "sales", "service", "marketing", "viewer"])
def test_everybody_may_read_what_the_house_knows(role: str) -> None:
    assert GRANTS[role]["knowledge.view"] is Scope.ALL


def test_those_who_answer_customers_write_articles_and_others_publish_them() -> None:
    writers = {role for role, grants in GRANTS.items() if "knowledge.edit" in grants}
    assert writers == {"manager", "service", "marketing"}
    assert {role for role, grants in GRANTS.items() if "knowledge.publish" in grants} == {"manager"}


@pytest.mark.parametrize("setting", ["products.edit", "taxes.edit", "interactions.costs", "consents.manage"])
@pytest.mark.parametrize("role", ["sales", "service", "viewer"])
def test_prices_taxes_and_rates_are_set_by_the_house(role: str, setting: str) -> None:
    assert setting not in GRANTS[role]

from __future__ import annotations

import pytest

from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services import site_save
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.customers.data import CustomerData
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import customer_create


@pytest.fixture
def actor(db: None) -> Actor:
    return system_actor()


@pytest.fixture
def site(actor: Actor) -> Site:
    return site_save(actor=actor, data=SiteData(name="Shop", hosts="shop.example *.shop.example"))


@pytest.fixture
def customer(actor: Actor) -> Customer:
    return customer_create(actor=actor, data=CustomerData(kind="person", name="مینا رضایی"))

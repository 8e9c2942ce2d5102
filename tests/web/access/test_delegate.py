"""Who acts on somebody's behalf reaches what that person reaches, and nothing of their own beside it: at every address."""

from __future__ import annotations

import pytest
from django.test import Client

from kechuang.web.accounts.middleware import OWN_ONLY
from kechuang.web.core.may import Who, declared
from tests.web.access import asking
from tests.web.access.world import World
from tests.web.conftest import log_in

pytestmark = pytest.mark.django_db
# What is a person's own stays so, whomever they act for; and who is the giver of the sample is not who was lent it.
OWN = ("accounts:", "account_", "mfa_", "usersessions_", "audit:mine", *OWN_ONLY)


@pytest.fixture(scope="module")
def delegate(city: World) -> Client:
    """The officer of another county, acting on behalf of the officer of firm A's county."""
    from kechuang.web.accounts.models import Delegation

    client = log_in(city.people[Who.COUNTY_OTHER])
    lent = Delegation.objects.get()
    answer = client.post(f"/accounts/delegations/{lent.public_id}/", {"do": "begin"})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize("label", sorted(declared()))
def test_the_delegate_is_answered_like_the_giver(city: World, clients, delegate: Client, label: str):
    wrong, tried, opened = [], 0, 0
    for cell in asking.cells(declared()[label], city):
        if cell.key.startswith(OWN):
            continue
        tried += 1
        giver = asking.ask(clients[Who.COUNTY_OWN], cell.method, cell.address, cell.sent)
        found = asking.ask(delegate, cell.method, cell.address, cell.sent)
        if label == "registry" and not opened:  # the two officers differ there: the test can fail
            own = asking.ask(clients[Who.COUNTY_OTHER], cell.method, cell.address, cell.sent)
            opened += (giver.allowed, giver.canaries) != (own.allowed, own.canaries)
        if (found.allowed, found.canaries) != (giver.allowed, giver.canaries):
            wrong.append(f"{cell.method} {cell.key}: {found} instead of {giver}")
    assert not wrong, "\n".join(wrong)
    assert tried or label == "accounts"
    assert opened or label != "registry"

"""What the account page offers: every door opens for the person it is shown to."""

from __future__ import annotations

import pytest

from kechuang.web.accounts.landing import doors

WHO = ["firm_a", "university", "officer", "county_officer", "auditor"]


@pytest.mark.parametrize("who", WHO)
def test_every_door_opens_for_whom_it_is_shown(shili, cast, client_for, who):
    person = getattr(cast, who)
    client = client_for(person)
    offered = doors(person)
    assert offered
    page = client.get("/accounts/").content.decode()
    for door in offered:
        assert str(door.title) in page
        assert client.get(door.url).status_code == 200, door.url


def test_an_officer_finds_library_laboratory_and_what_was_offered(shili, cast):
    assert {"/library/", "/laboratory/", "/submissions/", "/targets/"} <= {door.url for door in doors(cast.officer)}

"""Role × route × owner: every address is declared, and every cell of the declarations is as it says."""

from __future__ import annotations

import pytest

from kechuang.web.core.may import EVERYBODY, WORDS, Row, Who, declared, methods, page, route
from tests.web.access import asking
from tests.web.access.world import World

pytestmark = pytest.mark.django_db
ROWS = declared()
LABELS = sorted(ROWS)


def undeclared(routes: set[str], rows: dict[str, dict[str, Row]]) -> dict[str, str]:
    """Addresses without a row, each with what to do."""
    known = {route(key) for table in rows.values() for key in table}
    return {
        route: f"nobody has said who may reach {route}: add a row to ROWS in who.py of its app (words: core/may.py)"
        for route in sorted(routes - known)
    }


def test_every_address_has_a_row_and_every_row_an_address():
    routes = asking.routes()
    assert undeclared(routes, ROWS) == {}
    assert {route(key) for table in ROWS.values() for key in table} - routes == set()


def test_a_new_address_without_a_row_is_told_where_to_write_it():
    assert undeclared({"registry:new_page"}, ROWS) == {
        "registry:new_page": "nobody has said who may reach registry:new_page: add a row to ROWS in who.py of its app "
        "(words: core/may.py)"
    }


def test_no_address_is_declared_twice():
    keys = [key for table in ROWS.values() for key in table]
    assert len(keys) == len(set(keys))


def test_a_missing_sample_is_told_where_to_add_it(city: World):
    with pytest.raises(LookupError, match=r"add samples\[registry:person\] in tests/web/access/world.py"):
        city.sample("registry:person", "person")


def test_there_is_a_person_for_every_column(city: World):
    assert set(city.people) == set(Who) == set(WORDS)


def test_auditors_change_nothing():
    """Who reads the audit log has no hand in what it tells of; their own account and public forms aside."""
    changing = {
        key
        for table in ROWS.values()
        for key, row in table.items()
        for method, who in methods(key, row)
        if method != "GET" and Who.AUDITOR in who and Who.MEMBER not in who
    }
    assert changing == {"audit:events_export", "mfa_deactivate_totp", "mfa_download_recovery_codes"}


@pytest.mark.parametrize("label", LABELS)
def test_each_cell_is_as_declared(city: World, clients, label: str):
    """Everybody named is let in, nobody else; private contents reach those named for them, and reach all of them."""
    wrong: list[str] = []
    seen: dict[str, set[Who]] = {key: set() for key in ROWS[label]}
    for cell in asking.cells(ROWS[label], city):
        for who, client in clients.items():
            answer = asking.ask(client, cell.method, cell.address, cell.sent)
            where = f"{cell.method} {cell.key} for {who}"
            if answer.status >= 500 and answer.status != 501:  # 501: an optional part is not installed
                wrong.append(f"{where}: error {answer.status}")
            elif answer.status == 405:
                wrong.append(f"{where}: the method is declared but not answered")
            elif answer.allowed != (who in cell.who):
                wrong.append(
                    f"{where}: answered {answer.status}, declared {'allowed' if who in cell.who else 'refused'}"
                )
            if answer.canaries:
                seen[cell.key].add(who)
                if who not in ROWS[label][cell.key].private:
                    wrong.append(f"{where}: shows {', '.join(answer.canaries)}")
    for key, row in ROWS[label].items():
        wrong += [f"{key}: {who} should see private contents, and sees none" for who in row.private - seen[key]]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("label", LABELS)
def test_a_method_that_is_not_declared_is_not_answered(city: World, clients, label: str):
    wrong = []
    for key, row in ROWS[label].items():
        for method in {"GET", "POST"} - {method for method, _ in methods(key, row)}:
            if " " in key:
                continue  # another operation of the programming interface may have it
            for who in (Who.VISITOR, Who.MEMBER, Who.ENTERPRISE_OWN, Who.OFFICER_OWN, Who.SYSTEM_ADMIN):
                answer = asking.ask(clients[who], method, asking.address(key, city))
                if answer.allowed and answer.status != 405:
                    wrong.append(f"{method} {key} for {who}: answered {answer.status}; forbid it or declare it")
    assert not wrong, "\n".join(wrong)


def test_a_wrong_row_is_noticed(city: World, clients):
    """The matrix itself can fail: a row that lets everybody see private contents does not hold."""
    rows = {"registry:organisation": page("", "", EVERYBODY, private=EVERYBODY)}
    (cell,) = asking.cells(rows, city)
    seen = {who for who, client in clients.items() if asking.ask(client, cell.method, cell.address).canaries}
    assert Who.ENTERPRISE_OWN in seen
    assert Who.VISITOR not in seen

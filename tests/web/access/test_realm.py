"""The column of realms: a demo person, whom anybody can become with one click, reads nothing private that is real,
and changes nothing that is real.

Made from the rows of ``who.py``: whoever sees private contents sees them in the demo city, and not when the same facts
are real. The other direction is allowed: real people read demo rows, labelled as such, in ``test_matrix.py``.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction

from kechuang.web.accounts.models import User
from kechuang.web.core.enums import Realm
from kechuang.web.core.may import Who, declared
from tests.web.access import asking
from tests.web.access.world import World

pytestmark = pytest.mark.django_db
ROWS = declared()
LABELS = sorted(label for label, rows in ROWS.items() if any(row.private for row in rows.values()))
#: What a demo person sees of rows that are real, and why.
OPEN = {
    "monitoring:provided": "the receipt is open to whoever has its unguessable address, visitors too",
    "selfservice:copy": "a person's own words; everything held about them has to be everything",
    "POST /library/documents": "shows the text back that was sent with it",
    "POST /library/files": "shows the text back that was sent with it",
}


MODELS = [
    model
    for model in apps.get_models()
    if model is not User and any(field.name == "realm" for field in model._meta.concrete_fields)
]


def turn(facts: Realm, people: Realm) -> None:
    """Everything of the city is of one realm, and everybody in it of one."""
    for model in MODELS:
        model._base_manager.update(realm=facts)
    User.objects.update(realm=people)
    cache.clear()  # sums over the city are kept there


def ask_as(realm: Realm, city: World, clients, cell: asking.Cell, who: Who, look=None) -> asking.Answer | None:
    """What comes back when that person is of a realm; None for a visitor, who is of none."""
    if city.people[who] is None:
        return None
    one = User.objects.filter(pk=city.people[who].pk)
    (usual,) = one.values_list("realm", flat=True)
    one.update(realm=realm)
    answer = asking.ask(clients[who], cell.method, cell.address, cell.sent, look)
    one.update(realm=usual)
    return answer


def shown(city: World, clients, label: str, facts: Realm) -> dict[str, set[str]]:
    """The canaries that demo people find in pages that show private contents to them, by row and person.

    All other people are of the realm of the facts.
    """
    found: dict[str, set[str]] = {}
    with transaction.atomic():
        turn(facts, facts)
        for cell in asking.cells(ROWS[label], city):
            for who in sorted(ROWS[label][cell.key].private & cell.who):
                answer = ask_as(Realm.DEMO, city, clients, cell, who)
                if answer is None:
                    continue
                assert answer.status < 500, (cell.key, who)
                found.setdefault(cell.key, set()).update(f"{who}: {canary}" for canary in answer.canaries)
        transaction.set_rollback(True)
    cache.clear()
    return found


@pytest.mark.parametrize("label", LABELS)
def test_a_demo_person_sees_nothing_real(city: World, clients, label: str):
    found = shown(city, clients, label, Realm.REAL)
    assert {key: sorted(seen) for key, seen in found.items() if seen and key not in OPEN} == {}
    assert [key for key in found if key in OPEN and not found[key]] == []  # an exception nobody needs


@pytest.mark.parametrize("label", LABELS)
def test_a_demo_person_sees_the_demo_city(city: World, clients, label: str):
    """The same pages, so that the test above does not pass because they are empty."""
    found = shown(city, clients, label, Realm.DEMO)
    assert [key for key, seen in found.items() if not seen] == []


def real_rows() -> dict[str, set[str]]:
    """Every row of the real city, by model."""
    return {
        model._meta.label: set(map(repr, model._base_manager.filter(realm=Realm.REAL).values_list()))
        for model in MODELS
    }


def changing(city: World, clients, label: str, people: Realm) -> list[str]:
    """What people of one realm change or add in the real city, sending whatever they may send, by row and person."""
    found = []
    with transaction.atomic():
        turn(Realm.REAL, Realm.REAL)
        before = real_rows()
        for cell in asking.cells(ROWS[label], city):
            for who in sorted(cell.who) if cell.method != "GET" else ():
                answer = ask_as(people, city, clients, cell, who, real_rows)
                if answer is None:
                    continue
                changed = sorted(name for name in before if before[name] != answer.looked[name])
                found += [f"{cell.method} {cell.key} for {who}: {', '.join(changed)}"] if changed else []
        transaction.set_rollback(True)
    cache.clear()
    return found


@pytest.mark.parametrize("label", sorted(ROWS.keys() - {"accounts", "audit"}))  # theirs are people and events
def test_a_demo_person_changes_nothing_real(city: World, clients, label: str):
    """What is real stays as it was, and nothing real is added."""
    assert changing(city, clients, label, Realm.DEMO) == []


@pytest.mark.parametrize("label", ["intake", "laboratory", "library", "registry", "selfservice"])
def test_a_real_person_changes_the_real_city_with_the_same(city: World, clients, label: str):
    """So that the test above does not pass because nothing it sends is ever taken."""
    assert changing(city, clients, label, Realm.REAL) != []

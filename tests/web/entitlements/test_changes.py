"""One fact of the register changed with its date: exactly the results that depend on it change, and the page says why."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from kechuang.web.entitlements.domain.calculate import measure_facts
from kechuang.web.entitlements.domain.changes import between
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.registry.domain import attributes, record
from kechuang.web.registry.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(db):
    return Source.objects.create(title="演示·年报", realm="demo")


def facts_behind(*parts: str) -> set[str]:
    """Facts of the pack whose place in the register is one of these columns."""
    facts = current_release().facts
    return {
        name
        for name, fact in facts.items()
        if fact.origin.path and any(part == fact.origin.path.split("[")[0].split(".")[-1] for part in parts)
    }


def depending(uscc: str, run_, names: set[str]) -> set[tuple[str, str]]:
    """The results of an organisation whose measure uses one of the facts: measure and subject."""
    release = current_release()
    return {
        (row.measure_id, row.subject_id)
        for row in Entitlement.objects.filter(run=run_, uscc=uscc)
        if names & set(measure_facts(release, row.measure_id))
    }


def moved(older, newer) -> set[tuple[str, str, str]]:
    return {(c.row.uscc, c.row.measure_id, c.row.subject_id) for c in between(older, newer)}


def test_nothing_changed_nothing_moves(chenzhou, cast):
    assert between(run(), run()) == []


def test_a_figure_moves_the_results_that_use_it_and_no_other(chenzhou, cast, source):
    first = run()
    record.write(
        "yearly_figures", {"organisation": cast.company_a.uscc, "year": 2025, "rd_expense": "9600000.00"},
        actor=None, source=source, realm="demo",
    )  # fmt: skip
    second = run()
    names = facts_behind("rd_expense", "rd_ratio", "has_rd_expense")
    expected = depending(cast.company_a.uscc, second, names)
    found = moved(first, second)
    assert len(expected) >= 2
    # A measure that only asks whether there is any R&D expense uses the figure and hears the same answer.
    same = {key for key in expected if not _inputs_differ(first, second, key)}
    assert found == {(cast.company_a.uscc, *key) for key in expected - same}
    assert {f.name for c in between(first, second) for f in c.facts} <= names


def _inputs_differ(first, second, key) -> bool:
    rows = [Entitlement.objects.get(run=r, measure_id=key[0], subject_id=key[1]) for r in (first, second)]
    return rows[0].inputs != rows[1].inputs


def test_a_change_ahead_moves_nothing_before_its_day(chenzhou, cast, source):
    ahead = timezone.localdate() + dt.timedelta(days=30)
    first = run()
    record.write(
        "organisation", {"uscc": cast.company_a.uscc, "size": "large"}, actor=None, source=source, valid_from=ahead,
        realm="demo",
    )  # fmt: skip
    assert between(first, run()) == []
    before, after = run(on=ahead - dt.timedelta(days=1)), run(on=ahead)
    changed = {f.name: (f.before, f.after) for c in between(before, after) for f in c.facts}
    sizes = facts_behind("size", "is_sme")
    assert {name: pair for name, pair in changed.items() if name in sizes}
    assert {c.row.uscc for c in between(before, after) if {f.name for f in c.facts} & sizes} == {cast.company_a.uscc}


def test_an_attribute_answers_what_was_asked(chenzhou, cast, source):
    first = run()
    attributes.put(cast.company_a, "rd_accounts_kept", "是", actor=None, source=source)
    second = run()
    expected = depending(cast.company_a.uscc, second, {"研发费用单独归集"})
    assert expected
    assert moved(first, second) == {(cast.company_a.uscc, *key) for key in expected}


def test_the_page_says_why(chenzhou, cast, source, client_for):
    run()
    record.write(
        "yearly_figures", {"organisation": cast.company_a.uscc, "year": 2025, "rd_expense": "9600000.00"},
        actor=None, source=source, realm="demo",
    )  # fmt: skip
    run()
    address = reverse("registry:organisation", args=[cast.company_a.uscc])
    page = client_for(cast.firm_a).get(address).content.decode()
    assert "昨夜以来有什么不同，为什么" in page
    assert "2,400,000.00 元 → 9,600,000.00 元" in page
    assert "9,600,000.00" in page
    for stranger in (None, cast.firm_b):
        assert "9,600,000.00" not in client_for(stranger).get(address).content.decode()

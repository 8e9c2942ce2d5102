"""Many rows in short chunks, bad rows reported, nothing twice; a whole import taken back exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.codes import uscc
from kechuang.web.audit.models import AuditEvent
from kechuang.web.registry.domain import bulk, record
from kechuang.web.registry.models import Organisation, Source, UnfinishedImport, Version, YearlyFigures

pytestmark = pytest.mark.django_db
FIRST, SECOND = "IMPORT-1", "IMPORT-2"


@pytest.fixture
def source():
    return Source.objects.create(title="工商登记", department="市场监管部门")


def code(number: int) -> str:
    return uscc.make(f"91431002MA{number:06d}")


def firms(first: int, last: int, **more):
    return [{"uscc": code(n), "name": f"公司{n}", "kind": "enterprise", **more} for n in range(first, last + 1)]


def run(kind, rows, source, import_id=FIRST, **more):
    return [r for part in bulk.write_many(kind, rows, source=source, import_id=import_id, **more) for r in part]


def snapshot(model):
    return list(model.everything.order_by("pk").values())


def test_rows_are_registered_in_chunks(source, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):  # with one for the index of names in each chunk
        results = run("organisation", firms(1, 20), source, chunk=10)
    assert [(r.index, r.outcome) for r in results] == [(n, "created") for n in range(20)]
    assert Organisation.objects.count() == 20
    assert (Version.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_running_it_again_changes_nothing(source):
    run("organisation", firms(1, 5), source)
    again = run("organisation", firms(1, 5), source)
    assert {r.outcome for r in again} == {"unchanged"}
    assert Organisation.objects.count() == 5


def test_a_bad_row_stops_nobody(source):
    rows = firms(1, 3)
    rows[1]["uscc"] = rows[1]["uscc"][:-1] + ("0" if rows[1]["uscc"][-1] != "0" else "1")
    rows.append({"uscc": code(9)})
    results = run("organisation", rows, source)
    assert [r.outcome for r in results] == ["created", None, "created", None]
    assert results[1].errors[0].field.name == "uscc"
    assert [e.field.name for e in results[3].errors] == ["name", "kind"]


def test_the_same_firm_twice_in_one_delivery(source):
    rows = [*firms(1, 1), *firms(1, 1, size="medium")]
    results = run("organisation", rows, source)
    assert [r.outcome for r in results] == ["created", "changed"]
    assert Organisation.objects.get().size == "medium"


def test_yearly_figures_find_their_firms(source, django_assert_max_num_queries):
    run("organisation", firms(1, 50), source)
    rows = [{"organisation": code(n), "year": y, "revenue": f"{n}.50"} for n in range(1, 51) for y in (2024, 2025)]
    with django_assert_max_num_queries(9):
        results = run("yearly_figures", rows, source)
    assert {r.outcome for r in results} == {"created"}
    assert YearlyFigures.objects.get(organisation__uscc=code(7), year=2025).revenue == Decimal("7.50")


def test_changes_come_in_few_queries(source, django_assert_max_num_queries):
    run("organisation", firms(1, 100), source)
    with django_assert_max_num_queries(12):
        run("organisation", firms(1, 100, size="small"), source, SECOND)
    assert Version.objects.filter(import_id=SECOND).count() == 200
    assert set(Organisation.objects.values_list("size", flat=True)) == {"small"}


def test_what_an_unfinished_import_wrote_is_seen_all_at_once(source):
    UnfinishedImport.objects.create(import_id=FIRST)
    run("organisation", firms(1, 3), source)
    assert Organisation.objects.count() == 0
    UnfinishedImport.objects.filter(import_id=FIRST).delete()
    assert Organisation.objects.count() == 3


def test_taking_an_import_back_restores_everything(source):
    run("organisation", firms(1, 5, size="small"), source)
    run("yearly_figures", [{"organisation": code(1), "year": 2025, "revenue": "1"}], source)
    before = {model: snapshot(model) for model in (Organisation, YearlyFigures)}
    run("organisation", firms(4, 9, size="large", county="431002"), source, SECOND, valid_from=dt.date(2024, 1, 1))
    run("yearly_figures", [{"organisation": code(1), "year": 2025, "revenue": "2"}], source, SECOND)
    done = bulk.undo(SECOND, actor=None)
    assert (done.removed, done.restored, done.kept) == (4, 3, [])
    assert {model: snapshot(model) for model in before} == before
    assert AuditEvent.objects.filter(action="registry.undo_import").count() == 1
    firm = Organisation.objects.get(uscc=code(4))
    assert [entry.why for entry in record.history(firm)] == ["undo", "change", "initial"]


def test_what_others_built_on_stays(source):
    run("organisation", firms(1, 2), source)
    run("yearly_figures", [{"organisation": code(1), "year": 2025, "revenue": "1"}], source, SECOND)
    done = bulk.undo(FIRST, actor=None)
    kept = Organisation.objects.get()
    assert (kept.uscc, done.removed, done.kept) == (code(1), 1, [("organisation", kept.pk)])


def test_a_later_change_by_a_person_is_not_lost(source):
    run("organisation", firms(1, 1), source)
    run("organisation", firms(1, 1, size="small"), source, SECOND)
    record.write("organisation", {"uscc": code(1), "size": "large"}, actor=None, source=source)
    done = bulk.undo(SECOND, actor=None)
    firm = Organisation.objects.get()
    assert (firm.size, done.kept) == ("large", [("organisation", firm.pk)])


def test_demo_rows_are_never_written_by_a_real_import(source):
    run("organisation", firms(1, 1), source, realm="demo")
    results = run("organisation", firms(1, 1, size="large"), source)
    assert results[0].errors[0].code == "realm"
    assert Organisation.objects.get().size == ""

"""An import is seen as a whole: until it is published nothing of it, afterwards everything, and the history agrees."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.codes import uscc
from kechuang.web.core.pace import Pace
from kechuang.web.registry.domain import bulk, history, holding, merge, publishing, record, turn
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.domain.names import named
from kechuang.web.registry.domain.statistics import states
from kechuang.web.registry.models import HeldChange, Organisation, Source, UnfinishedImport, Version, YearlyFigures

pytestmark = pytest.mark.django_db
IMPORT, OTHER = "IMPORT-1", "IMPORT-2"
FIRM = KINDS["organisation"]


def code(number: int) -> str:
    return uscc.make(f"91431002MA{number:06d}")


@pytest.fixture(autouse=True)
def _no_gaps(monkeypatch):
    """Nobody waits for these tests."""
    monkeypatch.setattr("kechuang.web.core.pace.GAP", {True: 0.0, False: 0.0})


@pytest.fixture
def source():
    return Source.objects.create(title="工商登记", department="市场监管部门")


@pytest.fixture
def firms(source):
    """Three firms registered by a person."""
    for number in range(1, 4):
        record.write(
            "organisation", {"uscc": code(number), "name": f"公司{number}", "kind": "enterprise", "size": "small"},
            actor=None, source=source,
        )  # fmt: skip
    return [firm(number) for number in range(1, 4)]


def firm(number: int) -> Organisation:
    return Organisation.objects.get(uscc=code(number))


def held(rows, source, import_id=IMPORT, **more):
    """The rows, written by an import that is not published yet."""
    publishing.begin(import_id)
    return bulk.write_chunk("organisation", rows, source=source, import_id=import_id, hold=True, **more)


def show(import_id=IMPORT) -> dt.datetime | None:
    return publishing.publish(import_id, lambda _moment: True)


def look(number: int, known_on: dt.datetime | None = None) -> dict[str, str | None] | None:
    return history.state(firm(number), known_on=known_on)


def test_changes_wait_until_all_is_shown_at_once(firms, source):
    results = held([{"uscc": code(1), "size": "large"}, {"uscc": code(9), "name": "新", "kind": "enterprise"}], source)
    assert [r.outcome for r in results] == ["changed", "created"]
    assert (firm(1).size, look(1)["size"], Organisation.objects.count()) == ("small", "small", 3)
    assert [entry.why for entry in history.history(firm(1))] == ["initial"]
    assert not Version.objects.exists()
    moment = show()
    assert (firm(1).size, look(1)["size"], Organisation.objects.count()) == ("large", "large", 4)
    assert [entry.why for entry in history.history(firm(1))] == ["change", "initial"]
    assert look(1, moment - dt.timedelta(microseconds=1))["size"] == "small"


def test_after_settling_nothing_is_different_but_the_rows(firms, source):
    rows = [{"uscc": code(n), "size": "large", "county": "431002"} for n in (1, 2)]
    held([*rows, {"uscc": code(9), "name": "新", "kind": "enterprise"}], source, valid_from=dt.date(2026, 1, 1))
    moment = show()
    before = timezone.now()

    def answers():
        told = [
            [(e.recorded_at, e.why, e.valid_from, e.valid_to) for e in history.history(firm(n))] for n in (1, 2, 3, 9)
        ]
        known = [
            sorted(states(FIRM, "real", dt.date(2026, 6, 1), on))
            for on in (None, before, moment - dt.timedelta(seconds=1))
        ]
        return told, known, [history.state(firm(n), dt.date(2025, 6, 1)) for n in (1, 2, 3)]

    unsettled = answers()
    assert not Version.objects.filter(import_id=IMPORT).exclude(why="initial").exists()
    publishing.settle(IMPORT, Pace(1, least=1, most=1))
    assert answers() == unsettled
    assert Version.objects.filter(record_id=firms[0].pk).count() == 3
    assert (HeldChange.objects.count(), UnfinishedImport.objects.count()) == (0, 0)
    assert firm(9).recorded_at == moment
    assert firm(9).pk not in [key for key, _ in unsettled[1][2]]  # a second before, nobody knew it


def test_settling_again_changes_nothing(firms, source):
    held([{"uscc": code(1), "size": "large"}], source)
    show()
    publishing.settle(IMPORT, Pace())
    rows = list(Version.objects.values())
    publishing.settle(IMPORT, Pace())
    assert list(Version.objects.values()) == rows


def test_what_a_person_writes_meanwhile_is_built_on(firms, source):
    held([{"uscc": code(1), "size": "large"}, {"uscc": code(2), "size": "large"}], source)
    record.write("organisation", {"uscc": code(1), "county": "431002"}, actor=None, source=source)
    assert (firm(1).size, firm(1).county) == ("small", "431002")
    assert show() is None
    assert firm(2).size == "small"  # not even the part that could have been shown
    results = bulk.rethink(IMPORT, source=source)
    assert [(r.outcome, r.record_id) for r in results] == [("changed", firms[0].pk)]
    assert show() is not None
    assert (firm(1).size, firm(1).county, firm(2).size) == ("large", "431002", "large")
    publishing.settle(IMPORT, Pace())
    assert [e.why for e in history.history(firm(1))] == ["change", "change", "initial"]
    assert look(1)["county"] == "431002"


def test_a_person_may_write_what_was_shown_and_is_not_yet_settled(firms, source):
    held([{"uscc": code(1), "size": "large"}, {"uscc": code(2), "size": "large"}], source)
    show()
    record.write("organisation", {"uscc": code(1), "name": "改名", "size": "medium"}, actor=None, source=source)
    publishing.settle(IMPORT, Pace())
    assert [(e.why, [d.after for d in e.differences if d.field.name == "size"]) for e in history.history(firm(1))] == [
        ("change", ["medium"]), ("change", ["large"]), ("initial", ["small"]),
    ]  # fmt: skip
    assert Version.objects.filter(record_id=firms[0].pk, superseded_at=None, valid_to=None).count() == 1
    assert look(2)["size"] == "large"


def test_a_change_that_has_become_needless_is_dropped(firms, source):
    held([{"uscc": code(1), "size": "large"}], source)
    record.write("organisation", {"uscc": code(1), "size": "large"}, actor=None, source=source)
    assert show() is None
    assert [r.outcome for r in bulk.rethink(IMPORT, source=source)] == ["unchanged"]
    assert show() is not None
    publishing.settle(IMPORT, Pace())
    assert [e.import_id for e in history.history(firm(1))] == ["", ""]


def test_a_record_that_went_meanwhile_is_told(firms, source):
    held([{"uscc": code(n), "size": "large"} for n in (1, 2, 3)], source)
    record.remove(firms[0], actor=None)
    merge.merge(firms[1], firms[2], actor=None)
    assert show() is None
    results = bulk.rethink(IMPORT, source=source)
    assert [(r.outcome, r.record_id) for r in results if r.record_id == firms[0].pk] == [(None, firms[0].pk)]
    assert next(r for r in results if r.record_id == firms[0].pk).errors[0].code == "gone"
    assert show() is not None
    assert firm(2).size == "large"
    assert not Organisation.everything.filter(uscc__in=[code(1), code(3)]).exists()


def test_a_record_that_went_without_a_word_stops_the_showing(firms, source):
    held([{"uscc": code(1), "size": "large"}, {"uscc": code(2), "size": "large"}], source)
    Organisation.everything.filter(uscc=code(1)).delete()
    assert show() is None
    assert firm(2).size == "small"
    assert [r.outcome for r in bulk.rethink(IMPORT, source=source)] == [None]
    assert show() is not None
    assert firm(2).size == "large"


@pytest.mark.django_db(transaction=True)
def test_a_target_that_went_without_a_word_is_told(firms, source):
    held([{"uscc": code(1), "group": code(3)}, {"uscc": code(2), "size": "large"}], source)
    Organisation.everything.filter(uscc=code(3)).delete()
    assert show() is None
    assert firm(2).size == "small"
    [result] = bulk.rethink(IMPORT, source=source)
    assert (result.outcome, result.record_id) == (None, firms[0].pk)
    assert "登记库里没有" in result.errors[0].zh
    assert show() is not None
    assert (firm(1).group, firm(2).size) == (None, "large")


def test_two_imports_of_the_same_record_follow_each_other(firms, source):
    held([{"uscc": code(1), "size": "large"}], source)
    held([{"uscc": code(1), "county": "431002"}], source, OTHER)
    assert show(OTHER) is not None
    assert show() is None
    bulk.rethink(IMPORT, source=source)
    assert show() is not None
    for name in (OTHER, IMPORT):
        publishing.settle(name, Pace())
    assert (firm(1).size, firm(1).county) == ("large", "431002")
    assert [e.import_id for e in history.history(firm(1))] == [IMPORT, OTHER, ""]


def test_two_rows_of_one_import_are_one_change(firms, source):
    held([{"uscc": code(1), "size": "large"}, {"uscc": code(1), "county": "431002"}], source)
    held([{"uscc": code(1), "name": "新名"}], source)
    assert HeldChange.objects.count() == 1
    show()
    publishing.settle(IMPORT, Pace())
    assert (firm(1).size, firm(1).county, firm(1).name) == ("large", "431002", "新名")
    assert [e.why for e in history.history(firm(1))] == ["change", "initial"]
    assert [one.uscc for one in named(Organisation.objects.all(), "新名")] == [code(1)]


def test_a_second_row_that_fails_leaves_the_first(firms, source):
    held([{"uscc": code(1), "group": code(3)}], source)
    record.remove(firms[2], actor=None)
    [result] = held([{"uscc": code(1), "size": "large"}], source)
    assert result.outcome is None
    assert [change.given for change in HeldChange.objects.all()] == [{"uscc": code(1), "group": code(3)}]


def test_a_record_under_its_own_and_a_former_code_is_one_change(firms, source):
    merge.merge(firms[1], firms[2], actor=None)
    results = held([{"uscc": code(2), "size": "large"}, {"uscc": code(3), "county": "431002"}], source)
    assert [(r.index, r.outcome, r.record_id) for r in results] == [(n, "changed", firms[1].pk) for n in (0, 1)]
    assert HeldChange.objects.count() == 1
    show()
    assert (firm(2).size, firm(2).county) == ("large", "431002")


def test_thrown_away_it_leaves_nothing(firms, source):
    before = list(Organisation.everything.values()), list(Version.objects.values())
    held(
        [{"uscc": code(1), "size": "large"}, {"uscc": code(9), "name": "新", "kind": "enterprise"}],
        source, valid_from=dt.date(2025, 1, 1),
    )  # fmt: skip
    assert Version.objects.exists()  # the first state of the new one, from the day that the import names
    done = bulk.undo(IMPORT, actor=None)
    assert (done.removed, done.kept) == (1, [])
    assert (list(Organisation.everything.values()), list(Version.objects.values())) == before
    assert not HeldChange.objects.exists()


def test_taken_back_before_it_was_settled(firms, source):
    held([{"uscc": code(1), "size": "large"}, {"uscc": code(9), "name": "新", "kind": "enterprise"}], source)
    show()
    done = bulk.undo(IMPORT, actor=None)
    assert (done.removed, done.restored, done.kept) == (1, 1, [])
    assert firm(1).size == "small"
    assert [e.why for e in history.history(firm(1))] == ["undo", "change", "initial"]


def test_every_type_of_column_arrives_as_it_was_written(firms, source):
    """The one statement that shows an import stores exactly what Django would have stored."""
    given = {
        "uscc": code(1), "name": "𠮷䶮“引号'\\\"\n", "founded_on": "2001-02-03", "above_scale": "true", "status": "deregistered",
        "registered_capital": "9999999999999.27", "group": code(2), "industry": "C3985", "county": "431002",
    }  # fmt: skip
    held([given], source)
    show()
    shown = Organisation.everything.filter(uscc=code(1)).values().get()
    record.write("organisation", given | {"uscc": code(3), "group": code(2)}, actor=None, source=source)
    written = Organisation.everything.filter(uscc=code(3)).values().get()
    same = {name for name in shown if name not in ("id", "uscc", "recorded_at", "source_id", "import_id")}
    assert {n: shown[n] for n in same} == {n: written[n] for n in same}
    assert shown["registered_capital"] == Decimal("9999999999999.27")
    held([{"uscc": code(1), "registered_capital": "", "above_scale": "", "group": "", "founded_on": ""}], source, OTHER)
    show(OTHER)
    emptied = firm(1)
    assert (emptied.registered_capital, emptied.above_scale, emptied.group, emptied.founded_on) == (None,) * 4


def test_records_without_states_too(firms, source):
    record.write("yearly_figures", {"organisation": code(1), "year": 2025, "revenue": "1"}, actor=None, source=source)
    publishing.begin(IMPORT)
    rows = [{"organisation": code(n), "year": 2025, "revenue": "2.50"} for n in (1, 2)]
    bulk.write_chunk("yearly_figures", rows, source=source, import_id=IMPORT, hold=True)
    assert [str(row.revenue) for row in YearlyFigures.objects.all()] == ["1.00"]
    show()
    assert [str(row.revenue) for row in YearlyFigures.objects.all()] == ["2.50", "2.50"]


def test_a_change_ahead_comes_into_force_though_it_is_not_settled(firms, source):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    held([{"uscc": code(1), "size": "large"}], source, valid_from=tomorrow)
    assert turn.turn(tomorrow) == 0
    show()
    assert firm(1).size == "small"
    assert turn.turn(tomorrow) == 0 or firm(1).size == "large"
    assert Version.objects.filter(record_id=firms[0].pk, valid_from=tomorrow).exists()


STEPS = st.lists(
    st.tuples(st.sampled_from(["one", "two", "person", "publish one", "publish two", "settle", "undo one"]),
              st.integers(1, 2), st.sampled_from(["small", "medium", "large", "micro"])),
    max_size=8,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_rows_and_history_always_agree(transactional_db_rolled_back, steps):
    """Whatever is imported, written, published, settled and taken back in which order: row and history say the same."""
    source = transactional_db_rolled_back()
    names = {"one": IMPORT, "two": OTHER}
    for step, number, size in steps:
        if step in names:
            mark = UnfinishedImport.objects.filter(import_id=names[step]).first()
            if mark is None or mark.published_at is None:
                held([{"uscc": code(number), "size": size}], source, names[step])
        elif step == "person":
            record.write("organisation", {"uscc": code(number), "size": size}, actor=None, source=source)
        elif step.startswith("publish"):
            name = names[step.split()[1]]
            if UnfinishedImport.objects.filter(import_id=name, published_at=None).exists():
                while show(name) is None:
                    bulk.rethink(name, source=source)
        elif step == "settle":
            for name in publishing.unsettled():
                publishing.settle(name, Pace())
        else:
            bulk.undo(IMPORT, actor=None)
            UnfinishedImport.objects.filter(import_id=IMPORT).delete()
        for one in Organisation.objects.all():
            rows = history.versions(one)
            believed = [row for row in rows if row.superseded_at is None]
            today = timezone.localdate()
            holds = [r for r in believed if (r.valid_from or today) <= today <= (r.valid_to or today)]
            assert [row.values["size"] for row in holds] == [one.size]
    for name in publishing.unsettled():
        publishing.settle(name, Pace())
    assert not HeldChange.objects.exclude(import_id__in=UnfinishedImport.objects.values("import_id")).exists()
    assert holding.published() == {}


@pytest.fixture
def transactional_db_rolled_back():
    """A function that empties the register and registers two firms; returns their source."""

    def begin():
        for model in (HeldChange, UnfinishedImport, Version):
            model.objects.all().delete()
        Organisation.everything.all().delete()
        source = Source.objects.create(title="登记")
        for number in (1, 2):
            record.write(
                "organisation", {"uscc": code(number), "name": f"公司{number}", "kind": "enterprise", "size": "small"},
                actor=None, source=source,
            )  # fmt: skip
        return source

    return begin

"""Writing one record: change, correction, history, "as known on", audit; values kept exactly or refused clearly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.registry.domain import record, sources
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.models import Organisation, Person, Source, Version

pytestmark = pytest.mark.django_db
CODE = "91431002MA4L000016"  # its check character is made right below
DAY = dt.date(2024, 1, 1)


@pytest.fixture
def source():
    return Source.objects.create(title="统计局年报", department="市统计部门", date=dt.date(2024, 3, 1), trust=3)


@pytest.fixture
def code():
    from kechuang.codes import uscc

    return uscc.make("91431002MA4L00001")


@pytest.fixture
def firm(source, code):
    values = {"uscc": code, "name": "某某公司", "kind": "enterprise", "size": "small", "county": "431002"}
    return record.write("organisation", values, actor=None, source=source).record


def test_a_new_record_leaves_one_event_and_no_history_row(source, code):
    written = record.write(
        "organisation", {"uscc": code, "name": "某某公司", "kind": "企业"}, actor=None, source=source
    )
    assert written.outcome == "created"
    assert (written.record.kind, written.record.source) == ("enterprise", source)
    assert Version.objects.count() == 0
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id) == ("registry.create", f"organisation/{written.record.pk}")


def test_a_change_holds_from_its_day_on(firm, source, code):
    written = record.write("organisation", {"uscc": code, "size": "medium"}, actor=None, source=source, valid_from=DAY)
    assert (written.outcome, written.changed) == ("changed", ("size",))
    firm.refresh_from_db()
    assert firm.size == "medium"
    assert record.state(firm, dt.date(2023, 12, 31))["size"] == "small"
    assert record.state(firm, DAY)["size"] == "medium"
    assert AuditEvent.objects.filter(action="registry.change").count() == 1


def test_what_was_known_before_a_change_is_told_again(firm, source, code):
    record.write("organisation", {"uscc": code, "size": "medium"}, actor=None, source=source, valid_from=DAY)
    known = firm.recorded_at
    assert record.state(firm, dt.date(2026, 1, 1), known)["size"] == "small"
    record.write(
        "organisation", {"uscc": code, "size": "large"}, actor=None, source=source, valid_from=DAY, on_change="correct"
    )
    assert record.state(firm, dt.date(2026, 1, 1), known)["size"] == "small"
    assert record.state(firm, dt.date(2026, 1, 1))["size"] == "large"
    assert record.state(firm, dt.date(2023, 1, 1))["size"] == "small"


def test_a_change_ahead_waits_for_its_day(firm, source, code):
    ahead = dt.date(2199, 1, 1)
    record.write("organisation", {"uscc": code, "size": "medium"}, actor=None, source=source, valid_from=ahead)
    firm.refresh_from_db()
    assert firm.size == "small"
    assert record.state(firm, ahead)["size"] == "medium"


def test_the_same_again_changes_nothing_and_tells_nothing(firm, source, code):
    events = AuditEvent.objects.count()
    written = record.write("organisation", {"uscc": code, "size": "小型"}, actor=None, source=source)
    assert written.outcome == "unchanged"
    assert (AuditEvent.objects.count(), Version.objects.count()) == (events, 0)


def test_history_in_order_with_source_and_day(firm, source, code):
    other = sources.ensure("企业申报", actor=None, date=dt.date(2024, 3, 2))
    record.write("organisation", {"uscc": code, "size": "medium"}, actor=None, source=other, valid_from=DAY)
    newest, first = record.history(firm)
    assert (newest.why, newest.valid_from, newest.source) == ("change", DAY, other)
    assert [(d.field.name, d.before, d.after) for d in newest.differences] == [("size", "small", "medium")]
    assert (first.why, first.source) == ("initial", source)
    assert AuditEvent.objects.get(public_id=newest.event_id).action == "registry.change"


def test_yearly_figures_are_corrected_never_dated(firm, source):
    values = {"organisation": firm.uscc, "year": 2025, "revenue": "48000000.00", "rd_expense": Decimal("2400000")}
    made = record.write("yearly_figures", values, actor=None, source=source).record
    assert made.revenue == Decimal("48000000.00")
    written = record.write(
        "yearly_figures", {"organisation": firm, "year": "2025", "rd_expense": "2500000.5"}, actor=None, source=source
    )
    made.refresh_from_db()
    assert (written.changed, made.rd_expense) == (("rd_expense",), Decimal("2500000.50"))
    assert AuditEvent.objects.filter(action="registry.correct").count() == 1
    assert [v.values["rd_expense"] for v in Version.objects.all()] == ["2400000.00", "2500000.50"]


@pytest.mark.parametrize("name", ["𠮷野科技", "䶮盛材料有限公司", "𬭎图（郴州）", "㛃" * 200])
def test_rare_characters_are_kept_exactly(source, code, name):
    record.write("organisation", {"uscc": code, "name": name, "kind": "enterprise"}, actor=None, source=source)
    assert Organisation.objects.get(uscc=code).name == name
    written = record.write(
        "organisation",
        {"uscc": code, "name": name + "" if len(name) == 200 else name + "𪚥"},
        actor=None,
        source=source,
    )
    if len(name) < 200:
        assert record.state(written.record)["name"] == name + "𪚥"


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"name": "字" * 201}, "name", "最多 200 个字"),
        ({"size": "巨型"}, "size", "只能是：大型、中型、小型、微型"),
        ({"county": "99"}, "county", "行政区划代码"),
        ({"industry": "A39"}, "industry", "国民经济行业代码"),
        ({"founded_on": "2023-02-30"}, "founded_on", "不是日历上有的日期"),
        ({"founded_on": "1023-02-03"}, "founded_on", "不在 1800 到 2200 之间"),
        ({"registered_capital": "-1"}, "registered_capital", "不能小于 0"),
        ({"registered_capital": "1.005"}, "registered_capital", "小数最多 2 位"),
        ({"registered_capital": "1" + "0" * 16}, "registered_capital", "太大"),
        ({"registered_capital": "10000000000000.00"}, "registered_capital", "整数部分最多 13 位"),
        ({"registered_capital": "1e400"}, "registered_capital", "太大"),
        ({"registered_capital": 1.5}, "registered_capital", "二进制小数"),
        ({"registered_capital": "NaN"}, "registered_capital", "不是数"),
        ({"registered_capital": "2,5"}, "registered_capital", "请写成 1234.5 的样子"),
        ({"registered_capital": "1,234.567"}, "registered_capital", "小数最多 2 位"),
        ({"above_scale": "也许"}, "above_scale", "请填“是”或“否”"),
        ({"name": "名\x00称"}, "name", "控制字符"),
        ({"group": "91431002MA4L00002"}, "group", "登记库里没有"),
    ],
)
def test_bad_values_are_refused_with_reason_and_place(firm, source, code, values, field, says):
    with pytest.raises(UserError) as caught:
        record.write("organisation", {"uscc": code, **values}, actor=None, source=source)
    assert says in caught.value.zh
    assert caught.value.field == field
    assert Version.objects.count() == 0


def test_an_amount_is_taken_as_pages_show_it(firm, source, code):
    written = record.write("organisation", {"uscc": code, "registered_capital": "1,234.56"}, actor=None, source=source)
    assert record.state(written.record)["registered_capital"] == "1234.56"


def test_a_wrong_code_is_refused(source, code):
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(UserError, match=r"(校验码|last character)"):
        record.write("organisation", {"uscc": wrong, "name": "甲", "kind": "enterprise"}, actor=None, source=source)


def test_missing_fields_of_a_new_record_are_all_named(source, code):
    with pytest.raises(UserError) as caught:
        record.write("organisation", {"uscc": code}, actor=None, source=source)
    assert "缺“名称”" in caught.value.zh
    assert "缺“类别”" in caught.value.zh


def test_real_and_demo_are_never_mixed(firm, source, code):
    with pytest.raises(UserError, match=r"(不能混|never mixed)"):
        record.write("organisation", {"uscc": code, "size": "large"}, actor=None, source=source, realm="demo")


def test_a_real_record_never_leads_to_a_generated_one(firm, source, code):
    from kechuang.codes import uscc

    demo = uscc.make("91431002DEM000077")
    record.write(
        "organisation", {"uscc": demo, "name": "演示某", "kind": "enterprise"}, actor=None, source=source, realm="demo"
    )
    for named in (demo, Organisation.objects.get(uscc=demo)):
        with pytest.raises(UserError) as caught:
            record.write("organisation", {"uscc": code, "group": named}, actor=None, source=source)
        assert caught.value.field == "group"


def test_an_identity_number_is_kept_only_as_a_keyed_digest(firm, source, settings):
    number = "11010519491231002X"
    values = {"name": "某人", "employer": firm, "identity_number": number}
    person = record.write("person", values, actor=None, source=source).record
    assert person.identity_hash not in ("", number)
    again = record.write(
        "person", {"name": "某人（改名）", "identity_number": number.lower()}, actor=None, source=source
    )
    assert (again.record.pk, again.outcome) == (person.pk, "changed")
    columns = {str(value) for row in Person.objects.values_list() for value in row}
    texts = {str(row.values) for row in Version.objects.all()}
    assert not [text for text in columns | texts if number in text.upper()]
    from kechuang.web.registry.domain.values import identity_hash

    first = identity_hash(number)
    settings.SECRET_KEY = "another key"
    assert identity_hash(number) != first


def test_a_wrong_identity_number_is_refused(firm, source):
    with pytest.raises(UserError, match=r"(校验码|identity number)"):
        record.write("person", {"name": "某人", "identity_number": "110105194912310021"}, actor=None, source=source)


def test_removing_keeps_what_was_known(source, code):
    from kechuang.web.registry.domain.history import past_state

    firm = record.write(
        "organisation", {"uscc": code, "name": "误登", "kind": "enterprise"}, actor=None, source=source
    ).record
    key, known = firm.pk, firm.recorded_at
    record.remove(firm, actor=None)
    assert not Organisation.everything.filter(pk=key).exists()
    assert past_state(KINDS["organisation"], key, DAY, known)["name"] == "误登"
    assert past_state(KINDS["organisation"], key, DAY, known + dt.timedelta(days=1)) is None
    assert AuditEvent.objects.filter(action="registry.remove").count() == 1


def test_what_others_depend_on_is_not_removed(firm, source):
    record.write("yearly_figures", {"organisation": firm, "year": 2024}, actor=None, source=source)
    with pytest.raises(UserError, match=r"(年度数据|Yearly)"):
        record.remove(firm, actor=None)


def test_every_kind_has_headings_in_both_languages():
    import re

    han = re.compile(r"[\u4e00-\u9fff]")
    for kind in KINDS.values():
        assert han.search(kind.zh)
        assert not han.search(kind.en), kind.id
        for field in kind.fields:
            assert field.en, (kind.id, field.name)
            assert not han.search(field.en + field.explanation_en + field.unit_en), (kind.id, field.name)
        assert set(kind.natural_key) <= set(kind.by_name)

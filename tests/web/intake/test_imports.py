"""A table becomes records: read, previewed, mended, confirmed, written as one, proved, and taken back."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook

from kechuang.proofs.verify_audit import check_row
from kechuang.web.audit.domain.seal import seal
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.intake.domain import applying, mending, queries
from kechuang.web.intake.domain.lease import Lease
from kechuang.web.intake.domain.working import advance, left_behind
from kechuang.web.intake.enums import ImportState, RowState
from kechuang.web.intake.models import Import
from kechuang.web.registry.domain.kinds import KINDS, in_chinese, in_english
from kechuang.web.registry.models import Organisation, UnfinishedImport, Version, YearlyFigures
from tests.web.intake.conftest import HEADING, code, companies, table

pytestmark = pytest.mark.django_db


def states(one: Import) -> dict[str, int]:
    return {name: count for name, count in queries.tally(one).states.items() if count}


def test_a_table_becomes_records(applied):
    one = applied([HEADING, *companies(3)])
    assert one.state == ImportState.APPLIED
    assert (one.created, one.changed, one.unchanged, one.rows_done) == (3, 0, 0, 3)
    made = Organisation.objects.get(uscc=code(2))
    assert (made.name, made.kind, made.size, made.realm) == ("导入2号公司", "enterprise", "small", "demo")
    assert (made.import_id, made.source.title) == (one.public_id, "测试年报")
    assert not UnfinishedImport.objects.exists()


def test_nothing_is_written_before_a_person_confirms(importing, cast):
    one = importing([HEADING, *companies(3)])
    assert one.state == ImportState.READY
    assert states(one) == {"ready": 3}
    assert not Organisation.objects.filter(uscc=code(1)).exists()
    applying.cancel(one, actor=cast.officer)
    with pytest.raises(UserError) as raised:
        applying.confirm(one, actor=cast.officer)
    assert raised.value.status == 409
    assert not Organisation.objects.filter(uscc=code(1)).exists()


def test_known_records_change_from_a_day_on_and_the_rest_is_left(applied, cast):
    import datetime as dt

    rows = [["统一社会信用代码", "规模"], [cast.company_a.uscc, "中型"], [cast.company_b.uscc, "微型"]]
    one = applied(rows, valid_from=dt.date(2026, 1, 1))
    assert (one.created, one.changed, one.unchanged) == (0, 1, 1)
    cast.company_a.refresh_from_db()
    assert (cast.company_a.size, cast.company_a.name) == ("medium", "演示甲公司")
    believed = Version.objects.filter(kind="organisation", record_id=cast.company_a.pk, superseded_at=None)
    assert {(v.values["size"], v.valid_from, v.valid_to) for v in believed} == {
        ("small", None, dt.date(2025, 12, 31)), ("medium", dt.date(2026, 1, 1), None),
    }  # fmt: skip


def test_bad_rows_stay_out_with_their_reasons(importing):
    good = companies(1)
    bad = [[code(5)[:17] + ("0" if code(5)[17] != "0" else "1"), "错码公司", "企业", "2023-02-30", "小型"],
           [code(6), "", "企业", "", ""], [code(7), "无此类", "神仙", "", ""], [code(1), "重复", "企业", "", ""]]  # fmt: skip
    one = importing([HEADING, *good, *bad])
    assert states(one) == {"ready": 1, "bad": 4}
    found = {row.line: [f["column"] for f in row.findings] for row in one.rows.filter(state=RowState.BAD)}
    assert found == {3: ["uscc", "founded_on"], 4: ["name"], 5: ["kind"], 6: [""]}
    assert "第 2 行" in one.rows.get(line=6).findings[0]["zh"]


def test_a_row_is_mended_in_place(importing, cast):
    one = importing([HEADING, [code(1), "甲", "企业", "2023-02-30", "小型"]])
    row = one.rows.get()
    row.imported = one
    given = {**row.values, **row.written}
    assert given["founded_on"] == "2023-02-30"
    mending.mend(row, given | {"founded_on": "2023-02-28"}, actor=cast.officer)
    row.refresh_from_db()
    assert (row.state, row.values["founded_on"], row.findings, row.written) == ("ready", "2023-02-28", [], {})
    mending.skip(row, actor=cast.officer)
    assert states(one) == {"skipped": 1}
    mending.skip(row, actor=cast.officer, back=True)
    assert states(one) == {"ready": 1}
    assert AuditEvent.objects.filter(object_id=f"{one.public_id}/2").count() == 3
    with pytest.raises(UserError):
        mending.mend(row, given, actor=cast.auditor)


def test_a_mended_row_cannot_repeat_another(importing, cast):
    one = importing([HEADING, *companies(1), ["", "乙", "企业", "", ""]])
    row = one.rows.get(line=3)
    row.imported = one
    mending.mend(row, {"uscc": code(1), "name": "乙", "kind": "企业"}, actor=cast.officer)
    assert row.state == RowState.BAD
    assert "第 2 行" in row.findings[0]["zh"]


def test_names_are_matched_by_a_person(importing, cast):
    rows = [
        ["单位", "年度", "销售收入（万元）"],
        ["演示甲公司", "2024", "1,234.5"],
        ["演示假公司", "2024", "1"],
        ["北京银行", "2024", "1"],
    ]
    one = importing(rows, "yearly_figures")
    assert states(one) == {"ready": 1, "undecided": 1, "bad": 1}
    exact = one.rows.get(line=2)
    assert exact.values["organisation"] == cast.company_a.uscc
    assert exact.values["revenue"] == "12345000.00"
    row = one.rows.get(line=3)
    row.imported = one
    options = [option["uscc"] for option in row.candidates["organisation"]]
    assert options[0] == cast.company_a.uscc  # 假 and 甲 sound alike
    with pytest.raises(UserError):
        mending.decide(row, "organisation", code(99), actor=cast.officer)
    mending.mend(row, row.written | {"organisation": cast.company_b.uscc}, actor=cast.officer)
    assert (row.state, row.values["organisation"]) == ("ready", cast.company_b.uscc)
    applying.confirm(one, actor=cast.officer)
    advance(one.pk)
    assert YearlyFigures.objects.filter(year=2024).count() == 2


def test_a_missing_code_is_suggested_from_the_name(importing, cast):
    one = importing([HEADING, ["", "演示甲公司", "企业", "", "大型"]])
    row = one.rows.get()
    assert (row.state, row.candidates["uscc"][0]["uscc"]) == (RowState.UNDECIDED, cast.company_a.uscc)
    row.imported = one
    mending.decide(row, "uscc", cast.company_a.uscc, actor=cast.officer)
    assert (row.state, row.record_id) == (RowState.READY, cast.company_a.pk)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["名称"], ["甲"]], "表头缺"),
        ([HEADING], "没有数据行"),
        ([[*HEADING, "法人身份证号"], [*companies(1)[0], "1"]], "身份证号"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_not_kept(importing, rows, words, settings):
    one = importing(rows)
    assert (one.state, one.file) == (ImportState.REFUSED, None)
    assert words in one.error["zh"] and one.error["en"]
    assert not [path for path in settings.FILES_DIR.rglob("*") if path.is_file()]


def test_a_file_that_breaks_the_reading_is_refused_and_stops_nobody(importing, monkeypatch):
    from kechuang.web.intake.domain import staging

    def breaks(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(staging, "read", breaks)
    one = importing([HEADING, *companies(1)])
    assert (one.state, one.file) == (ImportState.REFUSED, None)
    assert "已记下" in one.error["zh"]
    assert left_behind() == []


def test_the_whole_is_seen_at_once(importing, cast, monkeypatch):
    monkeypatch.setattr(applying, "FIRST_CHUNK", 2)
    monkeypatch.setattr(applying, "MOST_CHUNK", 2)
    one = importing([HEADING, *companies(5)])
    applying.confirm(one, actor=cast.officer)
    seen = []
    real = applying._write

    def watching(*args):
        written = real(*args)
        everything = Organisation.everything.filter(import_id=one.public_id).count()
        seen.append((everything, Organisation.objects.filter(import_id=one.public_id).count()))
        return written

    monkeypatch.setattr(applying, "_write", watching)
    advance(one.pk)
    assert seen == [(2, 0), (4, 0), (5, 0)]
    assert Organisation.objects.filter(import_id=one.public_id).count() == 5


def test_changes_of_known_records_are_seen_at_once_with_the_new_ones(importing, client_for, cast, monkeypatch):
    monkeypatch.setattr(applying, "FIRST_CHUNK", 1)
    monkeypatch.setattr(applying, "MOST_CHUNK", 1)
    one = importing(
        [
            HEADING,
            *[[firm.uscc, firm.name, "企业", "", "大型"] for firm in (cast.company_a, cast.company_b)],
            *companies(2),
        ]
    )
    before = {firm.uscc: firm.size for firm in (cast.company_a, cast.company_b)}
    applying.confirm(one, actor=cast.officer)
    client, real, seen = client_for(cast.officer), applying._write, []

    def look():
        firms = Organisation.objects.filter(uscc__in=[*before, code(1), code(2)])
        listed = client.get("/api/v1/registry/organisation", {"size": "large"}).json()
        pages = [client.get(f"/registry/records/organisation/{firm.pk}/").content.decode() for firm in firms]
        return ({firm.uscc: firm.size for firm in firms}, sorted(row["uscc"] for row in listed["items"]),
                sum(one.public_id in page or "测试年报" in page for page in pages))  # fmt: skip

    def watching(*args):
        written = real(*args)
        seen.append(look())
        return written

    first = look()
    monkeypatch.setattr(applying, "_write", watching)
    advance(one.pk)
    assert [now == first for now in seen] == [True] * 4
    sizes, large, _ = look()
    assert sizes == dict.fromkeys(before, "large") | {code(1): "small", code(2): "small"}
    assert set(before) <= set(large)
    assert not UnfinishedImport.objects.exists()


def test_what_somebody_writes_while_an_import_is_at_work_stays(importing, cast, monkeypatch):
    from kechuang.web.registry.domain import record

    one = importing([HEADING, [cast.company_a.uscc, "演示甲公司", "企业", "", "大型"], *companies(1)])
    applying.confirm(one, actor=cast.officer)
    real = applying._write

    def writing(*args):
        written = real(*args)
        values = {"uscc": cast.company_a.uscc, "county": "431003"}
        record.write("organisation", values, actor=cast.officer, source=None, realm="demo")
        return written

    monkeypatch.setattr(applying, "_write", writing)
    assert advance(one.pk) == ImportState.APPLIED
    firm = Organisation.objects.get(pk=cast.company_a.pk)
    assert (firm.size, firm.county) == ("large", "431003")


@pytest.mark.parametrize("go_on", [True, False])
def test_a_worker_that_dies_before_showing_leaves_nothing_to_be_seen(importing, cast, monkeypatch, go_on):
    from kechuang.web.registry.domain import publishing

    one = importing([HEADING, [cast.company_a.uscc, "演示甲公司", "企业", "", "大型"], *companies(2)])
    applying.confirm(one, actor=cast.officer)
    real = publishing.publish

    def dies(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "publish", dies)
    with pytest.raises(KeyboardInterrupt):
        advance(one.pk)
    assert Organisation.objects.get(pk=cast.company_a.pk).size == "small"
    assert not Organisation.objects.filter(uscc=code(1)).exists()
    monkeypatch.setattr(publishing, "publish", real)
    Import.objects.filter(pk=one.pk).update(lease_owner="dead", lease_until=None)
    if not go_on:
        applying.cancel(one, actor=cast.officer)
    assert advance(one.pk) == (ImportState.APPLIED if go_on else ImportState.CANCELLED)
    assert Organisation.objects.get(pk=cast.company_a.pk).size == ("large" if go_on else "small")
    assert Organisation.everything.filter(import_id=one.public_id).count() == (2 if go_on else 0)
    assert not Version.objects.filter(record_id=cast.company_a.pk).exists() or go_on


def test_a_worker_that_dies_after_showing_is_followed_up(importing, cast, monkeypatch):
    from kechuang.web.intake import jobs
    from kechuang.web.registry.domain import history, publishing
    from kechuang.web.registry.models import HeldChange

    one = importing([HEADING, [cast.company_a.uscc, "演示甲公司", "企业", "", "大型"]])
    applying.confirm(one, actor=cast.officer)
    real = publishing.settle

    def dies(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "settle", dies)
    with pytest.raises(KeyboardInterrupt):
        advance(one.pk)
    monkeypatch.setattr(publishing, "settle", real)
    firm = Organisation.objects.get(pk=cast.company_a.pk)
    told = [entry.why for entry in history.history(firm)]
    assert (firm.size, told) == ("large", ["change", "initial"])
    jobs.resume()
    assert [entry.why for entry in history.history(firm)] == told
    assert not HeldChange.objects.exists() and not UnfinishedImport.objects.exists()


def test_a_worker_that_died_is_followed_by_another(importing, cast, monkeypatch):
    monkeypatch.setattr(applying, "FIRST_CHUNK", 2)
    monkeypatch.setattr(applying, "MOST_CHUNK", 2)
    one = importing([HEADING, *companies(5)])
    applying.confirm(one, actor=cast.officer)
    real, calls = applying._write, []

    def dies(*args):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(applying, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        advance(one.pk)
    Import.objects.filter(pk=one.pk).update(lease_owner="dead", lease_until=None)
    assert left_behind() == [one.pk]
    monkeypatch.setattr(applying, "_write", real)
    assert advance(one.pk) == ImportState.APPLIED
    one.refresh_from_db()
    assert (one.rows_done, one.created) == (5, 5)
    assert AuditEvent.objects.filter(action="import.apply", object_id=one.public_id).count() == 1


def test_one_worker_at_a_time(importing, cast):
    one = importing([HEADING, *companies(2)])
    applying.confirm(one, actor=cast.officer)
    other = Lease(one.pk)
    assert other.take()
    assert advance(one.pk) == ImportState.CONFIRMED
    other.drop()
    assert advance(one.pk) == ImportState.APPLIED


def test_an_import_is_taken_back_as_a_whole(applied, cast):
    before = Organisation.objects.count()
    one = applied([HEADING, *companies(3), [cast.company_a.uscc, "演示甲公司", "企业", "", "大型"]])
    assert Organisation.objects.count() == before + 3
    applying.undo(one, actor=cast.officer)
    assert advance(one.pk) == ImportState.UNDONE
    assert Organisation.objects.count() == before
    cast.company_a.refresh_from_db()
    assert cast.company_a.size == "small"
    assert AuditEvent.objects.filter(action="import.undo", object_id=one.public_id).count() == 1


def test_stopping_in_the_middle_leaves_nothing(importing, cast, monkeypatch):
    monkeypatch.setattr(applying, "FIRST_CHUNK", 2)
    one = importing([HEADING, *companies(6)])
    applying.confirm(one, actor=cast.officer)
    real = applying._write

    def stops(*args):
        written = real(*args)
        if Import.objects.get(pk=one.pk).state == ImportState.APPLYING:
            applying.cancel(one, actor=cast.officer)
        return written

    monkeypatch.setattr(applying, "_write", stops)
    assert advance(one.pk) == ImportState.CANCELLED
    assert not Organisation.everything.filter(import_id=one.public_id).exists()
    assert not UnfinishedImport.objects.exists()


def test_a_row_is_proved_by_the_stand_alone_verifier(applied, client_for, cast):
    one = applied([HEADING, *companies(5), ["坏", "坏", "企业", "", ""]])
    event = AuditEvent.objects.get(public_id=one.event_id)
    assert (event.action, event.rows, event.who) == ("import.apply", 5, "officer")
    early = client_for(cast.officer).get(f"/imports/{one.public_id}/rows/4/proof.json")
    assert early.status_code == 409, "nobody could check a proof whose event is not in the chain"
    waiting = client_for(cast.officer).get(f"/imports/{one.public_id}/rows/4/").content.decode()
    assert "还没有封进审计链" in waiting and "proof.json" not in waiting
    seal()
    sealed = client_for(cast.officer).get(f"/imports/{one.public_id}/rows/4/").content.decode()
    assert "还没有封进审计链" not in sealed and "proof.json" in sealed
    answer = client_for(cast.officer).get(f"/imports/{one.public_id}/rows/4/proof.json")
    document = json.loads(answer.content)
    event.refresh_from_db()
    ok, zh, _en = check_row(document, [event.link() | {"event": event.body()}])
    assert ok, zh
    assert document["row"]["values"]["name"] == "导入3号公司"
    document["row"]["values"]["name"] = "别的公司"
    assert not check_row(document, [event.link() | {"event": event.body()}])[0]
    assert client_for(cast.officer).get(f"/imports/{one.public_id}/rows/7/proof.json").status_code == 404


def test_the_pages_lead_through(importing, client_for, cast):
    one = importing([HEADING, *companies(2), [code(9), "甲", "企业", "2023-02-30", "小型"]])
    client = client_for(cast.officer)
    page = client.get(f"/imports/{one.public_id}/")
    assert page.status_code == 200
    assert "2023-02-30”这一天不存在" in page.content.decode()
    answer = client.post(
        f"/imports/{one.public_id}/rows/4/", {"do": "mend", "uscc": code(9), "name": "甲", "kind": "企业"}
    )
    assert answer.status_code == 302
    book = client.get(f"/imports/{one.public_id}/rows.xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")
    assert client.post(f"/imports/{one.public_id}/act/", {"do": "confirm"}).status_code == 302
    waiting = client.get(f"/imports/{one.public_id}/")
    assert waiting["Refresh"] == "3"
    advance(one.pk)
    assert "新建 3 条" in client.get(f"/imports/{one.public_id}/").content.decode()


def test_what_was_undone_is_not_called_written(applied, client_for, cast):
    one = applied([HEADING, *companies(2)])
    page = client_for(cast.officer).get(f"/imports/{one.public_id}/").content.decode()
    assert "已写入 2" in page and page.count(">新建</div>") == 2
    applying.undo(one, actor=cast.officer)
    advance(one.pk)
    page = client_for(cast.officer).get(f"/imports/{one.public_id}/").content.decode()
    assert "已写入 2" not in page and "写入过 2" in page and "撤销以前" in page


def test_the_summary_names_the_fields_that_are_missing(importing, client_for, cast):
    answer = client_for(cast.officer).post("/imports/new/organisation/", {"on_change": "change"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert '<a href="#id_file">表格文件：' in page and '<a href="#id_source_title">数据来源：' in page


def test_a_wrong_choice_is_told_every_right_one(importing):
    one = importing([HEADING, [code(9), "甲", "外星人", "", ""]])
    told = one.rows.get().findings[0]
    choices = next(field for field in KINDS["organisation"].fields if field.name == "kind").choices
    assert len(choices) > 12
    assert all(in_chinese(label) in told["zh"] and in_english(label) in told["en"] for _value, label in choices)


def test_bad_rows_come_back_marked_and_can_be_sent_again(importing, client_for, cast):
    one = importing([HEADING, *companies(1), [code(9), "=恶意", "企业", "2023-02-30", "小型"]])
    content = b"".join(client_for(cast.officer).get(f"/imports/{one.public_id}/rows.xlsx").streaming_content)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    cells = {sheet.cell(1, place).value.rstrip("*"): sheet.cell(2, place) for place in range(1, sheet.max_column + 1)}
    assert cells["成立日期"].value == "2023-02-30"
    assert cells["成立日期"].fill.fgColor.rgb.endswith("FFF3D6")
    assert not str(cells["规模"].fill.fgColor.rgb).endswith("FFF3D6")
    assert cells["名称"].data_type == "s" and cells["名称"].value == "=恶意"
    assert "这一天不存在" in cells["要改什么"].value
    again = importing(table([[c.value or "" for c in row] for row in sheet.iter_rows()]))
    assert states(again) == {"bad": 1}


def test_only_officers_import_and_look(importing, client_for, cast):
    one = importing([HEADING, *companies(1)])
    for person, status in ((None, 302), (cast.firm_a, 403), (cast.county_officer, 403), (cast.auditor, 403)):
        assert client_for(person).get(f"/imports/{one.public_id}/").status_code == status, person
        assert client_for(person).get("/imports/").status_code == status
    for person in (cast.firm_a, cast.auditor):
        assert client_for(person).post(f"/imports/{one.public_id}/act/", {"do": "confirm"}).status_code == 403
    with pytest.raises(UserError):
        applying.confirm(one, actor=cast.auditor)


def test_real_and_demo_never_mix(importing, cast, settings):
    settings.DEMO = False
    one = importing([["统一社会信用代码", "规模"], [cast.company_a.uscc, "中型"]])
    assert one.realm == "real"
    assert states(one) == {"bad": 1}
    assert "不能混" in one.rows.get().findings[0]["zh"]

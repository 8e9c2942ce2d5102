"""Rules about rules, tasks, references, coloured spans and the frame of a document."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kechuang.reading import read, spans
from tests.reading.cases import reading_of


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("同一项目符合多项政策的，按就高不重复原则执行。", "cumulation-highest"),
        ("符合多项条款的，可执行最高额。", "cumulation-highest"),
        ("同一企业不同项目可叠加执行。", "stackable"),
        ("企业可同时享受上级奖励。", "stackable"),
        ("升级为更高等级时，只补助差额。", "upgrade-difference"),
        ("不足部分按规定予以补足差额。", "upgrade-difference"),
        ("以上奖励不得重复享受。", "no-repeat"),
        ("同一企业只能择一享受。", "no-repeat"),
        ("有违反的，区政府将追回资助。", "clawback"),
        ("违约的，应退回奖励资金。", "clawback"),
        ("具体办法另行制定。", "delegation"),
        ("有关优惠按《人才引进暂行办法》执行。", "delegation"),
        ("对达标企业由市产业引导资金给予补助。", "budget"),
        ("所需资金列入县财政预算。", "budget"),
    ],
)
def test_rules_about_rules(sentence: str, kind: str) -> None:
    assert kind in [rule.kind for rule in reading_of(sentence, heading="附则").rules]


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("本措施自2027年3月1日施行，有效期至2029年6月30日。", "from 2027-03-01; until 2029-06-30"),
        ("本细则自印发之日起施行，暂定三年有效期。", "from 印发之日; for 三年"),
    ],
)
def test_validity(sentence: str, value: str) -> None:
    assert [rule.value for rule in reading_of(sentence, heading="附则").rules if rule.kind == "validity"] == [value]


@pytest.mark.parametrize(
    ("sentence", "actor", "action", "target"),
    [
        ("加快建设信息网络基础设施。", None, "建设", "信息网络基础设施"),
        ("各级党委政府也要成立领导机构。", "各级党委政府", "成立", "领导机构"),
        ("规模以上企业必须建立研发机构。", "规模以上企业", "建立", "研发机构"),
        ("举办各类招聘会。（牵头单位：市人社局，配合单位：市教育局）", "市人社局", "举办", "各类招聘会"),
    ],
)
def test_tasks(sentence: str, actor: str | None, action: str, target: str) -> None:
    task = reading_of(sentence).tasks[0]
    assert (task.actor, task.action, task.object) == (actor, action, target)


def test_task_deadline() -> None:
    task = reading_of("2014年前建成“智慧社保”信息系统。").tasks[0]
    assert (task.action, task.deadline) == ("建成", "2014")


def test_references() -> None:
    found = reading_of(
        "根据《关于深化改革的意见》（中发〔2012〕6号）和《关于印发《办法》的通知》，按照郴发[2010]12号执行，填写《申报表》。"
    ).references
    assert [(item.title, item.number) for item in found] == [
        ("关于深化改革的意见", "中发〔2012〕6号"),
        ("关于印发《办法》的通知", None),
        (None, "郴发[2010]12号"),
    ]


def test_frame_with_header_recipients_and_signature() -> None:
    text = (
        "某市人民政府文件\n\n某政发〔2024〕7号\n\n某市人民政府\n\n关于加快创新的意见\n\n各县区人民政府，市直各单位：\n\n为加快创新，制定本意见。\n\n"
        "一、目标\n\n提升能力。\n\n某市人民政府\n\n2024年3月5日\n\n责任编辑/不详\n\n网站地图\n"
    )
    reading = read(text)
    assert (reading.number, reading.title, reading.issuer, reading.issued) == (
        "某政发〔2024〕7号",
        "关于加快创新的意见",
        "某市人民政府",
        "2024-03-05",
    )
    assert reading.recipients == ("各县区人民政府", "市直各单位")
    assert [item.id for item in reading.paragraphs] == ["0.1", "1.1"]


def test_notice_that_issues_another_text() -> None:
    text = (
        "关于印发《某市若干措施》的通知\n某政办〔2024〕3号\n\n各镇人民政府，市直各单位：\n《某市若干措施》已经同意，现印发给你们，请认真贯彻执行。\n\n"
        "某市人民政府办公室\n2024年5月6日\n\n某市若干措施\n\n为加快发展，制定本措施。\n一、支持创新\n支持企业。\n抄送：市委办公室。\n"
    )
    reading = read(text)
    assert (reading.number, reading.issuer, reading.issued) == ("某政办〔2024〕3号", "某市人民政府办公室", "2024-05-06")
    assert [text[item.start : item.end] for item in reading.paragraphs] == ["为加快发展，制定本措施。", "支持企业。"]


def test_table_of_contents_is_no_body() -> None:
    reading = read(
        "某市规划\n目 录\n第一章 基础……1\n第二章 目标……3\n第一章 基础\n打好基础。\n第二章 目标\n实现目标。\n"
    )
    assert [(item.id, item.title) for item in reading.clauses] == [("ch1", "基础"), ("ch2", "目标")]


def test_spans_do_not_overlap_and_point_to_items() -> None:
    reading = reading_of(
        "到2025年，孵化器达到10家。对首次认定的企业，按《办法》给予5万元奖励。", "加快建设平台，资本金为3亿元。"
    )
    coloured = spans(reading)
    assert all(a.end <= b.start for a, b in pairwise(coloured))
    assert [item.kind for item in coloured] == ["heading", "target", "incentive", "task"]
    assert reading.text[coloured[1].start : coloured[1].end] == "孵化器达到10家"
    assert coloured[1].ref == "target-1"


def test_an_empty_result_is_explained() -> None:
    assert read("").notes[0][1] == "The text is empty."
    english = read("Measures to promote innovation. The city supports enterprises.")
    assert any("little Chinese" in en for _, en in english.notes)
    assert any("繁体" in zh for zh, _ in read("關於促進產業發展的獎勵辦法，對企業給予補貼與資助。").notes)
    unread = reading_of("资本金为3亿元。")
    assert any("became nothing" in en for _, en in unread.notes)

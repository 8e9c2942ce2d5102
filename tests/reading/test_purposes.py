"""What a sentence is for, and that a document is issued, are no tasks."""

from __future__ import annotations

import pytest

from kechuang.reading import read
from tests.reading.cases import reading_of


@pytest.mark.parametrize(
    "sentence",
    [
        "为了促进科技创新，实现成果转化，推动产业升级，根据有关法律，制定本条例。",
        "为贯彻国家战略，提高创新能力，现提出如下意见。",
        "深入贯彻上级会议精神，落实创新战略，结合我市实际，特制定以下若干措施。",
        "全面落实创新战略，就推进创新工程提出以下意见：",
        "推动工业转型，实现高质量发展，依据《示范条例》，制定如下实施意见：",
        "落实《示范规划》，现将工作安排通知如下：",
    ],
)
def test_announcements(sentence: str) -> None:
    assert read(f"关于创新的意见\n\n{sentence}\n\n一、主要措施\n").tasks == ()
    assert reading_of(sentence).tasks == ()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("为提高审批效率，建立联席会议制度。", [(None, "建立", "联席会议制度")]),
        ("为了规范资金管理，保障资金安全，各部门应当完善内控制度。", [("各部门", "完善", "内控制度")]),
        ("为进一步激发活力，推动转型，设立一站式窗口。", [(None, "设立", "一站式窗口")]),
        ("制定本行业实施方案。", [(None, "制定", "本行业实施方案")]),
        ("各区制定本辖区实施细则。", [("各区", "制定", "本辖区实施细则")]),
        ("为企业提供服务，建设公共平台。", [(None, "建设", "公共平台")]),
    ],
)
def test_the_order_behind_a_purpose_stays(sentence: str, expected: list[tuple[str | None, str, str]]) -> None:
    assert [(one.actor, one.action, one.object) for one in reading_of(sentence).tasks] == expected


@pytest.mark.parametrize(
    ("sentence", "actors"),
    [
        ("举办专场招聘会。（牵头单位：市人社局，配合单位：市教育局）", ["市人社局"]),
        ("完善统计制度。（责任单位：市统计局，配合单位：市财政局、市科技局）", ["市统计局"]),
    ],
)
def test_units_that_assist_are_no_task(sentence: str, actors: list[str]) -> None:
    assert [one.actor for one in reading_of(sentence).tasks] == actors

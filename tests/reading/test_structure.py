"""The clause tree, paragraphs and sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kechuang.reading import read
from kechuang.reading.sentences import fingerprint, split


def tree(text: str) -> list[tuple[str, str, str, int]]:
    return [(item.id, item.label, item.title, item.level) for item in read(text).clauses]


def test_headings_of_two_levels_and_run_in_headings() -> None:
    assert tree("一、总体要求\n坚持创新。\n二、保障措施\n（一）加强领导。成立小组。\n（二）加大投入。多方筹资。\n") == [
        ("1", "一、", "总体要求", 1),
        ("2", "二、", "保障措施", 1),
        ("2.1", "（一）", "加强领导", 2),
        ("2.2", "（二）", "加大投入", 2),
    ]


def test_numbers_of_the_markers_themselves() -> None:
    assert [
        item[0]
        for item in tree(
            "三、任务\n（九）人才\n培养人才。\n（十）成果\n转化成果。\n四、保障\n（十三）投入\n加大投入。\n"
        )
    ] == ["3", "3.9", "3.10", "4", "4.13"]


def test_articles_with_stray_blanks_keep_their_numbers() -> None:
    text = "第一章　总则\n第 1 条 为了促进创新，制定本办法。\n第 1 4 条 鼓励企业升级。对新增企业，给予奖励。\n"
    assert tree(text) == [("ch1", "第一章", "总则", 1), ("1", "第 1 条", "", 2), ("14", "第 1 4 条", "鼓励企业升级", 2)]


def test_members_of_a_list_are_paragraphs_not_clauses() -> None:
    reading = read(
        "一、申报条件\n须符合下列条件：\n（一）依法注册；\n（二）信用良好；\n（三）有专职人员。\n二、其他\n另行通知。\n"
    )
    assert [item.id for item in reading.clauses] == ["1", "2"]
    assert [item.id for item in reading.paragraphs] == ["1.1", "1.2", "1.3", "1.4", "2.1"]


def test_cards_whose_parts_start_again_at_one() -> None:
    text = "8.支持研发\n1.基础研究\n甲。\n2.新品保障\n乙。\n9.支持集聚\n1.转型\n丙。\n"
    assert [(item[0], item[3]) for item in tree(text)] == [("8", 1), ("8.1", 2), ("8.2", 2), ("9", 1), ("9.1", 2)]


def test_unnumbered_appendix_heading() -> None:
    assert tree("一、支持\n支持企业。\n附  则\n自印发之日起施行。\n")[-1] == ("2", "", "附  则", 1)


def test_a_line_that_grants_money_is_no_title() -> None:
    assert tree("第1条 对企业按1%给予补助\n第2条 对高校奖励5万元\n") == [("1", "第1条", "", 1), ("2", "第2条", "", 1)]


def test_line_broken_in_mid_word_is_rejoined() -> None:
    text = (
        "一、主要任务\n\n围绕建材、纺织、家具、陶瓷等优势行业实施数字化改造工程，支持龙头工厂带动上下游企业共同使用工业软件，在装备制造领域，重\n\n"
        "点抓好铸造产业。\n"
    )
    reading = read(text)
    assert len(reading.paragraphs) == 1
    assert "".join(reading.sentences[0].text.split()).endswith("在装备制造领域，重点抓好铸造产业。")


def test_paragraph_ids_never_meet_clause_ids() -> None:
    reading = read("一、支持\n总的说明在此。\n1.研发。支持研发活动。\n2.集聚。支持集聚发展。\n")
    assert [item.id for item in reading.clauses] == ["1", "1.1", "1.2"]
    assert [item.id for item in reading.paragraphs] == ["1.0.1", "1.1.1", "1.2.1"]


def test_sentences_stop_outside_brackets_and_quotes_only() -> None:
    text = "对企业（含分支。）给予奖励。他说：“好。”然后散会！"
    assert [text[a:b] for a, b in split(text, 0, len(text))] == [
        "对企业（含分支。）给予奖励。",
        "他说：“好。”",
        "然后散会！",
    ]


def test_items_of_a_dash_list_are_cut_at_semicolons() -> None:
    reading = read("一、目标\n——创新增强。专利达到180件；\n——要素集聚。孵化器10家；平台60家。\n其他一句；还是一句。\n")
    assert [item.text for item in reading.sentences] == [
        "创新增强。",
        "专利达到180件；",
        "要素集聚。",
        "孵化器10家；",
        "平台60家。",
        "其他一句；还是一句。",
    ]


def test_fingerprint_ignores_white_space_only() -> None:
    assert fingerprint("加快 发展\n。") == fingerprint("加快发展。")
    assert fingerprint("加快发展。") != fingerprint("加快发展")
    assert len(fingerprint("")) == 64


@pytest.mark.parametrize(
    "name",
    [
        "chenzhou-2013-4",
        "guangzhou-2012-minshengxingfu",
        "beijing-2021-zhuanjingtexin",
        "beijing-2022-68-laojiuchangfang",
        "dongguan-2016-kejifuwujigou",
        "wenzhou-lucheng-2019-fuwuye",
        "liuhe-2023-zhongdianchanye",
        "beijing-2020-343-biaozhunhua",
    ],
)
def test_headings_of_real_documents(shared: Path, name: str) -> None:
    gold = json.loads((shared / "policies" / f"{name}.gold.json").read_text(encoding="utf-8"))
    text = (shared / "policies" / f"{name}.txt").read_text(encoding="utf-8")
    found = {(item.label, item.title, item.level) for item in read(text).clauses}
    assert [item for item in gold["headings"] if (item["label"], item["title"], item["level"]) not in found] == []


def test_the_chenzhou_text(shared: Path) -> None:
    text = (shared / "policies" / "chenzhou-2013-4.txt").read_text(encoding="utf-8")
    reading = read(text)
    assert (reading.number, reading.issuer, reading.issued) == ("郴政发〔2013〕4号", "郴州市人民政府", "2013-04-18")
    assert reading.title == "关于加快推进创新型郴州建设的意见"
    assert [item[:6] for item in reading.recipients] == ["各县市区人民", "市政府各部门", "中省驻郴各单"]
    assert [item.id for item in reading.clauses if item.level == 2] == [
        *(f"3.{n}" for n in range(1, 12)),
        *(f"4.{n}" for n in range(12, 16)),
    ]
    assert reading.clause("3.10").title == "转化创新成果"
    assert text[reading.clause("3.10").start :].startswith("（十）")
    # The header of the web page and its footer are no paragraphs, the three broken lines are whole.
    assert text[reading.paragraphs[0].start :].startswith("建设创新型郴州")
    assert text[: reading.paragraphs[-1].end].endswith("城市创新形象。")
    assert all(item.text.rstrip()[-1] in "。；”" for item in reading.sentences)

"""The ``kechuang`` command: results on stdout, everything else on stderr, exit codes, no stack trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kechuang import __version__
from kechuang.cli import main

CITIES = Path(__file__).resolve().parents[1] / "cities"


@pytest.fixture
def facts(tmp_path):
    """Write facts to a file and give its path."""

    def write(text: str) -> str:
        path = tmp_path / "facts.json"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


CONTRACT = {
    "技术合同交易额": "12,345,678.90",
    "受让方类型": "企业",
    "出让方类型": "高校",
    "已转化": True,
    "受让方在本市": True,
    "合同已登记": True,
}


def explain(capsys, *arguments: str):
    code = main(["measures", "explain", "--measure", "receiver-subsidy", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_explain_as_json(capsys, facts):
    code, out, err = explain(capsys, "--facts", facts(json.dumps(CONTRACT)), "--on", "2014-06-01", "--json")
    result = json.loads(out)
    assert (code, err) == (0, "")
    assert (result["status"], result["amount"]) == ("yes", "200000.00")


def test_explain_as_text_in_english(capsys, facts):
    code, out, _ = explain(capsys, "--facts", facts(json.dumps(CONTRACT)), "--on", "2014-06-01", "--lang", "en")
    assert code == 0
    assert "200,000.00" in out
    assert "246,913.58" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"技术合同交易额": 12.5}', "数要写成文字"),
        ('{"技术合同交易额": "-3"}', "不能是负数"),
        ('{"技术合同交易": "3"}', "是不是“技术合同交易额”"),
        ('{"技术合同交易额": "3"', "读不了事实文件"),
    ],
)
def test_bad_facts_are_named(capsys, facts, text, said):
    code, out, err = explain(capsys, "--facts", facts(text))
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


def test_unknown_measure_lists_the_known_ones(capsys, facts):
    code = main(["measures", "explain", "--measure", "nothing", "--facts", facts("{}")])
    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert "receiver-subsidy" in err


def test_pack_check(capsys):
    assert main(["pack", "check", str(CITIES / "shili")]) == 0
    assert "100" in capsys.readouterr().out


def test_pack_check_of_a_folder_without_pack(capsys, tmp_path):
    assert main(["pack", "check", str(tmp_path)]) == 1
    assert "city.yaml" in "".join(capsys.readouterr())


def test_read(capsys, tmp_path):
    path = tmp_path / "policy.txt"
    path.write_text("示例市人民政府\n示政发〔2030〕1号\n一、总则\n对企业给予10万元奖励。\n", encoding="utf-8")
    assert main(["read", str(path), "--json"]) == 0
    reading = json.loads(capsys.readouterr().out)
    assert reading["number"] == "示政发〔2030〕1号"
    assert reading["incentives"][0]["amount_yuan"] == "100000"


def test_read_of_a_missing_file(capsys):
    assert main(["read", "nowhere.txt", "--json"]) != 0
    assert "nowhere.txt" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == __version__


def test_unknown_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["nothing"])
    assert ended.value.code == 2


def test_the_demo_city_takes_its_size_and_seed(monkeypatch):
    called = []
    monkeypatch.setattr("kechuang.cli._manage", lambda *arguments: called.append(arguments) or 0)
    assert main(["demo", "reset", "--enterprises", "20000"]) == 0
    assert main(["demo", "reset", "--seed", "7"]) == 0
    assert main(["demo", "remove"]) == 0
    assert called == [
        ("demo_reset", "--enterprises=20000", "--seed=20130418"),
        ("demo_reset", "--enterprises=2000", "--seed=7"),
        ("demo_remove",),
    ]

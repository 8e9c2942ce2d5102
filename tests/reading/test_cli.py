"""The ``kechuang read`` command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kechuang.reading.cli import run

TEXT = "一、奖励\n对首次认定的高新技术企业给予30万元奖励。\n二、目标\n到2025年，研发投入占比达到3%。\n"


@pytest.fixture
def document(tmp_path: Path) -> str:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_json_has_the_keys_of_the_contract(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([document, "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert {"number", "title", "issuer", "issued", "clauses", "targets", "incentives", "tasks", "references"} <= set(
        read
    )
    assert {"id", "label", "title", "level", "start", "end"} <= set(read["clauses"][0])
    assert read["incentives"][0]["amount_yuan"] == "300000"
    assert "rules" not in read["incentives"][0]
    assert TEXT[read["targets"][0]["start"] : read["targets"][0]["end"]] == read["targets"][0]["quote"]


def test_why_names_rules_and_reasons(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([document, "--json", "--why"]) == 0
    assert json.loads(capsys.readouterr().out)["incentives"][0]["rules"] == ["giving", "amount"]
    assert run([document, "--why"]) == 0
    assert "<依据 giving, amount; 0.95>" in capsys.readouterr().out


def test_tree_in_both_languages(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([document]) == 0
    assert "[奖补] 对象 高新技术企业: fixed; 300,000元" in capsys.readouterr().out
    assert run([document, "--lang", "en"]) == 0
    assert "[Target] 研发投入占比 = 3 % (by 2025)" in capsys.readouterr().out


def test_errors_go_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tmp_path / "none.txt")]) == 1
    assert "找不到文件" in capsys.readouterr().err
    assert run([str(tmp_path / "none.txt"), "--lang", "en"]) == 1
    assert "No such file" in capsys.readouterr().err
    assert run([]) == 2

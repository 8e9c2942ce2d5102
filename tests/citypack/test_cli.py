"""What the ``kechuang pack`` commands print, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kechuang.citypack import Pack, cli

from .conftest import SHILI

Change = Callable[[str, str, str], int]


def test_check_prints_the_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.check_command(SHILI) == 0
    out = capsys.readouterr().out
    assert "覆盖 100 %：23 句中 23 句已归类。" in out
    assert "算例又用 DuckDB 算了 15 个" in out
    assert out.endswith("城市包没有问题。\n")


def test_check_of_a_broken_pack_exits_1(folder: Path, change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    line = change("targets.yaml", "indicator: hightech_firms", "indicator: hightech_firm")
    assert cli.check_command(folder, "en") == 1
    out = capsys.readouterr().out
    assert f'targets.yaml:{line} [hightech-firms.indicator] there is no indicator "hightech_firm"' in out
    assert 'mend: did you mean "hightech_firms"?' in out
    assert cli.check_command(folder, "zh", as_json=True) == 1
    value = json.loads(capsys.readouterr().out)
    assert [(p["code"], p["file"], p["line"]) for p in value["problems"]] == [("dangling", "targets.yaml", line)]


def test_plan(pack: Pack, folder: Path, change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.plan_command(folder, pack) == 0
    assert capsys.readouterr().out == "没有变化。\n"
    change("targets.yaml", 'value: "200"', 'value: "220"')
    assert cli.plan_command(folder, pack, "en") == 0
    assert "value: 200 → 220" in capsys.readouterr().out
    change("targets.yaml", 'value: "220"', "value: 2.5")
    assert cli.plan_command(folder, pack, "en") == 1
    assert 'write "2.5"' in capsys.readouterr().err


def test_scaffold_and_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.scaffold_command(SHILI / "texts" / "shili-2030-12.txt", "shili-2030-12") == 0
    assert capsys.readouterr().out.startswith("id: shili-2030-12\n")
    assert cli.scaffold_command(tmp_path / "none.txt", lang="en") == 1
    assert "none.txt" in capsys.readouterr().err
    assert cli.schema_command(tmp_path / "schema") == 0
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_export(pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.export_command(pack, tmp_path / "out") == 0
    assert str(tmp_path / "out" / "city.yaml") in capsys.readouterr().out
    assert cli.export_command(pack, tmp_path / "out", "en") == 1
    assert "is not empty" in capsys.readouterr().err


def test_scaffold_keeps_an_older_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = str(SHILI / "texts" / "shili-2030-12.txt")
    assert cli.run(["scaffold", text, "--id", "shili-2030-12", "--keep", str(SHILI)]) == 0
    assert "三条原则" in capsys.readouterr().out
    assert cli.run(["scaffold", text, "--id", "other", "--keep", str(SHILI)]) == 1
    assert "请用 --id" in capsys.readouterr().err
    assert cli.run(["scaffold", text, "--keep", str(tmp_path), "--lang", "en"]) == 1
    assert "no city pack" in capsys.readouterr().err


def test_run_parses_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run(["check", str(SHILI), "--lang", "en"]) == 0
    assert "Coverage 100 %" in capsys.readouterr().out
    monkeypatch.setenv("KECHUANG_PACK", str(SHILI))
    assert cli.run(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert cli.run(["scaffold", str(SHILI / "texts" / "shili-2030-12.txt"), "--id", "abc"]) == 0
    assert capsys.readouterr().out.startswith("id: abc\n")
    assert cli.run(["schema", "--out", str(tmp_path)]) == 0
    with pytest.raises(SystemExit) as caught:
        cli.run(["bake"])
    assert caught.value.code == 2


def test_check_of_a_folder_that_is_no_pack_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["check", str(tmp_path), "--lang", "en"]) == 1
    assert "is no city pack: it has no city.yaml" in capsys.readouterr().out

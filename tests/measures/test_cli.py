"""``kechuang measures run | replay | prove`` and ``explain``, as typed."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from kechuang.cli import main
from kechuang.measures import Catalogue, ClauseRef, FactType, Measure, Text
from kechuang.measures.cli import CommandError, Load, run
from kechuang.measures.folder import FolderError


@pytest.fixture
def load(receiver: Measure, supplier: Measure, institution: Measure, catalogue: Catalogue) -> Load:
    measures = {m.id: m for m in (receiver, supplier, institution)}
    return lambda folder: (measures, catalogue)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "contracts.csv"
    path.write_text(
        "id,技术合同交易额,受让方类型,出让方类型,合同已登记,已转化\n"
        "A,12345678.90,企业,高校,是,是\nB,-1,企业,高校,是,是\nC,1234567.85,企业,高校,是,\n",
        encoding="utf-8",
    )
    return path


def test_run(load: Load, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ibis")
    out, bad = tmp_path / "out.csv", tmp_path / "bad.csv"
    assert run(["run", "--data", str(data), "--out", str(out), "--quarantine", str(bad)], load) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "measure,yes,no,unknown,amount",
        "receiver-subsidy,1,0,1,200000.00",
        "supplier-subsidy,2,0,0,112345.68",
    ]
    assert "没有算 institution-award：数据缺列 机构级别" in said.err
    assert "共 3 行，计算 2，搁置 1" in said.err
    rows = {(r["key"], r["measure"]): (r["status"], r["amount"]) for r in csv.DictReader(out.open(encoding="utf-8"))}
    assert rows["A", "receiver-subsidy"] == ("yes", "200000.00")
    assert rows["C", "receiver-subsidy"] == ("unknown", "")
    [fault] = csv.DictReader(bad.open(encoding="utf-8"))
    assert (fault["key"], fault["fact"], fault["value"]) == ("B", "技术合同交易额", "-1")


def test_run_over_a_folder(load: Load, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ibis")
    folder = tmp_path / "city"
    folder.mkdir()
    data.rename(folder / "contract.csv")
    (folder / "institution.csv").write_text("id,机构级别\n1,省级\n2,村级\n", encoding="utf-8")
    (folder / "notes.csv").write_text("x\n", encoding="utf-8")
    out, bad = tmp_path / "out.csv", tmp_path / "bad.csv"
    assert run(["run", "--data", str(folder), "--out", str(out), "--quarantine", str(bad)], load) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "measure,yes,no,unknown,amount",
        "receiver-subsidy,1,0,1,200000.00",
        "supplier-subsidy,2,0,0,112345.68",
        "institution-award,1,0,0,200000.00",
    ]
    assert "没有用 notes.csv" in said.err
    assert "contract：共 3 行，计算 2，搁置 1" in said.err
    rows = {(r["subject"], r["key"], r["measure"]): r["amount"] for r in csv.DictReader(out.open(encoding="utf-8"))}
    assert len(rows) == 5
    assert rows["contract", "A", "receiver-subsidy"] == rows["institution", "1", "institution-award"] == "200000.00"
    assert [(r["subject"], r["key"]) for r in csv.DictReader(bad.open(encoding="utf-8"))] == [
        ("contract", "B"), ("institution", "2"),
    ]  # fmt: skip
    (folder / "contract.csv").rename(folder / "contracts.csv")
    (folder / "institution.csv").unlink()
    with pytest.raises(FolderError, match=r"contract, institution"):
        run(["run", "--data", str(folder)], load)


def test_run_refuses(load: Load, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("ibis")
    with pytest.raises(CommandError, match="did you mean"):
        run(["run", "--data", str(data), "--measure", "reciever-subsidy"], load)
    empty = tmp_path / "empty.csv"
    empty.write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no measure has all"):
        run(["run", "--data", str(empty)], load)


def test_explain_then_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"技术合同交易额": "12,345,678.90", "出让方类型": "高校"}', encoding="utf-8")
    arguments = ["measures", "explain", "--measure", "supplier-subsidy", "--facts", str(facts), "--json"]
    assert main([*arguments, "--on", "2014-06-01"]) == 0
    receipt = tmp_path / "receipt.json"
    receipt.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["measures", "replay", str(receipt)]) == 0
    assert capsys.readouterr().out.startswith("重算结果相同")
    changed = json.loads(receipt.read_text(encoding="utf-8"))
    changed["receipt"]["inputs"]["出让方类型"] = "企业"
    receipt.write_text(json.dumps(changed), encoding="utf-8")
    assert main(["measures", "replay", str(receipt)]) == 1
    said = capsys.readouterr().out
    assert "重算结果不同" in said and "facts" in said
    receipt.write_text("[]", encoding="utf-8")
    assert main(["measures", "replay", str(receipt)]) == 1
    assert "这不是计算回执" in capsys.readouterr().err


def test_prove(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("z3", reason="Z3 is an extra (requirements: prove)")
    assert run(["prove", "--measure", "receiver-subsidy", "--splitting", "技术合同交易额"], load) == 1
    said = capsys.readouterr().out
    assert "多得 / gain: 200,000.00 元" in said
    per_firm = ["prove", "--measure", "receiver-subsidy", "--reading", "cap-period=firm", "--granted", "历年已获补助"]
    assert run([*per_firm, "--splitting", "技术合同交易额"], load) == 0
    with pytest.raises(CommandError, match="there are: cap-period=contract"):
        run(["prove", "--measure", "receiver-subsidy", "--reading", "x=y", "--cliff", "技术合同交易额"], load)
    assert run(["prove", "--measure", "supplier-subsidy", "--cliff", "技术合同交易额"], load) == 0
    assert run(["prove", "--measure", "supplier-subsidy", "--overlap", "receiver-subsidy"], load) == 1


def test_run_with_a_table_of_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ibis")
    ask = Text("？", "?")
    catalogue = Catalogue(
        [
            FactType("合同额", "value", "money", ask),
            FactType("本年合同", "contracts", "relation", ask, elements=("合同额",)),
        ]
    )
    yearly = Measure(
        id="yearly", title=Text("年度", "yearly"), source=ClauseRef("1"), subject="enterprise",
        effective_from=dt.date(2013, 4, 18), amount="half_up(sum(本年合同, 合同额))",
    )  # fmt: skip
    firms, contracts = tmp_path / "firms.csv", tmp_path / "contracts.csv"
    firms.write_text("id\nA\nB\n", encoding="utf-8")
    contracts.write_text("firm,合同额\nA,100.01\nA,0.02\nC,7\n", encoding="utf-8")
    command = ["run", "--data", str(firms), "--on", "2026-11-24", "--owner", "firm"]

    def load(folder: str | None) -> tuple[dict[str, Measure], Catalogue]:
        return {"yearly": yearly}, catalogue

    assert run([*command, "--relation", f"本年合同={contracts}"], load) == 0
    assert capsys.readouterr().out.splitlines()[1] == "yearly,2,0,0,100.03"
    for given, words in (("本年合约=x.csv", 'did you mean "本年合同"'), ("本年合同", "FACT=FILE")):
        with pytest.raises(CommandError, match=words):
            run([*command, "--relation", given], load)


HEAD = "id,技术合同交易额,受让方类型,出让方类型,已转化,受让方在本市,合同已登记\n"
GOOD = "{},100,企业,高校,是,是,是\n"


@pytest.mark.parametrize(
    ("torn", "reason"),
    [
        ("x,100,企业,高校,是,是,是\n".encode("gb18030"), "the row is not UTF-8"),
        ("x,100,企业\n".encode(), "the row has another number of columns than the header, or an open quote"),
        (
            "x,100,企业,高校,是,是,是,多\n".encode(),
            "the row has another number of columns than the header, or an open quote",
        ),
    ],
)
@pytest.mark.parametrize("before", [1, 30_000])  # 30,000: far below what the reader looks at first
def test_a_line_that_is_no_row_is_set_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], torn: bytes, reason: str, before: int
) -> None:
    path, bad = tmp_path / "long.csv", tmp_path / "bad.csv"
    path.write_bytes(
        (HEAD + "".join(GOOD.format(i) for i in range(before))).encode() + torn + GOOD.format("y").encode()
    )
    command = ["measures", "run", "--data", str(path), "--measure", "receiver-subsidy", "--quarantine", str(bad)]
    assert main(command) == 0
    said = capsys.readouterr()
    assert f"{before + 2} rows, {before + 1} computed, 1 set aside" in said.err
    assert said.out.splitlines()[1] == f"receiver-subsidy,{before + 1},0,0,{2 * (before + 1)}.00"
    [fault] = csv.DictReader(bad.open(encoding="utf-8"))
    assert (fault["key"], fault["reason"]) == (f"第 {before + 2} 行 / line {before + 2}", reason)


def test_a_table_that_is_not_utf8_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes((HEAD + GOOD.format(1)).encode("gb18030"))
    assert main(["measures", "run", "--data", str(path), "--measure", "receiver-subsidy"]) == 1
    assert "is not UTF-8: save the table as CSV UTF-8" in capsys.readouterr().err


def test_a_table_of_torn_lines_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(HEAD + "1,100,企业\n2,100,企业,高校,是,是,是,多,余\n", encoding="utf-8")
    assert main(["measures", "run", "--data", str(path), "--measure", "receiver-subsidy"]) == 0
    assert "2 rows, 0 computed, 2 set aside" in capsys.readouterr().err


def test_a_folder_that_is_no_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measures", "run", "--data", "x.csv", "--pack", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "不是城市包：没有 city.yaml" in said and "name the folder that contains city.yaml" in said

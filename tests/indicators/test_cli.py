"""The library from the command line, on small files."""

import json

import pytest

from kechuang.indicators.cli import run
from kechuang.indicators.tables import read_decimal, read_observations

HEADER = "region,indicator,year,value,unit,source,note\n"
SERIES = [1.19, 1.30, 1.33, 1.36, 1.43, 1.50, 1.68, 1.81, 1.98, 2.15]


@pytest.fixture
def rd(tmp_path):
    path = tmp_path / "rd.csv"
    rows = [f"430000,rd,{2011 + i},{v},%,年鉴,\n" for i, v in enumerate(SERIES)]
    path.write_text("\ufeff" + HEADER + "".join(rows), encoding="utf-8")
    return str(path)


def output(arguments):
    parts: list[str] = []
    status = run(arguments, parts.append)
    return status, "".join(parts)


def test_progress_of_hunan(rd):
    status, text = output(
        ["progress", rd, "--region", "430000", "--indicator", "rd", "--target", "2.5", "--year", "2020"]
    )
    assert status == 0
    assert text.startswith("期满未达  2020 年为 2.15%，比目标 2.5% 低 0.35 个百分点")
    chances = [float(line.split("P=")[1]) for line in text.splitlines() if "P=" in line]
    assert len(chances) == 3 and max(chances) < 0.05


def test_check_names_line_and_reason_and_keeps_good_rows(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + "100,gdp,2020,很多,亿元,公报,\n100,gdp,去年,5,亿元,公报,\n100,gdp,2021,5,,公报,\n"
                    "100,gdp,2022,1e3,亿元,公报,\n100,gdp,2022,6,家,公报,\n", encoding="utf-8")  # fmt: skip
    status, text = output(["check", str(path), "--json"])
    assert status == 1
    errors = capsys.readouterr().err
    assert "bad.csv:2: “很多”不是数字" in errors
    assert "bad.csv:3: 年份“去年”不对" in errors
    assert "bad.csv:4: “unit”是空的" in errors
    body = json.loads(text)
    assert body["observations"] == 2
    assert {f["rule"] for f in body["findings"]} >= {"wrong_unit", "duplicate"}


def test_check_of_a_good_file(rd):
    status, text = output(["check", rd, "--lang", "en"])
    assert (status, text) == (0, "")


def test_contribution(tmp_path):
    path = tmp_path / "growth.csv"
    rows = [("output", 100, 110), ("capital", 100, 112), ("labour", 100, 101)]
    path.write_text(HEADER + "".join(
        f"1,{i},{y},{v},亿元,公报,\n" for i, a, b in rows for y, v in ((2010, a), (2011, b))), encoding="utf-8")  # fmt: skip
    base = ["contribution", str(path), "--region", "1", "--first", "2010", "--last", "2011", "--alpha", "0.35"]
    status, text = output([*base, "--share", "55"])
    assert status == 0
    assert "α=0.35: 51.5%" in text and "α=0.25: 62.5%" in text and "α=0.45: 40.5%" in text
    assert "55% → k ≤ 11.00%" in text
    status, text = output([*base, "--capital", "none"])
    assert (status, text) == (1, "不能计算：没有资本存量或投资序列\n")
    status, text = output([*base, "--capital", "none", "--share", "55"])
    assert (status, text) == (1, "不能计算：没有资本存量或投资序列\n55% → k ≤ 11.00%\n")
    assert output([*base, "--capital", "none", "--labour", "none", "--share", "55"])[1].count("\n") == 1


def test_composite(tmp_path):
    data, tree = tmp_path / "data.csv", tmp_path / "tree.csv"
    data.write_text("city,a,b\nx,1,9\ny,2,8\nz,3,1\n", encoding="utf-8")
    tree.write_text("code,level,parent,direction\na,1,top,1\nb,1,top,-1\ntop,2,,1\n", encoding="utf-8")
    status, text = output(["composite", str(data), "--structure", str(tree), "--replicates", "20"])
    assert status == 0
    assert [line.split()[:2] for line in text.splitlines()] == [["1", "z"], ["2", "y"], ["3", "x"]]


def test_composite_says_why_ranks_moved(tmp_path):
    """The worked case of tests/indicators/test_rank_change.py; a newcomer is in no line but moves others."""
    now, then = tmp_path / "now.csv", tmp_path / "then.csv"
    trees = [tmp_path / "tree.csv", tmp_path / "old-tree.csv"]
    then.write_text("city,x,y\nhi,10,10\na,6,4\nb,3,6\nc,1,7\nlo,0,0\n", encoding="utf-8")
    now.write_text("city,x,y\nhi,10,10\na,5,3.5\nb,3,6\nc,1,7\nlo,0,0\n", encoding="utf-8")
    for tree, weight in zip(trees, (3, 1), strict=True):
        tree.write_text(f"code,level,parent,weight\nx,1,top,1\ny,1,top,{weight}\ntop,2,,1\n", encoding="utf-8")
    base = ["composite", str(now), "--structure", str(trees[0]), "--before", str(then)]
    status, text = output([*base, "--before-structure", str(trees[1])])
    assert status == 0
    lines = {line.split()[0]: line.split()[1:] for line in text.splitlines()[1:]}
    assert lines["a"] == ["2", "4", "-0.50", "+0.00", "+0.00", "-1.50", "+0.00"]
    assert lines["b"] == ["3", "3", "+0.50", "+0.00", "+0.00", "-0.50", "+0.00"]
    # The same figures as a revision of the old ones: nothing new happened but the revision.
    status, text = output([*base, "--revised", str(now)])
    assert text.splitlines()[0].split() == ["before", "after", "data", "revision", "method", "weights", "peers"]
    assert all(line.split()[3] == "+0.00" for line in text.splitlines()[1:])


@pytest.mark.parametrize(
    "content", ["a,b\n1,2\n", HEADER.replace("value,", "") + "1,g,2020,亿元,x,\n"]
)  # fmt: skip
def test_wrong_header(tmp_path, capsys, content):
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8")
    assert run(["check", str(path)]) == 1
    assert "表头缺" in capsys.readouterr().err


def test_missing_file(capsys):
    assert run(["check", "/nowhere/at/all.csv"]) == 1
    assert "all.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1,234.5", "1234.5"),
        ("１２．３", "12.3"),
        ("−3", "-3"),
        ("x", None),
        ("inf", None),
        ("1e3", "1E+3"),
        ("2,5", None),
        ("1,2345", None),
        ("1_000", None),
        ("12,345,678.90", "12345678.90"),
        (".5", "0.5"),
        ("", None),
    ],
)
def test_read_decimal(text, wanted):
    found = read_decimal(text)
    assert (None if found is None else str(found)) == wanted


def test_released_and_trust_are_read():
    table = read_observations([HEADER.replace("note", "note,trust,released"),
                               "1,g,2020,5,亿元,某公报,,official,2021-03-01\n", "1,g,2021,5,亿元,某公报,,great,\n"])  # fmt: skip
    (one,) = table.observations
    assert (one.source.trust.name, one.source.stated, str(one.known_since)) == ("OFFICIAL", True, "2021-03-01")
    assert "来源等级“great”不认识" in table.problems[0].text.zh


def test_a_name_that_is_not_in_the_file_is_no_missing_figure(rd, capsys):
    arguments = ["progress", rd, "--target", "2.5", "--year", "2020"]
    assert output([*arguments, "--region", "430000", "--indicator", "rd_"]) == (1, "")
    assert 'the file has no indicator called rd_; did you mean "rd"?' in capsys.readouterr().err
    assert output([*arguments, "--region", "43000", "--indicator", "rd"]) == (1, "")
    assert "文件里没有地区“43000”；是不是“430000”？" in capsys.readouterr().err
    assert output(["contribution", rd, "--region", "x", "--first", "2011", "--last", "2020", "--alpha", "0.3"]) == (
        1,
        "",
    )
    with pytest.raises(SystemExit, match="2"):
        output([*arguments[:2], "--target", "2,5", "--year", "2020", "--region", "430000", "--indicator", "rd"])
    assert "“2,5”不是数字" in capsys.readouterr().err


def test_check_names_the_indicator(tmp_path):
    path = tmp_path / "gap.csv"
    path.write_text(HEADER + "".join(f"100,gdp,{y},5,亿元,公报,\n" for y in (2018, 2019, 2021)), encoding="utf-8")
    assert output(["check", str(path)]) == (0, "须知  gap  [gdp]  100缺 2020 年\n")


def test_columns_named_as_in_collections_of_observations():
    rows = [
        "region,indicator,year,value,unit,source_title,source_url\n",
        "430000,gdp,2020,5,亿元,年鉴,https://example.org/\n",
    ]
    [found] = read_observations(rows).observations
    assert (found.source.title, found.source.url) == ("年鉴", "https://example.org/")


def index_files(tmp_path, data, structure="code,level,parent,weight\na,1,idx,1\nb,1,idx,1\nidx,2,,1\n"):
    (tmp_path / "d.csv").write_text(data, encoding="utf-8")
    (tmp_path / "s.csv").write_text(structure, encoding="utf-8")
    return ["composite", str(tmp_path / "d.csv"), "--structure", str(tmp_path / "s.csv"), "--replicates", "20"]


def test_text_among_the_numbers_of_an_index_is_named(tmp_path, capsys):
    status, text = output(index_files(tmp_path, "unit,a,b\nX,1,2\nY,2,abc\nZ,3,\n"))
    assert status == 0 and len(text.splitlines()) == 3
    said = capsys.readouterr().err
    assert "d.csv:3: b 的“abc”不是数字" in said
    assert "2 个格子没有数" in said


@pytest.mark.parametrize(
    ("data", "structure", "message"),
    [
        ("unit,a,b\nX,1,2\nX,2,3\n", None, "every unit must stand once: X"),
        ("unit,a,b\n,1,2\nX,2,3\n", None, "(空 / empty)"),
        ("unit,a,b\nX,1,2\n", "code,level,parent\na,x,idx\n", "s.csv:2: level"),
        ("unit,a,b\nX,1,2\n", "code,level,parent,weight\na,1,idx,-1\n", "weight a number above 0"),
        ("unit,a,b\nX,1,2\n", "code,level,parent\na,1,nope\nidx,2,\n", "the parent nope of a has no row"),
    ],
)
def test_a_faulty_index(tmp_path, capsys, data, structure, message):
    arguments = index_files(tmp_path, data) if structure is None else index_files(tmp_path, data, structure)
    assert output(arguments) == (1, "")
    assert message in capsys.readouterr().err


def test_replicates_are_a_number(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        output([*index_files(tmp_path, "unit,a,b\nX,1,2\n")[:-1], "0"])
    assert "write a whole number from 10" in capsys.readouterr().err

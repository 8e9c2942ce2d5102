"""The strict YAML dialect: what it reads and what it refuses, with lines."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.citypack import yamlfile
from kechuang.citypack.yamlfile import YamlFile, parse_yaml


def read(text: str) -> YamlFile:
    return parse_yaml(text, YamlFile("x.yaml"))


def test_reads_values_without_surprises() -> None:
    file = read('on: no\nday: 2013-04-18\ncode: 000000\ncount: 1_000\nempty:\nflag: true\nrate: "0.02"\nlist: [a, ~]\n')
    assert file.problems == []
    assert file.data == {
        "on": "no",
        "day": "2013-04-18",
        "code": "000000",
        "count": 1000,
        "empty": None,
        "flag": True,
        "rate": "0.02",
        "list": ["a", None],
    }


def test_remembers_the_line_of_every_value() -> None:
    file = read("a:\n  - x\n  - y: 1\n    z:\n      - 2\nb: {c: 3}\n")
    assert file.line(("a",)) == 1
    assert file.line(("a", 0)) == 2
    assert file.line(("a", 1, "z")) == 4
    assert file.line(("a", 1, "z", 0)) == 5
    assert file.line(("b", "c", "deeper", 7)) == 6


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 0.02\n", "float", 2),
        ("clause: 3.10\n", "float", 1),
        ("a: 1\nb: 1e3\n", "float", 2),
        ("a: 1\nb: .nan\n", "float", 2),
        ("a: 1\nb: 2\na: 3\n", "duplicate_key", 3),
        ("a: &x 1\nb: *x\n", "alias", 1),
        ("a: 1\nb: !!python/object:os.system x\n", "tag", 2),
        ("a: 1\nb: *x\n", "alias", 2),
        ("a: 1\nb: [1, 2\nc: 3\n", "yaml", 3),
        ("a: 1\n---\nb: 2\n", "yaml", 2),
        ("a: 1\n? [x]\n: 2\n", "yaml", 2),
        ("a: 'x\n", "yaml", 2),
        ("a: 1\nb: \x07\n", "yaml", 0),
    ],
)
def test_refuses_with_line(text: str, code: str, line: int) -> None:
    file = read(text)
    assert [(p.code, p.line) for p in file.problems] == [(code, line)]
    assert file.data is None
    problem = file.problems[0]
    assert problem.what.zh and problem.what.en and problem.mend.zh and problem.mend.en


def test_both_parsers_of_the_library_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'a: [1, "0.5", 0.5]\nb: {c: ~, d: "x"}\n'
    fast = read(text)
    monkeypatch.setattr(yamlfile, "_Loader", yaml.SafeLoader)
    slow = read(text)
    assert (slow.lines, slow.problems) == (fast.lines, fast.problems)


def test_hostile_nesting_and_expansion_are_refused_quickly() -> None:
    start = time.monotonic()
    assert read("[" * 50_000).problems[0].code in ("too_deep", "yaml")
    assert read("".join("  " * i + "a:\n" for i in range(200))).problems[0].code == "too_deep"
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert read(bomb).problems[0].code == "alias"
    assert time.monotonic() - start < 2


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8", exclude_categories=["C"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc键", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
@settings(max_examples=150, deadline=None)
def test_reads_back_what_a_yaml_writer_wrote(value: object) -> None:
    import json

    file = read(json.dumps(value, ensure_ascii=False))  # JSON is YAML
    assert file.problems == []
    assert file.data == value


def test_a_file_that_is_too_large_or_not_utf8(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xd6\xd0\n")
    problem = yamlfile.read_yaml(path, "a.yaml").problems[0]
    assert (problem.code, problem.line) == ("not_utf8", 2)
    monkeypatch.setattr(yamlfile, "MAX_BYTES", 5)
    assert yamlfile.read_yaml(path, "a.yaml").problems[0].code == "too_large"


@pytest.mark.parametrize(
    ("text", "line", "zh", "en"),
    [
        ("a: b: c\n", 1, "加引号", "quotes around a value"),
        ("a: [1, 2\nb: 3\n", 2, "补上 ]", "add ]"),
        ("a: {zh: 甲\nb: 3\n", 2, "补上 }", "add }"),
        ("a: 1\nb： 2\nc: 3\n", 2, "半角", "full-width colon"),
        ("a: 1\n\tb: 2\n", 2, "制表符", "not tabs"),
        ("a:\n  b: 1\n c: 2\n", 3, "左边对齐", "same column"),
        ('a: "x\n', 2, "另一半引号", "other quotation mark"),
    ],
)
def test_broken_yaml_says_how_to_mend_it(text: str, line: int, zh: str, en: str) -> None:
    problem = read(text).problems[0]
    assert problem.code == "yaml"
    assert abs(problem.line - line) <= 1
    assert zh in problem.mend.zh
    assert en in problem.mend.en

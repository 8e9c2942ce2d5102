"""Industry codes (GB/T 4754-2017)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kechuang.codes.gbt4754 import covers, normal, section


def test_sections() -> None:
    assert [section(code) for code in ("C", "C39", "3985", "C3985", "01", "T97")] == ["C", "C", "C", "C", "A", "T"]
    assert [section(code) for code in ("A39", "98", "00", "", "C3", "c39", "U", "39855", "农业")] == [None] * 9


def test_normal_and_covers() -> None:
    assert (normal("3985"), normal("C39"), normal("I")) == ("C3985", "C39", "I")
    assert covers("C39", "3985")
    assert covers("C", "C3985")
    assert not covers("C38", "3985")
    with pytest.raises(ValueError, match="GB/T 4754"):
        normal("A39")


def test_every_code_of_the_published_table_is_known(shared: Path) -> None:
    with (shared / "data/knowledge/taxonomies/gbt4754_industry.csv").open(encoding="utf-8-sig") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) > 1900
    assert [code for code in codes if section(code) != code[0]] == []

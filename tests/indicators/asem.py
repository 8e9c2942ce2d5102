"""The ASEM data of COINr as arrays (reference material, read where it is at hand)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from kechuang.indicators.composite import Data, Node, Structure, structure


def _number(text: str) -> float:
    return float("nan") if text in ("", "NA") else float(text)


def table(folder: Path, name: str) -> dict[str, dict[str, str]]:
    """A file of the folder by country."""
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        return {row["uCode"]: row for row in csv.DictReader(file)}


def hierarchy(folder: Path) -> Structure:
    """49 indicators in eight groups, two sub-indices, one index."""
    with (folder / "ASEM_iMeta.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["Type"] in ("Indicator", "Aggregate")]
    return structure(
        Node(r["iCode"], r["iName"], int(r["Level"]), r["Parent"], int(float(r["Direction"])), float(r["Weight"]),
             r["Denominator"]) for r in rows
    )  # fmt: skip


def stage(folder: Path, name: str, units: tuple[str, ...], codes: list[str]) -> np.ndarray:
    """One stage as COINr computes it, in our order of rows and columns."""
    rows = table(folder, name)
    return np.array([[_number(rows[u][c]) for c in codes] for u in units])


def data(folder: Path) -> tuple[Data, Structure]:
    """Raw values with denominators and the group (Europe, Asia) of each country."""
    tree, rows = hierarchy(folder), table(folder, "ASEM_iData")
    units = tuple(sorted(rows))
    codes = [n.code for n in tree.indicators]
    below = np.array(
        [[_number(rows[u][n.denominator]) if n.denominator else 1.0 for n in tree.indicators] for u in units]
    )
    groups = tuple(rows[u]["EurAsia_group"] for u in units)
    return Data(units, stage(folder, "ASEM_iData", units, codes), groups, below), tree

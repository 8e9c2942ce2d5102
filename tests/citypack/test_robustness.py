"""Whatever is done to the files of a pack, loading and checking answer with problems, never with a crash."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from kechuang.citypack import PackError, check, load

from .conftest import SHILI

FILES = sorted(p.relative_to(SHILI) for p in SHILI.rglob("*") if p.suffix in (".yaml", ".csv"))
JUNK = [
    "",
    ":",
    "- ",
    "  ",
    "\t",
    "[",
    "}",
    '"',
    "：",
    "null",
    "1e9",
    "\x00",
    "999999999999999999999",
    "\n",
    "zh",
    "…",
    "*a",
    "&a",
]


def _spoil(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    at = dice.randrange(len(lines))
    match dice.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(dice.randrange(len(lines)), lines[at])
        case 2:
            cut = dice.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + dice.choice(JUNK) + lines[at][cut:]
        case 3:
            cut = dice.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + lines[at][cut + 1 :]
        case 4:
            return text[: dice.randrange(len(text))]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_files_never_crash(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    folder = tmp_path / "pack"
    shutil.copytree(SHILI, folder)
    refused = 0
    for _ in range(30):
        name = dice.choice(FILES)
        original = (SHILI / name).read_text(encoding="utf-8")
        (folder / name).write_text(_spoil(original, dice), encoding="utf-8")
        try:
            problems = check(load(folder), folder).problems
        except PackError as error:
            problems = error.problems
        refused += bool(problems)
        for problem in problems:
            assert problem.file
            assert problem.what.zh and problem.what.en and problem.mend.zh and problem.mend.en
        (folder / name).write_text(original, encoding="utf-8")
    assert refused > 10

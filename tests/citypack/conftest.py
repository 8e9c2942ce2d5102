"""The invented example city: as it is, and as a copy a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kechuang.citypack import Pack, load

SHILI = Path(__file__).parents[2] / "cities" / "shili"


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load(SHILI)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example pack."""
    target = tmp_path / "pack"
    shutil.copytree(SHILI, target)
    return target


@pytest.fixture
def change(folder: Path) -> Callable[[str, str, str], int]:
    """Replace ``old`` (which must stand exactly once) in a file of the copy; returns its line."""

    def apply(name: str, old: str, new: str) -> int:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return apply

"""What all tests share: the folder of reference material."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents and reference cases; tests that need it are skipped where it is absent."""
    path = Path(os.environ.get("KECHUANG_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip("reference material (../shared) is not on this machine")
    return path

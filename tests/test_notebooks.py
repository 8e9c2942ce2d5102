"""The notebooks in docs run as plain Python, without Jupyter, and print what is committed with them."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_print_what_is_committed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.chdir(path.parent)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    space: dict[str, object] = {"__name__": "notebook"}
    ran = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile("".join(cell["source"]), f"{path.name} {cell['id']}", "exec"), space)
        assert said.getvalue() == "".join(text for out in cell["outputs"] for text in out["text"]), cell["id"]
        ran += 1
    assert ran >= 5


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS

"""Agreement with the hand annotations of real documents, measured by the scorer that comes with them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def test_scores(shared: Path) -> None:
    source = Path(__file__).resolve().parents[2] / "src"
    command = [
        sys.executable,
        str(shared / "tools" / "score_reading.py"),
        str(shared / "policies"),
        "--",
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(source)!r}); from kechuang.reading.cli import run; "
        "sys.exit(run(['--json', *sys.argv[1:]]))",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    totals = dict(re.findall(r"TOTAL (\w+) .*? F1 ([\d.]+)", done.stdout))
    assert float(totals["targets"]) >= 0.95, done.stdout
    assert float(totals["incentives"]) >= 0.90, done.stdout
    fields = {
        name: float(value)
        for name, value in re.findall(
            r"(\w+) ([01]\.\d\d)(?=,|$)",
            "\n".join(line for line in done.stdout.splitlines() if "fields right" in line),
            re.MULTILINE,
        )
    }
    for name, least in (
        ("comparator", 0.95),
        ("deadline", 0.95),
        ("kind", 0.95),
        ("indicator", 0.85),
        ("beneficiary", 0.85),
        ("base", 0.85),
        ("condition", 0.75),
    ):
        assert fields[name] >= least, (name, done.stdout)

"""A web worker starts without the heavy libraries; they are imported where they are used."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "ibis",
    "duckdb",
    "z3",
    "pyspark",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "docx",
    "pandas",
    "sqlglot",
    "openpyxl",
    "weasyprint",
    "jwt",
)
PROGRAM = f"""
import sys, django
django.setup()
from django.urls import get_resolver
def walk(patterns):
    for pattern in patterns:
        walk(getattr(pattern, "url_patterns", []))
walk(get_resolver().url_patterns)
print(" ".join(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_no_heavy_library_at_start(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "kechuang.web.settings")
    monkeypatch.setenv("PYTHONPATH", "src")
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []

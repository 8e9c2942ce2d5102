"""Documentation is a tested artefact: what it must name, it names."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_direct_dependency_has_a_line():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    names = re.findall(r"^([A-Za-z][\w-]*)", (ROOT / "requirements" / "core.in").read_text(), re.M)
    assert [name for name in names if name.lower() not in page] == []


def test_requirements_are_pinned_with_hashes_and_name_no_registry():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==\S+", text, re.M)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)


def test_every_decision_is_listed():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert records
    assert [name for name in records if name not in index] == []


def test_architecture_names_every_room_and_app():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    source = ROOT / "src" / "kechuang"
    rooms = [p.parent.name for p in [*source.glob("*/__init__.py"), *source.glob("web/*/__init__.py")]]
    assert [room for room in rooms if not re.search(rf"\b{room}\b", page)] == []


def test_no_python_file_is_longer_than_600_lines():
    files = [p for p in [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py")] if "migrations" not in p.parts]
    assert [str(p) for p in files if len(p.read_text(encoding="utf-8").splitlines()) > 600] == []


def test_every_word_of_the_glossary_lives_in_the_code():
    import importlib

    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    names = re.findall(r"`(kechuang\.[\w.]+)`", page)
    assert len(names) > 20
    missing = []
    for name in names:
        module, _, attribute = name.rpartition(".")
        if not hasattr(importlib.import_module(module), attribute):
            missing.append(name)
    assert missing == []

"""Every module that changes stored data writes audit events, and only verbs (``domain``) change data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

import kechuang.web

WEB = Path(kechuang.web.__file__).parent
APPS = [name.rsplit(".", 1)[1] for name in settings.INSTALLED_APPS if name.startswith("kechuang.web.")]
WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
RECORDS = {"record", "note"}
# core and audit lie below the audit log or are it; everything else that writes must tell of it.
BELOW = {"core", "audit"}
# Not data of the city: a visitor's own session, or rows another verb of the same app has told of.
EXCUSED: dict[str, str] = {
    "accounts/kept.py": "the visitor's own session",
    "entitlements/views/eligibility.py": "saves a picture, no row",
    "entitlements/domain/funding.py": "a step of a run, of which entitlements/domain/nightly.py tells",
    "library/domain/reshape.py": "hands its events to library/domain/review.py",
    "registry/domain/holding.py": "steps of an import, of which intake/domain/applying.py tells before the first of them",
    "registry/domain/names.py": "an index computed from the names, no data of its own",
    "registry/domain/publishing.py": "steps of an import, of which intake/domain/applying.py tells before the first of them",
    "selfservice/domain/erase.py": "part of a decision, of which selfservice/domain/personal.py tells",
    "selfservice/domain/proofs.py": "deletes a file; the verb that ends the need of it has told of that",
    "accounts/views.py": "allauth's list of own sessions; the log-in itself is recorded by a signal",
}


def calls(path: Path) -> set[str]:
    """Names of all methods and functions that are called in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return names | {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def told_what(call: ast.Call) -> bool:
    """Whether ``save`` or ``delete`` is told where to or what: a document or a verb. Rows take keywords only."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("save", "delete") and bool(call.args)


def writes(path: Path) -> bool:
    """Whether a module calls a writing method on ``objects`` or on an instance."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            if told_what(node):
                continue
            owner = ast.unparse(node.func.value)
            if "objects" in owner or node.func.attr in ("save", "delete"):
                return True
    return False


def modules(app: str) -> list[Path]:
    """Modules of an app in which somebody may write: no migrations, no record definitions."""
    return [path for path in (WEB / app).rglob("*.py") if "migrations" not in path.parts and path.name != "models.py"]


@pytest.mark.parametrize("app", [app for app in APPS if app not in BELOW])
def test_who_writes_also_records(app):
    silent = []
    for path in modules(app):
        name = path.relative_to(WEB).as_posix()
        if name not in EXCUSED and writes(path) and not calls(path) & RECORDS:
            silent.append(name)
    assert silent == []


@pytest.mark.parametrize("app", [app for app in APPS if app not in BELOW])
def test_only_verbs_write(app):
    outside = [
        path.relative_to(WEB).as_posix()
        for path in modules(app)
        if path.parent.name in ("views", app) and writes(path) and path.relative_to(WEB).as_posix() not in EXCUSED
    ]
    assert outside == []


def test_every_event_has_words():
    """An auditor reads words: each action and kind of object that code records is in the word list."""
    from kechuang.web.audit import words

    missing = set()
    for app in APPS:
        for path in modules(app):
            source = path.read_text(encoding="utf-8")
            missing |= set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', source)) - set(words.ACTIONS)
            missing |= set(re.findall(r'object_kind="([a-z_]+)"', source)) - set(words.KINDS)
    assert missing == set()


def test_a_document_is_no_row(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("document.save(raw)\n")
    assert not writes(module)
    module.write_text("document.save(raw)\nrow.save(update_fields=['a'])\n")
    assert writes(module)

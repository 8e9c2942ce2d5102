"""English is complete: every Chinese text of code and templates stands in the English catalogue of its app, compiled."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

import kechuang.web

WEB = Path(kechuang.web.__file__).parent
APPS = [name.rsplit(".", 1)[1] for name in settings.INSTALLED_APPS if name.startswith("kechuang.web.")]
FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
HAN = re.compile(r"[\u4e00-\u9fff]")
STRING = r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
TRANSLATE = re.compile(r"\{%\s*trans(?:late)?\s+" + STRING)
MARKED = re.compile(r"_\(" + STRING + r"\)")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def in_code(path: Path) -> set[str]:
    """Texts handed to a gettext function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in FUNCTIONS:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            context = getattr(node.func, "id", getattr(node.func, "attr", "")).startswith("pgettext")
            found |= {f"{texts[0]}\x04{texts[1]}"} if context and len(texts) > 1 else set(texts[:1])
    return found


def in_template(path: Path) -> set[str]:
    """Texts of ``translate``, ``blocktranslate`` and ``_("…")`` in a template."""
    source = path.read_text(encoding="utf-8")
    plain = {ast.literal_eval(match[1]) for pattern in (TRANSLATE, MARKED) for match in pattern.finditer(source)}
    found = {text.replace("%", "%%") for text in plain}  # Django doubles percent signs of template texts
    for match in BLOCK.finditer(source):
        text = PLURAL.split(match[2])[0]
        if "trimmed" in match[1]:
            text = " ".join(line.strip() for line in text.splitlines() if line.strip())
        found.add(VARIABLE.sub(r"%(\1)s", text.replace("%", "%%")))
    return found


@pytest.mark.parametrize("app", APPS)
def test_every_chinese_text_has_its_english(app):
    folder = WEB / app
    wanted: set[str] = set()
    for path in folder.rglob("*.py"):
        if "migrations" not in path.parts:
            wanted |= in_code(path)
    for path in [*folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]:
        wanted |= in_template(path)
    wanted = {text for text in wanted if HAN.search(text)}
    if not wanted:
        return
    compiled = folder / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    assert compiled.is_file(), f"{app} has Chinese texts and no compiled English catalogue"
    with compiled.open("rb") as handle:
        catalogue = gettext.GNUTranslations(handle)._catalog  # type: ignore[attr-defined]
    known = {key[0] if isinstance(key, tuple) else key for key, text in catalogue.items() if text}
    assert sorted(wanted - known) == []


@pytest.mark.parametrize("app", APPS)
def test_english_texts_hold_no_chinese(app):
    compiled = WEB / app / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    if not compiled.is_file():
        return
    with compiled.open("rb") as handle:
        catalogue = gettext.GNUTranslations(handle)._catalog  # type: ignore[attr-defined]
    allowed = re.compile(r"[（(【「“〔].*?[）)】」”〕]|中文")  # a Chinese name may stand in brackets behind its English
    mixed = {str(key): text for key, text in catalogue.items() if key and HAN.search(allowed.sub("", text))}
    assert mixed == {}

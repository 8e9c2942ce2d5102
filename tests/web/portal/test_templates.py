"""The look holds together: icons exist, nothing is inline, vendored files are clean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kechuang.web.core.templatetags.kc import icon_names

WEB = Path(__file__).resolve().parents[3] / "src" / "kechuang" / "web"
TEMPLATES = sorted(WEB.glob("*/templates/**/*.html"))
STATIC = WEB / "portal" / "static"


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


def test_every_icon_named_is_in_the_sprite() -> None:
    named = {
        (path.name, name)
        for path in TEMPLATES
        for name in re.findall(r"{%\s*icon\s+['\"]([^'\"]+)['\"]", path.read_text(encoding="utf-8"))
    }
    assert named
    assert sorted((path, name) for path, name in named if name not in icon_names()) == []


def test_every_icon_of_our_packs_is_in_the_sprite() -> None:
    packs = WEB.parents[2] / "cities"
    named = {
        name
        for path in packs.glob("*/*.yaml")
        for name in re.findall(r"icon: ['\"]?([a-z0-9-]+)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= icon_names()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_is_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_stylesheets_use_only_their_own_tokens() -> None:
    sheets = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("kechuang*.css")}
    defined = set(re.findall(r"(--kc-[a-z0-9-]+):", "".join(sheets.values())))
    used = set(re.findall(r"var\((--kc-[a-z0-9-]+)", "".join(sheets.values())))
    assert used <= defined
    assert defined <= used | {"--kc-s", "--kc-fs-2", "--kc-ground"}


def test_vendored_files_ask_for_nothing_else() -> None:
    for path in STATIC.glob("vendor/**/*.*"):
        if path.suffix in (".js", ".css"):
            assert "sourceMappingURL" not in path.read_text(encoding="utf-8")

"""The examples of the guide are real: they validate, and the case in it comes out as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from kechuang.citypack import Pack, check, layout
from kechuang.citypack.yamlfile import YamlFile, parse_yaml

DOCS = Path(__file__).parents[2] / "docs"


def blocks(name: str) -> dict[str, str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    found = re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.S)
    assert len(found) == 5
    return dict(found)


@pytest.mark.parametrize("name", ["city-pack.md", "city-pack.zh.md"])
def test_every_example_validates(name: str) -> None:
    models = dict(layout.LISTS.values())
    for file, text in blocks(name).items():
        parsed = parse_yaml(text, YamlFile(file))
        assert parsed.problems == []
        assert TypeAdapter(list[models[file]]).validate_python(parsed.data)


def test_both_languages_show_the_same_examples() -> None:
    assert blocks("city-pack.md") == blocks("city-pack.zh.md")


def test_the_case_in_the_guide_comes_out_as_written(pack: Pack) -> None:
    data = {file: parse_yaml(text, YamlFile(file)).data for file, text in blocks("city-pack.md").items()}
    raw = pack.model_dump(mode="json", by_alias=True)
    raw["facts"] = data["facts.yaml"]
    for key in ("measures", "cumulation", "budgets"):
        raw[key] = data[f"{key}.yaml"]
    problems = [
        p
        for p in check(Pack.model_validate(raw)).problems
        if p.code in ("case", "expression", "measure", "cumulation", "budget")
    ]
    assert problems == []

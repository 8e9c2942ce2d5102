"""JSON Schemas for editors, and skeletons of document records."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from kechuang.citypack import load
from kechuang.citypack.models import Document
from kechuang.citypack.scaffolding import scaffold
from kechuang.citypack.schemas import schema, schemas
from kechuang.citypack.yamlfile import YamlFile, parse_yaml

from .conftest import SHILI

TEXT = (SHILI / "texts" / "shili-2030-12.txt").read_text(encoding="utf-8")


def test_one_schema_per_kind_of_file(tmp_path: Path) -> None:
    paths = schema(tmp_path / "schema")
    assert sorted(path.name for path in paths) == [
        "budgets.schema.json",
        "city.schema.json",
        "cumulation.schema.json",
        "document.schema.json",
        "facts.schema.json",
        "indicators.schema.json",
        "industries.schema.json",
        "measures.schema.json",
        "services.schema.json",
        "targets.schema.json",
        "tasks.schema.json",
    ]
    value = json.loads((tmp_path / "schema" / "measures.schema.json").read_text(encoding="utf-8"))
    assert value["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert value["type"] == "array"
    measure = value["$defs"]["Measure"]
    assert measure["additionalProperties"] is False
    assert measure["properties"]["amount_is"]["enum"] == ["stated", "delegated", "unstated"]
    assert value["$defs"]["Period"]["required"] == ["from"]


def test_the_schemas_for_editors_are_up_to_date() -> None:
    folder = Path(__file__).parents[2] / "docs" / "schema"
    kept = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    assert kept == schemas(), "run: kechuang pack schema --out docs/schema"


def test_the_example_names_its_schemas() -> None:
    for path in SHILI.rglob("*.yaml"):
        hint = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / hint).is_file(), path


def test_the_schemas_know_every_field_the_example_uses() -> None:
    found = schemas()
    for name in ("measures", "targets", "facts"):
        data = parse_yaml((SHILI / f"{name}.yaml").read_text(encoding="utf-8"), YamlFile(name)).data
        model = found[f"{name}.schema.json"]["items"]["$ref"].rsplit("/", 1)[-1]
        known = set(found[f"{name}.schema.json"]["$defs"][model]["properties"])
        assert {key for item in data for key in item} <= known


def test_the_scaffold_has_positions_and_hashes_of_every_sentence() -> None:
    record = load(SHILI).documents[0]
    skeleton = yaml.safe_load(scaffold(TEXT, "shili-2030-12"))
    pinned = [
        (s["n"], s["start"], s["end"], s["sha256"])
        for c in skeleton["clauses"]
        for p in c.get("paragraphs", [])
        for s in p["sentences"]
    ]
    assert pinned == [
        (s.n, s.start, s.end, s.sha256) for c in record.clauses for p in c.paragraphs for s in p.sentences
    ]
    assert [c["label"] for c in skeleton["clauses"]] == [c.label for c in record.clauses]
    assert skeleton["number"] == "示政发〔2030〕12号"


def test_an_older_record_is_carried_over() -> None:
    record = load(SHILI).documents[0]
    amended = TEXT.replace("县区可以给予配套支持。", "").replace("每年更新一次", "每半年更新一次")
    longer = "\n\n\n" + amended
    made = Document.model_validate({**yaml.safe_load(scaffold(TEXT, "shili-2030-12", record))})
    assert made == record
    data = parse_yaml(scaffold(longer, "shili-2030-12", record), YamlFile("x")).data
    sentences = {(p["id"], s["n"]): s for c in data["clauses"] for p in c.get("paragraphs", []) for s in p["sentences"]}
    assert len(sentences) == 22
    old = {(p.id, s.n): s for c in record.clauses for p in c.paragraphs for s in p.sentences}
    assert sentences["3.1.1", 1]["becomes"] == ["measure:results-subsidy"]
    assert sentences["3.1.1", 1]["start"] == old["3.1.1", 1].start + 3
    assert sentences["3.3.1", 2] == {
        **sentences["3.3.1", 2],
        "summary": {"zh": "", "en": ""},
        "becomes": [],
    }
    assert [key for key, s in sentences.items() if s["summary"]["zh"] == ""] == [("3.3.1", 2)]


def test_the_scaffold_carries_no_sentence_of_the_text() -> None:
    skeleton = scaffold(TEXT, "x")
    for clause in Document.model_validate(load(SHILI).documents[0]).clauses:
        for paragraph in clause.paragraphs:
            for sentence in paragraph.sentences:
                assert TEXT[sentence.start : sentence.end] not in skeleton

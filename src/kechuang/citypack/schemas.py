"""JSON Schemas of the pack's files, so that editors complete and check while people write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from kechuang.citypack import layout
from kechuang.citypack.models import City, Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """File name of the schema -> JSON Schema (draft 2020-12)."""
    found: dict[str, dict[str, Any]] = {
        "city.schema.json": City.model_json_schema(by_alias=True),
        "document.schema.json": Document.model_json_schema(by_alias=True),
    }
    for name, model in layout.LISTS.values():
        adapter: TypeAdapter[Any] = TypeAdapter(list[model])  # type: ignore[valid-type]
        found[name.replace(".yaml", ".schema.json")] = adapter.json_schema(by_alias=True)
    return {name: {"$schema": DIALECT, **schema} for name, schema in found.items()}


def schema(folder: Path) -> list[Path]:
    """Write one schema per kind of file into ``folder`` (made when it is not there); returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, value in schemas().items():
        path = folder / name
        path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return paths

"""Writes a pack back to a folder of YAML and CSV, so that what was decided on pages returns to the source.

``load(export(pack))`` is the same pack. Fields at their default are left out, short records stand on one line.
Comments of a hand-written folder are not part of a pack, so the export goes into a new folder.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from kechuang.citypack import layout
from kechuang.citypack.models import Pack
from kechuang.citypack.serial import canonical
from kechuang.citypack.yamlfile import stays_text

_ONE_LINE = 110  # a record up to this many characters is written on one line


class _Flow(dict[str, Any]):
    """A record written on one line."""


class _FlowList(list[Any]):
    """A list written on one line."""


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key, and never writes anchors (the reader refuses them)."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the dashes of a list as well."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out in full."""
        return True


def _flow_dict(dumper: _Dumper, data: _Flow) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)


def _flow_list(dumper: _Dumper, data: _FlowList) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


def _text(dumper: _Dumper, data: str) -> yaml.Node:
    style = None if stays_text(data) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Flow, _flow_dict)
_Dumper.add_representer(_FlowList, _flow_list)


def _styled(value: Any, indent: int = 0, top: bool = False) -> Any:
    """Small records and lists without nesting become one-liners."""
    if isinstance(value, dict):
        inner = {key: _styled(part, indent + 2) for key, part in value.items()}
        short = not top and _is_short(value, indent)
        return _Flow(inner) if short else inner
    if isinstance(value, list):
        items = [_styled(part, indent + 2, top) for part in value]
        return _FlowList(items) if value and not top and _is_short(value, indent) else items
    return value


def _is_short(value: Any, indent: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value
    nested = [part for part in parts if isinstance(part, dict | list) and part]
    if any(isinstance(inner, dict | list) for part in nested for inner in _parts(part)):
        return False
    text = str(value)
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text) + indent <= _ONE_LINE and "\n" not in text


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def to_yaml(value: Any) -> str:
    """A JSON value as YAML of the dialect that packs are written in."""
    styled = _styled(value, top=True)
    text: str = yaml.dump(
        styled, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False
    )
    return text


def export(pack: Pack, folder: Path) -> list[Path]:
    """Write ``pack`` into ``folder``, which must be new or empty; returns the files written.

    Raises ``FileExistsError`` when the folder holds anything: nothing is ever overwritten.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty (文件夹不是空的)")
    texts = {layout.CITY: to_yaml(canonical(pack.city))}
    for document in pack.documents:
        texts[f"{layout.DOCUMENTS}/{document.id}.yaml"] = to_yaml(canonical(document))
    for key, (name, _) in layout.LISTS.items():
        records: list[BaseModel] = getattr(pack, key)
        if records:
            texts[name] = to_yaml([canonical(record) for record in records])
    for key, (name, model) in layout.TABLES.items():
        rows: list[BaseModel] = getattr(pack, key)
        if rows:
            texts[name] = _table(rows, list(model.model_fields))
    written: list[Path] = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        written.append(path)
    return written


def _table(rows: list[BaseModel], columns: list[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json") for row in rows)
    return out.getvalue()

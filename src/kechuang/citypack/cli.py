"""What the ``kechuang pack`` commands do, without argument parsing: each prints to stdout and returns an exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kechuang.citypack import planning
from kechuang.citypack.checking import check_folder
from kechuang.citypack.loading import load
from kechuang.citypack.models import Pack
from kechuang.citypack.problems import Lang, PackError
from kechuang.citypack.scaffolding import scaffold
from kechuang.citypack.schemas import schema


def _out(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _json(value: object) -> None:
    _out(json.dumps(value, ensure_ascii=False, indent=2))


def check_command(folder: Path | str, lang: Lang = "zh", as_json: bool = False) -> int:
    """``kechuang pack check DIR``: problems and coverage; 0 when the pack is in order, else 1."""
    report = check_folder(Path(folder))
    if as_json:
        _json(report.to_dict())
    else:
        _out(report.as_text(lang))
    return 0 if report.ok else 1


def schema_command(out: Path | str) -> int:
    """``kechuang pack schema --out DIR``: writes the JSON Schemas and names the files."""
    for path in schema(Path(out)):
        _out(str(path))
    return 0


def plan_command(folder: Path | str, old: Pack | None, lang: Lang = "zh", as_json: bool = False) -> int:
    """``kechuang pack plan DIR``: what would change against ``old``, the pack in force (None: none yet)."""
    try:
        new = load(folder)
    except PackError as error:
        sys.stderr.write(error.as_text(lang) + "\n")
        return 1
    plan = planning.plan(old, new)
    if as_json:
        _json(plan.to_dict())
    else:
        _out(plan.as_text(lang))
    return 0


def scaffold_command(file: Path | str, document_id: str = "document", lang: Lang = "zh") -> int:
    """``kechuang pack scaffold FILE``: prints the skeleton of a document record for an official text."""
    from kechuang import reading
    from kechuang.reading.errors import ReadingError

    path = Path(file)
    try:
        text = reading.load(path)
    except ReadingError as error:
        sys.stderr.write((error.en if lang == "en" else error.zh) + "\n")
        return 1
    except OSError as error:
        word = "cannot be read" if lang == "en" else "读不了"
        sys.stderr.write(f"{path}: {word} ({error.strerror})\n")
        return 1
    _out(scaffold(text, document_id))
    return 0

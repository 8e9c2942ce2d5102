"""The ``kechuang pack`` commands that need no running city: check, schema, scaffold, and the comparison of ``plan``.

Each command prints to stdout and returns an exit code; errors go to stderr.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import sys
from pathlib import Path

from kechuang.citypack import planning
from kechuang.citypack.checking import check_folder
from kechuang.citypack.draftrecords import UNNAMED, Head
from kechuang.citypack.exporting import export
from kechuang.citypack.loading import load
from kechuang.citypack.models import Pack
from kechuang.citypack.problems import Lang, PackError
from kechuang.citypack.scaffolding import scaffold
from kechuang.citypack.schemas import schema
from kechuang.codes.divisions import is_division


def _out(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _err(text: str) -> None:
    sys.stderr.write(text + "\n")


def _json(value: object) -> None:
    _out(json.dumps(value, ensure_ascii=False, indent=2))


def run(arguments: list[str]) -> int:
    """``kechuang pack check|schema|scaffold|draft …``."""
    parser = argparse.ArgumentParser(prog="kechuang pack", description="城市包 / city packs")
    commands = parser.add_subparsers(dest="action", required=True)
    check = commands.add_parser("check", help="检查城市包 / check a pack: faults, cases, coverage")
    check.add_argument("folder", nargs="?", help="城市包文件夹 / the folder of the pack")
    check.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    check.add_argument("--lang", choices=["zh", "en"], default="zh")
    export = commands.add_parser("schema", help="导出 JSON Schema 给编辑器 / JSON Schemas for editors")
    export.add_argument("--out", required=True, help="写到哪个文件夹 / folder to write to")
    skeleton = commands.add_parser("scaffold", help="从原文生成文件记录的骨架 / skeleton of a document record")
    skeleton.add_argument("file", help="原文 / official text: .txt .html .docx .pdf")
    skeleton.add_argument("--id", default="document", help="文件代号 / id of the document")
    skeleton.add_argument(
        "--keep", metavar="PACK", help="沿用这个城市包里同一文件的概述 / keep what this pack says of it"
    )
    skeleton.add_argument("--lang", choices=["zh", "en"], default="zh")
    drafts = commands.add_parser("draft", help="从原文生成待确认的城市包草稿 / a draft pack to be confirmed")
    drafts.add_argument("file", help="原文 / official text: .txt .html .docx .pdf")
    drafts.add_argument("--out", required=True, help="写到哪个新文件夹 / new folder to write to")
    drafts.add_argument("--id", default="document", help="文件代号 / id of the document")
    drafts.add_argument("--code", default=UNNAMED, help="区划代码 GB/T 2260 / division code of the city")
    drafts.add_argument("--issued", type=dt.date.fromisoformat, help="成文日期 2024-05-01 / date of issue")
    drafts.add_argument("--lang", choices=["zh", "en"], default="zh")
    args = parser.parse_args(arguments)
    if args.action == "draft":
        head = Head(document_id=args.id, code=args.code, issued=args.issued)
        return draft_command(args.file, args.out, head, args.lang)
    if args.action == "check":
        return check_command(args.folder or os.environ.get("KECHUANG_PACK", "."), args.lang, args.json)
    if args.action == "schema":
        return schema_command(args.out)
    return scaffold_command(args.file, args.id, args.lang, keep=args.keep)


def check_command(folder: Path | str, lang: Lang = "zh", as_json: bool = False) -> int:
    """``kechuang pack check DIR``: problems and coverage, cases through every interpreter; 0 when the pack is in order, else 1."""
    report = check_folder(Path(folder), interpreters=True)
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
        _err(error.as_text(lang))
        return 1
    plan = planning.plan(old, new)
    if as_json:
        _json(plan.to_dict())
    else:
        _out(plan.as_text(lang))
    return 0


def export_command(pack: Pack, out: Path | str, lang: Lang = "zh") -> int:
    """``kechuang pack export --out DIR``: writes ``pack``, the release in force, as files; never overwrites."""
    try:
        for path in export(pack, Path(out)):
            _out(str(path))
    except FileExistsError:
        _err(f"{out} is not empty: name a new folder" if lang == "en" else f"{out} 不是空的：请给一个新文件夹")
        return 1
    return 0


def scaffold_command(
    file: Path | str, document_id: str = "document", lang: Lang = "zh", keep: Path | str | None = None
) -> int:
    """``kechuang pack scaffold FILE``: prints the skeleton of a document record for an official text.

    ``keep`` is a pack whose record of this document (by id) is carried over where the sentences are the same.
    """
    older = None
    if keep is not None:
        try:
            older = next((one for one in load(keep).documents if one.id == document_id), None)
        except PackError as error:
            _err(error.as_text(lang))
            return 1
        if older is None:
            en, zh = f"{keep} has no document {document_id}: use --id", f"{keep} 里没有文件 {document_id}：请用 --id"
            _err(en if lang == "en" else zh)
            return 1
    text = _text_of(Path(file), lang)
    if text is None:
        return 1
    _out(scaffold(text, document_id, older))
    return 0


def draft_command(file: Path | str, out: Path | str, head: Head, lang: Lang = "zh") -> int:
    """``kechuang pack draft FILE --out DIR``: writes a draft pack and says what is still open; never overwrites."""
    from kechuang.citypack import drafting

    wrong = _wrong_head(head, lang)
    if wrong:
        _err(wrong)
        return 1
    text = _text_of(Path(file), lang)
    if text is None:
        return 1
    try:
        drafted = drafting.draft(text, head)
        files = drafting.write(drafted, Path(out))
    except FileExistsError:
        _err(f"{out} is not empty: name a new folder" if lang == "en" else f"{out} 不是空的：请给一个新文件夹")
        return 1
    for path in files:
        _out(str(path))
    _out(drafting.summary(drafted, lang))
    _out(f"Next: kechuang pack check {out}" if lang == "en" else f"下一步：kechuang pack check {out}")
    return 0


def _wrong_head(head: Head, lang: Lang) -> str:
    """What is wrong with the id or the code given; empty when nothing is."""
    if re.fullmatch(r"[a-z0-9][a-z0-9.\-]{0,79}", head.document_id) is None:
        en = f"--id {head.document_id}: use small letters, digits, dots and hyphens, e.g. yunhe-2031-5"
        return en if lang == "en" else f"--id {head.document_id}：只能用小写字母、数字、点和连字符，例如 yunhe-2031-5"
    if not is_division(head.code):
        en = f"--code {head.code}: no division code of six digits (GB/T 2260), e.g. 431000"
        return en if lang == "en" else f"--code {head.code}：不是六位行政区划代码（GB/T 2260），例如 431000"
    return ""


def _text_of(path: Path, lang: Lang) -> str | None:
    """The text of a document, or None after saying why it cannot be read."""
    from kechuang import reading
    from kechuang.reading.errors import ReadingError

    try:
        return reading.load(path)
    except ReadingError as error:
        _err(error.en if lang == "en" else error.zh)
    except OSError as error:
        word = "cannot be read" if lang == "en" else "读不了"
        _err(f"{path}: {word} ({error.strerror})")
    return None

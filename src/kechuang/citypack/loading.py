"""Reads a pack folder into a ``Pack``, with every fault placed at its file and line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from kechuang.citypack import layout
from kechuang.citypack.models import City, Document, Pack
from kechuang.citypack.problems import PackError, Problem, Words
from kechuang.citypack.wording import describe, suggested_field
from kechuang.citypack.yamlfile import MAX_BYTES, YamlFile, YamlPath, read_yaml

MAX_ROWS = 200_000

M = TypeVar("M", bound=BaseModel)


@dataclass
class Sources:
    """Where each record of a loaded pack was written; made together with the pack."""

    files: dict[str, YamlFile] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    rows: dict[str, list[int]] = field(default_factory=dict)

    def place(self, kind: str, index: int | None = None, *path: str | int) -> tuple[str, int]:
        """``(file, line)`` of a record: ``kind`` is ``city``, ``documents`` or another field of ``Pack``."""
        if kind == "documents":
            if index is None or index >= len(self.documents):
                return layout.DOCUMENTS, 0
            name = self.documents[index]
            return name, self.files[name].line(path)
        if kind in self.rows:
            lines = self.rows[kind]
            return layout.TABLES[kind][0], lines[index] if index is not None and index < len(lines) else 0
        name = layout.CITY if kind == "city" else layout.LISTS[kind][0] if kind in layout.LISTS else ""
        if name not in self.files:
            return name or layout.TABLES[kind][0], 0
        return name, self.files[name].line(path if kind == "city" else (*(() if index is None else (index,)), *path))


def load(folder: Path | str) -> Pack:
    """Load the pack in ``folder``.

    Raises ``PackError`` with every problem of form found in any file; what records say about each other is
    the matter of ``check``.
    """
    return load_with_sources(Path(folder))[0]


def load_with_sources(folder: Path) -> tuple[Pack, Sources]:
    """As ``load``, and where each record stands."""
    problems: list[Problem] = []
    sources = Sources()
    values: dict[str, Any] = {}
    if not folder.is_dir() or not (folder / layout.CITY).is_file():
        what = Words(f"{folder} 不是城市包：没有 {layout.CITY}", f"{folder} is no city pack: it has no {layout.CITY}")
        mend = Words("给出含有 city.yaml 的文件夹", "name the folder that contains city.yaml")
        raise PackError([Problem("no_pack", layout.CITY, 0, "", what, mend)])
    problems += _unknown_files(folder)

    city = _read(folder, layout.CITY, sources, problems)
    if city is not None:
        values["city"] = _validate_one(City, city, problems)

    documents: list[Document] = []
    for path in sorted((folder / layout.DOCUMENTS).glob("*.yaml")):
        name = f"{layout.DOCUMENTS}/{path.name}"
        file = _read(folder, name, sources, problems)
        if file is not None and (document := _validate_one(Document, file, problems)) is not None:
            documents.append(document)
            sources.documents.append(name)
    values["documents"] = documents
    if not documents and not problems:
        what = Words("没有政策文件", "there is no policy document")
        mend = Words(
            "用 kechuang pack scaffold 从原文生成 documents/代号.yaml",
            "make documents/ID.yaml with kechuang pack scaffold",
        )
        problems.append(Problem("no_document", layout.DOCUMENTS, 0, "", what, mend))

    for key, (name, model) in layout.LISTS.items():
        if (folder / name).is_file():
            file = _read(folder, name, sources, problems)
            if file is not None:
                values[key] = _validate_list(model, file, problems)
    for key, (name, model) in layout.TABLES.items():
        if (folder / name).is_file():
            values[key] = _read_table(key, folder / name, name, model, sources, problems)
    if not problems:
        problems += _duplicates(values, sources)
    if problems:
        raise PackError(problems)
    fields: dict[str, Any] = {key: values.get(key) or [] for key in Pack.model_fields}
    return Pack.model_construct(None, **fields), sources


def _unknown_files(folder: Path) -> list[Problem]:
    known = {layout.CITY, *(name for name, _ in layout.LISTS.values()), *(name for name, _ in layout.TABLES.values())}
    found = [path.name for suffix in ("*.yaml", "*.yml") for path in folder.glob(suffix)]
    found += [f"{layout.DOCUMENTS}/{path.name}" for path in (folder / layout.DOCUMENTS).glob("*.yml")]
    found += [f"data/{path.name}" for path in (folder / "data").glob("*.csv")]
    return [
        Problem(
            "unknown_file",
            name,
            0,
            "",
            Words("城市包里没有这种文件，不会被读取", "a pack has no such file, it would not be read"),
            Words(f"可用的文件名：{'、'.join(sorted(known))}", f"known files: {', '.join(sorted(known))}"),
        )
        for name in sorted(found)
        if name not in known
    ]


def _read(folder: Path, name: str, sources: Sources, problems: list[Problem]) -> YamlFile | None:
    file = read_yaml(folder / name, name)
    sources.files[name] = file
    problems += file.problems
    return None if file.problems else file


def _report(error: ValidationError, model: type[BaseModel], file: YamlFile, problems: list[Problem]) -> None:
    details = error.errors(include_url=False)
    misspelt = {
        (*detail["loc"][:-1], near)
        for detail in details
        if detail["type"] == "extra_forbidden" and (near := suggested_field(detail["loc"], model))
    }
    for detail in details:
        loc: YamlPath = detail["loc"]
        if detail["type"] == "missing" and loc in misspelt:
            continue  # it is there, under a misspelt name, and that is reported
        code, what, mend = describe(detail, model)
        problems.append(Problem(code, file.name, file.line(loc), _where(file, loc), what, mend))


def _where(file: YamlFile, loc: YamlPath) -> str:
    """The item by its id where it has one, then the field: ``receiver-subsidy.parameters.rate``."""
    parts: list[str] = []
    value: Any = file.data
    for part in loc:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
        name = value.get("id") if isinstance(part, int) and isinstance(value, dict) else None
        parts.append(str(name or part))
    return ".".join(parts)


def _validate_one(model: type[M], file: YamlFile, problems: list[Problem]) -> M | None:
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        _report(error, model, file, problems)
        return None


def _validate_list(model: type[BaseModel], file: YamlFile, problems: list[Problem]) -> list[BaseModel]:
    if file.data is None:
        return []
    try:
        return TypeAdapter(list[model]).validate_python(file.data)  # type: ignore[valid-type]
    except ValidationError as error:
        _report(error, model, file, problems)
        return []


def _read_table(
    key: str, path: Path, name: str, model: type[BaseModel], sources: Sources, problems: list[Problem]
) -> list[BaseModel]:
    def complain(code: str, line: int, where: str, what: Words, mend: Words) -> None:
        problems.append(Problem(code, name, line, where, what, mend))

    if path.stat().st_size > MAX_BYTES:
        what = Words(f"文件超过 {MAX_BYTES:,} 字节", f"the file is larger than {MAX_BYTES:,} bytes")
        complain("too_large", 0, "", what, Words("删去用不到的行", "remove rows that are not needed"))
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        what = Words("不是 UTF-8 编码", "not encoded in UTF-8")
        complain("not_utf8", 0, "", what, Words("另存为“CSV UTF-8”", 'save it as "CSV UTF-8"'))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = list(model.model_fields)
    rows: list[dict[str, str | None]] = []
    lines: list[int] = []
    try:
        header = next(reader, [])
        missing = [c for c in columns if c not in header and model.model_fields[c].is_required()]
        extra = [c for c in header if c not in columns]
        if missing or extra:
            what = Words(
                f"表头不对：缺 {'、'.join(missing) or '无'}，多 {'、'.join(extra) or '无'}",
                f"wrong header: missing {', '.join(missing) or 'none'}, unknown {', '.join(extra) or 'none'}",
            )
            complain(
                "header", 1, "", what, Words(f"表头写成 {','.join(columns)}", f"write the header {','.join(columns)}")
            )
            return []
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not cells:
                continue
            if len(cells) != len(header):
                what = Words(
                    f"有 {len(cells)} 格，应有 {len(header)} 格", f"{len(cells)} cells instead of {len(header)}"
                )
                complain("cells", line, "", what, Words("含逗号的内容要加引号", "put quotes around cells with commas"))
                continue
            if len(rows) >= MAX_ROWS:
                what = Words(f"超过 {MAX_ROWS:,} 行", f"more than {MAX_ROWS:,} rows")
                complain("too_large", line, "", what, Words("删去用不到的行", "remove rows that are not needed"))
                return []
            rows.append({column: cell.strip() or None for column, cell in zip(header, cells, strict=True)})
            lines.append(line)
    except csv.Error as error:
        what = Words(f"CSV 写法有误：{error}", f"broken CSV: {error}")
        complain("csv", reader.line_num, "", what, Words("检查引号是否成对", "check that quotes are closed"))
        return []
    sources.rows[key] = lines
    try:
        return TypeAdapter(list[model]).validate_python(rows)  # type: ignore[valid-type]
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            index = detail["loc"][0]
            code, what, mend = describe(detail, model)
            complain(code, lines[int(index)], ".".join(map(str, detail["loc"][1:])), what, mend)
        return []


def _duplicates(values: dict[str, Any], sources: Sources) -> list[Problem]:
    problems: list[Problem] = []
    for kind in ("documents", *layout.LISTS, "sources"):
        seen: dict[str, int] = {}
        for index, item in enumerate(values.get(kind) or []):
            if item.id in seen:
                first = "{}:{}".format(*sources.place(kind, seen[item.id], "id"))
                file, line = sources.place(kind, index, "id")
                what = Words(
                    f"代号 {item.id} 用了两次，第一次在 {first}", f"the id {item.id} stands twice, first at {first}"
                )
                mend = Words("给其中一个换个代号", "give one of them another id")
                problems.append(Problem("duplicate_id", file, line, item.id, what, mend))
            seen.setdefault(item.id, index)
    return problems

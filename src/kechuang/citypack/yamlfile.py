"""Strict YAML that remembers the line of every value.

A pack is written by people who are not programmers, so the dialect has no surprises: only ``true``/``false`` are
booleans (``on``, ``no`` stay words), dates stay texts until a model reads them, a plain number with a point is
refused (``3.10`` would lose its zero, ``0.1`` its exactness), duplicate keys, tags, anchors and aliases are
refused. The reader walks libyaml's events without recursion, so hostile nesting cannot exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kechuang.citypack.problems import Problem, Words

YamlPath = tuple[str | int, ...]

MAX_BYTES = 8_000_000
MAX_DEPTH = 24
MAX_NODES = 400_000

_NULL = re.compile(r"~|null|Null|NULL|\Z")
_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(\d[\d_]*\.\d*|\.\d+|\d+(\.\d*)?[eE][-+]?\d+)\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

# libyaml is some ten times faster; the pure Python parser raises the same events with the same marks.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class YamlFile:
    """The content of one file, the line of each value, and what was wrong with it."""

    name: str
    data: Any = None
    lines: dict[YamlPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: YamlPath) -> int:
        """The line of the value at ``path``, or of its nearest recorded parent."""
        for end in range(len(path), -1, -1):
            found = self.lines.get(path[:end])
            if found is not None:
                return found
        return 1

    def complain(self, code: str, line: int, where: str, what: Words, mend: Words) -> None:
        """Record a problem of this file."""
        self.problems.append(Problem(code, self.name, line, where, what, mend))


class _Frame:
    """A mapping or sequence that is still open."""

    __slots__ = ("is_map", "key", "path", "value")

    def __init__(self, value: Any, path: YamlPath, is_map: bool) -> None:
        self.value = value
        self.path = path
        self.is_map = is_map
        self.key: str | None = None


def read_yaml(path: Path, name: str) -> YamlFile:
    """Read the file at ``path`` (called ``name`` in messages). Never raises for bad content."""
    out = YamlFile(name)
    size = path.stat().st_size
    if size > MAX_BYTES:
        out.complain(
            "too_large",
            0,
            "",
            Words(
                f"文件有 {size:,} 字节，上限是 {MAX_BYTES:,}",
                f"the file has {size:,} bytes, the limit is {MAX_BYTES:,}",
            ),
            Words("把大表移到 data/observations.csv", "move large tables to data/observations.csv"),
        )
        return out
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        out.complain(
            "not_utf8",
            line,
            "",
            Words("不是 UTF-8 编码", "not encoded in UTF-8"),
            Words("另存为 UTF-8 再试", "save the file as UTF-8"),
        )
        return out
    return parse_yaml(text, out)


def parse_yaml(text: str, out: YamlFile) -> YamlFile:
    """Parse ``text`` into ``out``; stops at the first fault that makes the rest unreadable."""
    try:
        _walk(text, out)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.context, error.problem) if part)
        _syntax(out, reason, mark.line if mark else -1, text)
    except (yaml.YAMLError, _RefusedError) as error:
        if not isinstance(error, _RefusedError):
            out.complain(
                "yaml",
                0,
                "",
                Words(f"YAML 里有不能用的字符：{error}", f"character not allowed in YAML: {error}"),
                Words("删去不可见的控制字符", "remove invisible control characters"),
            )
    if out.problems:
        out.data = None
    return out


#: What libyaml's messages mean: part of the message -> (fault, how to mend it). The first that fits is used.
_SYNTAX: tuple[tuple[str, Words, Words], ...] = (
    (
        "mapping values are not allowed",
        Words("这里不该再有冒号", "a colon is not expected here"),
        Words("值里有“: ”时，在整个值两边加引号", 'put quotes around a value that contains ": "'),
    ),
    (
        "',' or ']'",
        Words("方括号没有闭合，或少了逗号", "a bracket [ is not closed, or a comma is missing"),
        Words("补上 ] 或逗号", "add ] or the comma"),
    ),
    (
        "',' or '}'",
        Words("花括号没有闭合，或少了逗号", "a brace { is not closed, or a comma is missing"),
        Words("补上 } 或逗号；含逗号、冒号的文字要加引号", "add } or the comma; quote texts with commas or colons"),
    ),
    (
        "quoted scalar",
        Words("引号没有闭合", "a quotation mark is not closed"),
        Words("补上另一半引号", "add the other quotation mark"),
    ),
    (
        "cannot start any token",
        Words("行首或值的开头有不能用的字符", "a character that cannot begin a value"),
        Words("以 @ ` % 开头的值要加引号", "quote values that begin with @ ` or %"),
    ),
    (
        "could not find expected ':'",
        Words("少了冒号", "a colon is missing"),
        Words("写成“字段: 值”，冒号用半角，后面空一格", 'write "field: value" with a space after the colon'),
    ),
    (
        "did not find expected",
        Words("缩进没有对齐", "the indentation does not line up"),
        Words("同一层的字段和 - 要左边对齐", "fields and dashes of one level begin in the same column"),
    ),
)


def _syntax(out: YamlFile, reason: str, line: int, text: str) -> None:
    """Record broken YAML in words that help; a full-width colon is the usual slip in Chinese texts."""
    fault = Words(f"YAML 写法有误：{reason}", f"broken YAML: {reason}")
    mend = Words(
        "检查这一行和上一行的缩进、冒号、引号和括号", "check indentation, colons, quotes and brackets here and above"
    )
    for part, meaning, how in _SYNTAX:
        if part in reason:
            fault = Words(f"YAML 写法有误：{meaning.zh}", f"broken YAML: {meaning.en}")
            mend = how
            break
    near = text.splitlines()[max(line - 1, 0) : line + 1] if line >= 0 else []
    if any(re.match(r" *\t", one) for one in near):
        mend = Words("缩进用空格，不用制表符", "indent with spaces, not tabs")
    elif any(re.match(r"\s*(- )?[A-Za-z_]+：", one) for one in near):
        mend = Words("把全角冒号“：”改成半角“: ”，后面空一格", 'change the full-width colon "：" to ": "')
    out.complain("yaml", line + 1, "", fault, mend)


class _RefusedError(Exception):
    """Raised to stop reading after a problem that cannot be skipped."""


def _walk(text: str, out: YamlFile) -> None:
    stack: list[_Frame] = []
    nodes = 0
    documents = 0
    events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent or kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            line = event.start_mark.line + 1
            nodes += 1
            if nodes > MAX_NODES:
                _refuse(out, "too_large", line, f"超过 {MAX_NODES:,} 个值", f"more than {MAX_NODES:,} values")
            if event.anchor is not None:
                _refuse(out, "alias", line, f"用了锚点 &{event.anchor}", f"the anchor &{event.anchor} is used")
            if event.tag is not None:
                _refuse(out, "tag", line, f"用了标签 {event.tag}", f"the tag {event.tag} is used")
            top = stack[-1] if stack else None
            if top is not None and top.is_map and top.key is None:
                _take_key(top, event, kind, line, out)
                continue
            path = _path(top)
            if top is None or not top.is_map:  # a mapping's value keeps the line of its key
                out.lines[path] = line
            if kind is yaml.ScalarEvent:
                _put(top, _scalar(event, line, path, out), out)
            else:
                if len(stack) >= MAX_DEPTH:
                    _refuse(out, "too_deep", line, f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels")
                frame = _Frame({} if kind is yaml.MappingStartEvent else [], path, kind is yaml.MappingStartEvent)
                _put(top, frame.value, out)
                stack.append(frame)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            stack.pop()
        elif kind is yaml.AliasEvent:
            line = event.start_mark.line + 1
            _refuse(out, "alias", line, f"用了引用 *{event.anchor}", f"the alias *{event.anchor} is used")
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                line = event.start_mark.line + 1
                _refuse(out, "yaml", line, "一个文件里有两份 YAML（---）", "two YAML documents (---) in one file")


def _refuse(out: YamlFile, code: str, line: int, zh: str, en: str) -> None:
    mend = {
        "alias": Words("把内容写全，不用 & 和 *", "write the content out in full, without & and *"),
        "tag": Words("删去以 ! 开头的标签", "remove the tag that begins with !"),
        "too_deep": Words("减少嵌套层数", "nest less deeply"),
        "too_large": Words("把文件分小", "make the file smaller"),
        "yaml": Words("分成两个文件", "split it into two files"),
    }[code]
    out.complain(code, line, "", Words(zh, en), mend)
    raise _RefusedError


def _path(top: _Frame | None) -> YamlPath:
    if top is None:
        return ()
    return (*top.path, top.key if top.is_map else len(top.value))  # type: ignore[arg-type]


def _put(top: _Frame | None, value: Any, out: YamlFile) -> None:
    if top is None:
        out.data = value
    elif top.is_map:
        top.value[top.key] = value
        top.key = None
    else:
        top.value.append(value)


def _take_key(top: _Frame, event: Any, kind: type, line: int, out: YamlFile) -> None:
    if kind is not yaml.ScalarEvent:
        out.complain(
            "yaml",
            line,
            _dotted(top.path),
            Words("键不能是列表或对象", "a key cannot be a list or a mapping"),
            Words("检查 [ ]、{ } 和引号", "check [ ], { } and quotes"),
        )
        raise _RefusedError
    key = str(event.value)
    if key in top.value:
        first = out.lines.get((*top.path, key), line)
        out.complain(
            "duplicate_key",
            line,
            _dotted((*top.path, key)),
            Words(f"“{key}”写了两次，第一次在第 {first} 行", f"“{key}” stands twice, first on line {first}"),
            Words("删去其中一个", "remove one of the two"),
        )
    top.key = key
    out.lines[(*top.path, key)] = line


def stays_text(value: str) -> bool:
    """Whether ``value`` written without quotes is still read as a text in this dialect."""
    return not (value in _BOOL or _NULL.fullmatch(value) or _INT.match(value) or _FLOAT.match(value))


def _scalar(event: Any, line: int, path: YamlPath, out: YamlFile) -> Any:
    value: str = event.value
    if event.style:  # quoted or block: always text (plain is None or "", by parser)
        return value
    if value in _BOOL:
        return _BOOL[value]
    if _NULL.fullmatch(value):
        return None
    if _INT.match(value):
        return int(value.replace("_", ""))
    if _FLOAT.match(value):
        out.complain(
            "float",
            line,
            _dotted(path),
            Words(f"带小数点的数 {value} 没有加引号", f"the number {value} has a point and no quotes"),
            Words(f'写成 "{value}"，这样一位也不会丢', f'write "{value}", so that no digit is lost'),
        )
    return value


def _dotted(path: YamlPath) -> str:
    return ".".join(str(part) for part in path)

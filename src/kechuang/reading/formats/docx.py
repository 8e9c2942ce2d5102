"""Text of a Word document (ECMA-376): paragraphs, tables, and the automatic numbering that Word does not store as text.

An archive from outside is not trusted: its declared and its real size are limited, and parts with a DOCTYPE
(entities, external files) are refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from kechuang.chinese import numerals
from kechuang.reading.errors import ReadingError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_PART = 60 * 1024 * 1024
_MAX_TOTAL = 200 * 1024 * 1024
_MAX_ENTRIES = 5000
_MAX_DEPTH = 200


def extract(data: bytes, shown: str) -> str:
    """Paragraphs as lines. Raises :class:`ReadingError` when the file is no Word document or is unsafe."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ReadingError(
            f"《{shown}》已损坏，不是有效的 .docx 文件。请在 Word 或 WPS 里打开并另存一次。",
            f"{shown} is damaged, not a valid .docx file. Open it in Word or WPS and save it again.",
        ) from None
    names = {entry.filename for entry in entries}
    if "word/document.xml" not in names:
        raise ReadingError(
            f"《{shown}》是压缩包，但不是 Word 文档（.docx）。请上传 .docx、.pdf、.html 或 .txt。",
            f"{shown} is an archive but not a Word document (.docx). Give a .docx, .pdf, .html or .txt.",
        )
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_TOTAL:
        raise _too_big(shown)
    numbering = _Numbering(_part(archive, "word/numbering.xml", shown) if "word/numbering.xml" in names else None)
    root = _part(archive, "word/document.xml", shown)
    body = root.find(f"{_W}body")
    lines = [] if body is None else list(_lines(body, numbering))
    return "\n".join(lines) + "\n"


def _too_big(shown: str) -> ReadingError:
    return ReadingError(
        f"《{shown}》解压后过大，已拒绝（疑似压缩炸弹）。",
        f"{shown} unpacks to too much data and was refused (zip bomb?).",
    )


def _part(archive: zipfile.ZipFile, name: str, shown: str) -> ElementTree.Element:
    info = archive.getinfo(name)
    if info.file_size > _MAX_PART:
        raise _too_big(shown)
    try:
        with archive.open(info) as handle:
            content = handle.read(_MAX_PART + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error):
        raise ReadingError(f"《{shown}》已损坏或有密码。", f"{shown} is damaged or has a password.") from None
    if len(content) > _MAX_PART:
        raise _too_big(shown)
    return parse_xml(content, shown)


def parse_xml(content: bytes, shown: str) -> ElementTree.Element:
    """Parse an XML part; a DOCTYPE is refused before any entity could be expanded."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise _unsafe(shown)
        builder.start(_qualified(tag), {_qualified(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_qualified(tag))

    def doctype(*_: object) -> None:
        raise _unsafe(shown)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise ReadingError(
            f"《{shown}》已损坏：内容不是有效的 XML。", f"{shown} is damaged: its content is not XML."
        ) from None
    return builder.close()


def _unsafe(shown: str) -> ReadingError:
    return ReadingError(
        f"《{shown}》含有不安全的 XML 声明（DOCTYPE 或过深的嵌套），已拒绝。请在 Word 或 WPS 里另存一次。",
        f"{shown} has an unsafe XML declaration (DOCTYPE or too deep nesting) and was refused. Save it again in Word.",
    )


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name


def _lines(parent: ElementTree.Element, numbering: _Numbering) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield numbering.label(child) + _paragraph(child)
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                cells = ["".join(_paragraph(p) for p in cell.iter(f"{_W}p")) for cell in row.findall(f"{_W}tc")]
                yield "\t".join(cells)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _lines(child, numbering)


def _paragraph(element: ElementTree.Element) -> str:
    parts: list[str] = []
    for node in element.iter():
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}tab":
            parts.append("\t" if parts else "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
    return "".join(parts)


class _Numbering:
    """Automatic numbers: each list counts its levels; the label is written as the level's pattern says (（%1）)."""

    def __init__(self, root: ElementTree.Element | None) -> None:
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
        for item in root.findall(f"{_W}abstractNum"):
            levels: dict[int, tuple[str, str, int]] = {}
            for level in item.findall(f"{_W}lvl"):
                levels[_int(level.get(f"{_W}ilvl"))] = (
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    _int(_value(level, "start"), 1),
                )
            abstract[item.get(f"{_W}abstractNumId") or ""] = levels
        for item in root.findall(f"{_W}num"):
            self.levels[item.get(f"{_W}numId") or ""] = abstract.get(_value(item, "abstractNumId") or "", {})

    def label(self, paragraph: ElementTree.Element) -> str:
        properties = paragraph.find(f"{_W}pPr/{_W}numPr")
        if properties is None:
            return ""
        number, level = _value(properties, "numId") or "", _int(_value(properties, "ilvl"))
        spec = self.levels.get(number, {})
        if level not in spec:
            return ""
        counts = self.counts.setdefault(number, {})
        counts[level] = counts.get(level, spec[level][2] - 1) + 1
        for deeper in [key for key in counts if key > level]:
            del counts[deeper]
        form, pattern, _ = spec[level]
        if form == "bullet":
            return "• "
        text = pattern
        for other in range(level + 1):
            other_form = spec.get(other, (form, "", 1))[0]
            text = text.replace(f"%{other + 1}", _written(counts.get(other, 1), other_form))
        return text


def _written(number: int, form: str) -> str:
    if form in (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
        "chineseLegalSimplified",
    ):
        return numerals.to_chinese(number)
    if form == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if form == "decimalFullWidth":
        return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return str(number)


def _value(element: ElementTree.Element, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _int(text: str | None, default: int = 0) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default

"""Inputs: turn a file into the text that is read, or say clearly why that cannot be done.

Formats are told by content, not by name: .txt (UTF-8, UTF-16, GB18030), .html, .docx, .pdf with a text layer. The text
is kept as given (line ends included), since all offsets refer to it.
"""

from __future__ import annotations

import re
from pathlib import Path

from kechuang.reading.errors import ReadingError
from kechuang.reading.formats import docx, html, pdf

#: Largest file that is read, in bytes.
MAX_BYTES = 20 * 1024 * 1024
_HTML = re.compile(
    rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|p|table|meta|title|article|section)\b",
    re.IGNORECASE | re.DOTALL,
)


def load(source: str | Path | bytes, name: str | None = None, max_bytes: int = MAX_BYTES) -> str:
    """Text of a document given by path or content.

    Raises :class:`ReadingError` for a file that is missing, empty, too large, binary noise, a damaged .docx, a scan
    without text, or of a kind that is not read (.doc, .xls, pictures, archives).
    """
    if isinstance(source, bytes):
        data, shown = source, name or "document"
    else:
        path = Path(source)
        shown = name or path.name
        data = _read_file(path, shown, max_bytes)
    if len(data) > max_bytes:
        raise ReadingError(
            f"《{shown}》太大：{len(data) // 1024 // 1024} MB，上限 {max_bytes // 1024 // 1024} MB。请去掉图片或拆分后再上传。",
            f"{shown} is too large: {len(data) // 1024 // 1024} MB, limit {max_bytes // 1024 // 1024} MB. "
            "Remove pictures or split it.",
        )
    if not data.strip():
        raise ReadingError(f"《{shown}》是空文件。", f"{shown} is empty.")
    text = _convert(data, shown)
    if not text.strip():
        raise ReadingError(f"《{shown}》里没有文字。", f"{shown} holds no text.")
    return text


def _read_file(path: Path, shown: str, max_bytes: int) -> bytes:
    try:
        if path.is_dir():
            raise ReadingError(f"“{path}”是文件夹，不是文件。", f"{path} is a folder, not a file.")
        with path.open("rb") as handle:
            return handle.read(max_bytes + 1)
    except FileNotFoundError:
        raise ReadingError(f"找不到文件“{path}”。请检查路径。", f"No such file: {path}. Check the path.") from None
    except (PermissionError, OSError, ValueError) as error:
        raise ReadingError(f"无法打开“{shown}”：{error}", f"Cannot open {shown}: {error}") from None


def _convert(data: bytes, shown: str) -> str:
    lowered = shown.lower()
    if data[:4] == b"PK\x03\x04":
        return docx.extract(data, shown)
    if data[:5] == b"%PDF-":
        return pdf.extract(data, shown)
    if lowered.endswith(".docx"):
        raise ReadingError(
            f"《{shown}》不是有效的 .docx 文件。请在 Word 或 WPS 里打开并另存为 .docx。",
            f"{shown} is not a valid .docx file. Open it in Word or WPS and save it as .docx.",
        )
    if lowered.endswith(".pdf"):
        raise ReadingError(f"《{shown}》不是有效的 PDF 文件。", f"{shown} is not a valid PDF file.")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ReadingError(
            f"《{shown}》是旧版 .doc/.xls 格式。请另存为 .docx 后再上传。",
            f"{shown} is in the old .doc/.xls format. Save it as .docx first.",
        )
    text = decode(data, shown)
    if _HTML.match(data.lstrip(b"\xef\xbb\xbf")) or lowered.endswith((".html", ".htm")):
        return html.extract(text)
    return text


def decode(data: bytes, shown: str = "document") -> str:
    """Characters of a plain text file: UTF-8, UTF-16 with a byte order mark, or GB18030. Refuses binary noise."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return _checked(data.decode("utf-16"), shown)
        except UnicodeDecodeError:
            raise _noise(shown) from None
    for encoding in ("utf-8", "gb18030"):
        try:
            return _checked(data.decode(encoding), shown)
        except UnicodeDecodeError:
            continue
    raise _noise(shown)


def _checked(text: str, shown: str) -> str:
    sample = text[:200_000]
    odd = sum(
        1
        for char in sample
        if (char < " " and char not in "\t\r\n\f\v\x1a") or "\ue000" <= char <= "\uf8ff" or char == "\ufffd"
    )
    if odd * 50 > len(sample):
        raise _noise(shown)
    return text


def _noise(shown: str) -> ReadingError:
    return ReadingError(
        f"《{shown}》不是文字文件。可读的格式：.txt（UTF-8 或 GB18030）、.html、.docx、有文字层的 .pdf。",
        f"{shown} is not a text document. Readable: .txt (UTF-8 or GB18030), .html, .docx, .pdf with a text layer.",
    )

"""Text layer of a PDF, through pypdf (imported only when a PDF comes)."""

from __future__ import annotations

import io
import logging

from kechuang.reading.errors import ReadingError

_MAX_PAGES = 1000


def extract(data: bytes, shown: str) -> str:
    """Text of all pages. Raises :class:`ReadingError` for a damaged or encrypted file and for a scan without text."""
    try:
        import pypdf
    except ImportError:
        raise ReadingError(
            "读取 PDF 需要安装 pypdf。请安装它，或改用 .docx、.html、.txt。",
            "Reading PDF needs pypdf. Install it, or use .docx, .html or .txt.",
        ) from None
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadingError(
                f"《{shown}》有密码保护。请先去掉密码。", f"{shown} is protected by a password. Remove it first."
            )
        if len(reader.pages) > _MAX_PAGES:
            raise ReadingError(
                f"《{shown}》超过 {_MAX_PAGES} 页。请拆分。", f"{shown} has more than {_MAX_PAGES} pages. Split it."
            )
        pages = [page.extract_text() for page in reader.pages]
    except ReadingError:
        raise
    except Exception as error:
        raise ReadingError(
            f"《{shown}》已损坏，无法读取：{type(error).__name__}。",
            f"{shown} is damaged and cannot be read: {type(error).__name__}.",
        ) from None
    text = "\n".join(pages)
    if sum(1 for char in text if not char.isspace()) < 10 * max(1, len(pages)):
        raise ReadingError(
            f"《{shown}》是扫描件，没有文字层。请先做文字识别（OCR），或上传 .docx、.html、.txt。",
            f"{shown} is a scan without a text layer. Run OCR first, or give a .docx, .html or .txt.",
        )
    return text

"""The report as a file: which kinds there are, and the last ones kept, because a PDF takes seconds."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from importlib.util import find_spec
from weakref import WeakKeyDictionary

from kechuang.web.policy.domain.queries import LoadedRelease

from .board import Board
from .loading import Loaded

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA = {"docx": DOCX, "html": "text/html; charset=utf-8", "pdf": "application/pdf"}
_KEPT = 6
_files: WeakKeyDictionary[Loaded, OrderedDict[tuple[str, dt.date, str], bytes]] = WeakKeyDictionary()
_one_at_a_time = threading.Lock()


def can_print() -> bool:
    """Whether the component for PDF is installed; it is not loaded for the answer."""
    return find_spec("weasyprint") is not None


def can_draw() -> bool:
    """Whether the component for charts is installed; it is not loaded for the answer."""
    return find_spec("matplotlib") is not None


def made(
    kind: str, release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date, language: str
) -> tuple[bytes, str]:
    """The report and its media type. Raises ``UserError`` (501) for a PDF where the component is missing."""
    key = (kind, day, language)
    with _one_at_a_time:
        kept = _files.setdefault(loaded, OrderedDict())
        if key not in kept:
            kept[key] = _make(kind, release, loaded, board, day, language)
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return kept[key], MEDIA[kind]


def _make(kind: str, release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date, language: str) -> bytes:
    from . import report

    if kind == "docx":
        return report.report(release, loaded, board, day, language)
    page = report.page(release, loaded, board, day, language)
    if kind == "html":
        return page.encode()
    from .paper_html import pdf

    return pdf(page)

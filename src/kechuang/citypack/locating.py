"""Finds the file and line of a record, reading the pack's files again only when something is wrong."""

from __future__ import annotations

from pathlib import Path

from kechuang.citypack import layout
from kechuang.citypack.loading import Sources, load_with_sources
from kechuang.citypack.problems import PackError, Problem, Words


class Locator:
    """Places problems. Without a folder (a release from a database) it names the file but no line."""

    def __init__(self, root: Path | None = None, sources: Sources | None = None) -> None:
        self._root = root
        self._sources = sources

    def place(self, kind: str, index: int | None = None, *path: str | int) -> tuple[str, int]:
        """``(file, line)`` of a record of the pack."""
        if self._sources is None:
            if self._root is None:
                return _file(kind), 0
            try:
                self._sources = load_with_sources(self._root)[1]
            except PackError:  # the folder has changed since it was loaded
                self._sources, self._root = None, None
                return _file(kind), 0
        return self._sources.place(kind, index, *path)

    def problem(
        self, code: str, kind: str, index: int | None, path: tuple[str | int, ...], where: str, what: Words, mend: Words
    ) -> Problem:
        """A problem of the record ``index`` of ``kind`` at field ``path``."""
        file, line = self.place(kind, index, *path)
        return Problem(code, file, line, where, what, mend)


def _file(kind: str) -> str:
    if kind in layout.LISTS:
        return layout.LISTS[kind][0]
    if kind in layout.TABLES:
        return layout.TABLES[kind][0]
    return layout.CITY if kind == "city" else layout.DOCUMENTS

"""The one error of the reading room."""

from __future__ import annotations


class ReadingError(Exception):
    """A document that cannot be read. ``zh`` and ``en`` say what is wrong and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en
        super().__init__(f"{zh} / {en}")

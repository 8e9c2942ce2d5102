"""What all errors of this room that people read have in common."""

from __future__ import annotations


class BilingualError(ValueError):
    """Something that cannot be done as asked; ``zh`` and ``en`` say why and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{en} ({zh})")
        self.zh = zh
        self.en = en

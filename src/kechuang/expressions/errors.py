"""The one error of the language: what is wrong, where, and how to mend it, in both languages."""

from __future__ import annotations


class ExpressionError(ValueError):
    """An expression that cannot be accepted. ``line`` and ``column`` count from 1, columns in characters."""

    def __init__(self, zh: str, en: str, line: int = 1, column: int = 1) -> None:
        """``zh`` and ``en`` say what is wrong and how to mend it."""
        super().__init__(f"line {line}, column {column}: {en} (第{line}行第{column}列：{zh})")
        self.zh = zh
        self.en = en
        self.line = line
        self.column = column

    def message(self, lang: str = "zh") -> str:
        """The message with its position, in ``zh`` or ``en``."""
        if lang == "zh":
            return f"第{self.line}行第{self.column}列：{self.zh}"
        return f"line {self.line}, column {self.column}: {self.en}"

"""Problems found in a pack: where, what, and how to mend it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True)
class Words:
    """A text for people in both languages of the platform."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """The text in ``lang``."""
        return self.en if lang == "en" else self.zh

    def to_dict(self) -> dict[str, str]:
        """As JSON."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a pack.

    ``file`` is relative to the pack's folder, ``line`` counts from 1 (0: the whole file), ``where`` names the item
    and field, ``code`` is a stable short name for programs.
    """

    code: str
    file: str
    line: int
    where: str
    what: Words
    mend: Words

    def as_line(self, lang: Lang = "zh") -> str:
        """Place and fault on one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f" [{self.where}]" if self.where else ""
        return f"{place}{where} {self.what.in_(lang)}"

    def as_text(self, lang: Lang = "zh") -> str:
        """Two lines: place and fault, then how to mend it."""
        label = "mend: " if lang == "en" else "改法："
        return f"{self.as_line(lang)}\n    {label}{self.mend.in_(lang)}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "where": self.where,
            "what": self.what.to_dict(),
            "mend": self.mend.to_dict(),
        }


class PackError(Exception):
    """A pack that cannot be loaded; ``problems`` lists everything found, not only the first fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.file, p.line)))
        super().__init__(self.as_text("zh"))

    @property
    def zh(self) -> str:
        """All problems in Chinese."""
        return self.as_text("zh")

    @property
    def en(self) -> str:
        """All problems in English."""
        return self.as_text("en")

    def as_text(self, lang: Lang = "zh") -> str:
        """All problems as readable lines."""
        count = len(self.problems)
        head = f"The pack has {count} problem(s):" if lang == "en" else f"城市包有 {count} 处问题："
        return "\n".join([head, *(p.as_text(lang) for p in self.problems)])

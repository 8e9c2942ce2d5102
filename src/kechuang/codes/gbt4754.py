"""Industry codes of GB/T 4754-2017 (国民经济行业分类): section letter, then two to four digits.

The letter may be left out where the digits stand, since each division belongs to one section.
"""

from __future__ import annotations

import re

#: Section letter -> first and last division (two digits).
SECTIONS: dict[str, tuple[int, int]] = {
    "A": (1, 5),
    "B": (6, 12),
    "C": (13, 43),
    "D": (44, 46),
    "E": (47, 50),
    "F": (51, 52),
    "G": (53, 60),
    "H": (61, 62),
    "I": (63, 65),
    "J": (66, 69),
    "K": (70, 70),
    "L": (71, 72),
    "M": (73, 75),
    "N": (76, 79),
    "O": (80, 82),
    "P": (83, 83),
    "Q": (84, 85),
    "R": (86, 90),
    "S": (91, 96),
    "T": (97, 97),
}
_FORM = re.compile(r"([A-T])?([0-9]{2,4})?")


def section(code: str) -> str | None:
    """The section letter of ``code``, or None when it is no code of this standard.

    ``C3985`` and ``3985`` give ``C``; ``A39`` gives None, since division 39 belongs to section C.
    """
    found = _FORM.fullmatch(code)
    if found is None or not code:
        return None
    letter, digits = found.groups()
    if digits is None:
        return str(letter)
    division = int(digits[:2])
    owner = next((name for name, (first, last) in SECTIONS.items() if first <= division <= last), None)
    return owner if letter in (None, owner) else None


def normal(code: str) -> str:
    """``code`` with its section letter. Raises ``ValueError`` when it is no code of this standard."""
    letter = section(code)
    if letter is None:
        raise ValueError(f"{code!r} is no code of GB/T 4754 (不是国民经济行业代码)")
    return code if code[0].isalpha() else letter + code


def covers(prefix: str, code: str) -> bool:
    """Whether the class ``code`` lies in ``prefix`` (``C39`` covers ``3985``). Raises ``ValueError`` for no code."""
    return normal(code).startswith(normal(prefix))

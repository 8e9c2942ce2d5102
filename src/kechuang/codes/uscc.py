"""Unified social credit code 统一社会信用代码 (GB 32100-2015): checking with a reason a person can act on, and making.

Eighteen characters: registering authority (1), kind of entity (1), division (6, GB/T 2260), organisation code (9,
GB 11714), check character (1). The arithmetic of the check character is python-stdnum's.
"""

from __future__ import annotations

import unicodedata

from stdnum.cn import uscc as _stdnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class UsccError(ValueError):
    """A code that is wrong: why, in Chinese and English, with a stable ``code`` of the reason."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


def compact(text: str) -> str:
    """The code without spaces and hyphens, in upper-case half-width characters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()


def check_character(base: str) -> str:
    """Character 18 for the first 17 (GB 32100-2015, weights 3**(i-1) mod 31)."""
    return str(_stdnum.calc_check_digit(base))


def validate(text: str) -> str:
    """The code in its written form.

    Raises:
        UsccError: ``empty``, ``length``, ``letter`` (which, where) or ``check`` (what the last one should be).
    """
    number = compact(text)
    if not number:
        raise UsccError("empty", "请填写统一社会信用代码。", "Enter the unified social credit code.")
    for place, character in enumerate(number, start=1):
        if character not in ALPHABET or (3 <= place <= 8 and not character.isdigit()):
            raise _letter_error(place, character)
    if len(number) != 18:
        difference = len(number) - 18
        zh = f"多了 {difference} 位" if difference > 0 else f"少了 {-difference} 位"
        en = f"{difference} too many" if difference > 0 else f"{-difference} missing"
        raise UsccError(
            "length",
            f"统一社会信用代码是 18 位，现在是 {len(number)} 位，{zh}。",
            f"The unified social credit code has 18 characters, this has {len(number)}: {en}.",
        )
    expected = check_character(number[:17])
    if number[17] != expected:
        raise UsccError(
            "check",
            f"最后一位校验码不对：按前 17 位应是 {expected}，写的是 {number[17]}。请对照营业执照核对每一位。",
            f"The last character is wrong: the first 17 call for {expected}, not {number[17]}. "
            "Compare every character with the business licence.",
        )
    return number


def _letter_error(place: int, character: str) -> UsccError:
    """The reason for a character that cannot stand at its place."""
    if character in "IOSVZ":
        look = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}[character]
        return UsccError(
            "letter",
            f"第 {place} 位写的是 {character}，代码不用字母 I、O、S、V、Z，可能是 {look}。",
            f"Character {place} is {character}; the code never uses I, O, S, V, Z. Perhaps it is {look}.",
        )
    if 3 <= place <= 8 and character in ALPHABET:
        return UsccError(
            "letter",
            f"第 {place} 位写的是 {character}，第 3 到 8 位是行政区划代码，只能是数字。",
            f"Character {place} is {character}; characters 3 to 8 are the division code, digits only.",
        )
    return UsccError(
        "letter",
        f"第 {place} 位写的是“{character}”，只能用数字和大写字母。",
        f"Character {place} is “{character}”; only digits and capital letters are used.",
    )


def is_valid(text: str) -> bool:
    """Whether this is a right code."""
    try:
        validate(text)
    except UsccError:
        return False
    return True


def division(text: str) -> str:
    """Division code (GB/T 2260) of the registering authority in a right code."""
    return validate(text)[2:8]


def organisation_check_character(base: str) -> str:
    """Check character of an organisation code for its first 8 characters (GB 11714-1997, modulus 11)."""
    total = sum(int(character, 36) * weight for character, weight in zip(base, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def make(base: str) -> str:
    """A right code from its first 17 characters, or from 16 with the organisation code's own check character added.

    Raises:
        UsccError: the base has another length or a character that cannot stand at its place.
    """
    base = compact(base)
    if len(base) == 16:
        base += organisation_check_character(base[8:])
    if len(base) != 17:
        raise UsccError(
            "length", f"需要前 16 或 17 位，现在是 {len(base)} 位。", f"16 or 17 characters, not {len(base)}."
        )
    for place, character in enumerate(base, start=1):
        if character not in ALPHABET or (3 <= place <= 8 and not character.isdigit()):
            raise _letter_error(place, character)
    return base + check_character(base)

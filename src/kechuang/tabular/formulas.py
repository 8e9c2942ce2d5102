"""Formula injection, both ways: what is written cannot become a formula, what was written so is read back exactly.

Spreadsheet programs take a CSV cell that begins with ``= + - @`` (or with a tab or carriage return before it) for a
formula. The remedy is the one OWASP describes for CSV injection: an apostrophe in front, which the programs hide.
"""

from __future__ import annotations

import re

STARTERS = "=+-@\t\r"
_PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def safe(text: str) -> str:
    """The text for a CSV cell; numbers stay numbers."""
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    core = text.lstrip("'")
    if core[:1] in STARTERS and core:
        return "'" + text
    return text


def bare(text: str) -> str:
    """The text without the apostrophe of :func:`safe`."""
    if text.startswith("'") and text.lstrip("'")[:1] in STARTERS and text.lstrip("'"):
        return text[1:]
    return text

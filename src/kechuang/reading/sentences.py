"""Stage 3, sentences: cut paragraphs, name each sentence, and pin it by a fingerprint."""

from __future__ import annotations

import hashlib
import re

from kechuang.reading.normalise import squeeze

_STOP = "。！？!?"
_CLOSERS = "”’」』）)】》〕]"
_PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "『": "』", "〔": "〕", "【": "】"}
_INTEREST = re.compile(r"[。！？!?；;（()）《》“”「」『』〔〕【】]")


def fingerprint(text: str) -> str:
    """SHA-256 (hex) of the sentence with all white space removed, in UTF-8.

    White space, line breaks and zero-width marks do not count, so that the same sentence copied from a web page
    and from a PDF has one fingerprint.
    """
    return hashlib.sha256(squeeze(text).encode("utf-8", "surrogatepass")).hexdigest()


def split(source: str, start: int, end: int, semicolons: bool = False) -> list[tuple[int, int]]:
    """Sentence ranges of ``source[start:end]``, without surrounding blanks, in order and without overlap.

    A stop inside brackets or quotation marks does not end the sentence (unless it is the last thing quoted, as in
    他说：“好。”). ``semicolons``: also cut at ；, as in the items of a list introduced by ——.
    """
    cuts: list[int] = []
    opened: list[str] = []
    balanced = _balanced(source, start, end)
    for match in _INTEREST.finditer(source, start, end):
        char, at = match.group(), match.start()
        if char in _PAIRS:
            if balanced:
                opened.append(_PAIRS[char])
            continue
        if char in _CLOSERS:
            if opened and opened[-1] == char:
                opened.pop()
                # “……。” ends the sentence when the stop stands right before the closing mark.
                if char in "”」』" and not opened and source[at - 1] in _STOP:
                    cuts.append(at + 1)
            continue
        if opened:
            continue
        if char in _STOP or (semicolons and char in "；;"):
            cuts.append(at + 1)
    ranges: list[tuple[int, int]] = []
    begin = start
    for cut in [*cuts, end]:
        left, right = _trim(source, begin, cut)
        if left < right:
            ranges.append((left, right))
        begin = cut
    return ranges


def _balanced(source: str, start: int, end: int) -> bool:
    piece = source[start:end]
    return all(piece.count(left) == piece.count(right) for left, right in _PAIRS.items())


def _trim(source: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (source[start].isspace() or source[start] in "\u200b\ufeff\x00"):
        start += 1
    while end > start and (source[end - 1].isspace() or source[end - 1] in "\u200b\ufeff\x00"):
        end -= 1
    return start, end

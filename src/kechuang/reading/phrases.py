"""The joints of a sentence: units between ；, segments between ，, with brackets and book titles kept whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_OPEN = {"（": "）", "《": "》", "“": "”", "〔": "〕", "【": "】", "「": "」"}
_MASK = re.compile(r"[（《“〔【「）》”〕】」]")
#: Inline numbering of items in running text: …可享受：（1）租房补助。…（2）…
INLINE = re.compile(r"(?:（\d{1,2}）|(?<=[。；：，])\d[.、](?!\d)|[①-⑳])")


#: Marks between segments; also the 、 before a second 对…给予… in one breath.
_JOINT = re.compile(r"[，；：。！？:]|、(?=对[^、，]{2,40}给予)")


@dataclass(frozen=True)
class Segment:
    """``text[start:end]`` of the clean sentence; ``mark`` is the punctuation that closes it ("" at the end)."""

    start: int
    end: int
    mark: str


def mask(text: str) -> str:
    """The text with everything inside brackets, quotation marks and book titles blanked out (same length)."""
    if text.startswith("（") and text.rstrip("。；").endswith("）") and text.find("）") >= len(text.rstrip("。；")) - 1:
        # A sentence that is wholly in brackets is read like any other.
        inner = text.rstrip("。；")
        return "（" + mask(inner[1:-1]) + "）" + text[len(inner) :]
    depth: list[str] = []
    out: list[str] = []
    position = 0
    for match in _MASK.finditer(text):
        at, char = match.start(), match.group()
        piece = text[position:at]
        out.append("\x00" * len(piece) if depth else piece)
        position = at + 1
        if char in _OPEN:
            out.append("\x00" if depth else char)
            depth.append(_OPEN[char])
        else:
            if depth and char in depth:
                while depth.pop() != char:
                    pass
            out.append("\x00" if depth else char)
    rest = text[position:]
    # An unclosed bracket does not swallow the rest of the sentence.
    out.append(rest)
    return "".join(out)


def segments(masked: str, start: int = 0, end: int | None = None) -> list[Segment]:
    """Comma-level pieces of a masked sentence."""
    stop = len(masked) if end is None else end
    pieces: list[Segment] = []
    begin = start
    for match in _JOINT.finditer(masked, start, stop):
        at = match.start()
        if match.group() in ":：" and masked[max(start, at - 1) : at].isdigit() and masked[at + 1 : at + 2].isdigit():
            continue  # 1:1
        if begin < at:
            pieces.append(Segment(begin, at, match.group()))
        begin = at + 1
    if begin < stop:
        pieces.append(Segment(begin, stop, ""))
    return pieces


def units(masked: str) -> list[tuple[int, int]]:
    """Pieces between ；, and between inline item numbers, of a masked sentence."""
    cuts = {0, len(masked)}
    for match in re.finditer(r"[；。]", masked):
        cuts.add(match.end())
    for match in re.finditer(r"（\x00{1,2}）|[①-⑳]", masked):
        before = masked[match.start() - 1] if match.start() else ""
        if before in "。；：，":
            cuts.add(match.start())
    ordered = sorted(cuts)
    return [(a, b) for a, b in pairwise(ordered) if a < b]

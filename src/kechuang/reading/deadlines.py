"""Deadlines: 到2015年, 2014年前, 2012-2015年, “十四五”末, relative ones (三年内), and how far they reach.

A deadline holds for what follows it in its paragraph until another is named; one that stands in the paragraph before a
list (到2015年，……：——……；) holds for every member of the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.chinese import dates
from kechuang.reading import relative
from kechuang.reading.relative import NOTHING, Known

_YEAR = r"(?P<y>(?:19|20)\d\d)"
_RULES = (
    # 到2015年 / 至2020年底 / 力争到2025年
    re.compile(rf"(?:到|(?<!截)至(?!今)|截止到?|力争)\s*{_YEAR}年(?:底|末|前|年底)?(?!以来|度)"),
    # 2012-2015年， / 2012~2015年
    re.compile(rf"(?:19|20)\d\d年?[-—－–~至到]+{_YEAR}年(?:间|期间)?"),
    # 2014年前 / 2025年底前 / 2015年底
    re.compile(rf"{_YEAR}年(?:\d{{1,2}}月)?(?:底|末|年底|年末)?之?前|{_YEAR.replace('y', 'z')}年(?:底|末)"),
    # 2012年，将……提高到 (a year that opens the sentence)
    re.compile(rf"^(?:[一二三四五六七八九十]+是)?{_YEAR}年(?=，|[^\d年月度以初])"),
    re.compile(rf"(?<=[，；。]){_YEAR}年(?=，|达|突破|超过|实现|提高|力争|将)"),
)
_PAST = re.compile(r"(?:截至|截止)\s*$")


@dataclass(frozen=True)
class Deadline:
    """``text[start:end]`` names the deadline; ``iso`` is the year (or month, day) it ends with.

    A relative one also keeps its ``words`` and the ``reason`` for what it came to; ``iso`` is ``None`` where the
    document does not say when it ends.
    """

    start: int
    end: int
    iso: str | None
    words: str | None = None
    reason: str | None = None


def find(masked: str, text: str, known: Known = NOTHING) -> list[Deadline]:
    """Deadlines of a clean sentence, in order; years inside brackets and book titles are none.

    ``known`` is what relative ones are counted from.
    """
    found: list[Deadline] = []
    covered: set[int] = set()
    if "年" in masked:
        for rule in _RULES:
            for match in rule.finditer(masked):
                year = match.groupdict().get("y") or match.groupdict().get("z")
                if year and not _PAST.search(masked[: match.start()]) and match.start() not in covered:
                    covered.update(range(match.start(), match.end()))
                    found.append(Deadline(match.start(), match.end(), year))
    if "五" in text:
        for plan in dates.find_plan_ends(text):
            found.append(Deadline(plan.start, plan.end, plan.iso))
    for term in relative.find(masked, known):
        if all(term.end <= one.start or one.end <= term.start for one in found):
            found.append(Deadline(term.start, term.end, term.iso, text[term.start : term.end], term.reason))
    return sorted(found, key=lambda item: item.start)


def at(found: list[Deadline], position: int, inherited: Deadline | None) -> Deadline | None:
    """The deadline that holds at a position of the sentence."""
    current = inherited
    for item in found:
        if item.start > position:
            break
        current = item
    return current


class Scope:
    """Carries deadlines from sentence to sentence, and from a lead paragraph into its list."""

    def __init__(self) -> None:
        self.paragraph = ""
        self.clause = ""
        self.current: Deadline | None = None
        self.lead: Deadline | None = None

    def enter(self, paragraph: str, clause: str, bulleted: bool) -> None:
        """Tell the scope which paragraph comes next."""
        if clause != self.clause:
            self.current = self.lead = None
        elif paragraph != self.paragraph:
            if not bulleted:
                self.lead = None
            self.current = self.lead
        self.paragraph, self.clause = paragraph, clause

    def leave(self, found: list[Deadline], bulleted: bool) -> None:
        """Take over the last deadline of the sentence just read."""
        if found:
            self.current = found[-1]
            if not bulleted:
                self.lead = self.current

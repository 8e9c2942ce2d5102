"""Relative deadlines: 三年内, 自发布之日起三年内, 今年底前, 本届政府任期内, and what they come to in the document at hand.

A term counted from an event of the document itself (its issue, its entry into force) becomes a day: a period counted
in years or months ends on the corresponding day (Civil Code, articles 201 and 202). A term counted from an event of
each case (认定后三年内), from the term of office of a government, or in a document without a date stays as it is
written, with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.chinese import dates, numerals

_N = r"[一二三四五六七八九十两半\d]{1,3}"
_SPAN = rf"(?P<n>{_N})(?:(?:到|至|[-—－~～])(?P<to>{_N}))?(?P<unit>年|个月|[日天](?!然))"
_WITHIN = r"(?:左右)?(?:的?时间)?(?:之内|以内|内)"
_RULES = (
    # 自本意见发布之日起三年内, 本办法施行后6个月内, 自认定之日起5年内
    (
        "from-event",
        re.compile(
            rf"(?:自|从|在|于)?(?P<event>[^，。；：自从]{{2,24}}?)(?:(?:之日|之时|之月|当日|当年|年度)?起算?|之?后)的?{_SPAN}{_WITHIN}"
        ),
    ),
    # 用三年时间, 通过3到5年的努力, 力争用两年左右时间
    (
        "years-of-work",
        re.compile(rf"(?:用|通过|经过|利用|再用|以){_SPAN}(?:左右)?的?(?:时间|努力|奋斗|建设)(?:之内|以内|内)?"),
    ),
    # 未来三年, 今后五年内
    ("coming-years", re.compile(rf"(?:今后|未来|接下来的?){_SPAN}(?:左右)?(?:的?时间)?(?:之内|以内|内|里|中)?")),
    # 三年内建成, 争取两年内
    ("within", re.compile(rf"(?:力争|争取|确保|计划)?(?:在|于)?{_SPAN}{_WITHIN}")),
    # 今年底前, 本年度内, 明年6月底前
    (
        "this-year",
        re.compile(
            r"(?:到|在|于|力争|争取|确保)*(?P<which>今年|本年度?|明年)(?:(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份)?|(?P<half>上半年)|下半年|年)?"
            r"(?:(?:年?[底末]|内|中)之?前?|以?前)"
        ),
    ),
    # 年底前, 年内
    ("year-end", re.compile(r"(?:(?<=^)|(?<=[，。；：、]))(?:在|于|到|力争|争取|确保)?年(?:底|末|内)之?前?")),
    # 本届政府任期内, 任期届满前
    (
        "term-of-office",
        re.compile(
            r"(?:在|于|到)?(?:(?:本届|这届|这一届|新一届)[\u4e00-\u9fff]{0,6}?(?:任期|届期)?|任期)(?:之?内|以内|届?末|结束之?前|届?满之?前|期间)"
        ),
    ),
    # 规划期末, 规划期内
    ("plan-period", re.compile(r"(?:到|至|在)?(?:本)?规划期(?:之?内|末|满|结束|间)")),
)
#: Before a bare number of years these make it a property of somebody (近三年内, 毕业5年内) or of each year.
_NOT_BEFORE = re.compile(r"(?:近|前|过去|最近|连续|每|毕业|第|满|后|起|上|超过|届|逾|达|之|内|以)$")
_ISSUE = re.compile(r"发布|公布|印发|颁布|下发|出台|发文|颁发|发出")
_FORCE = re.compile(r"施行|实施|执行|生效")
_OWN = re.compile(
    r"^(?:自|从|在|于)?(?:(?:本|此|该|这)[\u4e00-\u9fff]{0,8}|《?[\u4e00-\u9fff]{0,4}(?:意见|办法|措施|政策|方案|细则|条例|规定|通知|规划|文件|决定)》?)?(?:正式)?$"
)
_PERIOD = re.compile(r"(?P<from>(?:19|20)\d\d)\s*年?\s*[-—－–~～至到]+\s*(?P<to>(?:19|20)\d\d)")

NO_DATE = "the document has no date to count the deadline from"
NO_FORCE = "the day of entry into force is not in the text"
EACH_CASE = "the deadline is counted from an event of each case"
OFFICE = "the term of office is not in the text"
NO_PERIOD = "the period of the plan is not in the text"
FROM_ISSUE = "deadline counted from the day of issue; the text names no other start"
FROM_EVENT = "deadline counted from the event the text names"
OF_PERIOD = "deadline taken from the period of the plan"


@dataclass(frozen=True)
class Known:
    """What the document says of itself: day of issue, entry into force (ISO dates) and title."""

    issued: str | None = None
    force: str | None = None
    title: str | None = None


#: A document that says nothing of itself.
NOTHING = Known()


@dataclass(frozen=True)
class Term:
    """``text[start:end]`` names a relative deadline; ``iso`` is what it comes to, ``None`` when that is open."""

    start: int
    end: int
    iso: str | None
    reason: str


def find(masked: str, known: Known) -> Iterator[Term]:
    """Relative deadlines of a clean sentence; a stretch is taken by the first rule that fits it."""
    if not re.search(r"[年月日天任届]|规划期", masked):
        return
    taken: list[tuple[int, int]] = []
    for name, rule in _RULES:
        for match in rule.finditer(masked):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken):
                continue
            found = _term(name, match, masked, known)
            taken.append((start, end))
            if found is not None:
                yield found


def _term(name: str, match: re.Match[str], masked: str, known: Known) -> Term | None:
    start, end = match.span()
    if name == "from-event":
        return _from_event(match, known)
    if name in ("years-of-work", "coming-years", "within"):
        before = masked[:start]
        if match["unit"] not in ("年", "个月") or (name == "within" and _NOT_BEFORE.search(before)):
            return None
        return Term(start, end, *_after(known.issued, match, FROM_ISSUE, NO_DATE))
    if name in ("this-year", "year-end"):
        return _of_the_year(name, match, masked, known)
    if name == "term-of-office":
        return Term(start, end, None, OFFICE)
    year = _period_end(known.title)
    return Term(start, end, year, OF_PERIOD if year else NO_PERIOD)


def _from_event(match: re.Match[str], known: Known) -> Term | None:
    """Counted from an event: of the document itself, or of each case."""
    event, start, end = match["event"], *match.span()
    word = _ISSUE.search(event) or _FORCE.search(event)
    if word is None or _OWN.match(event[: word.start()]) is None or event[word.end() :].strip("之日"):
        return Term(start, end, None, EACH_CASE) if match["unit"] in ("年", "个月") else None
    day, missing = (known.issued, NO_DATE) if _ISSUE.search(event) else (known.force, NO_FORCE)
    return Term(start, end, *_after(day, match, FROM_EVENT, missing))


def _of_the_year(name: str, match: re.Match[str], masked: str, known: Known) -> Term | None:
    """今年底, 明年6月底前, 年内: the year is that of the document."""
    start, end = match.span()
    if re.search(r"每年?$", masked[:start]):
        return None
    year = int(known.issued[:4]) if known.issued else None
    if year is None:
        return Term(start, end, None, NO_DATE)
    if name == "year-end":
        return Term(start, end, f"{year:04d}", FROM_ISSUE)
    year += match["which"] == "明年"
    month = numerals.parse_or_none(match["m"]) if match["m"] else 6 if match["half"] else None
    iso = f"{year:04d}" + (f"-{int(month):02d}" if month and 1 <= month <= 12 else "")
    return Term(start, end, iso, FROM_ISSUE)


def _after(day: str | None, match: re.Match[str], reason: str, missing: str) -> tuple[str | None, str]:
    """The day, month or year after a period, as exact as the day it is counted from; a range ends with its top."""
    text = match["to"] or match["n"]
    if day is None:
        return None, missing
    halves = "半" in text
    value = numerals.parse_or_none(text) if not halves else None
    if value is None and not halves:
        return None, missing
    months = 6 if halves and match["unit"] == "年" else int(value or 0) * (12 if match["unit"] == "年" else 1)
    begun = next(dates.find(day), None) or _year(day)
    if begun is None or months > 12 * 60:
        return None, missing
    if match["unit"] in ("日", "天"):
        whole = begun.date()
        return (None, missing) if whole is None else ((whole + dt.timedelta(days=int(value or 0))).isoformat(), reason)
    if begun.month is None:
        return f"{begun.year + (months + 11) // 12:04d}", reason
    count = begun.year * 12 + begun.month - 1 + months
    year, month = divmod(count, 12)
    iso = f"{year:04d}-{month + 1:02d}"
    if begun.day is not None:
        iso += f"-{min(begun.day, monthrange(year, month + 1)[1]):02d}"
    return iso, reason


def _year(text: str) -> dates.DateMention | None:
    """A date with the precision of a year or month: 2013, 2013-02."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text)
    return dates.DateMention(0, len(text), int(found[1]), int(found[2]) if found[2] else None) if found else None


def _period_end(title: str | None) -> str | None:
    """The last year of a plan whose title gives its period: （2021—2025年）, “十四五”规划."""
    if title is None:
        return None
    written = _PERIOD.search(title)
    if written:
        return written["to"]
    plan = re.search(r"十([一二三四五六七八九]?)五", title)
    return f"{dates.five_year_plan_end(int(numerals.parse('十' + plan[1]))):04d}" if plan else None

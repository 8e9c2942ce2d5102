"""Read the remarks that publishers put beside a number into flags.

Statistical tables carry their most important warnings as remarks (截至8月, 累计, 初步核算). Reading them by a
short list of fixed phrases is crude but open: a remark that matches nothing changes nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from kechuang.indicators.observations import Flag, Trust

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november"
_PHRASES: tuple[tuple[Flag, tuple[str, ...]], ...] = (
    (Flag.YEAR_INFERRED, (r"年份(为|是|系|由)?[^，；。]{0,4}推断", r"year (is )?inferred", "year from context")),
    (
        Flag.AS_OF,
        (r"as of \d{4}-\d\d", r"截至\s*\d{4}\s*[年-]\s*\d{1,2}", "时点数", "not (the )?year end", "不是年末|非年末"),
    ),
    (
        Flag.PART_YEAR,
        (
            "not a full year|cumulative january|period unclear",
            "不是全年|非全年|当月|期间不明|时期不明",
            r"\d+\s*月累计|\d+[-—–至]\d+\s*月",
            rf"({_MONTHS}) \d{{4}} only",
        ),
    ),
    (
        Flag.PART_SCOPE,
        (
            "not the (whole )?city|(only )?one (zone|park)",
            "仅(一个|高新区|园区)|(一个|单个)园区",
            "不是全市|非全市|不含全市",
        ),
    ),
    (Flag.MULTI_YEAR, ("five-year window", "五年(平均|窗口|期间)|(三|五)年累计")),
    (
        Flag.TO_VERIFY,
        (
            "待核实|to be verified|must not be confused",
            "same number is also the target",
            "与[^。；]{0,12}目标(值)?(同数|相同|同值|一样)|也是[^。；]{0,12}目标",
        ),
    ),
    (Flag.FIRST_RELEASE, ("first release", "初步核算|初步统计|首次公布|初次公布|快报")),
    (Flag.BOUND, ("lower bound|upper bound", "下限|上限")),
    (Flag.MEANING_INFERRED, ("meaning inferred|is not said", "含义[^。；]{0,4}推断|没有说明是")),
)
_PATTERNS = tuple((flag, re.compile("|".join(phrases), re.IGNORECASE)) for flag, phrases in _PHRASES)

_OFFICIAL = re.compile(
    "统计局|统计公报|监督管理局|科技厅|科技局|政府工作报告|新闻发布会|人民政府|财政[局厅部]|知识产权局|国务院"
)
_COPIED = re.compile(r"github|年鉴|yearbook|via |转载|（经|\(经|中商|新浪|百科|澎湃|爱站", re.IGNORECASE)
_PRESS = re.compile("网页|日报|晚报|红网|新浪|百科|爱站|secondary|web page|中商", re.IGNORECASE)


def flags_from_remark(remark: str | None) -> frozenset[Flag]:
    """The flags that a remark (Chinese or English) implies; none for an empty one."""
    if not remark:
        return frozenset()
    return frozenset(flag for flag, pattern in _PATTERNS if pattern.search(remark))


def trust_from_title(title: str) -> Trust:
    """A first guess at the trust level of a source from its title, for sources that state none.

    An office's own publication is official; a yearbook or an office's table passed on by somebody else is a copy;
    everything else is a press or web page. A confirmed level on the source always replaces this guess.
    """
    if _OFFICIAL.search(title) and not _COPIED.search(title):
        return Trust.OFFICIAL
    if _PRESS.search(title) and not _OFFICIAL.search(title):
        return Trust.SECONDARY
    if _OFFICIAL.search(title) or _COPIED.search(title):
        return Trust.REPUBLISHED
    return Trust.SECONDARY


_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?![-\d])")


def released_from_title(title: str) -> dt.date | None:
    """The day of publication that a title itself names, such as (2025-10-31); of a month, its last day.

    Only for sources that state no date; None where the title names none.
    """
    if found := _DAY.search(title):
        year, month, day = (int(part) for part in found.groups())
    elif found := _MONTH.search(title):
        year, month = (int(part) for part in found.groups())
        if not 1 <= month <= 12:
            return None
        day = calendar.monthrange(year, month)[1]
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

"""Stage 6c, rules about rules: cumulation, validity, delegation, budget source, responsible units, relations.

They grant nothing and set no figure, but decide how grants add up, from when to when they hold, who answers for
them and out of which money they are paid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kechuang.chinese import dates
from kechuang.reading.model import Evidence, Rule
from kechuang.reading.view import View

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # 就高不重复; 执行最高额; 从高享受
    (
        "cumulation-highest",
        re.compile(r"就高|从高(?:享受|执行|兑现|奖励)|(?:执行|享受|按)最高(?:额|标准|项|一项)|从优不重复|择优不重复"),
    ),
    # 升级后只奖励差额; 补足差额
    ("upgrade-difference", re.compile(r"差额|补差|补足(?:差|不足)?|(?:晋升|升级|升格)[^。]{0,16}(?:补|奖)")),
    # 可叠加执行; 可同时享受
    (
        "stackable",
        re.compile(
            r"(?:可|允许|可以)(?:以)?(?:叠加|同时|累加|重复)(?:享受|执行|申报|申请|奖励)|叠加(?:执行|享受|支持|奖励)"
        ),
    ),
    # 不重复享受; 不得重复; 不再重复奖励; 只能择一享受
    (
        "no-repeat",
        re.compile(
            r"不(?:得|再|可|能|予|进行)?(?:进行)?重复(?:享受|奖励|补助|补贴|资助|支持|申报|申请|兑现)?|择一(?:享受|申报)|不(?:再|予)(?:享受|给予补助|支持)"
        ),
    ),
    # 一年内每家最高…: a ceiling shared by several firms
    (
        "shared-ceiling",
        re.compile(r"同一(?:实际控制人|集团|企业|单位|申请人|主体|项目)[^。；]*(?:不超过|最高|仅能|只能)"),
    ),
    # 自2027年3月1日施行，有效期至2029年6月30日; 暂定三年有效期
    (
        "validity",
        re.compile(
            r"自[^，。；]{2,20}(?:起)?(?:施行|实施|执行|生效)|有效期|同时废止|试行期|执行期限?|20\d\d年[^，。]{0,6}失效"
        ),
    ),
    # 应追回资助; 收回奖励
    (
        "clawback",
        re.compile(
            r"(?:追回|收回|退回|追缴)[^。；]{0,14}(?:资金|奖励|补助|补贴|资助|扶持)|(?:资金|奖励|补助|补贴|资助)[^。；]{0,10}(?:追回|收回|退回|追缴)"
        ),
    ),
    # 具体办法另行制定; 按《…》执行
    (
        "delegation",
        re.compile(
            r"另行(?:制定|规定|出台|公布|明确)|(?:按照?|依照?|参照)[^，。；]{0,4}《[^》]+》[^，。；]{0,24}(?:执行|实施|办理|规定)"
            r"|按(?:照)?(?:国家|中央|中省|省|上级|有关)[^，。；]{0,10}(?:规定|政策)"
        ),
    ),
    # 由市产业引导资金给予; 列入县财政预算; 由区财政承担
    (
        "budget",
        re.compile(
            r"由[^，。；]{2,18}(?:资金|财政|经费|基金)(?:中)?(?:给予|列支|承担|安排|进行|补助|予以|统筹)|列入[^，。；]{0,10}(?:财政)?预算|[^，。；]{0,8}财政(?:负担|分担|承担|列支)"
        ),
    ),
    # （牵头单位：…，配合单位：…）; 责任单位：…; 由…负责解释
    (
        "responsible",
        re.compile(
            r"(?:责任|牵头|配合|主管|实施|承办|落实|参与)(?:单位|部门)[：:]|由[^，。；]{2,30}负责(?:解释|实施|组织|落实)|负责解释"
        ),
    ),
)
#: A cheap test before each pattern: one of these words must be there.
_NEEDS: dict[str, tuple[str, ...]] = {
    "cumulation-highest": ("就高", "从高", "最高", "不重复"),
    "upgrade-difference": ("差额", "补差", "补足", "晋升", "升级", "升格"),
    "stackable": ("叠加", "同时", "累加", "重复"),
    "no-repeat": ("重复", "择一", "不再", "不予"),
    "shared-ceiling": ("同一",),
    "validity": ("自", "有效期", "废止", "试行期", "执行期", "失效"),
    "clawback": ("追回", "收回", "退回", "追缴"),
    "delegation": ("另行", "》", "规定", "政策"),
    "budget": ("由", "预算", "财政"),
    "responsible": ("单位", "部门", "负责"),
}
#: 增长幅度高于财政经常性收入的增长幅度: two rates compared, no figure.
_RELATION = re.compile(
    r"(?P<left>[^，。；]{2,40}?)(?P<cmp>高于|不低于|快于|超过|大于|低于|不高于)(?P<right>[^，。；\d]{2,40}?(?:增长幅度|增幅|增速|增长率|增长速度|增长水平|平均水平))"
)


def read_rules(views: Iterable[View]) -> list[Rule]:
    """All rules about rules, in text order; one for each kind and sentence part."""
    found: list[Rule] = []
    for view in views:
        for start, end in view.units:
            text = view.text[start:end]
            for kind, pattern in _KINDS:
                if not any(word in text for word in _NEEDS[kind]):
                    continue
                match = pattern.search(text)
                if match is None or (
                    kind == "no-repeat"
                    and "upgrade-difference" in {rule.kind for rule in found[-1:]}
                    and found[-1].end == view.span(start, end)[1]
                ):
                    continue
                found.append(_make(view, start, end, kind, _value(kind, text, match)))
            relation = _RELATION.search(view.masked[start:end]) if "增" in text or "平均水平" in text else None
            if relation and not re.search(r"\d", relation["right"]):
                left, right = start + relation.start(), start + relation.end()
                value = (
                    f"{view.text[left : left + len(relation['left'])]} {relation['cmp']} "
                    f"{view.text[start + relation.start('right') : right]}"
                )
                found.append(_make(view, left, right, "relation", value))
    return found


def _make(view: View, start: int, end: int, kind: str, value: str | None) -> Rule:
    left, right = start, end
    while left < right and view.text[left] in "，。；：、 ":
        left += 1
    source = view.span(left, max(right, left + 1))
    return Rule(source[0], source[1], "", view.clause, kind, value, Evidence((kind,), Decimal("0.9")))


def _value(kind: str, text: str, match: re.Match[str]) -> str | None:
    if kind == "validity":
        days = [mention.iso for mention in dates.find(text)]
        start = re.search(r"自([^，。；]*?)(?:起)?(?:施行|实施|执行|生效)", text)
        span = re.search(
            r"(?:有效期|试行期?|执行期限?)[^，。；\d一二三四五]{0,4}([一二三四五\d]+年)|([一二三四五\d]+年)有效期", text
        )
        parts = []
        if start:
            first = next(dates.find(start.group(1)), None)
            parts.append(f"from {first.iso if first else start.group(1)}")
        until = re.search(r"有效期(?:限)?[至到为](.*)|起?至(\d{4}年.*?)(?:止|$)", text)
        last = next(dates.find(until.group(1) or until.group(2) or ""), None) if until else None
        if last:
            parts.append(f"until {last.iso}")
        elif span:
            parts.append(f"for {span.group(1) or span.group(2)}")
        return "; ".join(parts) or ("; ".join(days) or None)
    if kind == "responsible":
        units = re.search(
            r"(?:责任|牵头|主管|实施|承办|落实)(?:单位|部门)[：:]([^）。；]*?)(?:，(?:配合|参与)|[）。；]|$)", text
        )
        by = re.search(r"由([^，。；]{2,30}?)负责", text)
        return units.group(1) if units else by.group(1) if by else None
    if kind in ("budget", "delegation"):
        return match.group().strip("，。； ")
    return None

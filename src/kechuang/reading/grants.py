"""Where a text grants money: the events from which incentives are built.

Each rule names one construction; it looks at one comma-level segment of a sentence with brackets masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.reading.phrases import Segment
from kechuang.reading.quantities import Quantity
from kechuang.reading.roles import ORG
from kechuang.reading.view import View

#: Nouns that mean money by themselves …
STRONG = (
    r"(?:奖励|补助|补贴|资助|贴息|贴补|奖补|奖金|重奖|返还|津贴|补偿|配套资金|资金支持|经费支持|资金扶持|财政支持|经费资助"
    r"|奖扶|专项支持|定额支持|后补助)"
)
#: … and nouns that mean money only beside an amount (给予最高500万元支持, but 给予落户支持).
WEAK = r"(?:支持|扶持|配套|优惠|减免|经费|资金)"
_VERB = r"(?:奖励|补助|补贴|资助|贴息|贴补|奖补|支持|扶持|配套|返还|补偿|重奖|(?<![\u4e00-\u9fff])奖)"
_GIVE = re.compile(r"给予|予以|给以|发给|发放(?!对象)|给(?=[^予以出付])")
_STRONG = re.compile(STRONG)
_STRONG_OR_WEAK = re.compile(f"{STRONG}|{WEAK}")
#: What follows a money noun when it is only part of a name: 奖励资金, 补贴标准, 资助对象.
_COMPOUND = re.compile(
    r"^(?:资金|政策|办法|对象|条件|项目|程序|专题|机制|制度|力度|工作|范围|证书|方案|资格|清单|管理|类|申报|方式|名额|计划"
    r"|活动|申请|记录|体系|细则|期限)"
)
_AT_END = re.compile(r"^(?:$|[、，和及与或的]*(?:奖励|补助|补贴|资助|支持)?$|[和及与]|企业$|个人$)")
_NEGATED = re.compile(
    r"不再|不进行|不予|不得(?!超|高|低|少|多)|不重复|不享受|不能|不给予|不另行|停止|取消|追回|收回|退回|(?:已|共|累计)(?:获|享受|给予|奖励|发放|兑现|拨付|落实)|曾获|差额|处以"
    r"|罚款|违约|滞纳金"
)
#: 去年全市发放奖励3000万元, 过去三年兑现补助…: what has been paid, not what is promised (按去年营收…给予 is a base).
_HAPPENED = re.compile(
    r"^(?![^，。]*(?:按|参照|以|对))[^，。]{0,8}(?:去年|前年|上一年(?!度)|过去[一二两三几四五]年|截至)[^，。；]{0,14}(?:发放|兑现|拨付|落实|支付|下达|安排|投入|奖励|补助)"
)
_CAP_WORDS = r"(?:最高|最多|至多|不超过|不高于|不得超过|不多于|上限|封顶|总额|累计|合计|每年|年度|可达|至|为|按|达|到|约|不低于|不少于|最低)"
_TAIL = (
    rf"(?:给|于)?(?:[\u4e00-\u9fff]{{0,6}}{ORG})?(?:的?(?:金额|资金|标准|额度|费用|经费|总额|额|上限|比例|款))*"
    rf"(?:分别|一次性|每[家个户人项件年台]|单[个项家]|人民币|{_CAP_WORDS})*$"
)
_VERB_BEFORE = re.compile(rf"(?P<verb>{_VERB})(?P<tail>{_TAIL})")
_NOUN_SUFFIX = re.compile(r"^(?:总?金额|资金|标准|额度|费用|经费|总额|额|上限)")
_CARRY_OUT = re.compile(rf"(?:进行|实行|实施|享受|申请|获得)(?:[\u4e00-\u9fff\x00“”]{{0,8}}?)(?P<noun>{STRONG})")
_ENJOY = re.compile(rf"(?:可以?|均可|都可|同等|继续)享受[^，。]{{0,40}}?(?P<noun>{STRONG})")
_CASE_BY_CASE = re.compile(rf"{STRONG}[^。；]{{0,16}}(?:实行|采取|按)[“\s]*(?:一事一议|一企一策|一项目一策)")
_CASE_FIRST = re.compile(rf"(?:实行|采取|按)[“\s]*(?:一企一策|一事一议|一项目一策)[^，。]{{0,12}}{STRONG}")
_FULL = re.compile(rf"全额(?P<noun>{STRONG}|承担|报销)")
_BY_ARTICLE = re.compile(
    r"(?:享受|按照?|参照|比照)(?P<ref>(?:本\S{1,3})?第[\d一二三四五六七八九十、]+条)[^，。]{0,6}(?:政策|规定|标准|奖励|补助)"
)
_BY_RATE = re.compile(
    r"(?:按照?|参照)[^，。]*(?:[%‰‱]|分之[^，。]{1,6}?)[^，。]{0,8}?(?P<noun>奖励|补助|补贴|资助|返还|给予)"
)
_ENCOURAGE = re.compile(
    r"(?:鼓励|引导|要求|推动|支持)(?:各区|各县|各地|各镇|社会|金融|银行|保险|有条件|担保|风险投资|创投|企业对)[^，。]*$"
)
_VAGUE = re.compile(
    r"(?:按照?|根据)[^，。]*(?:投入|费用|支出|金额|收入|贡献|额)[^，。]*(?:给予|予以)一定(?:比例)?的?(?:支持|扶持)"
)
_POOL = re.compile(rf"安排[^，。]{{0,12}}(?:奖励|补助|补贴|奖补)资金[^，。]*用于[^，。]*{STRONG}")
_TIER_NOTICE = re.compile(
    r"(?:按|分)[^，。]{0,8}(?:档次|档|标准|方式|情形|等级|类别|级别)(?:次)?(?:分别)?(?:给予|予以)|(?:给予|予以)(?:如下|以下|下列)[^，。]{0,12}$"
)
_PAYOUT = re.compile(
    r"应(?:奖励|补助|补贴|资助)额|(?:奖励|补助|补贴|资助|扶持|奖补)(?:资金|总额|金额|款)的|奖励额的|比例(?:分享|分担|分配)"
)
_LIMIT = re.compile(r"(?:最高|最多|至多|不超过|不高于|不得超过|上限|封顶|以内|为限|累计|总额|合计)")
#: 再追加10万元, 补助比例再提高5个百分点, 在此基础上上浮2个百分点: on top of the grant before (提高到5% sets a new one).
_ON_TOP = re.compile(
    r"(?:(?:再|另行?|额外|在(?:此|上述|前款|原有?)[\u4e00-\u9fff]{0,6}基础上)[^，。；]{0,8}?(?:提高|上浮|增加|追加|加奖|加补)|追加|加奖|加补|上浮)(?![到至为])"
)
_OWN_PURPOSE = re.compile(r"^(?:本|为)(?:专题|办法|政策|细则|意见|措施|规定|方案|指南)")


@dataclass(frozen=True)
class Event:
    """A grant (or a limit on the grant before it) in ``text[segment]``; ``trigger`` is where its words begin."""

    rule: str
    segment: Segment
    trigger: int
    limit: bool = False
    reference: str | None = None


_MAY = re.compile(
    r"给予|予以|奖|补|资助|贴息|返还|支持|扶持|配套|津贴|一事一议|一企一策|一项目一策|享受|最高|最多|不超过|不高于|上限|封顶|以内"
)


def may_grant(text: str) -> bool:
    """A cheap test: whether the sentence holds any word that a grant needs."""
    return bool(_MAY.search(text))


def find_event(view: View, segment: Segment) -> Event | None:
    """The grant event of a segment, if it has one."""
    text = view.masked[segment.start : segment.end]
    raw = view.text[segment.start : segment.end]
    money = [q for q in view.inside(segment.start, segment.end) if q.kind in ("money", "percent", "ratio")]
    on_top = _additive(view, text, segment)
    if on_top is not None:
        return on_top
    if not money and not _STRONG.search(text) and not re.search("第.{1,4}条|一事一议|一企一策|一项目一策|一定", raw):
        return None
    if _NEGATED.search(text) or _PAYOUT.search(text) or _HAPPENED.search(text):
        return None
    if _OWN_PURPOSE.match(view.text) and not money:
        return None
    return (
        _pool(text, segment)
        or _giving(text, segment, money)
        or _direct(text, segment, money)
        or _by_rate(text, segment, money)
        or _carried_out(text, view.text, segment)
        or _full(text, segment)
        or _by_article(text, segment)
        or _pure_limit(text, segment, money)
    )


def announces_tiers(view: View, segment: Segment) -> bool:
    """按三个档次给予奖励。 / 给予如下补助： announce amounts that follow; they grant nothing by themselves."""
    text = view.masked[segment.start : segment.end]
    amounts = [q for q in view.inside(segment.start, segment.end) if q.kind in ("money", "percent", "ratio")]
    return not amounts and (
        bool(_TIER_NOTICE.search(text))
        or (
            segment.mark in ("：", ":")
            and bool(_STRONG.search(text))
            and bool(re.search(r"给予|予以|进行|实施|实行|按", text))
        )
    )


def _giving(text: str, segment: Segment, money: list[Quantity]) -> Event | None:
    """给予 … 奖励/补助: 对X给予5万元奖励; 给予配套奖励; 给予企业新增税收80%的奖励."""
    give = _GIVE.search(text)
    if give is None:
        return None
    if _ENCOURAGE.search(text[: give.start()]):
        return None
    after = text[give.end() :]
    nouns = [m for m in _STRONG_OR_WEAK.finditer(after) if not _COMPOUND.match(after[m.end() :])]
    strong = [m for m in nouns if _STRONG.fullmatch(m.group())]
    if (
        strong
        or _VAGUE.search(text)
        or (nouns and money)
        or (money and any(q.start >= segment.start + give.end() for q in money))
    ):
        return Event("giving", segment, segment.start + give.start())
    return None


def _direct(text: str, segment: Segment, money: list[Quantity]) -> Event | None:
    """A money verb right before the amount: 奖励企业200万元, 按…补助1%, 最高支持500万元, 补助金额不高于30万元."""
    for quantity in money:
        head = text[: quantity.start - segment.start]
        match = _VERB_BEFORE.search(head)
        if match is None:
            continue
        tail = match["tail"]
        if head[: match.start()].endswith("用于"):
            continue  # the use of a purse, not a grant
        if match["verb"] in ("支持", "扶持", "配套", "奖") and not (
            quantity.kind != "percent"
            and (
                not tail
                or re.search(_CAP_WORDS, tail)
                or re.search("金额", tail)
                or re.search(r"[\u4e00-\u9fff]$", tail)
            )
        ):
            continue
        limit = bool(_NOUN_SUFFIX.match(tail)) or bool(
            re.search(r"(?:最高|最多|至多)(?:可|给予)?$", head[: match.start()])
        )
        if not limit and quantity.comparator == "<=" and re.search(r"不超过|不高于|不得超过", tail):
            limit = True
        named = limit and not re.search(r"(?:最高|最多|至多)(?:可|给予)?$", head[: match.start()])
        return Event("noun-limit" if named else "direct", segment, segment.start + match.start(), limit)
    return None


def _by_rate(text: str, segment: Segment, money: list[Quantity]) -> Event | None:
    """按照80%的比例奖励给个人: the verb after the rate."""
    if not any(q.kind == "percent" for q in money):
        return None
    match = _BY_RATE.search(text)
    if match is None or _COMPOUND.match(text[match.end() :]):
        return None
    return Event("by-rate", segment, segment.start + match.start("noun"))


def _carried_out(text: str, whole: str, segment: Segment) -> Event | None:
    """由受益财政进行奖励, 实行重奖, 奖励实行“一事一议”: money without an amount."""
    case = _CASE_BY_CASE.search(whole, max(0, segment.start - 30), segment.end)
    case = case or _CASE_FIRST.search(whole, segment.start, segment.end)
    if case and re.search("一事一议|一企一策|一项目一策", whole[segment.start : segment.end]):
        start = max(segment.start, case.end() - 7) if case.re is _CASE_BY_CASE else case.start()
        return Event("case-by-case", segment, start)
    for match in _CARRY_OUT.finditer(text):
        if text[match.start() : match.start() + 2] in ("获得", "申请", "享受") or not _AT_END.match(
            text[match.end() :]
        ):
            continue
        if whole[segment.end : segment.end + 3].startswith(("，包括", "，具体")):
            continue  # announces what follows
        if match["noun"] in ("返还", "补偿", "奖金"):
            continue
        return Event("carried-out", segment, segment.start + match.start())
    enjoyed = _ENJOY.search(text)
    if enjoyed and _AT_END.match(text[enjoyed.end() :]):
        return Event("enjoyed", segment, segment.start + enjoyed.start())
    return None


def _additive(view: View, text: str, segment: Segment) -> Event | None:
    """再追加10万元奖励; 补助比例再提高5个百分点: an addition to what the sentence grants."""
    match = _ON_TOP.search(text)
    if match is None or _NEGATED.search(text) or not _STRONG.search(view.masked[: segment.end]):
        return None
    at = segment.start + match.end()
    near = [q for q in view.inside(at, segment.end) if q.kind in ("money", "percent", "points") and q.start <= at + 4]
    return Event("additive", segment, segment.start + match.start()) if near else None


def _full(text: str, segment: Segment) -> Event | None:
    """登记费全额资助: the whole cost is paid."""
    match = _FULL.search(text)
    return Event("full-cost", segment, segment.start + match.start()) if match else None


def _by_article(text: str, segment: Segment) -> Event | None:
    """按新增税收享受第5条政策: a grant defined by another article."""
    match = _BY_ARTICLE.search(text)
    if match and ("享受" in match.group() or _STRONG.search(text)):
        return Event("by-article", segment, segment.start + match.start(), reference=match["ref"])
    return None


def _pool(text: str, segment: Segment) -> Event | None:
    """每年安排50万元奖励资金用于…考核奖励: a yearly purse for awards."""
    match = _POOL.search(text)
    return Event("pool", segment, segment.start + match.start()) if match else None


def _pure_limit(text: str, segment: Segment, money: list[Quantity]) -> Event | None:
    """每年最高不超过60万元 / 单人最高10万元: limits what was granted just before."""
    caps = [q for q in money if q.comparator == "<=" or _LIMIT.search(text[: q.start - segment.start][-30:])]
    if caps and (_LIMIT.search(text)):
        return Event("limit", segment, segment.start + max(0, _first(text, _LIMIT)), True)
    return None


def _first(text: str, pattern: re.Pattern[str]) -> int:
    match = pattern.search(text)
    return match.start() if match else -1

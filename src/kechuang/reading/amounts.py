"""What a grant event promises: amount, rate, base, cap, tiers; each read from the region around its trigger."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from kechuang.reading.quantities import Quantity
from kechuang.reading.roles import ends_in_org, leading_org
from kechuang.reading.view import View

_LISTED = re.compile(
    r"^[、，和及与或/]?(?:[\u4e00-\u9fff“”（）\x00\d]{0,12}?)(?:最高|不超过|不高于|奖励|补助|补贴|给予|为)*$"
)
_PLAIN_LIST = re.compile(r"^(?:、|和|及|以及|与|或|，|/)$")
_NO_LIST = re.compile(r"且|总额|累计|合计|每年|但|并|其中")
_CAP_HEAD = re.compile(r"(?:最高|最多|至多|不超过|不高于|不得超过|上限为?|封顶|总额|累计|总计不超过)[^，。]{0,6}$")
MEASURED = re.compile(r"平方米|平米|亩|吨|公斤|千瓦|度|头|只|株|立方米|公里|床|月|天|㎡")
_ENTITY_PER = re.compile(
    r"(?P<per>(?:每新设一|每新增一|每增加一|每一|每|单(?=[个家项品台套件人户款车次]))(?:家|个|户|人|项|件|篇|台|套|位|名|次|场|艘|辆|亩|吨|头|只|座|处|品种|种|类|批|支|款|机构|单位|企业"
    r"|项目|产品|车|平台|基地|镇|村)(?!月|年)[\u4e00-\u9fff]{0,10}?)(?=$|[，：给奖补资最不总支予分再另可]|一次|可)"
)
_STEP_PER = re.compile(
    r"(?P<per>[\u4e00-\u9fff（）]{0,12}每(?:增加|实现|新增|超过|满|增长|达到|完成|毕业|培育|引进|认定|孵化|培养|连续[\u4e00-\u9fff]{0,2}满?)?(?:\d[\d.]*|一)"
    r"(?:[万亿]?元|公斤|吨|个百分点|%|亩|人|个|家|户|名|项|件|年|个月)[\u4e00-\u9fff]{0,14}?)(?=[，给奖补资另再]|$)"
)
_PERIOD = re.compile(
    r"每年度?|年度|每月|每季度|[一二三四五两\d]年累计|三年内累计|(?<=企业)年(?=[奖补资])|每个自然年度|自然年度|全年"
)
_BASE = re.compile(
    r"(?:按照?|参照|依照|依据|根据|以)(?:不超过|不高于|最高|其|该)*(?P<base>[^，。；]*?)"
    r"的?(?:不超过|不高于|最高|最多|给予|予以)*$"
)
_FIXED_BASE = re.compile(r"(?:按照?|根据|参照|从)(?P<base>[^，。；]{2,24}?)(?:的?(?:一定比例|比例|标准))?(?:，)?$")
_VERBISH = re.compile(r"^(?:给予|予以)")


@dataclass
class Amount:
    """Mutable while an incentive is put together; frozen into the model at the end."""

    amount: Decimal | None = None
    rate: Decimal | None = None
    rate_max: Decimal | None = None
    base: str | None = None
    cap: Decimal | None = None
    cap_period: str | None = None
    unit_cap: Decimal | None = None
    comparator: str | None = None
    per: str | None = None
    rate_is_cap: bool = False
    matching: bool = False
    open_rate: bool = False
    additive: bool = False
    tiers: list[tuple[str, Quantity, bool]] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """No number at all."""
        return self.amount is None and self.rate is None and self.cap is None and not self.tiers


def on_top(view: View, trigger: int, end: int, base: str | None) -> Amount:
    """What 再提高5个百分点 or 再追加10万元 adds. Points add to the rate of the same base; 上浮20% is a share of the grant itself."""
    quantity = next(q for q in view.inside(trigger, end) if q.kind in ("money", "percent", "points"))
    made = Amount(additive=True, rules=["on-top"])
    if quantity.kind == "money":
        if quantity.comparator == "<=":
            made.cap = quantity.yuan
        else:
            made.amount = quantity.yuan
    elif quantity.kind == "points":
        made.rate, made.base = quantity.value / 100, base
    else:
        made.rate, made.base = quantity.rate, "原奖补金额"
    return made


def is_cap(view: View, quantity: Quantity, start: int) -> bool:
    """最高X, 不超过X, X以内: a limit rather than a sum."""
    if quantity.comparator == "<=":
        return True
    return bool(_CAP_HEAD.search(view.masked[max(start, quantity.start - 14) : quantity.start]))


def last_run(view: View, items: list[Quantity]) -> list[Quantity]:
    """The last enumeration of like quantities: 70%、80%和90%; 一等奖10万元、二等奖5万元."""
    run: list[Quantity] = []
    for item in items:
        if run:
            gap = view.masked[run[-1].stop : item.start]
            if not _LISTED.match(gap) or _NO_LIST.search(gap):
                run = []
        run.append(item)
    return run


def interpret(view: View, start: int, trigger: int, end: int) -> Amount:
    """Read the promise of ``text[start:end]``; ``start`` is where 按… or the trigger begins."""
    result = Amount()
    found = view.inside(start, end)
    percents = [q for q in found if q.kind == "percent"]
    ratios = [q for q in found if q.kind == "ratio"]
    money = [q for q in found if q.kind == "money"]
    region = view.text[start:end]
    result.matching = bool(re.search(r"配套(?!设施|用房|产业|服务|保险|政策|完善)", region)) or bool(ratios)
    if ratios:
        result.rate = ratios[-1].value
        result.base = base_of(view, start, ratios[-1].start, trigger)
        result.rules.append("ratio")
    elif percents:
        _rates(view, result, percents, start, trigger)
        limits = [item for item in money if item.start > percents[0].start]
        run = last_run(view, limits)
        if len(run) > 1 and is_cap(view, run[0], start) and not result.tiers:
            # 按实际支出的50%，分别给予最高50万元、30万元补助: one rate, a limit for each step
            result.tiers = [(_label(view, run, k, start), item, True) for k, item in enumerate(run)]
            result.rules.append("cap-tiers")
        elif limits and is_cap(view, limits[-1], start):
            result.cap = limits[-1].yuan
            result.rules.append("cap")
    elif money:
        _sums(view, result, money, start)
    if not percents and not ratios and "贴息" in region:
        market = re.search(
            r"按照?(?:不超过|最高)*(?P<base>[^，。]*(?:报价利率|基准利率|LPR|贷款利率)(?:（[^）]*）)?)", region
        )
        if market:  # the rate is the market's, not a number of the text
            result.open_rate, result.base = True, market["base"]
            result.rules.append("market-rate")
    if not money and not percents and not ratios and re.search(r"全额(?:奖|补|资助|贴|返|承担|报销)", region):
        result.rate = Decimal(1)
        result.base = _cost(view, trigger)
        result.rules.append("full-cost")
    _bracketed(view, result, start, end)
    if result.base is None and not percents:
        head = view.text[start:trigger]
        match = _FIXED_BASE.search(head)
        if (
            match
            and match["base"]
            and not re.search(
                r"\d|程序|规定|政策|办法|程度|情况|效果|难度|方式|原则|有关|绩效|类别|档次|等级|分别|级别",
                match["base"],
            )
        ):
            result.base = re.sub(r"^(?:其|该)", "", match["base"])
    if result.cap is not None or any(cap for _, _, cap in result.tiers):
        period = _PERIOD.search(region)
        result.cap_period = period.group() if period else None
    return result


def _rates(view: View, result: Amount, percents: list[Quantity], start: int, trigger: int) -> None:
    run = last_run(view, percents)
    if len(run) > 1 and all(_PLAIN_LIST.match(view.masked[a.stop : b.start]) for a, b in pairwise(run)):
        result.tiers = [("", item, False) for item in run]
        result.base = base_of(view, start, run[0].start, trigger)
        result.rules.append("tiered-rate")
        return
    if len(run) > 1 and all(re.match(r"[、，；和及]", view.masked[a.stop : b.start]) for a, b in pairwise(run)):
        # 1000万元以下部分按10%、1000万元以上部分按5%: each rate has its own stretch.
        opening = re.match(
            r"(?:按照?|参照)(?P<base>.+?)(?P<when>前[一二三两\d]+年|第一年|首年)(?:按|给予)?$",
            view.text[start : run[0].start],
        )
        names = [opening["when"] if opening else view.text[start - 40 if start > 40 else 0 : start].rpartition("，")[2]]
        names += [view.text[a.stop : b.start] for a, b in pairwise(run)]
        result.tiers = [
            (re.sub(r"^[、，；和及对]+|的?(?:按照?|给予|部分按)$", "", name), item, False)
            for name, item in zip(names, run, strict=True)
        ]
        result.base = opening["base"] if opening else None
        result.rules.append("stepped-rate")
        return
    item = run[-1]
    result.rate, result.rate_max = item.rate, item.rate_max
    result.rate_is_cap = item.comparator == "<=" or bool(
        re.search(r"(?:不超过|不高于|不得超过|最高|最多)[^，。]{0,30}$", view.masked[start : item.start])
    )
    result.base = base_of(view, start, item.start, trigger)
    result.rules.append("rate-range" if item.rate_max is not None else "rate")


def _sums(view: View, result: Amount, money: list[Quantity], start: int) -> None:
    run = last_run(view, money)
    if len(run) > 1:
        capped = is_cap(view, run[0], start)
        result.tiers = [
            (_label(view, run, k, start), item, capped or is_cap(view, item, start)) for k, item in enumerate(run)
        ]
        result.rules.append("tiers")
        return
    for item in money:
        head = view.masked[max(start, item.start - 14) : item.start]
        measured = item.per or _per_before(head)
        if measured and MEASURED.search(measured):
            result.amount, result.per = item.yuan, measured
            result.base = measured if item.per else f"每{measured}"
            result.rules.append("per-measure")
        elif item.value_max is not None and not is_cap(view, item, start):
            result.amount, result.cap = item.yuan, item.yuan_max
            result.rules.append("amount-range")
        elif is_cap(view, item, start):
            result.cap = item.yuan
            result.rules.append("cap")
        else:
            result.amount = item.yuan
            if item.comparator == ">=":
                result.comparator = ">="
            result.rules.append("amount")


def _cost(view: View, trigger: int) -> str | None:
    """The cost that is paid in full: 登记费全额资助 -> 登记费."""
    head = view.text[:trigger]
    match = re.search(r"([\u4e00-\u9fff]{1,10}(?:费用?|利息|资金|经费|支出|成本))(?:给予|予以|由[^，]*)?$", head)
    if match:
        return match.group(1)
    # 企业所得税……市、县分成部分……全额奖励: a tax or fee, or a share of it, named further in front.
    tax = re.search(r"[\u4e00-\u9fff]{1,10}(?:税|费)", head)
    part = _last(re.compile(r"[\u4e00-\u9fff、]{1,18}(?:部分|贡献)"), head)
    share = re.sub(r"^.*(?:内|其|的)(?=.{3})", "", part.group()) if part else ""
    name = re.sub(r"^(?:.*(?:的|纳)(?=.{2})|按照?|其|该)+", "", tax.group()) if tax else ""
    share = re.sub(r"^(?:按照?|其|该)+", "", share)
    if part and name and part.start() < head.find(name) + len(name):
        return share  # one phrase names both
    return (name + share) or None


def _per_before(head: str) -> str | None:
    match = re.search(r"每(平方米|平米|亩|吨|公斤|千瓦时|千瓦|立方米|公里|张床位|床|人每?月|月)[^，。每]{0,6}$", head)
    return match.group(1) if match else None


def _label(view: View, run: list[Quantity], k: int, start: int) -> str:
    """Name written before an amount in a list: 一等奖10万元 -> 一等奖."""
    left = run[k - 1].stop if k else max(start, run[k].start - 12)
    gap = re.sub(
        r"^[、，和及与或]|(?:最高|不超过|不高于|奖励|补助|给予|分别|一次性|为)+$", "", view.text[left : run[k].start]
    )
    gap = re.sub(r"^[、，和及与或]|.*(?:给予|分别|奖励|补助)", "", gap)
    if k == 0 and ends_in_org(gap):
        return ""  # 分别给予经营团队10万元、20万元: the receiver, not a step
    return (
        gap
        if 0 < len(gap) <= 12 and not re.search(r"每|单个|单项", gap) and re.fullmatch(r"[\u4e00-\u9fff“”（）]+", gap)
        else ""
    )


def _bracketed(view: View, result: Amount, start: int, end: int) -> None:
    """Brackets right after the number: （最高不超过10万元）, （第一年补助6万元，第二年补助4万元）."""
    for opened, closed in _brackets(view, start, end + 1):
        body = view.text[opened + 1 : closed]
        inner = [q for q in view.quantities if opened < q.start < closed and q.kind == "money"]
        if len(inner) == 1 and re.search(r"最高|不超过|上限|封顶|以内|为限", body):
            result.cap = inner[0].yuan
            result.rules.append("cap-in-brackets")
        elif len(inner) > 1 and re.search(r"奖励|补助|补贴|给予|资助", body) and not result.tiers:
            for item in inner:
                head = body[: item.start - opened - 1]
                left = max(head.rfind("，"), head.rfind("、"))
                label = re.sub(r"奖励|补助|补贴|给予|资助", "", head[left + 1 :])
                result.tiers.append((label, item, False))
            result.rules.append("tiers-in-brackets")


def _brackets(view: View, start: int, end: int) -> list[tuple[int, int]]:
    """Outer brackets that open between two positions."""
    found: list[tuple[int, int]] = []
    at = view.masked.find("（", max(0, start))
    while 0 <= at <= end:
        closed = view.masked.find("）", at)
        if closed < 0:
            break
        found.append((at, closed))
        at = view.masked.find("（", closed)
    return found


def base_of(view: View, start: int, rate_at: int, trigger: int) -> str | None:
    """What a rate is taken of: 按技术合同交易额的2% -> 技术合同交易额; 给予企业超出额0.5% -> 超出额."""
    head = view.text[start:rate_at]
    match = _last(re.compile(r"按照?|参照|依照|依据|根据"), view.masked[start:rate_at])
    if match is not None:
        body = re.sub(r"^(?:不超过|不高于|最高|其|该|企业|补助|奖励)+", "", head[match.end() :])
        body = re.sub(r"(?:的)?(?:不超过|不高于|不得超过|最高|最多|给予|予以|为)*$", "", body)
        body = re.sub(r"(?:的)?(?:不超过|不高于|最高|最多)*$", "", body)
        body = re.sub(r"(?:给予|补助|奖励|补贴|资助)$|，$", "", body)
        if body:
            return body
    give = re.search(r"(?:给予|予以)(?!.*(?:给予|予以))", view.masked[start:rate_at])
    if give:
        body = head[give.end() :]
        org = leading_org(body)
        body = re.sub(r"^(?:补助|奖励|补贴|资助|不超过|不高于|最高|最多)+", "", body[len(org) :] if org else body)
        body = re.sub(r"(?:的)?(?:不超过|不高于|最高|最多|连续\d年)*$", "", body)
        if body:
            return body
    limit = re.search(r"(?:不超过|不高于|不得超过|低于)(?P<base>[^，。]*?)的?$", head)
    if limit and limit["base"]:
        return limit["base"]
    return None


def entity_per(text: str) -> str | None:
    """每家, 单品种, 每新设一家连锁门店, 年零售额每实现2000万元: what one sum is paid for."""
    match = _last(_STEP_PER, text) or _last(_ENTITY_PER, text)
    return re.sub(r"^(?:对于?|按照?|标准为)|.*标准为", "", match["per"]) if match is not None else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def period_of(text: str) -> str | None:
    """每年, 年度, 三年累计: the period a limit is counted over."""
    match = _PERIOD.search(text)
    return match.group() if match else None

"""Stage 6b, incentives: put grant events together with their conditions, beneficiaries, limits and tiers.

The reader walks through the segments of each paragraph. Text that grants nothing is kept as the condition of the
next grant; a limit belongs to the grant before it; a grant that repeats only a step (达到5000万元的，按1.5%…) is a tier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from kechuang.reading import amounts, tiers
from kechuang.reading.amounts import Amount
from kechuang.reading.beneficiaries import GRANTOR, Beneficiaries
from kechuang.reading.grants import Event, announces_tiers, find_event, may_grant
from kechuang.reading.model import Incentive
from kechuang.reading.phrases import Segment
from kechuang.reading.settle import OWN_SUBJECT, Draft, freeze, resolve_articles, trim_condition
from kechuang.reading.view import View

_CONNECTOR = re.compile(
    r"^(?:并且|并|同时|其中|此外|另外|同时对|而且|且|再|可|则|即|：|，|、|——|\s|[①-⑳]|（[\d一二三四五六七八九十]{1,3}）|\d{1,2}[.、]|经[^，]{0,4}后)+"
)
_AMOUNT_LEAD = re.compile(r"^(?:可|并|则|分别|将|统一|每年|均)*(?:按照?|参照|依照|以(?!上))")
_STANDARD = re.compile(r"(?:标准|比例)$")
_ELLIPSIS = re.compile(
    r"^(?:达到|达|超过|满|不足|每增加|每新增|每超过|每超|高于|低于|首次达到|第[一二三四五六\d]+(?:至[一二三四五\d]+)?[年名档]|前[一二三两\d]+年|后[一二三两\d]+年"
    r"|首年|次年|其余|超出部分|\d)"
)
_YEAR_STEP = re.compile(
    r"^(?:第[一二三四五六\d]+(?:至[一二三四五\d]+)?年|前[一二三两\d]+年|后[一二三两\d]+年|首年|次年)"
)
_SKIPPED_HEADING = re.compile(r"政策兑现|资金拨付|兑现时间|申报材料|办理流程|申报程序|法律责任|名词|监督管理")
_LIMIT_SUBJECT = re.compile(
    r"^(?:但|且|原则上|最终|单|每|同一|各|年|全年|累计|合计|总额|最高|最多|其中|该|其(?!他|它|余)|上述|以上|两项|三年|连续|期限|补助|奖励|资助|补贴|\d年|$)"
)
_STANDARD_LABEL = re.compile(r"(?:补贴|补助|奖励|资助|支持|扶持|奖补)(?:标准|金额|额度)[：:]$")
_BARE_STEP = re.compile(
    r"^(?:其中|即)?[：:]?(?P<name>[\u4e00-\u9fff“”（）、]{2,16}?)(?:为|每[家个项人]|最高|不超过|的)*$"
)
_LONGEST_CONDITION = 600
_GENERAL = re.compile(r"^(?:对于?)?(?:符合|满足)(?:上述|以上|相关|有关)?(?:条件|要求|规定|标准)的[^，]*$")
_BASE_PIECE = re.compile(
    r"(?P<base>[^，]{2,40}(?:部分|额|收入|贡献|投入|费用?|支出|投资|利息|资金|成本|租金|保费|价款|税收))$"
)
_RESULTLESS = re.compile(r"^(?:根据|按照?|依据|结合)")


def read_incentives(views: list[View], beneficiaries: Beneficiaries) -> list[Incentive]:
    """All incentives of the document, in text order."""
    found: list[Draft] = []
    for _, group in groupby(views, key=lambda view: view.paragraph):
        paragraph = list(group)
        if any(_SKIPPED_HEADING.search(title) for title in paragraph[0].headings):
            continue
        found.extend(_Walker(beneficiaries).walk(paragraph))
    done = [freeze(draft) for draft in found]
    return resolve_articles(done)


class _Walker:
    """State while reading one paragraph."""

    def __init__(self, beneficiaries: Beneficiaries) -> None:
        self.beneficiaries = beneficiaries
        self.drafts: list[Draft] = []
        self.lead = ""
        self.sentence_lead = ""
        self.before = ""

    def walk(self, views: Iterable[View]) -> list[Draft]:
        """Read the sentences of one paragraph in order."""
        for index, view in enumerate(views):
            self.sentence_lead = ""
            if not may_grant(view.text):
                self.before = view.text
                continue
            for unit in view.units:
                self._unit(view, unit, index)
            self.before = view.text
            lead = re.match(r"^([^：]{6,90})：(?=（\d）)", view.text)
            if lead:
                self.lead = lead.group(1)
        return self.drafts

    @property
    def current(self) -> Draft | None:
        return self.drafts[-1] if self.drafts else None

    def _unit(self, view: View, unit: tuple[int, int], index: int) -> None:
        pending = unit[0]
        segments = view.segments_of(unit)
        for k, segment in enumerate(segments):
            if announces_tiers(view, segment):
                self.sentence_lead = self._join(self.sentence_lead, view.text[pending : segment.end])
                pending = min(segment.end + 1, unit[1])
                continue
            event = find_event(view, segment)
            if event is None:
                if self._standard(view, segment, pending, unit, index):
                    pending = min(segment.end + 1, unit[1])
                    continue
                if self._bare_step(view, segment, unit):
                    pending = min(segment.end + 1, unit[1])
                    continue
                if (
                    segment.mark in (":", "：")
                    and k + 1 < len(segments)
                    and unit[0] == pending
                    and self._colon(view, unit, segment)
                ):
                    pending = segment.end + 1
                continue
            if self._take(view, event, pending, unit, segments[:k], index):
                pending = min(segment.end + 1, unit[1])

    def _colon(self, view: View, unit: tuple[int, int], segment: Segment) -> bool:
        """新纳入限额以上的商贸企业：批发企业…；零售企业…: what stands before the colon holds for all that follow."""
        lead = view.text[unit[0] : segment.end]
        if len(lead) < 6 or lead.endswith("即"):
            return False
        self.sentence_lead = lead
        return True

    def _standard(self, view: View, segment: Segment, pending: int, unit: tuple[int, int], index: int) -> bool:
        """补贴标准：10000元 / 奖励标准：一等奖30万元，二等奖18万元: a label and the sum."""
        if not _STANDARD_LABEL.search(view.text[unit[0] : segment.start]) or (
            self.current is not None and (self.current.unit == unit and self.current.view.sentence is view.sentence)
        ):
            return False
        sums = [q for q in view.inside(segment.start, segment.end) if q.kind in ("money", "percent")]
        if not sums:
            return False
        named = _BARE_STEP.match(view.text[segment.start : sums[0].start])
        promise = (
            Amount()
            if named and sums[0].kind == "money"
            else amounts.interpret(view, segment.start, segment.start, segment.end)
        )
        event = Event("standard", segment, segment.start)
        self._start(view, event, pending, promise, "", unit, index)
        if promise.empty and named:
            self._bare_step(view, segment, unit)
        return True

    def _bare_step(self, view: View, segment: Segment, unit: tuple[int, int]) -> bool:
        """给予一次性奖励，其中国家级50万元，省级20万元: names and sums after a grant without a sum."""
        current = self.current
        if current is None or current.unit != unit or current.view.sentence is not view.sentence:
            return False
        if not (current.amount.empty or "bare-step" in current.amount.rules) or current.rule in ("by-article", "limit"):
            return False
        sums = [q for q in view.inside(segment.start, segment.end) if q.kind == "money"]
        match = _BARE_STEP.match(view.text[segment.start : sums[0].start]) if len(sums) == 1 else None
        if match is None or view.masked[sums[0].stop : segment.end].strip("的"):
            return False
        promise = Amount(amount=sums[0].yuan)
        if sums[0].comparator == "<=":
            promise = Amount(cap=sums[0].yuan)
        current.steps.append(tiers.as_tier(match["name"], promise))
        current.amount.rules.append("bare-step")
        current.end = view.span(segment.start, segment.end)[1]
        return True

    @staticmethod
    def _join(left: str, right: str) -> str:
        if not right or right in left or len(left) > _LONGEST_CONDITION:
            return left
        return f"{left}，{right}" if left else right

    def _take(
        self, view: View, event: Event, pending: int, unit: tuple[int, int], before: list[Segment], index: int
    ) -> bool:
        region = self._region(view, event, pending, before)
        own = GRANTOR.sub("", _CONNECTOR.sub("", view.text[pending:region].strip("，、：； ")))
        own = re.sub(r"，?可?享受$", "", own)
        own = re.sub(r"^(?:补贴|补助|奖励|资助|支持)(?:标准|金额|额度)[：:]?(?:为)?", "", own)
        current = self.current
        if event.rule == "additive":
            own = re.sub(r"(?:补助|补贴|奖励|资助|支持)?(?:比例|标准|金额|额度)?$", "", own.strip("，的可"))
            base = current.amount.base if current is not None else None
            promise = amounts.on_top(view, event.trigger, event.segment.end, base)
            self._start(view, event, pending, promise, own, unit, index)
            return True
        promise = amounts.interpret(view, region, event.trigger, event.segment.end)
        near = current is not None and current.last_segment >= index - 1
        if event.rule == "pool":
            promise.cap, promise.amount = promise.amount, None
            promise.cap_period = amounts.period_of(view.text)
        if (
            event.limit
            and current is not None
            and current.amount.cap is not None
            and re.search(r"享受的|同一实际控制人|同一集团", own)
        ):
            return True  # a ceiling shared by several firms: a cumulation rule, not a grant
        if (
            event.rule == "giving"
            and current is not None
            and current.unit == unit
            and near
            and re.match(r"(?:每|单)[家个户人位]", own or view.masked[region : event.trigger])
            and promise.cap is not None
            and promise.amount is None
            and self._limit(view, event, current, promise, own, index)
        ):
            return True
        if event.limit and current is not None and near and self._limit(view, event, current, promise, own, index):
            return True
        if event.rule == "limit" and promise.empty:
            return False
        if event.rule == "limit" and not re.search(
            r"支持|奖励|补助|补贴|资助|扶持|券", view.masked[pending : event.segment.end]
        ):
            return False  # a ceiling of something else
        if current is not None and near and self._step(view, event, current, promise, own, unit):
            current.last_segment = index
            return True
        self._start(view, event, pending, promise, own, unit, index)
        return True

    def _region(self, view: View, event: Event, pending: int, before: list[Segment]) -> int:
        """Where the promise begins: 按… in the segment itself, or the segments before that state a standard."""
        head = view.masked[max(event.segment.start, pending) : event.trigger]
        match = re.search(r"(?:按照?|参照|依照|从(?=[^，]*(?:中|内)))(?!规定|程序|有关|要求|时|期|季|月|年)", head)
        start = max(event.segment.start, pending) + match.start() if match else event.trigger
        if match is None and head.strip("，可并则将由") and event.rule != "noun-limit":
            tail = re.search(
                r"(?:每[^，]{1,14}|单[个项家人品台户][^，]{0,10}|第[一二三]年|分别|一次性|最高|当年)+$", head
            )
            if tail:
                start = max(event.segment.start, pending) + tail.start()
            elif not re.fullmatch(r"[可并则将由分别一次性当年再另外统]*", head):
                return start
        for segment in reversed(before):
            if segment.end <= pending or start > segment.end + 24 or segment.start < pending:
                break
            text = view.masked[segment.start : segment.end]
            lead = _AMOUNT_LEAD.match(text)
            if lead and not re.search(r"程序|规定认定|原则$", text):
                start = segment.start
            elif _STANDARD.search(text) and re.search(r"按", text):
                start = segment.start + text.find("按")
            else:
                break
        return start

    def _limit(self, view: View, event: Event, current: Draft, promise: Amount, own: str, index: int) -> bool:
        """Attach 单个项目最高不超过500万元 to the grant before it; ``False``: it stands for itself."""
        text = view.masked[event.segment.start : event.segment.end]
        fresh = index > current.last_segment
        if view.text.startswith("（"):
            own = ""  # a sentence in brackets adds to the one before it
        if fresh and (
            OWN_SUBJECT.match(own)
            or current.amount.cap is not None
            or len(own) > 12
            or current.view.paragraph != view.paragraph
        ):
            return False
        if not _LIMIT_SUBJECT.match(own) or (len(own) > 26 and "的" in own):
            return False
        if _YEAR_STEP.match(own) and current.amount.cap is not None:
            return False
        if promise.rate is not None:
            if current.amount.rate is None and not current.amount.tiers and current.amount.amount is None:
                current.amount.rate, current.amount.rate_is_cap = promise.rate, True
                current.amount.base = promise.base or current.amount.base
            current.end = view.span(event.segment.start, event.segment.end)[1]
            current.last_segment = index
            return True
        if promise.cap is None and not promise.tiers:
            if promise.amount is None:
                return True
            promise.cap = promise.amount
        if promise.tiers or promise.cap is None:
            return False
        if current.amount.cap is not None and current.amount.cap != promise.cap:
            current.amount.unit_cap = min(current.amount.cap, promise.cap)
            current.amount.cap = max(current.amount.cap, promise.cap)
        else:
            current.amount.cap = promise.cap
        current.amount.cap_period = amounts.period_of(text) or current.amount.cap_period
        if (
            current.amount.per is None
            and current.amount.amount is None
            and current.amount.rate is None
            and not current.amount.tiers
        ):
            per = amounts.entity_per(text)
            if per and not amounts.period_of(text):
                current.amount.per = per
                current.amount.base = current.amount.base or per
        current.amount.rules.append("limit-after")
        current.end = view.span(event.segment.start, event.segment.end)[1]
        current.last_segment = index
        return True

    def _step(self, view: View, event: Event, current: Draft, promise: Amount, own: str, unit: tuple[int, int]) -> bool:
        """A grant that states only another step of the one before it becomes a tier of it."""
        if current.view.paragraph != view.paragraph or promise.empty or promise.tiers:
            return self._fill(view, event, current, promise, own, unit)
        frame = tiers.frame(own)
        same_frame = frame is not None and tiers.same(current.step_frame, frame) and bool(re.search(r"\d", own))
        same_measure = (
            current.view.sentence is view.sentence
            and promise.per is not None
            and promise.per == current.amount.per
            and bool(amounts.MEASURED.search(promise.per))
        )
        if self._fill(view, event, current, promise, own, unit):
            return True
        if not (same_frame or same_measure or (_ELLIPSIS.match(own) and len(own) <= 40)):
            return False
        if current.amount.tiers:
            return False
        if not current.steps:
            if current.amount.empty:
                return False
            current.steps.append(tiers.as_tier(tiers.step_label(current.own, own), current.amount))
        current.steps.append(tiers.as_tier(own.rstrip("的，"), promise))
        if current.amount.rate is not None:
            current.amount.base = current.amount.base or promise.base
            current.amount.rate_is_cap = current.amount.rate_is_cap or promise.rate_is_cap
        current.end = view.span(event.segment.start, event.segment.end)[1]
        current.amount.rules.append("elliptic-step")
        return True

    def _fill(self, view: View, event: Event, current: Draft, promise: Amount, own: str, unit: tuple[int, int]) -> bool:
        """给予企业连续5年奖励，即：…分别参照…70%、80%和90%: the second part gives the first its numbers."""
        if current.view.sentence is not view.sentence or current.unit != unit or promise.empty:
            return False
        between = view.text[view.norm.index(current.end) : event.trigger]
        if current.steps and _YEAR_STEP.match(own):
            current.steps.append(tiers.as_tier(_step_name(own), promise))
            current.end = view.span(event.segment.start, event.segment.end)[1]
            return True
        if not current.amount.empty:
            if (
                _YEAR_STEP.match(own)
                and not current.steps
                and not current.amount.tiers
                and _YEAR_STEP.search(_CONNECTOR.sub("", current.own[-12:]))
            ):
                return False
            return False
        if (
            current.rule == "giving"
            and amounts.entity_per(own + "，")
            and re.search(r"最高|不超过|每", view.text[event.segment.start : event.segment.end])
            and not re.search(r"对", own)
        ):
            current.amount.cap, current.amount.amount = promise.cap, promise.amount
            current.amount.per = amounts.entity_per(own + "，")
        elif (
            event.rule != "full-cost" and own and not re.search(r"即[：:]?|其中|具体为?[：:]|标准为?[：:]?|：", between)
        ):
            return False
        elif _YEAR_STEP.match(own):
            current.steps.append(tiers.as_tier(_step_name(own), promise))
        else:
            base = current.amount.base
            current.amount = promise
            current.amount.base = promise.base or base
            current.own = own
        current.amount.rules.append("filled-after-colon")
        current.end = view.span(event.segment.start, event.segment.end)[1]
        return True

    def _start(
        self, view: View, event: Event, pending: int, promise: Amount, own: str, unit: tuple[int, int], index: int
    ) -> None:
        current = self.current
        condition, reasons = own, []
        inherits = current is not None and current.view.sentence is view.sentence and current.unit == unit
        if len(own) < 4 or _RESULTLESS.match(own):
            if inherits and current is not None:
                condition = self._join(current.condition or "", own)
                reasons.append("condition taken from the grant before it")
            elif self.before and len(own) < 4:
                condition = self._join(self.before, own)
                reasons.append("condition stands in an earlier sentence")
        if _GENERAL.match(own) and self.before and condition == own:
            condition = self._join(self.before.rstrip("。"), own)
            reasons.append("condition stands in an earlier sentence")
        listed = self.beneficiaries.conditions.get(view.clause, "")
        if (
            listed
            and event.rule in ("standard", "direct", "giving")
            and _STANDARD_LABEL.search(re.sub(r"[：:].*$", "：", view.text))
        ):
            condition = self._join(listed, condition)
            reasons.append("condition stands in an earlier sentence")
        lead = self._join(self.lead, self.sentence_lead) or view.lead
        if lead and lead not in condition:
            condition = self._join(lead, condition)
        start = self._span_start(view, pending, unit)
        end = event.segment.end
        if end < len(view.masked) and view.masked[end] == "（":
            end = view.masked.find("）", end) + 1 or end
        promised = view.text[event.trigger : event.segment.end]
        if event.reference:
            reasons.append("amount stands in another article")
        reference = event.reference
        if reference is None and promise.empty:
            reference = _delegated(view, pending, event)
            if reference:
                reasons.append("amount stands in another document")
        steps = []
        step = own.rpartition("，")[2]
        if _YEAR_STEP.match(step) and not promise.tiers and not promise.empty:
            steps.append(tiers.as_tier(_step_name(step), promise))
        self._set_per(view, event, pending, promise, own)
        self._set_base(promise, own)
        if promise.tiers:
            promise.tiers, mismatch = tiers.name_tiers(promise.tiers, condition, promised)
            if mismatch:
                reasons.append(mismatch)
        who = self.beneficiaries.of(
            view,
            own,
            promised,
            condition,
            current.beneficiary if inherits and current and (len(own) < 4 or _RESULTLESS.match(own)) else None,
            self.lead or lead,
            self.before,
        )
        if who.reason:
            reasons.append(who.reason)
        left, right = view.norm.start(start), view.norm.end(max(end, start + 1))
        self.drafts.append(
            Draft(
                view,
                left,
                right,
                trim_condition(condition),
                own,
                who.name,
                promise,
                event.rule,
                unit,
                reference,
                reasons,
                index,
                steps,
                tiers.frame(own),
            )
        )

    def _set_per(self, view: View, event: Event, pending: int, promise: Amount, own: str) -> None:
        if promise.per or promise.rate is not None or promise.empty:
            return
        text = view.masked[pending : event.segment.end]
        money = [q for q in view.inside(pending, event.segment.end) if q.kind == "money"]
        if not money:
            return
        local = view.masked[max(pending, event.segment.start - 30) : money[-1].start]
        per = amounts.entity_per(re.sub(r"(?:最高|不超过|给予|奖励|补助|支持|资助)*$", "，", local))
        yearly = promise.cap_period or amounts.period_of(text)
        if per and not (yearly and re.match(r"单[个家]企业|每[家户个]企业", per)):
            promise.per = per
            promise.base = promise.base or per

    @staticmethod
    def _set_base(promise: Amount, own: str) -> None:
        """Base named before the promise: …的新增部分，按照50%奖励; 根据实际投入给予最高80万元."""
        if promise.base is not None or promise.per:
            return
        piece = own.rstrip("的，").rpartition("，")[2]
        if promise.rate is not None:
            match = _BASE_PIECE.search(re.sub(r"^(?:对于?|则|其)", "", piece))
        else:
            match = re.search(r"(?:根据|结合)(?P<base>[^，]{0,14}(?:投入|投资额?|费用|支出|金额|成本))$", piece)
        if match:
            promise.base = match["base"]
            promise.rules.append("base-before")

    def _span_start(self, view: View, pending: int, unit: tuple[int, int]) -> int:
        text = view.text[pending : unit[1]]
        match = re.match(r"^(?:，|；|。|：|、|\s|（[\d一二三四五六七八九十]{1,3}）|[①-⑳])+", text)
        return pending + (match.end() if match else 0)


def _delegated(view: View, start: int, event: Event) -> str | None:
    """按照中省有关政策给予奖励, 具体办法另行制定: where an amount that is not written here stands."""
    match = _DELEGATION.search(view.text, max(start, event.segment.start - 30), event.segment.end)
    if match:
        return match["doc"]
    later = re.search(
        r"(?:具体)?[^，。；]{0,12}(?:办法|标准|细则|额度)[^，。；]{0,16}另行(?:制定|规定|公布|明确)",
        view.text[event.segment.end :],
    )
    return later.group().strip("，") if later else None


_DELEGATION = re.compile(
    r"(?:按照?|依照|参照|根据)(?P<doc>《[^》]+》(?:（[^）]*）)?|(?:国家|中央|中省|省|上级|有关|相关|市)[^，。；]{0,10}(?:政策|规定|办法|标准)|规定)"
)


def _step_name(own: str) -> str:
    match = _YEAR_STEP.search(own)
    return match.group() if match else own

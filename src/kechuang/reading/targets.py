"""Stage 6a, targets: figures that are to be reached.

Constructions, each a named rule:

``verb-count``     建设30家重点创新型企业, 每年遴选不少于30家…, 设立不低于1亿元的引导资金
``verb-noun``      建设市级以上孵化器10家, 新增就业24万以上
``reach``          研发投入占比达到1.6%以上, 失业率控制在3.5%以内, 产值突破1000亿元
``parallel``       A、B分别达到X、Y
``nested``         其中省级以上5家: the head is that of the figure before it
``coordinate``     建成1~2所A、6~8所B和10~12所C: the verb is that of the first
``share-of``       80%以上的规模以上工业企业建立研发机构, 半数以上的乡镇建成科普站
``coordinate-noun`` 培育瞪羚企业100家、独角兽企业3家: the same with the figure behind
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kechuang.reading import deadlines
from kechuang.reading.intervals import Intervals
from kechuang.reading.model import Evidence, Target
from kechuang.reading.phrases import Segment
from kechuang.reading.quantities import Quantity
from kechuang.reading.relative import NOTHING, Known
from kechuang.reading.view import View

_BUILD = (
    r"(?:培育建设|建设|建成|建立|建有|新建|改建|扩建|创建|创成|培育|培养|引进|引育|引入|选择|遴选|选派|选树|开发|打造|组建|认定|实施|完成|设立|形成"
    r"|发展|扶持|新增|新认定|新培育|争取|集聚|聚集|推广|培训|招聘|招收|安排|举办|开展|发布|制定|制修订|孵化|落地|入驻|转化|布局|改造|筹集|拥有|达成"
    r"|推动|推进|支持|布设|投放|吸引|选聘|评选|储备|组织|建|实现|获得|申请|授权|登记|签订|突破|攻克|研发|建好|办好|新设|提供|净增|增加|转移转化|搭建"
    r"|储备|谋划|招引|创办|盘活|供应|投资|覆盖|服务|帮扶|推荐|申报|取得|参与|主导|出台|保有|配备|覆盖到)"
)
#: Verbs that by themselves set a goal: 引进高层次人才100名.
_MAKE = re.compile(
    r"建设|建成|新建|培育|引进|打造|创建|新增|组建|培养|发展|扶持|遴选|选派|招引|建立|设立|形成|新认定|净增|改造"
)
_MODIFIER = (
    r"(?:不少于|不低于|不超过|至少|超过|突破|达到?|约|近|新增|累计|总规模|总额|规模|的|各|一批|市级|省级|国家级|新|成|和|、|了|每年|年均|力争"
    r"|总投资|总量|数量|共|总共|到|满|首批|以上|\x00|（)*"
)
_VERB_COUNT = re.compile(rf"(?P<verb>{_BUILD}(?:(?:和|、|及|并){_BUILD})?){_MODIFIER}$")
_VERB_NOUN = re.compile(
    rf"(?P<verb>{_BUILD}(?:(?:和|、|及)?{_BUILD})*)(?P<noun>[^，；。：]{{2,}}?)"
    r"(?:不少于|不低于|不超过|超过|突破|达到|达|至少|约|近|至|到|力争)*$"
)
_REACH = re.compile(
    r"(?:累计|总体|平均|力争|预计|将|均|就|全部|基本|稳步|逐步|分别|年均|比\d{4}年|较\d{4}年|比上年|同比)*"
    r"(?P<reach>达到或超过|达到|达(?!成)|不低于|不少于|不超过|不高于|不得低于|不得少于|超过|突破|高于|控制在|稳定在|保持在|维持在|提高到|提高至|提升到|提升至|增加到"
    r"|增加至|增长到|增至|升至|扩大到|下降到|降低到|下降至|降低至|降至|降到|压缩到|压缩至|缩短到|缩短至|占比达|占到|占(?=\d|不)|增长|提高|提升|下降|降低|减少"
    r"|翻|实现|递增|力争|为(?=\d)|低于|少于)(?:了)?(?:到|在|至|不低于|不少于|超过|约|近|不超过|达到|达|以上|百分之)*$"
)
_LEVEL = re.compile(r"^(?:(?:国家|省|市|县|区|部)(?:部)?级(?:及)?(?:以上)?(?:和[省市]级)?|省部级(?:以上)?|国际|国内)")
_STRIP = re.compile(
    r"^(?:其中|并且|并|同时|力争|努力|争取|确保|使得?|将|把|要|全面|到|基本|逐步|大力|加快|通过|此外|且|及|和|、|，|：|至|在|——|（\d{1,2}）|[①-⑳]"
    r"|[一二三四五六七八九十]+是|\d[.．、]|进一步|初步|推动|实现|预期|达到|重点|计划|规划|[三五]年内?|未来\d年|内)+"
)
_CONDITIONAL = re.compile(r"^(?:对于?(?!外|口|接)|凡|如|若|经|符合|连续|上年|上一年|申请|申报)")
_PROCEDURE = re.compile(
    r"期限|有效期|建设期|贷款期|注册资本|注册资金|成立时间|年龄|面积在|工作日|厚度|装订|一式|份数|字数|单个|单项(?!冠军)|每次|每人次|每项|补助|补贴|奖励|资助|贴息|费率"
    r"|利率|税率|罚款|担保费|保费|报酬|年薪|学历|任职|公示|提前|逾期|抵扣|扣除|名额|股权|持股|占股|出资比例|分值|得分|排名|结算|申报单位|申请人|兑现"
)
_FUND = re.compile(
    r"资金|基金|产值|投资|收入|增加值|规模|营收|贷款|融资|保费|投入|经费|交易额|成交额|销售|税收|利润|GDP|生产总值|消费|出口|进出口|价值|补贴券|券"
)
_SKIP_HEADING = re.compile(
    r"条件|对象|材料|流程|程序|附则|兑现|名词|界定|资格|额度|法律责任|罚则|审核|受理|申请|申报|受益范围|发展基础|工作基础|主要成就|主要成效|现状|回顾|面临形势|发展环境|支持范围|补贴标准|资助标准|支持标准|奖励标准|监督"
)
_GOAL = re.compile(
    r"翻[一两二三]番|由[^，]*(?:提高|提升|增加|扩大|降低|下降)到|力争|实现|确保|努力|目标|年均|争取|突破"
)
#: 增幅应当高于财政支出增幅2个百分点: a duty between two rates, as statutes set it.
_DUTY = re.compile(r"(?:应当?|必须|要)(?=(?:高于|快于|低于|超过))")
_GOAL_HEADING = re.compile(r"目标|指标|任务|规划|行动|工程|计划")
_SHARE_OF = re.compile(
    r"^的?(?P<who>[\u4e00-\u9fff]{2,18}?)(?P<does>(?:建立|建成|建有|设立|拥有|配备|开展|实现|完成|纳入|接入|入驻|通过|达到)[\u4e00-\u9fff“”\x00]{2,24})$"
)
_SKIP_KINDS = ("time", "ratio")
_SKIP_UNITS = re.compile(r"(?:工作日|自然日|厘米|份|页|小时|分钟|日|天|月|岁|字|条|款|(?<!人)次|轮|期|度|(?<!分)点)$")
_OK_TIME = re.compile(r"轮候|时间|周期|寿命|预期|时限|年限")
_PAST = re.compile(r"(?:已(?!经?定)|达到了|超过了|增长了|提高了|截至|近年来|目前|现有|^上年|去年|同比增长)")
#: 由8000元以下提高到9000元以下: the first figure is the starting point.
_FROM_TO = re.compile(r"^[^，；。]{0,6}?(?:提高|增加|提升|调整|扩大|下降|降低|增长|降|增)(?:到|至|为)")
#: 产值超百亿元企业: the figure is part of a name.
_NAME_GOES_ON = r"(?:以上|左右)?的?(?:企业|项目|产业|园区|集群|平台|基地|机构|单位|人才|团队|工程)"
_PER_RATE = re.compile(r"(?:年均|每年|年度)")


def read_targets(views: Iterable[View], taken: Intervals, known: Known = NOTHING) -> list[Target]:
    """All targets; ``taken`` are source spans that already are incentives, ``known`` dates relative deadlines."""
    found: list[Target] = []
    scope = deadlines.Scope()
    for view in views:
        scope.enter(view.paragraph, view.clause, view.bulleted)
        terms = deadlines.find(view.masked, view.text, known)
        if (
            view.quantities
            and not any(_SKIP_HEADING.search(title) for title in view.headings)
            and not re.search(r"(?:条件|材料|要求|情形)[^。]*[：:]$", view.lead)
        ):
            found.extend(_Sentence(view, terms, scope.current, taken, len(found)).read())
        scope.leave(terms, view.bulleted)
    return found


class _Sentence:
    """Reads one sentence; remembers the figure before, for 其中 and elided verbs."""

    def __init__(
        self,
        view: View,
        terms: list[deadlines.Deadline],
        inherited: deadlines.Deadline | None,
        taken: Intervals,
        offset: int,
    ) -> None:
        self.view = view
        self.terms = terms
        self.inherited = inherited
        self.taken = taken
        self.offset = offset
        self.found: list[Target] = []
        self.last_verb: str | None = None
        self.last_head: str | None = None
        self.waiting: dict[int, str] = {}

    def read(self) -> list[Target]:
        """Targets of the sentence, in order."""
        view = self.view
        for unit in view.units:
            segments = view.segments_of(unit)
            conditional = self._conditional(segments)
            for segment in segments:
                if segment.start < conditional or _CONDITIONAL.match(view.masked[segment.start : segment.end]):
                    continue
                self._segment(segment)
        return self.found

    def _conditional(self, segments: list[Segment]) -> int:
        """End of the conditional part: everything up to a segment that ends in 的 (年销售额达到X的，)."""
        end = -1
        for segment in segments:
            if segment.mark in ("，", "：") and self.view.masked[segment.start : segment.end].endswith(
                ("的", "后", "时")
            ):
                end = segment.end
        return end

    def _segment(self, segment: Segment) -> None:
        view = self.view
        left = segment.start
        for quantity in view.inside(segment.start, segment.end):
            source = view.span(quantity.start, quantity.end)
            if _FROM_TO.match(view.masked[quantity.stop : segment.end]) and re.search(
                r"由|从", view.masked[left : quantity.start]
            ):
                continue
            if source[0] in self.taken or not self._eligible(quantity):
                # 5G基站1万个: a bare figure is part of a name.
                left = left if quantity.kind == "number" else max(left, quantity.stop)
                continue
            made = (
                self._parallel(quantity)
                or self._share_of(segment, quantity, left)
                or self._nested(segment, quantity, left)
                or self._verb_count(segment, quantity, left)
                or self._coordinate(segment, quantity, left)
                or self._reach(segment, quantity, left)
                or self._verb_noun(segment, quantity, left)
                or self._coordinate_noun(segment, quantity, left)
            )
            if made is not None:
                self.found.append(made)
            if made is not None or not re.match(r"[\u4e00-\u9fff]", view.masked[quantity.stop : quantity.stop + 1]):
                left = max(left, quantity.stop)  # 超百亿元企业10家: a figure inside a name does not cut it

    def _eligible(self, quantity: Quantity) -> bool:
        text = self.view.masked
        if quantity.kind == "ratio" or (quantity.kind == "time" and not _OK_TIME.search(text[: quantity.start])):
            return False
        if _SKIP_UNITS.search(quantity.unit) and quantity.kind != "time":
            return False
        if quantity.written and quantity.kind in ("count", "number") and self._deadline(quantity) is None:
            return False
        head = text[max(0, quantity.start - 12) : quantity.start]
        return not (quantity.kind == "number" and not quantity.unit and not _REACH.search(head))

    def _deadline(self, quantity: Quantity) -> deadlines.Deadline | None:
        return deadlines.at(self.terms, quantity.start, self.inherited)

    def _is_goal(self, quantity: Quantity) -> bool:
        """A figure counts as a goal under a deadline, with a word of aim, or below a heading of goals."""
        return (
            bool(self.found)
            or self._deadline(quantity) is not None
            or bool(_GOAL.search(self.view.masked))
            or (quantity.kind == "points" and bool(_DUTY.search(self.view.masked[: quantity.start])))
            or any(_GOAL_HEADING.search(title) for title in self.view.headings)
        )

    def _share_of(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        """80%以上的规模以上工业企业建立研发机构: so many of them are to have or do something."""
        if quantity.kind != "percent" or not self._is_goal(quantity):
            return None
        head = self.view.masked[left : quantity.start]
        if _STRIP.sub("", self._without_deadline(head, left)).strip("、有不低于少"):
            return None
        match = _SHARE_OF.match(self.view.masked[quantity.stop : segment.end])
        if match is None or _PROCEDURE.search(match.group()):
            return None
        indicator = f"{match['who']}{match['does']}的比例"
        return self._make("share-of", quantity.start, quantity.stop + match.end(), quantity, indicator)

    def _verb_count(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        head = self.view.masked[left : quantity.start]
        match = _VERB_COUNT.search(head)
        if match is None or quantity.kind == "percent":
            return None
        noun = self._noun_after(segment, quantity)
        if not noun or re.search(r"^(?:奖励|补助|补贴|资助|支持|工作日|内|后|的$)", noun):
            return None
        if quantity.kind == "money" and not _FUND.search(noun):
            return None
        if re.search(r"以上(?:企业|学历|职称|地区)|(?:名|次|批)$", noun) and quantity.kind != "money" and len(noun) < 3:
            return None
        if quantity.kind == "number" and not quantity.unit:
            return None
        prefix = _STRIP.sub("", self._without_deadline(head[: match.start()], left))
        pace = _PER_RATE.search(head)
        if pace and prefix:
            prefix += match["verb"]  # 每年遴选…: the pace belongs to the verb
        indicator = f"{prefix}{noun}" if prefix and len(prefix) <= 16 and not prefix.endswith(("，", "、")) else noun
        if pace and pace.group() not in indicator:
            indicator = f"{pace.group()}{match['verb']}{noun}"
        elif re.search(r"总规模|规模|总额", head):
            indicator = noun + "总规模"
        self.last_verb, self.last_head = match["verb"], noun
        start = left + match.start("verb")
        end = min(segment.end, quantity.stop + len(self.view.text[quantity.stop : segment.end].split("、")[0]))
        return self._make("verb-count", start, end, quantity, indicator, prefix_pace=bool(pace))

    def _noun_after(self, segment: Segment, quantity: Quantity) -> str:
        text = self.view.text[quantity.stop : segment.end]
        following = [q for q in self.view.inside(quantity.stop, segment.end) if q.kind in ("count", "money", "number")]
        if following:
            text = self.view.text[quantity.stop : following[0].start].rstrip("和、及与")
            text = re.sub(rf"(?:{_BUILD}|不少于|不低于|超过|达到|，)+$", "", text).rstrip("和、及与")
        text = re.sub(r"^(?:以上|左右|以内|的|规模的|\s)+(?=[^业企])|^的", "", text)
        return text.strip("，、的等 ")

    def _coordinate(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        """6~8所国家级示范学校 after 建成1~2所…: no verb of its own."""
        if self.last_verb is None or not self.found or quantity.kind not in ("count", "money"):
            return None
        head = self.view.masked[left : quantity.start]
        if (head.strip("和、及与以不少于超过") and not head.endswith(("和", "、", "及", "与"))) or self.found[
            -1
        ].evidence.rules[0] not in ("verb-count", "coordinate"):
            return None
        noun = self._noun_after(segment, quantity)
        if len(noun) < 2 or re.search(r"以上的?$|奖励|补助", noun):
            return None
        end = quantity.stop + len(self.view.text[quantity.stop : segment.end].split("和")[0])
        return self._make("coordinate", quantity.start, max(end, quantity.stop), quantity, noun)

    def _coordinate_noun(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        """培育瞪羚企业100家、独角兽企业3家: noun and figure under the verb of the one before."""
        if not self.found or quantity.kind not in ("count", "money"):
            return None
        rule = self.found[-1].evidence.rules[0]
        if rule not in ("verb-noun", "coordinate-noun", "nested") or (self.last_verb is None and rule != "nested"):
            return None
        rest = self.view.masked[quantity.stop : segment.end]
        head = self.view.text[left : quantity.start]
        noun = re.sub(r"(?:不少于|超过|达到|达|至少|约)+$", "", head.lstrip("、和及与以")).strip("的")
        if (
            (rest and not re.match(r"^[、和及以\x00（）]", rest))
            or not 2 <= len(noun) <= 24
            or re.search(r"[。，的]", noun)
        ):
            return None
        if left == segment.start and self.view.masked[max(0, left - 1) : left] not in ("，", "、"):
            return None
        if _PROCEDURE.search(noun) or not self._is_goal(quantity):
            return None
        if rule == "nested" and _LEVEL.fullmatch(noun) and self.last_head:
            # 其中国家级20家、省级40家: the second level is of the same head.
            return self._make(
                "nested",
                left + len(head) - len(head.lstrip("、和及与以")),
                quantity.stop,
                quantity,
                noun + _LEVEL.sub("", re.sub(r"^(?:全[市县区省]|我[市县区])", "", self.last_head)),
                within=True,
            )
        if self.last_verb is None:
            return None
        self.last_head = noun
        return self._make(
            "coordinate-noun", left + len(head) - len(head.lstrip("、和及与以")), quantity.stop, quantity, noun
        )

    def _verb_noun(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        """建设众创空间12家: the figure stands after the noun."""
        rest = self.view.masked[quantity.stop : segment.end]
        if rest.strip("、和及以上\x00（）") and not re.match(r"^[、和及]", rest):
            return None
        head = self.view.text[left : quantity.start]
        plain = self._without_deadline(head, left)
        match = _VERB_NOUN.search(plain)
        if match is None or quantity.kind == "percent" or _PROCEDURE.search(match["noun"]):
            return None
        opens = not _STRIP.sub("", plain[: match.start()]) or re.fullmatch(
            r"(?:全[市县区省]|我[市县区])?(?:每年|年均|年?累计)?", plain[: match.start()]
        )
        if not self._is_goal(quantity) and not (quantity.kind == "count" and opens and _MAKE.match(match["verb"])):
            return None
        noun = match["noun"].strip("的了、")
        if not noun or re.fullmatch(r"[\d年月，、]+", noun):
            return None
        lead = _STRIP.sub("", plain[: match.start()])
        self.last_verb, self.last_head = match["verb"], noun
        start = left + len(head) - len(plain) + match.start()
        indicator = noun
        if lead and len(lead) <= 20 and "，" not in lead:
            indicator = f"{lead}{match['verb']}{noun}"
        elif _PER_RATE.search(plain) and not _PER_RATE.search(noun):
            indicator = match["verb"] + noun
        return self._make("verb-noun", max(start, left), quantity.stop, quantity, indicator)

    def _reach(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        """X达到/超过/控制在Y: the subject is the indicator."""
        view = self.view
        head = view.masked[left : quantity.start]
        base = re.search(
            r"(?P<reach>不低于|不少于|不超过|高于|占|达到|相当于)(?P<base>[^，；。\d]{3,30}?)的$|(?P<share>占(?!比)(?P<whole>(?:(?!达|超|提高|提升|不低|不少|控制|稳定|保持|比重|比例)[^，；。\d]){1,30}?)的?)$",
            head,
        )
        match = base if base and quantity.kind == "percent" else _REACH.search(head)
        after = view.masked[quantity.stop : segment.end]
        if match is None and quantity.kind == "percent" and not after:
            match = re.search(r"(?<=率|例|重|比)(?P<reach>)$", head)  # 通客车率100%
        if match is None and quantity.kind == "points":  # 增速高于规上工业增速2个百分点
            match = re.search(r"(?P<reach>)(?:高于|低于|快于|超过)[^，；。\d]{2,30}$", head)
        if match is None:
            return None
        if re.match(r"^(?:的(?!目标|水平)|以上的|内|之内完成)", after) or (
            match["reach"] != "实现" and re.match(_NAME_GOES_ON, after)
        ):
            return None
        raw = view.text[left : left + match.start()]
        subject = _STRIP.sub("", self._without_deadline(raw, left))
        subject = re.sub(r"(?:由|从)[^，]*$", "", subject) or subject
        subject = re.sub(r"(?:应当?|必须|要)$", "", subject)
        if match is not base and match["reach"] == "实现":
            tail = view.text[quantity.stop : segment.end].strip("的")
            if not tail and not subject:
                return None
            subject = f"{subject}{tail}"
        if base is not None and match is base:
            subject = f"{subject}占{base['base'] or base['whole']}"
        if quantity.kind == "points" and not match["reach"]:
            subject += head[match.start() :]
        reach = match["reach"] if match["reach"] is not None else "占"
        if reach.startswith("占") and match is not base:
            subject += "占比"
        if not subject.strip("，、的"):
            subject = self._subject_before(segment) or (self.last_head if self.found else None) or ""
        elif subject.startswith("占") and self.last_head:
            subject = self.last_head + subject  # 规模超过2000亿元，占GDP比重超过50%
        if "分别" in head[match.start() :] or subject.endswith("分别"):
            subject = self._distribute(subject.removesuffix("分别"), quantity, segment)
        if len(subject) < 2 or _PROCEDURE.search(subject) or not self._is_goal(quantity):
            return None
        if _PAST.search(view.masked[segment.start : quantity.start]) or (
            reach in ("增长", "提高", "下降", "降低", "减少", "提升", "递增")
            and re.search(r"(?:比|较)上年|同比", head)
            and self._deadline(quantity) is None
        ):
            return None
        growth = (
            "growth"
            if reach in ("增长", "提高", "提升", "下降", "降低", "减少", "递增", "翻")
            and not re.search(r"(?:到|至)$", view.masked[left : quantity.start])
            else None
        )
        self.last_verb, self.last_head = None, subject
        start = left + len(raw) - len(subject) if subject and raw.endswith(subject) else left
        return self._make("reach", start, quantity.stop, quantity, subject.strip("的，、"), growth=growth)

    def _distribute(self, subject: str, quantity: Quantity, segment: Segment) -> str:
        """A、B分别达到X、Y: the first member for this figure, the others for the figures that follow."""
        run = [quantity]
        for other in self.view.inside(quantity.stop, segment.end):
            if other.kind == quantity.kind and re.fullmatch(
                "[、和及]|以及", self.view.masked[run[-1].stop : other.start]
            ):
                run.append(other)
        parts = re.split("、|和|及", subject)
        if len(run) < 2 or len(parts) != len(run):
            return subject
        self.waiting = {other.start: part for other, part in zip(run[1:], parts[1:], strict=True)}
        return parts[0]

    def _parallel(self, quantity: Quantity) -> Target | None:
        """The further figures of A、B分别达到X、Y."""
        name = self.waiting.pop(quantity.start, None)
        return None if name is None else self._make("parallel", quantity.start, quantity.stop, quantity, name)

    def _subject_before(self, segment: Segment) -> str | None:
        """全社会研发投入强度，达到2%: the subject stands in the segment before."""
        before = self.view.text[: segment.start].rstrip("，：")
        piece = re.sub(r"(?:年均|累计)?(?:增长|翻).*$", "", re.split(r"[，。；：]", before)[-1])
        return piece if 2 <= len(piece) <= 30 and not re.search(r"\d", piece) else None

    def _nested(self, segment: Segment, quantity: Quantity, left: int) -> Target | None:
        """其中省级以上5家: part of the figure before it."""
        head = self.view.text[left : quantity.start]
        match = re.match(
            r"^(?:其中|含)[：:，]?(?P<part>[^，；。]+?)(?P<reach>超过|达到|达|不少于|不低于|突破|占|为|约|至少)*$", head
        )
        if match is None or not self.found or (quantity.kind == "percent" and not match["reach"]):
            return None
        part = match["part"].strip("，：")
        indicator = part
        if _LEVEL.fullmatch(part) and self.last_head:
            indicator = part + _LEVEL.sub("", re.sub(r"^(?:全[市县区省]|我[市县区])", "", self.last_head))
        if match["reach"] == "占":
            indicator = f"{part}占比"
        start = left + match.start("part")
        return self._make("nested", start, quantity.stop, quantity, indicator, within=True)

    def _without_deadline(self, head: str, left: int) -> str:
        """Drop a deadline that opens the piece: 到2015年，全社会…"""
        for term in self.terms:
            if left <= term.start < left + len(head):
                cut = term.end - left
                if term.start - left <= 6:
                    head = head[cut:]
                    break
        return head.lstrip("，、")

    def _make(
        self,
        rule: str,
        start: int,
        end: int,
        quantity: Quantity,
        indicator: str,
        growth: str | None = None,
        within: bool = False,
        prefix_pace: bool = False,
    ) -> Target:
        view = self.view
        end = max(end, quantity.stop)
        while end > start and view.text[end - 1] in "，。；、":
            end -= 1
        source = view.span(start, end)
        deadline = self._deadline(quantity)
        reasons = [] if deadline else ["no deadline in the text"]
        confidence = Decimal("0.95") if deadline else Decimal("0.85")
        if deadline and deadline.reason:
            reasons.append(deadline.reason)
            confidence = Decimal("0.85")
        if quantity.written:
            confidence -= Decimal("0.1")
        parent = self.offset + len(self.found) - 1 if within else None
        comparator = _comparator(view, quantity)
        return Target(
            source[0],
            source[1],
            "",
            view.clause,
            indicator,
            comparator,
            quantity.value,
            quantity.unit,
            deadline.iso if deadline else None,
            quantity.value_max,
            growth,
            parent,
            Evidence((rule,), confidence, tuple(reasons)),
            deadline.words if deadline else None,
        )


def _comparator(view: View, quantity: Quantity) -> str:
    """Surface comparator; a fraction of something (不低于…的60%) takes the word before the whole phrase."""
    if quantity.comparator != "=" or quantity.value_max is not None:
        return quantity.comparator
    head = view.masked[max(0, quantity.start - 40) : quantity.start]
    match = re.search(r"(不低于|不少于|不得低于|不超过|不高于|超过|突破|高于)[^，；。\d]{2,30}的$", head)
    if match:
        return {"不低于": ">=", "不少于": ">=", "不得低于": ">=", "不超过": "<=", "不高于": "<="}.get(
            match.group(1), ">"
        )
    return "="

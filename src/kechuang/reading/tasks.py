"""Stage 6e, tasks: what is to be done, by whom where the text names somebody, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kechuang.reading import deadlines, purposes
from kechuang.reading.intervals import Intervals
from kechuang.reading.model import Evidence, Task
from kechuang.reading.phrases import Segment
from kechuang.reading.relative import NOTHING, Known
from kechuang.reading.view import View

#: Verbs with which Chinese documents order something to be done.
_ACTION = (
    r"(?:建立健全|建立完善|建立|建设|建成|健全|完善|加强|强化|推进|推动|推广|推行|开展|组织|实施|制定|制订|出台|编制|修订|发布|落实|深化|改革|优化|清理|规范|减少"
    r"|培育|培养|引进|引导|鼓励|支持|扶持|发展|打造|创建|创新|构建|搭建|整合|统筹|协调|设立|成立|组建|扩大|拓展|加大|增加|开发|利用|选择|选派|遴选|保障"
    r"|落实|探索|试点|试行|举办|营造|宣传|普及|改造|升级|治理|整治|防治|监测|监管|监督|考核|评估|评价|检查|督促|督办|跟踪|配合(?!单位|部门)|牵头(?!单位|部门)|负责(?!人|单位|部门|同志)|做好|做大做强|做优|抓好|抓住"
    r"|简化|取消|下放|开放|共享|对接|服务|帮助|争取|承接|申报|认定|设置|配备|投入|安排|筹集|吸引|激励|表彰|查处|打击|保护|维护|转变|巩固|提高|提升|促进|增强|形成|实现|确保)"
)
_ADVERB = (
    r"(?:也|要|应当?|必须|须|继续|进一步|大力|加快|积极|全面|深入|切实|着力|努力|重点|有计划地|有效|充分|逐步|稳步|扎实|不断|坚持|主动|及时|依法|统一|定期|具体"
    r"|广泛|认真|严格|尽快|力争|分类|集中|鼓励和|支持和|鼓励|并|同时)*"
)
#: 培育和引进, 统筹协调: coordinated verbs are one action; 创新能力, 服务对象 are nouns.
_ACTIONS = rf"{_ACTION}(?:(?:和|、|并)?{_ACTION})?"
_NOUN = r"(?!创新(?:型|能力|要素|投入|绩效|环境|成果|驱动|主体|体系|人才|平台|资源|引领|活动|团队|政策)|服务(?:业|对象|机构|平台|体系)|投入(?:增长|强度)|发展(?:规划|目标))"
_IMPERATIVE = re.compile(rf"^(?P<adverb>{_ADVERB})(?P<action>{_NOUN}{_ACTIONS})(?P<object>.*)$")
#: 规模以上企业要建立研发机构: whoever stands before 要, 应当, 必须.
_OBLIGED = re.compile(
    rf"^(?P<actor>[^，。；]{{2,40}}?)(?:(?<![主重需纲概])要(?!素|求|点)|应当?|必须|须)(?:{_ADVERB})(?P<action>{_ACTIONS})(?P<object>.*)$"
)
_SUBJECT = re.compile(
    rf"^(?P<actor>各[县区市镇乡州盟地、（）]{{1,8}}(?=[^县区市镇乡]|$)|(?:各|市|县|区|省|镇|各级|有关|领导小组|科技|财政)[\u4e00-\u9fff、（）和及]{{0,36}}?(?:政府|部门|单位|委|局|办公室|办|小组|机构|企业|高校"
    rf"|院所|银行|园区|党委政府|镇街|街道))(?:{_ADVERB})(?P<action>{_NOUN}{_ACTIONS})(?P<object>.*)$"
)
_BY = re.compile(r"由(?P<actor>[^，。；]{2,30}?)(?:负责|牵头|会同|组织|承担|统筹)")
_BRACKETED = re.compile(
    r"(?:责任|牵头|主管|实施|落实)(?:单位|部门)[：:](?P<actor>[^）。；]*?)(?:，(?:配合|参与|责任)|[）。；]|$)"
)
_PURPOSE = ("提高", "提升", "促进", "增强", "形成", "实现", "确保", "营造", "减少", "增加", "拓展")
_LIST_HEADING = re.compile(r"条件|对象|材料|流程|程序|附则|名词|资格|联系|依据|时间")
_FACT = re.compile(
    r"^(?:支持|服务|评价|考核|认定|重点|监督|申报|投入)(?:的|对象|范围|条件|材料|期|标准|额度|比例|单位|企业名单|系统|$)"
)


def read_tasks(views: Iterable[View], taken: Intervals, known: Known = NOTHING) -> list[Task]:
    """All tasks; parts of a sentence that grant money (``taken``) are left to the incentives.

    ``known`` dates relative deadlines.
    """
    found: list[Task] = []
    scope = deadlines.Scope()
    by_paragraph: dict[str, list[int]] = {}
    for view in views:
        scope.enter(view.paragraph, view.clause, view.bulleted)
        terms = deadlines.find(view.masked, view.text, known)
        if not any(_LIST_HEADING.search(title) for title in view.headings[-1:]):
            for task in _sentence(view, terms, scope.current, taken):
                by_paragraph.setdefault(view.paragraph, []).append(len(found))
                found.append(task)
        named = _BRACKETED.search(view.text)
        if named:
            # （牵头单位：…） at the end of a paragraph answers for all of it.
            for index in by_paragraph.get(view.paragraph, []):
                if found[index].actor is None:
                    found[index] = _with_actor(found[index], named["actor"])
        scope.leave(terms, view.bulleted)
    return found


def _with_actor(task: Task, actor: str) -> Task:
    return Task(
        task.start,
        task.end,
        task.clause,
        actor,
        task.action,
        task.deadline,
        task.object,
        Evidence((*task.evidence.rules, "unit-in-brackets"), task.evidence.confidence, task.evidence.reasons),
        task.deadline_words,
    )


def _sentence(
    view: View, terms: list[deadlines.Deadline], inherited: deadlines.Deadline | None, taken: Intervals
) -> list[Task]:
    tasks: list[Task] = []
    opened: tuple[int, re.Match[str], str | None, str] | None = None
    end = 0
    actor: str | None = None

    def close() -> None:
        nonlocal opened
        if opened is None:
            return
        begin, match, who, rule = opened
        opened = None
        source = view.span(begin, end)
        if taken.overlaps(*source):
            return
        deadline = deadlines.at(terms, end - 1, inherited)
        reasons = () if who else ("no actor named",)
        tasks.append(
            Task(
                source[0],
                source[1],
                view.clause,
                who,
                match["action"],
                deadline.iso if deadline else None,
                match["object"].strip("，、。") or None,
                Evidence(
                    (rule,),
                    Decimal("0.8") if who is None else Decimal("0.9"),
                    (*reasons, deadline.reason) if deadline and deadline.reason else reasons,
                ),
                deadline.words if deadline else None,
            )
        )

    aside = purposes.aside(view.masked, view.segments)
    for n, segment in enumerate(view.segments):
        if n in aside:
            continue
        start = _skip(view, segment, terms)
        text = view.text[start : segment.end]
        subject = _SUBJECT.match(text)
        imperative = _IMPERATIVE.match(text)
        if subject is None and imperative is None:
            subject = _OBLIGED.match(text)
        match = subject or imperative
        by = _BY.search(text)
        if (
            match is None
            or (match["action"] in _PURPOSE and (opened is not None or tasks))
            or _FACT.match(text)
            or len(match["object"]) < 2
            or re.match("^，是|^，就是", view.text[segment.end :])
        ):
            if opened is not None:
                end = segment.end
            continue
        close()
        if subject:
            actor = subject["actor"]
        who = actor if subject else by["actor"] if by else actor
        opened, end = (start, match, who, "subject-verb" if subject else "imperative"), segment.end
    close()
    return tasks


def _skip(view: View, segment: Segment, terms: list[deadlines.Deadline]) -> int:
    """Start of the words of a segment, after a deadline that opens it."""
    start = segment.start
    for term in terms:
        if segment.start <= term.start <= segment.start + 2 and term.end <= segment.end:
            start = term.end
    while start < segment.end and view.text[start] in "，、；： ）“”":
        start += 1
    return start

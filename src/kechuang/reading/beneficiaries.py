"""Who receives the money: named after 给予, in 对X的Y, as subject, or only by heading or information card."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.reading import roles
from kechuang.reading.model import Clause, Sentence
from kechuang.reading.normalise import squeeze
from kechuang.reading.view import View

_GIVEN_TO = re.compile(r"^(?:给予|予以|奖励|补助|补贴|资助|支持|一次性|再|分别|的|给|单品种奖励|全额|每年)*")
_CARD = re.compile(
    r"(?:服务对象|支持对象|奖励对象|补贴对象|补助对象|资助对象|适用对象|适用范围)[：:]?(?P<who>[^，。；\n]{2,60})"
)
_APPLIES = re.compile(r"本(?:政策|办法|措施|意见|细则)适用于(?P<who>[^，。；]{2,60})")


@dataclass(frozen=True)
class Who:
    """A beneficiary with the reason for doubt, if there is one."""

    name: str | None
    reason: str | None = None


class Beneficiaries:
    """Finds beneficiaries; knows what information cards and scope clauses of the document say."""

    def __init__(self, clauses: tuple[Clause, ...], sentences: tuple[Sentence, ...]) -> None:
        tops = {clause.id: clause.id for clause in clauses if clause.parent is None}
        self.by_clause: dict[str, str] = {}
        self.conditions = _conditions(sentences)
        for sentence in sentences:
            text = squeeze(sentence.text)
            match = _CARD.search(text) or _APPLIES.search(text)
            if match and (roles.last_org(match["who"]) or roles.is_head(match["who"])):
                top = sentence.paragraph.split(".")[0]
                self.by_clause.setdefault(tops.get(top, top), match["who"])

    def of(
        self, view: View, own: str, promised: str, condition: str, previous: str | None, lead: str, before: str = ""
    ) -> Who:
        """Beneficiary of a grant whose condition is ``own`` and whose promise reads ``promised``."""
        given = _given_to(promised)
        if given and (given not in _GENERIC or not own):
            return Who(given)
        named = _from_condition(own)
        card = self.by_clause.get(view.clause.split(".")[0])
        if named and not roles.ends_in_org(named):  # a project, a product: look for who carries it
            carrier = _supported(own) or card or _supported(before)
            if carrier:
                return Who(f"{carrier}（{named}）", "carrier of the project named elsewhere")
        if named and card and named in _GENERIC:
            return Who(card, "beneficiary named by the information card")
        if named and named != given and len(named) <= 30 and (given is None or given in named):
            return Who(named)
        if given:
            return Who(given)
        if previous:
            return Who(previous, "beneficiary taken from the grant before it")
        from_lead = _from_condition(re.sub(r"可?(?:分别)?享受[^，]*$", "", lead)) if lead else None
        if from_lead and roles.ends_in_org(from_lead):
            return Who(from_lead, "beneficiary named in the introduction")
        subject = roles.last_org(own)
        if subject and len(subject) >= 2 and not card:
            return Who(subject, "beneficiary is the last receiver named in the condition")
        if card:
            return Who(card, "beneficiary named by the information card")
        for text in (condition, *reversed(view.headings)):
            found = roles.last_org(text)
            if found:
                return Who(found, "beneficiary named in an earlier sentence or heading")
        if re.search(r"每人|生活补贴|租房补贴|安家|个人", promised):
            return Who("个人", "beneficiary named in an earlier sentence or heading")
        return Who("企业", "no beneficiary named; enterprises assumed") if subject is None else Who(subject)


def _conditions(sentences: tuple[Sentence, ...]) -> dict[str, str]:
    """补贴条件：（1）…；（2）…。补贴标准：…: what stands between the two labels, for each clause."""
    found: dict[str, str] = {}
    clause = ""
    for sentence in sentences:
        text = squeeze(sentence.text)
        if re.match(r"^[\u4e00-\u9fff]{2,6}条件[：:]$", text):
            clause = sentence.paragraph.rpartition(".")[0]
            found[clause] = ""
        elif clause and (
            not sentence.paragraph.startswith(f"{clause}.") or re.match(r"^[\u4e00-\u9fff]{2,6}[：:]", text)
        ):
            clause = ""
        elif clause and len(found[clause]) < _LONGEST_LIST:
            found[clause] += text
    return found


_LONGEST_LIST = 400
_GENERIC = ("企业", "单位", "项目", "符合条件的企业", "个人", "符合条件企业")


def _supported(text: str) -> str | None:
    """支持整机企业开展联合攻关 -> 整机企业."""
    for match in re.finditer(r"(?:支持|鼓励|引导|组织)(?:符合条件的)?(?P<rest>[^，。；]+)", text):
        org = roles.leading_org(match["rest"], 16)
        if org and org.startswith(("与", "和", "同")):
            continue
        if org:
            return roles.without_verbs(re.sub(r"^.*(?:[将把]|(?<=.)在)(?=.{2})", "", org)) or None
    return None


def _given_to(promised: str) -> str | None:
    """给予运营管理单位20万元 -> 运营管理单位; 奖励企业200万元 -> 企业; 奖励给个人 -> 个人."""
    text = _GIVEN_TO.sub("", promised)
    match = re.match(
        rf"([\u4e00-\u9fff（）、]{{0,12}}?{roles.ORG})(?=[\d最不一连地每总给年超]|奖励|补助|补贴|资助|$|$)", text
    )
    if match:
        return match.group(1)
    tail = re.search(rf"(?:奖励|补助|补贴)给([\u4e00-\u9fff]{{0,8}}{roles.ORG})", promised)
    return tail.group(1) if tail else None


GRANTOR = re.compile(
    r"，?由[^，对]{2,20}$|(?:，|(?<=[业构位体人司]))[\u4e00-\u9fff]{2,3}[市区县](?:政府|财政)?$|，?[市区县省]级?财政(?:按规定)?$"
)


def _from_condition(own: str) -> str | None:
    """对A的B -> B; B（含C）达到… -> B; A的B -> B."""
    clean = GRANTOR.sub("", own)
    pieces = [piece for piece in re.split(r"，(?![^（]*）)", clean) if piece and not piece.startswith(("每", "单"))]
    for piece in reversed(pieces):
        if piece.startswith(("支持", "鼓励", "引导", "组织")):
            continue
        if roles.ends_in_org(piece):
            target = re.search(r"(?:^|[，并]|情况|规定)对于?(?!外|口|接)(?P<body>[^，]{2,})$", piece)
            who, _ = roles.split_beneficiary(target["body"] if target else piece)
            if who and len(who) <= 30 and roles.ends_in_org(who):
                return re.sub(r"^(?:支持|鼓励|引导|凡|凡是|每个|每家|其他(?=企业$))", "", who) or who
    for piece in reversed(pieces):
        match = re.match(r"^(?:并|同时|其中)?(?:对于?|凡)(?!外|应|接|口)(?P<body>.+)$", piece)
        if match:
            who, _ = roles.split_beneficiary(match["body"])
            if who and roles.is_head(who) and len(who) <= 30:
                return who
            org = roles.leading_org(match["body"], 16)
            if org:
                return roles.without_verbs(org) or org
    carrier = _supported(clean)
    if carrier:
        return carrier
    for piece in pieces:
        org = roles.leading_org(piece, 16)
        if org and not re.match(r"^(?:首次|新|经|在|获|通过|利用|采用|采取|购置)", org):
            return roles.without_verbs(org) or org
    return None

"""Stage 5, roles: who receives, who acts, under which condition."""

from __future__ import annotations

import re

#: Heads of noun phrases that can receive money or be given a task; longer ones first where they overlap.
ORG = (
    r"(?:企业|公司|集团|单位|机构|高校|院校|学校|学院|科研院所|研究院所|研究院|研究所|院所|医院|个人|人才|团队|平台|园区|基地"
    r"|孵化器|加速器|众创空间|合作社|合作组织|家庭农场|农场|农户|大户|组织|中心|实验室|工作站|商会|协会|联盟|银行|经纪人|带头人|专家"
    r"|运营方|举办方|主办方|承接方|发布方|出让方|受让方|投资者|投资方|发明人|专利权人|申请人|权利人|完成人|获奖者|(?<!或)者|毕业生|学生|职工"
    r"|员工|人员|高管|工程师|导师|主体|市场|商场|门店|载体|酒店|饭店|景区|街道|乡镇|行政村|村集体|各村|社区|(?<!用)户(?!籍|型)|公民|居民|工匠|大师|技师|特派员|辅导员|研究员|院士|博士|硕士|研究生|镇街|县区|区县)"
)
_ORG_END = re.compile(ORG + r"(?:（[^）]{0,40}）)?$")
_ORG_ANY = re.compile(ORG)
_HEAD_NOUN = re.compile(
    rf"(?:项目|产品|专利|标准|课题|论坛|展会|活动|品种|品牌|商标|工程|成果|奖项|技术|服务|设备)(?:（[^）]*）)?$|{ORG}$"
)
#: 的 that belongs to a condition: 对A的B -> condition A, beneficiary B.
_DE = re.compile(r"的")


_VERBS = re.compile(
    r"^(?:支持|鼓励|引导|对于?|推动|组织|给予|培育|优先|促进|由|各类|符合条件|壮大|做大|做强|做优|发展|提升|加强|推进|筑牢|实施|开展|首次|新|获|获得|认定为"
    r"|认定|建设|打造|引进|加快|扶持|初次|列入|入选|获评|通过|评为|被)+"
)


def last_org(text: str) -> str | None:
    """The last noun phrase with a receiving head in a text: …的科技服务机构 -> 科技服务机构."""
    found = None
    for match in _ORG_ANY.finditer(text):
        found = match
    if found is None:
        return None
    head = text[: found.end()]
    begin = max(head.rfind(mark) for mark in "的，。；：（）、和或及与为")
    phrase = head[begin + 1 :]
    phrase = re.sub(r"^级", "", _VERBS.sub("", phrase))
    return phrase[-20:] or None


def split_beneficiary(phrase: str) -> tuple[str | None, str]:
    """Beneficiary and condition of the object of 对: ``向我市企业输出成果的高校`` -> 高校, 向我市企业输出成果.

    A phrase that ends in 的 (对首次获奖的，) names no beneficiary.
    """
    clean = phrase.strip("，、 ")
    if clean.endswith("的"):
        return None, clean[:-1]
    cut = _last_free_de(clean)
    if cut < 0:
        return (clean or None), clean
    head, condition = clean[cut + 1 :], clean[:cut]
    if _HEAD_NOUN.search(head) or len(head) <= 12:
        return head or None, condition
    return None, clean


def _last_free_de(text: str) -> int:
    """Position of the last 的 outside brackets; -1 when there is none."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        char = text[at]
        if char in "）》”":
            depth += 1
        elif char in "（《“":
            depth -= 1
        elif char == "的" and depth <= 0:
            return at
    return -1


def ends_in_org(text: str) -> bool:
    """Whether the text ends with a noun that can receive money."""
    return bool(_ORG_END.search(text))


def leading_org(text: str, limit: int = 24) -> str | None:
    """Shortest prefix that ends in a receiving head: ``企业地方财政贡献80%`` -> 企业."""
    match = re.match(rf"[\u4e00-\u9fff（）、“”\-]{{0,{limit}}}?{ORG}", text)
    return match.group() if match else None


def is_head(text: str) -> bool:
    """Whether the text ends with a noun that can stand for a receiver: a receiver, a project, a product, a patent."""
    return bool(_HEAD_NOUN.search(text))


def without_verbs(text: str) -> str:
    """The noun phrase without the verbs before it: 入选国家级企业 -> 国家级企业."""
    return _VERBS.sub("", text)

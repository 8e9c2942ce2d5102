"""Which policy instrument of the OECD STIP Compass a money rule is: proposed from its words, with reason and confidence.

The Compass sorts innovation policy by instruments with codes (PI008 grants for business R&D and innovation, PI012
loans and credits …), so that the mixes of cities and countries can be compared. A rule is proposed a code only
where its own words name the kind of support; where they do not, the code stays open for the person who confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: Codes a rule about money or recognition can have, with their names (OECD STIP Compass, instruments).
INSTRUMENTS: dict[str, tuple[str, str]] = {
    "PI006": ("机构经费", "Institutional funding for public research"),
    "PI007": ("公共研究项目资助", "Project grants for public research"),
    "PI008": ("企业研发与创新资助", "Grants for business R&D and innovation"),
    "PI009": ("卓越中心资助", "Centres of excellence grants"),
    "PI010": ("研发与创新采购", "Procurement programmes for R&D and innovation"),
    "PI011": ("奖学金与博士后资助", "Fellowships and postgraduate loans and scholarships"),
    "PI012": ("创新企业贷款与信贷", "Loans and credits for innovation in firms"),
    "PI013": ("股权融资", "Equity financing"),
    "PI014": ("创新券", "Innovation vouchers"),
    "PI015": ("企业研发与创新税收支持", "Corporate tax relief for R&D and innovation"),
    "PI016": ("个人税收支持", "Tax relief for individuals supporting R&D and innovation"),
    "PI017": ("技术推广与咨询服务", "Technology extension and business advisory services"),
    "PI018": ("人才流动", "Labour mobility regulation and incentives"),
    "PI019": ("知识产权制度与激励", "Intellectual property regulation and incentives"),
    "PI020": ("挑战赛、奖金与荣誉", "Science and innovation challenges, prizes and awards"),
    "PI021": ("网络与合作平台", "Networking and collaborative platforms"),
    "PI022": ("研究与技术基础设施支持", "Dedicated support to research infrastructures"),
    "PI023": ("信息服务", "Information services and access to datasets"),
    "PI029": ("贷款担保与风险分担", "Debt guarantees and risk sharing schemes"),
    "PI032": ("新兴技术规制", "Emerging technology regulation"),
}

#: Below this a code is not proposed.
LEAST = Decimal("0.6")
_BOTH = Decimal("0.15")


@dataclass(frozen=True)
class Sign:
    """Words that speak for an instrument; ``weight`` is the confidence they give alone."""

    code: str
    words: re.Pattern[str]
    weight: Decimal


#: From the most telling words to the least: how the money is given comes before what it is given for.
_SIGNS = (
    Sign("PI029", re.compile(r"融资担保|担保费|担保(?:机构|公司)|风险补偿|保证保险|代偿"), Decimal("0.9")),
    Sign("PI012", re.compile(r"贴息|贷款利息|利息补|贷款贴|低息贷款|信用贷款"), Decimal("0.9")),
    Sign("PI014", re.compile(r"(?:创新|科技|服务|算力|数据|培训|模型|人才)券"), Decimal("0.95")),
    Sign("PI010", re.compile(r"政府采购|首购|订购|优先采购"), Decimal("0.9")),
    Sign("PI013", re.compile(r"股权(?:投资|融资)|参股|跟投|创业投资|天使投资|风险投资"), Decimal("0.8")),
    Sign("PI016", re.compile(r"个人所得税|薪金所得"), Decimal("0.85")),
    Sign("PI015", re.compile(r"加计扣除|税收(?:优惠|返还|减免)|(?:所得税|增值税)[^，。；]{0,12}(?:减免|返还|抵免|优惠|奖励)"),
         Decimal("0.85")),
    Sign("PI011", re.compile(r"博士后|奖学金|访问学者|助学"), Decimal("0.85")),
    Sign("PI019", re.compile(r"专利|知识产权|商标|著作权|版权|集成电路布图|地理标志"), Decimal("0.85")),
    Sign("PI018", re.compile(r"(?:引进|柔性引才|新引进|全职)[^，。；]{0,16}(?:人才|博士|硕士|专家|团队)|安家(?:费|补)|生活补贴|人才公寓|住房补贴"),
         Decimal("0.8")),
    Sign("PI020", re.compile(r"大赛|竞赛|获奖|揭榜|称号|荣获|[一二三]等奖|奖项|科学技术奖|质量奖"), Decimal("0.9")),
    Sign("PI008", re.compile(r"研发(?:投入|费用|经费|活动|支出|项目|设备)|技术(?:合同|成果|开发|转让|创新)|成果转化|新产品|科技(?:项目|计划)|首台|首版次|首批次|产学研|攻关"),
         Decimal("0.85")),
    Sign("PI022", re.compile(r"(?:建设|新建|改造|扩建|搭建)[^，。；]{0,18}(?:平台|实验室|中心|基地|孵化器|众创空间|园区|设施)"), Decimal("0.75")),
    Sign("PI020", re.compile(r"认定|评为|评定|获评|入选|获批|(?:列入|纳入)[^，。；]{0,16}(?:名录|名单|目录|库|企业)|专精特新|获得[^，。；]{0,20}(?:级|示范|资质|认证)|通过[^，。；]{0,12}(?:验收|认证|认定)|升级为|晋升"),
         Decimal("0.75")),
    Sign("PI008", re.compile(r"技术改造|技改|(?:固定资产|设备)[^，。；]{0,6}投资|数字化|智能化|绿色化|新药|设备购置|购置[^，。；]{0,8}设备"), Decimal("0.7")),
    Sign("PI021", re.compile(r"展会|参展|展位|论坛|峰会|路演|对接活动"), Decimal("0.65")),
)  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A proposed instrument. ``code`` is None where the words do not tell; ``zh`` and ``en`` say why."""

    code: str | None
    zh: str
    en: str
    confidence: Decimal = Decimal(0)


def name_of(code: str) -> tuple[str, str]:
    """The name of a code in Chinese and English; the code itself where it is not in our list."""
    return INSTRUMENTS.get(code, (code, code))


def propose(fields: Mapping[str, Any], quote: str = "") -> Proposal:
    """The instrument of an incentive: what a person chose, else what its words speak for.

    ``fields`` has the form of the reading contract, ``quote`` is the stretch of the text. The stretch counts more than
    a condition that stands elsewhere; a second instrument in the same words lowers the confidence.
    """
    chosen = str(fields.get("instrument") or "")
    if chosen:
        return Proposal(chosen, "人工选定", "chosen by a person", Decimal(1))
    own = "".join(quote.split())
    around = "".join(str(fields.get(key) or "") for key in ("condition", "base", "beneficiary"))
    for text, part in ((own, Decimal(1)), (around, Decimal("0.9"))):
        hits = [(sign, match) for sign in _SIGNS if (match := sign.words.search(text))]
        if not hits:
            continue
        sign, match = hits[0]
        other = next((one for one, _ in hits[1:] if one.code != sign.code), None)
        confidence = (sign.weight * part - (_BOTH if other else 0)).quantize(Decimal("0.01"))
        if confidence < LEAST:
            return Proposal(
                None,
                f"写有“{match.group()}”，但也像{name_of(other.code if other else sign.code)[0]}，请人定",
                f"it speaks of “{match.group()}” and of another instrument as well; a person decides",
                confidence,
            )
        also_zh = f"；也像{name_of(other.code)[0]}" if other else ""
        also_en = f"; could also be {name_of(other.code)[1].lower()}" if other else ""
        return Proposal(sign.code, f"写有“{match.group()}”{also_zh}", f"it says “{match.group()}”{also_en}", confidence)
    return Proposal(
        None, "没有说明是哪种政策工具的字样，请人定", "no words tell which instrument it is; a person decides"
    )

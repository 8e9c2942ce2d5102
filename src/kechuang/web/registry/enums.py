"""Kinds and levels of the registry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    ENTERPRISE = "enterprise", _("企业")
    UNIVERSITY = "university", _("高校")
    INSTITUTE = "institute", _("科研院所")
    HOSPITAL = "hospital", _("医院")
    COOPERATIVE = "cooperative", _("农民专业合作社")
    FAMILY_FARM = "family_farm", _("家庭农场")
    BROKER = "broker", _("技术转移中介")
    INCUBATOR_OPERATOR = "incubator_operator", _("孵化器运营机构")
    BANK = "bank", _("银行")
    GUARANTOR = "guarantor", _("担保机构")
    INVESTOR = "investor", _("投资机构")
    ASSOCIATION = "association", _("社会团体")
    GOVERNMENT = "government", _("机关单位")


class SizeClass(models.TextChoices):
    """Size classes of the statistical offices."""

    LARGE = "large", _("大型")
    MEDIUM = "medium", _("中型")
    SMALL = "small", _("小型")
    MICRO = "micro", _("微型")


class Ownership(models.TextChoices):
    """Who controls the organisation."""

    PRIVATE = "private", _("民营")
    STATE = "state", _("国有控股")
    FOREIGN = "foreign", _("外商及港澳台投资")
    COLLECTIVE = "collective", _("集体")


class QualificationKind(models.TextChoices):
    """Recognitions an enterprise can hold."""

    HIGH_TECH = "high_tech", _("高新技术企业")
    TECH_SME = "tech_sme", _("科技型中小企业")
    SPECIALISED = "specialised", _("专精特新中小企业")
    KEY_INNOVATIVE = "key_innovative", _("重点创新型企业")
    LITTLE_GIANT = "little_giant", _("专精特新“小巨人”企业")
    IP_ADVANTAGE = "ip_advantage", _("知识产权优势企业")


class ContractKind(models.TextChoices):
    """Kinds of technology contract (技术合同认定登记)."""

    DEVELOPMENT = "development", _("技术开发")
    TRANSFER = "transfer", _("技术转让")
    LICENCE = "licence", _("技术许可")
    CONSULTING = "consulting", _("技术咨询")
    SERVICE = "service", _("技术服务")


class BaseKind(models.TextChoices):
    """Kinds of platform and base."""

    ENGINEERING_CENTRE = "engineering_centre", _("工程（技术）研究中心")
    TECHNOLOGY_CENTRE = "technology_centre", _("企业技术中心")
    KEY_LABORATORY = "key_laboratory", _("重点实验室")
    INCUBATOR = "incubator", _("科技企业孵化器")
    PARK = "park", _("科技园区（基地）")
    MAKER_SPACE = "maker_space", _("众创空间")
    SUSTAINABLE_ZONE = "sustainable_zone", _("可持续发展实验区")


class BaseLevel(models.TextChoices):
    """Level of recognition."""

    CITY = "city", _("市级")
    PROVINCE = "province", _("省级")
    NATION = "nation", _("国家级")


class PatentKind(models.TextChoices):
    """The three kinds of Chinese patent."""

    INVENTION = "invention", _("发明专利")
    UTILITY = "utility", _("实用新型")
    DESIGN = "design", _("外观设计")


class Trust(models.IntegerChoices):
    """How close a source is to the office that made the fact; the same levels as for observations."""

    SECONDARY = 1, _("媒体或网页")
    REPUBLISHED = 2, _("官方数据转录")
    OFFICIAL = 3, _("官方发布")


class OrganisationStatus(models.TextChoices):
    """Whether the organisation still exists."""

    ACTIVE = "active", _("存续")
    SUSPENDED = "suspended", _("停业")
    DEREGISTERED = "deregistered", _("注销")
    REVOKED = "revoked", _("吊销")


class HolderKind(models.TextChoices):
    """What a shareholder is."""

    ORGANISATION = "organisation", _("单位股东")
    PERSON = "person", _("自然人股东")
    STATE = "state", _("国有资产管理机构")
    FOREIGN = "foreign", _("境外股东")


class EvaluationResult(models.TextChoices):
    """Result of an evaluation of a base."""

    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("良好")
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")


class AchievementStage(models.TextChoices):
    """How far an achievement is."""

    LABORATORY = "laboratory", _("实验室")
    PILOT = "pilot", _("中试")
    INDUSTRIAL = "industrial", _("产业化")


class DemandState(models.TextChoices):
    """Where a demand stands."""

    OPEN = "open", _("征集中")
    TALKING = "talking", _("对接中")
    SOLVED = "solved", _("已解决")
    CLOSED = "closed", _("已关闭")


class AgreementKind(models.TextChoices):
    """Kinds of agreement."""

    COOPERATION = "cooperation", _("产学研合作协议")
    ALLIANCE = "alliance", _("产业技术创新战略联盟")
    JOINT_BASE = "joint_base", _("共建协议")


class ProjectLevel(models.TextChoices):
    """Which level of government a project or prize is of."""

    COUNTY = "county", _("县级")
    CITY = "city", _("市级")
    PROVINCE = "province", _("省级")
    NATION = "nation", _("国家级")


class SupportLevel(models.TextChoices):
    """Which level of government pays; the codes are those of rules on measures that meet."""

    STATE = "state", _("国家级")
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")


class ProjectState(models.TextChoices):
    """Where a project stands."""

    RUNNING = "running", _("在研")
    ACCEPTED = "accepted", _("已验收")
    CLOSED = "closed", _("结题")
    TERMINATED = "terminated", _("终止")


class PledgeKind(models.TextChoices):
    """What is pledged."""

    PATENT = "patent", _("专利权")
    TRADEMARK = "trademark", _("商标权")
    COPYRIGHT = "copyright", _("著作权")
    SHARES = "shares", _("股权")
    OTHER = "other", _("其他")


class InvestmentRound(models.TextChoices):
    """Rounds of share investment."""

    SEED = "seed", _("种子轮")
    ANGEL = "angel", _("天使轮")
    A = "a", _("A 轮")
    B = "b", _("B 轮")
    LATER = "later", _("B 轮以后")


class ReserveState(models.TextChoices):
    """Where an investment project stands."""

    RESERVE = "reserve", _("入库储备")
    FILED = "filed", _("已备案")
    APPROVED = "approved", _("已核准或审批")
    BUILDING = "building", _("在建")
    COMPLETED = "completed", _("已竣工")
    WITHDRAWN = "withdrawn", _("已撤回")


class Why(models.TextChoices):
    """Why a state was written."""

    INITIAL = "initial", _("登记")
    CHANGE = "change", _("改")
    CORRECT = "correct", _("更正")
    KEPT = "kept", _("保留")
    UNDO = "undo", _("撤销")
    END = "end", _("删除")


class AttributeType(models.TextChoices):
    """Types of dated attributes."""

    TEXT = "text", _("文字")
    DATE = "date", _("日期")
    MONEY = "money", _("金额")
    NUMBER = "number", _("数")
    INTEGER = "integer", _("整数")
    BOOLEAN = "boolean", _("是否")
    CHOICE = "choice", _("选项")

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

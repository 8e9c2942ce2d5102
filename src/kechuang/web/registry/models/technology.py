"""Technology contracts, achievements, demands, patents, agreements and alliances."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import AchievementStage, AgreementKind, ContractKind, DemandState, PatentKind
from .base import Registered, by_import, money
from .organisations import Organisation


class TechnologyContract(Registered):
    """A technology contract between a seller and a buyer."""

    number = models.CharField(_("合同登记编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=12, choices=ContractKind.choices)
    amount = money(_("技术合同交易额"))
    technology_amount = money(_("其中：技术交易额"), help_text=_("不含设备、零部件、材料等"))
    signed_on = models.DateField(_("签订日期"))
    registered_on = models.DateField(_("认定登记日期"), null=True, blank=True)
    seller = models.ForeignKey(
        Organisation, verbose_name=_("卖方"), on_delete=models.PROTECT, related_name="sales", null=True, blank=True,
        help_text=_("卖方是个人时不填"),
    )  # fmt: skip
    seller_is_person = models.BooleanField(_("卖方是个人"), default=False)
    buyer = models.ForeignKey(Organisation, verbose_name=_("买方"), on_delete=models.PROTECT, related_name="purchases")
    converted = models.BooleanField(_("成果已转化"), null=True, blank=True)

    class Meta:
        ordering = ["-signed_on", "pk"]
        verbose_name = _("技术合同")
        indexes = [models.Index(fields=["-signed_on", "id"], name="contract_by_day"), by_import("contract")]

    def __str__(self) -> str:
        return self.title


class Patent(Registered):
    """A granted patent."""

    number = models.CharField(_("专利号"), max_length=30, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=10, choices=PatentKind.choices)
    granted_on = models.DateField(_("授权日期"))
    ipc = models.CharField("IPC", max_length=20, blank=True)
    owner = models.ForeignKey(
        Organisation, verbose_name=_("专利权人"), on_delete=models.CASCADE, related_name="patents"
    )

    class Meta:
        ordering = ["-granted_on", "pk"]
        verbose_name = _("专利")
        indexes = [models.Index(fields=["-granted_on", "id"], name="patent_by_day"), by_import("patent")]

    def __str__(self) -> str:
        return self.title


class Achievement(Registered):
    """A result of research that could be taken up, in the simple form that measures need."""

    number = models.CharField(_("成果编号"), max_length=40, unique=True, help_text=_("成果登记号，没有的自编"))
    title = models.CharField(_("名称"), max_length=200)
    owner = models.ForeignKey(
        Organisation, verbose_name=_("完成单位"), on_delete=models.CASCADE, related_name="achievements"
    )
    stage = models.CharField(_("所处阶段"), max_length=12, choices=AchievementStage.choices, blank=True)
    field = models.CharField(_("技术领域"), max_length=60, blank=True)
    completed_on = models.DateField(_("完成日期"), null=True, blank=True)
    converted = models.BooleanField(_("已转化"), null=True, blank=True)
    summary = models.TextField(_("简介"), blank=True, max_length=5000)

    class Meta:
        ordering = ["-completed_on", "pk"]
        verbose_name = _("科技成果")
        indexes = [by_import("achievement")]

    def __str__(self) -> str:
        return self.title


class Demand(Registered):
    """A technical problem an organisation wants solved, in simple form."""

    number = models.CharField(_("需求编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("需求单位"), on_delete=models.CASCADE, related_name="demands"
    )
    field = models.CharField(_("技术领域"), max_length=60, blank=True)
    budget = money(_("拟投入"))
    posted_on = models.DateField(_("发布日期"), null=True, blank=True)
    deadline = models.DateField(_("截止日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=DemandState.choices, default=DemandState.OPEN)
    summary = models.TextField(_("需求说明"), blank=True, max_length=5000)

    class Meta:
        ordering = ["-posted_on", "pk"]
        verbose_name = _("技术需求")
        indexes = [by_import("demand")]

    def __str__(self) -> str:
        return self.title


class Agreement(Registered):
    """A cooperation agreement or an alliance with its parties."""

    number = models.CharField(_("协议编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=12, choices=AgreementKind.choices)
    leader = models.ForeignKey(
        Organisation, verbose_name=_("牵头单位"), on_delete=models.CASCADE, related_name="agreements_led"
    )
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    ends_on = models.DateField(_("到期日期"), null=True, blank=True)

    class Meta:
        ordering = ["-signed_on", "pk"]
        verbose_name = _("协议与联盟")
        indexes = [by_import("agreement")]

    def __str__(self) -> str:
        return self.title


class AgreementParty(Registered):
    """An organisation that is party to an agreement or member of an alliance."""

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("协议与联盟"), on_delete=models.CASCADE, related_name="parties"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="agreements"
    )
    role = models.CharField(_("承担角色"), max_length=60, blank=True)
    joined_on = models.DateField(_("自"), null=True, blank=True)
    left_on = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        ordering = ["agreement", "pk"]
        verbose_name = _("协议成员")
        constraints = [models.UniqueConstraint(fields=["agreement", "organisation"], name="party_once")]
        indexes = [by_import("party")]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.agreement}"

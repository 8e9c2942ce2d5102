"""Claims of organisations, consents, drafts of yearly figures."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.accounts.models import Grant
from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id
from kechuang.web.core.models import StoredFile
from kechuang.web.registry.models import Organisation, Person

from .consent import Wording, shown
from .enums import ClaimState, Position, ReportState, RequestKind, RequestState


class Consent(models.Model):
    """That a person agreed: to what, for which organisation, when, in which words; and when it was taken back."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(_("事项"), max_length=20)
    version = models.CharField(_("文本版本"), max_length=20)
    digest = models.CharField(_("文本摘要"), max_length=64)
    given_at = models.DateTimeField(_("同意时间"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("同意")

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"

    @property
    def wording(self) -> Wording:
        """The words as they were shown."""
        return shown(self.purpose, self.version)


class Claim(models.Model):
    """A person says to act for an organisation, and shows a proof; an officer confirms or refuses."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="claims")
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    position = models.CharField(_("身份"), max_length=10, choices=Position.choices)
    remark = models.CharField(_("说明"), max_length=500, blank=True)
    proof = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=ClaimState.choices, default=ClaimState.PENDING)
    contested = models.BooleanField(_("提出时已有别人代表"), default=False)
    filed_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    grant = models.ForeignKey(Grant, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("认领")
        indexes = [models.Index(fields=["state", "realm", "-id"], name="claim_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="claim_pending_once", condition=models.Q(state="pending")
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_state_display()}"

    @property
    def in_force(self) -> bool:
        """Whether the person acts for the organisation through this claim today; an administrator can end it too."""
        return (
            self.state == ClaimState.CONFIRMED
            and self.grant is not None
            and (self.grant.valid_to is None or self.grant.valid_to >= timezone.localdate())
        )


class YearReport(models.Model):
    """The figures of one organisation for one year as its people typed them; what is submitted goes to the register.

    ``values`` are the texts as they were typed, so that a draft may be incomplete or wrong. ``revision`` counts saves and
    tells two people apart who fill in the same year. ``findings`` are the implausible values that were confirmed.
    """

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="year_reports")
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    values = models.JSONField(_("填的数"), default=dict)
    remark = models.CharField(_("说明"), max_length=1000, blank=True)
    findings = models.JSONField(_("确认过的疑问"), default=list)
    revision = models.PositiveIntegerField(default=0)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(_("保存时间"), default=timezone.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    consent = models.ForeignKey(Consent, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-year"]
        verbose_name = _("年度填报")
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="year_report_once")]
        indexes = [models.Index(fields=["state", "-submitted_at"], name="report_by_state")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"


class PersonalRequest(models.Model):
    """A person asks for a copy, a correction or the erasure of the own data; an officer decides by a day."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personal_requests")
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    kind = models.CharField(_("事项"), max_length=12, choices=RequestKind.choices)
    text = models.CharField(_("说明"), max_length=1000, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.FILED)
    filed_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    due_on = models.DateField(_("办理期限"))
    in_charge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("个人信息申请")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="personal_request_open_once",
                condition=models.Q(state__in=["filed", "taken"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

"""People who log in, and the roles they hold."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id


class User(AbstractUser):
    """A person with a log-in. What they may do comes from their grants, never from ``is_staff``."""

    display_name = models.CharField(_("姓名"), max_length=100, blank=True)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    kc_acting: Delegation | None = None
    """On whose behalf this person acts during the request being served; set by ``middleware.ActingFor``, never stored."""

    def __str__(self) -> str:
        return self.display_name or self.username


class Role(models.TextChoices):
    """What a person acts as. Staff roles need a second factor."""

    ENTERPRISE = "enterprise", _("企业")
    UNIVERSITY = "university", _("高校院所")
    OFFICER = "officer", _("市科技局经办人")
    COUNTY = "county", _("县市区经办人")
    DEPARTMENT = "department", _("部门填报人")
    AUDITOR = "auditor", _("审计员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")


# 三员分立 (GB/T 22239-2019): who makes accounts, who gives rights and who reads the audit log are three people.
APART = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}
STAFF_ROLES = {Role.OFFICER, Role.COUNTY, Role.DEPARTMENT} | APART


class Grant(models.Model):
    """A role held by a person, bound to what it reaches: an organisation, a county or a department."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    organisation = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    county = models.CharField(_("县市区代码"), max_length=6, blank=True)
    department = models.CharField(_("部门"), max_length=80, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "organisation", "county", "department"], name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"

    @property
    def reach(self) -> str:
        """What the role is bound to: an organisation, a county or a department; empty for the whole city."""
        return self.organisation or self.county or self.department

    @property
    def valid(self) -> bool:
        """Whether it has not ended before today; :func:`valid_grants` says the same to the database."""
        return self.valid_to is None or self.valid_to >= timezone.localdate()


def valid_grants() -> models.Q:
    """The grants that have not ended before today."""
    return models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=timezone.localdate())


class LogInResult(models.TextChoices):
    """How an attempt to log in ended."""

    OK = "ok", _("成功")
    REFUSED = "refused", _("没有通过")
    LOCKED = "locked", _("账号锁了")


class LogIn(models.Model):
    """One attempt to log in: when, from where, with which device, and how it ended; kept for a year.

    Attempts with a name that does not exist are kept without it: people type passwords into the name field.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="log_ins")
    time = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    address = models.CharField(_("地址"), max_length=45, blank=True)
    device = models.CharField(_("设备"), max_length=200, blank=True)
    result = models.CharField(_("结果"), max_length=7, choices=LogInResult.choices)

    class Meta:
        ordering = ["-time", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.time:%Y-%m-%d %H:%M} {self.result}"


class Identity(models.Model):
    """A person's number at an identity provider (OpenID Connect): who logs in there is this person here.

    The pair of ``issuer`` and ``subject`` is the only thing that is trusted; names and addresses that the provider
    sends are shown, never matched. A link is made by the person, who proves both log-ins; see ``domain/identities.py``.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(_("身份提供方"), max_length=200)
    subject = models.CharField(_("身份编号"), max_length=255)
    linked_at = models.DateTimeField(_("关联时间"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_of_one_person"),
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_one_per_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.issuer}"


class Delegation(models.Model):
    """A right that its holder lends to another named person until a day; see ``domain/delegations.py`` for its limits.

    What is lent is one grant. Its words are kept beside it, so that the record stays readable when the grant is gone;
    only the grant gives the right, and it has to be valid itself.
    """

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    giver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations_given")
    receiver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations_received")
    grant = models.ForeignKey(Grant, on_delete=models.SET_NULL, null=True, related_name="delegations")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    reach = models.CharField(_("范围"), max_length=80, blank=True)
    reason = models.CharField(_("事由"), max_length=200)
    until = models.DateField(_("有效期至"))
    given_at = models.DateTimeField(_("委托时间"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["receiver", "until"], name="delegation_receiver_idx")]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.receiver_id} {self.role} {self.until}"


class ApiToken(models.Model):
    """The key of another system. Only its SHA-256 is kept; the key itself is shown once, when it is made.

    ``scopes`` say what it opens, nothing else is open to it; see ``domain/tokens.py``.
    """

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    title = models.CharField(_("用途"), max_length=120)
    holder = models.CharField(_("使用单位"), max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("前几位"), max_length=12, editable=False)
    scopes = models.JSONField(_("权限"), default=list)
    expires_on = models.DateField(_("有效期至"))
    created_at = models.DateTimeField(_("发放"), auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("吊销"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.title} ({self.hint}…)"

"""Nightly results: every measure computed for every organisation of the register.

A row keeps the facts used and the receipt's digest, not the words: the same function computes the explanation again
from them, and a page that shows it compares the digest.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.labels import Labelled
from kechuang.web.entitlements.enums import Group, Place


class Run(models.Model):
    """One computation of everything. Readers use the newest finished run, so they never see half of one."""

    release_id = models.CharField(_("城市包版本"), max_length=64)
    on = models.DateField(_("按哪一天"))
    started_at = models.DateTimeField(_("开始"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成"), null=True, blank=True)
    organisations = models.PositiveIntegerField(_("单位"), default=0)
    rows = models.PositiveIntegerField(_("结果"), default=0)
    failures = models.JSONField(_("没算出来的"), default=list)
    budgets = models.JSONField(_("资金"), default=list)
    """Each budget in the year of the run, real and generated apart: what is due, what it pays, who pays it."""

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.on} {self.release_id[:12]}"


class Entitlement(Labelled):
    """The result of one measure for one subject (an organisation, its contract, its institution …)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results", db_index=False)
    measure_id = models.CharField(_("措施"), max_length=80)
    subject_kind = models.CharField(_("对象"), max_length=20)
    subject_id = models.CharField(_("对象编号"), max_length=40)
    subject_name = models.CharField(_("对象名称"), max_length=200)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    organisation_name = models.CharField(_("单位"), max_length=200, blank=True)
    county = models.CharField(_("所在地"), max_length=6, blank=True)
    realm = models.CharField(max_length=4, choices=Realm.choices)
    status = models.CharField(_("结论"), max_length=12)
    group = models.CharField(_("分组"), max_length=8, choices=Group.choices)
    amount = models.DecimalField(_("金额"), max_digits=18, decimal_places=2, null=True)
    amount_if = models.DecimalField(_("条件都满足时的金额"), max_digits=18, decimal_places=2, null=True)
    awarded = models.DecimalField(_("叠加规则以后的金额"), max_digits=18, decimal_places=2, null=True)
    forgone = models.JSONField(_("因叠加规则少得的"), default=list)
    received = models.JSONField(_("依据的已获支持"), default=list)
    depends = models.JSONField(_("还要看以前领过多少的规则"), default=list)
    budget = models.CharField(_("资金来源"), max_length=80, blank=True, default="")
    place = models.CharField(_("资金结果"), max_length=8, choices=Place.choices, blank=True, default="")
    pays = models.DecimalField(_("资金付出"), max_digits=18, decimal_places=2, null=True)
    position = models.PositiveIntegerField(_("排在第几"), null=True)
    payers = models.JSONField(_("各级分担"), default=list)
    missing = models.JSONField(_("缺的事实"), default=list)
    inputs = models.JSONField(_("用到的事实"), default=dict)
    digest = models.CharField(_("回执摘要"), max_length=64)
    computed_at = models.DateTimeField(_("计算时间"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            # the list of a measure, whole and with each filter, in the order it is read in
            models.Index(fields=["run", "measure_id", "id"], name="entitlement_by_measure"),
            models.Index(fields=["run", "measure_id", "group", "id"], name="entitlement_by_group"),
            models.Index(fields=["run", "measure_id", "county", "id"], name="entitlement_by_county"),
            models.Index(fields=["run", "measure_id", "place", "id"], name="entitlement_by_place"),
            models.Index(fields=["run", "uscc"], name="entitlement_by_uscc"),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.subject_name} {self.status}"

    @property
    def subject_key(self) -> str:
        """Tells the subjects of one organisation apart, as ``domain.subjects.key_of`` does; empty for itself."""
        return "" if self.subject_kind == "enterprise" else f"{self.subject_kind}:{self.subject_id}"

"""Imports with their staged rows: a waiting room in front of the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id
from kechuang.web.core.models import StoredFile

from .enums import MOVING, Channel, ImportState, OnChange, RowState


class Feed(models.Model):
    """Another department's standing delivery: which kind it brings, how often it should come.

    A feed that is silent changes nothing in the register; the list of feeds shows since when it is.
    """

    code = models.SlugField(_("代号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    department = models.CharField(_("提供部门"), max_length=100)
    kind = models.CharField(_("种类"), max_length=30)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    every_days = models.PositiveSmallIntegerField(_("几天一次"), null=True, blank=True)
    active = models.BooleanField(_("在用"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["department", "code"]

    def __str__(self) -> str:
        return self.title


class Import(models.Model):
    """One table that somebody sent in: what kind of records, from which source, how far it is, what came of it.

    A delivery of a feed is an import that nobody has to confirm: its good rows are written, the others stay in quarantine.
    ``event_id`` names the audit event whose Merkle root covers the rows; it is written before the first row is.
    ``purged_at`` is when its rows were thrown away (``domain/purging.py``), ``purged_rows`` how many there were in each state.
    ``lease_until`` is how long the worker that holds the import may be silent before another one goes on.
    """

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    kind = models.CharField(_("种类"), max_length=30)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    state = models.CharField(_("状态"), max_length=10, choices=ImportState.choices, default=ImportState.RECEIVED)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(_("文件"), max_length=255)
    source_title = models.CharField(_("来源"), max_length=200)
    source_department = models.CharField(_("提供部门"), max_length=100, blank=True)
    source_date = models.DateField(_("资料日期"), null=True, blank=True)
    valid_from = models.DateField(_("从哪天起"), null=True, blank=True)
    on_change = models.CharField(_("已有记录怎么办"), max_length=8, choices=OnChange.choices, default=OnChange.CHANGE)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, null=True, related_name="deliveries", db_index=False)
    channel = models.CharField(_("怎样来的"), max_length=6, choices=Channel.choices, default=Channel.PAGE)
    idempotency_key = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=list)
    unknown_columns = models.JSONField(default=list)
    rows_read = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    error = models.JSONField(default=dict, blank=True)
    event_id = models.CharField(max_length=26, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("收到"), default=timezone.now, editable=False)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    purged_rows = models.JSONField(default=dict)
    lease_owner = models.CharField(max_length=26, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="import_to_do", condition=models.Q(state__in=MOVING)),
            models.Index(fields=["feed", "-id"], name="import_of_feed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "idempotency_key"], name="delivery_once", condition=models.Q(feed__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ImportRow(models.Model):
    """A staged row. ``written`` (what stood in the file) is kept only while the row needs a person."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField(_("行"))
    state = models.CharField(max_length=9, choices=RowState.choices)
    values = models.JSONField(default=dict)
    written = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    candidates = models.JSONField(default=dict)
    record_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["imported", "line"], name="import_line_once")]
        indexes = [models.Index(fields=["imported", "state", "line"], name="import_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.imported_id}:{self.line}"

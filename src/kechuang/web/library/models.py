"""Documents of the library, what was read from them, and what people decided on each item."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id
from kechuang.web.core.models import StoredFile
from kechuang.web.library.enums import OPEN, DocumentKind, ItemKind, ItemStatus, Visibility


class SourceDocument(models.Model):
    """One edition of a policy document, as it was uploaded or pasted. Its text never changes; a new edition is a new row."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("全文"))
    #: Of the text without white space, so that the same document as .txt and .html is known to be the same.
    sha256 = models.CharField(max_length=64, db_index=True)
    number = models.CharField(_("文号"), max_length=100, blank=True)
    title = models.CharField(_("标题"), max_length=300)
    issuer = models.CharField(_("发文机关"), max_length=200, blank=True)
    issued = models.DateField(_("成文日期"), null=True, blank=True)
    city = models.CharField(_("城市"), max_length=60, blank=True)
    kind = models.CharField(_("种类"), max_length=12, choices=DocumentKind.choices, default=DocumentKind.OTHER)
    visibility = models.CharField(_("谁能看"), max_length=8, choices=Visibility.choices, default=Visibility.STAFF)
    amends = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="amended_by", verbose_name=_("上一版")
    )
    edition = models.PositiveIntegerField(_("第几版"), default=1)
    clauses = models.PositiveIntegerField(_("条款"), default=0)
    targets = models.PositiveIntegerField(_("目标"), default=0)
    incentives = models.PositiveIntegerField(_("奖补"), default=0)
    tasks = models.PositiveIntegerField(_("任务"), default=0)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-issued", "-id"]
        verbose_name = _("政策库文件")

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """What was read from a document, under review; remembers the last export, so that the next shows what changed."""

    document = models.OneToOneField(SourceDocument, on_delete=models.CASCADE, related_name="draft")
    reading = models.JSONField(default=dict)
    exported_at = models.DateTimeField(null=True, blank=True)
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    exported_digest = models.CharField(max_length=64, blank=True)
    exported_pack = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.document)


class DraftItem(models.Model):
    """A stretch of the text and what it means: found by reading or added by a person, then decided on by people.

    ``fields`` has the form of the reading contract. ``history`` keeps earlier states, the newest last, for undo.
    ``version`` counts changes, so that two people cannot overwrite each other unseen.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    clause = models.CharField(max_length=40)
    quote = models.TextField()
    words = models.TextField(_("检索用"), blank=True)
    fields = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=ItemStatus.choices, default=ItemStatus.PROPOSED)
    earlier = models.JSONField(_("上一版的内容"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_at = models.DateTimeField(null=True, blank=True)
    history = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["start", "end", "id"]
        indexes = [models.Index(fields=["kind", "status"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="library_item_has_text"),
            # Two different people confirm a measure; the database holds it, whatever the code does.
            models.CheckConstraint(
                condition=models.Q(second_by__isnull=True) | ~models.Q(second_by=models.F("confirmed_by")),
                name="library_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start}-{self.end}"

    @property
    def settled(self) -> bool:
        """Confirmed for good: a measure by two people, everything else by one."""
        return self.status == ItemStatus.CONFIRMED and (self.kind != ItemKind.MEASURE or self.second_by_id is not None)

    @property
    def waits_for_second(self) -> bool:
        """Confirmed by one of the two people a measure needs."""
        return self.status == ItemStatus.CONFIRMED and not self.settled

    @property
    def open(self) -> bool:
        """Nobody has decided yet."""
        return self.status in OPEN

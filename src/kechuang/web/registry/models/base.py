"""What all records share: realm, moment of recording, source, and the import that made them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id
from kechuang.web.core.labels import Labelled

from ..enums import Trust

NOT_NEGATIVE = [MinValueValidator(0)]


def money(label: Any, **more: Any) -> Any:
    """A column of yuan with two decimals, never negative; null = not known, never zero."""
    more = {"null": True, "blank": True, "validators": NOT_NEGATIVE, **more}
    return models.DecimalField(label, max_digits=18, decimal_places=2, **more)


def count(label: Any, **more: Any) -> Any:
    """A column of whole numbers from zero; null = not known."""
    return models.PositiveIntegerField(label, null=True, blank=True, **more)


def by_import(name: str) -> models.Index:
    """The index by which the records of one import are found, hidden, and taken back. Records made by people are not in it."""
    return models.Index(fields=["import_id"], name=f"{name}_by_import", condition=~models.Q(import_id=""))


class Source(models.Model):
    """Where facts come from: a paper, a publication, another department's delivery, a person's own entry."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    title = models.CharField(_("来源"), max_length=200)
    url = models.URLField(_("网址"), max_length=500, blank=True)
    department = models.CharField(_("提供部门"), max_length=100, blank=True)
    date = models.DateField(_("资料日期"), null=True, blank=True)
    trust = models.PositiveSmallIntegerField(_("可信程度"), choices=Trust.choices, default=Trust.REPUBLISHED)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)
    created_at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("来源")
        indexes = [models.Index(fields=["title", "department", "date"], name="source_by_title")]

    def __str__(self) -> str:
        parts = [self.title, self.department, self.date.isoformat() if self.date else ""]
        return "，".join(part for part in parts if part)


class UnfinishedImport(models.Model):
    """An import that is still at work. Setting ``published_at`` shows all of it at once.

    Until then nothing it has written is seen: new records are left out by :class:`VisibleManager`, changes of known ones wait
    in :class:`HeldChange`. After it the mark stays until the last held change stands in the history, and is then deleted.
    """

    import_id = models.CharField(max_length=26, primary_key=True)
    since = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.import_id


class HeldChange(models.Model):
    """What an unfinished import makes of a record that exists: thought through, not yet to be seen.

    ``columns`` are those of the row that become different, as the database takes them; publishing puts them into all rows
    with one statement. ``plan`` holds the states that then go into the history (see ``domain/holding.py``), ``given`` what the
    import said, so that the change can be thought through again when somebody wrote the record meanwhile (``stale``).
    """

    import_id = models.CharField(max_length=26)
    kind = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    stale = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    columns = models.JSONField()
    given = models.JSONField()
    plan = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "kind", "record_id"], name="held_once"),
        ]
        indexes = [
            models.Index(fields=["kind", "record_id"], name="held_of_record"),
            models.Index(fields=["import_id"], name="held_stale", condition=models.Q(stale=True)),
        ]

    def __str__(self) -> str:
        return f"{self.import_id}: {self.kind}/{self.record_id}"


def unpublished() -> models.QuerySet[Any, Any]:
    """The ids of the imports of which nothing is to be seen yet, for a subquery."""
    return UnfinishedImport.objects.filter(published_at=None).values("import_id")


class VisibleManager(models.Manager["Any"]):
    """Leaves out what an unfinished import has written so far. The list of such imports is read once per query."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """All records that may be seen at all."""
        return super().get_queryset().exclude(import_id__in=unpublished())


class Registered(Labelled):
    """Base of all records.

    The row is the state believed now for today; earlier and other states stand in ``Version``. ``recorded_at`` (UTC)
    and ``source`` belong to the state the row was made with until a first change; ``import_id`` names the import that
    made it (empty: a person or a generator did).
    """

    #: whether a state holds from a day until the next one (else the record tells of one event or period of its own)
    STATE_LIKE: ClassVar[bool] = False

    realm = models.CharField(max_length=4, choices=Realm.choices, default=Realm.REAL, db_index=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    import_id = models.CharField(max_length=26, blank=True, default="", editable=False)

    objects = VisibleManager()
    everything = models.Manager()

    class Meta:
        abstract = True

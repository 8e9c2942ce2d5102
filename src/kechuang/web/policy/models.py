"""What the city has in force: releases of its pack, their items, and the official texts attached to documents."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImmutableError(Exception):
    """A record that may only be added was about to be changed or deleted."""


class Immutable(models.Model):
    """A record that is written once. A change is a new record; the old one stays as evidence."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; an update is refused."""
        if not self._state.adding:
            raise ImmutableError(f"{self._meta.label} {self.pk} is immutable")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise ImmutableError(f"{self._meta.label} {self.pk} is immutable")


class Release(Immutable):
    """An immutable release of a city pack, named by the digest of its content."""

    digest = models.CharField(_("摘要"), max_length=64, primary_key=True)
    city_id = models.CharField(_("城市"), max_length=80)
    version = models.CharField(_("版本"), max_length=40)
    content = models.TextField(_("内容"))
    applied_at = models.DateTimeField(_("首次生效时间"), auto_now_add=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("城市包版本")

    def __str__(self) -> str:
        return f"{self.city_id} {self.version} {self.digest[:12]}"


class Term(models.Model):
    """From when until when a release was the one in force. Going back to an old release is a new term."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="terms")
    since = models.DateTimeField(_("起"))
    until = models.DateTimeField(_("止"), null=True, blank=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            # One open term at most: two people applying at once cannot leave two releases in force.
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(until__isnull=True), name="policy_one_release_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.release_id[:12]} {self.since:%Y-%m-%d %H:%M}"


class ReleaseItem(Immutable):
    """One record of a release and its digest: shows in which releases an item stayed the same."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20)
    item_id = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "kind", "item_id"], name="policy_item_once")]
        indexes = [models.Index(fields=["kind", "item_id"], name="policy_item_by_id")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.item_id}"


class OfficialText(Immutable):
    """An official text that a user attached to a document. The newest one of a document counts.

    ``matches`` maps ``"PARAGRAPH/N"`` to ``[start, end]`` in ``text``. A page shows a sentence only after it has
    compared that stretch with the hash in the release in force, so a later release cannot show a wrong sentence.
    """

    document_id = models.CharField(_("文件"), max_length=80, db_index=True)
    file_name = models.CharField(_("文件名"), max_length=200)
    text = models.TextField(_("全文"))
    sha256 = models.CharField(max_length=64)
    matches = models.JSONField(default=dict)
    agreed = models.PositiveIntegerField(_("一致的句子"))
    total = models.PositiveIntegerField(_("全部句子"))
    attached_at = models.DateTimeField(auto_now_add=True)
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.file_name}"

    @property
    def complete(self) -> bool:
        """Whether every sentence of the document agreed."""
        return self.agreed == self.total

"""Audit events, and the heads of their chain as published each day."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kechuang.proofs.chain import utc_text
from kechuang.web.core.ids import new_id
from kechuang.web.core.labels import Labelled


def new_nonce() -> str:
    """128 random bits: the published digest of an event must not let anybody guess what the event says."""
    return secrets.token_hex(16)


class Result(models.TextChoices):
    """How the thing ended."""

    OK = "ok", _("成功")
    REFUSED = "refused", _("被拒绝")
    FAILED = "failed", _("出错")


class AppendOnly(Exception):  # noqa: N818  the name says what holds, not what went wrong
    """Somebody tried to change or delete an audit event."""


class EventQuerySet(models.QuerySet["AuditEvent"]):
    """Refuses bulk changes, which would pass by ``save`` and ``delete``."""

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("audit events are never deleted")

    def update(self, **values: Any) -> int:
        raise AppendOnly("audit events are never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise AppendOnly("audit events are never changed")

    def seal_one(self, event: AuditEvent, **link: Any) -> int:
        """The one permitted change: give an unsealed event its link. Only the sealer calls this."""
        return super().filter(pk=event.pk, seq__isnull=True).update_link(**link)

    def update_link(self, **link: Any) -> int:
        """Write the link fields, and nothing else."""
        if set(link) != {"seq", "content", "prev", "digest"}:
            raise AppendOnly("only the link can be written")
        return super().update(**link)


def _name(number: str) -> str:
    """Name of the account with that number; the number itself where there is none."""
    found = get_user_model().objects.filter(pk=number).first() if number.isdigit() else None
    return str(found) if found else number


class AuditEvent(Labelled):
    """One change: who, when, acting as what, on which object, from which state to which, with what result.

    ``before`` and ``after`` are digests of the object's state, so that the log holds no second copy of personal data.
    The link (``seq``, ``content``, ``prev``, ``digest``) is empty until the sealer chains the event.
    """

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    time = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    actor_id = models.CharField(_("用户编号"), max_length=40, blank=True)
    actor_name = models.CharField(_("操作人"), max_length=150, blank=True)
    role = models.CharField(_("角色"), max_length=20, blank=True)
    behalf_id = models.CharField(_("代谁"), max_length=40, blank=True)
    action = models.CharField(_("动作"), max_length=60)
    object_kind = models.CharField(_("对象类别"), max_length=60)
    object_id = models.CharField(_("对象"), max_length=200, blank=True)
    before = models.CharField(_("之前状态的摘要"), max_length=64, blank=True)
    after = models.CharField(_("之后状态的摘要"), max_length=64, blank=True)
    result = models.CharField(_("结果"), max_length=10, choices=Result.choices, default=Result.OK)
    request_id = models.CharField(_("请求编号"), max_length=40, blank=True)
    rows = models.PositiveIntegerField(_("行数"), null=True, editable=False)  # of a bulk change; ``after`` is its root
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    seq = models.PositiveBigIntegerField(_("序号"), null=True, unique=True, editable=False)
    content = models.CharField(max_length=64, blank=True, editable=False)
    prev = models.CharField(max_length=64, blank=True, editable=False)
    digest = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["action", "-id"]),
            models.Index(fields=["object_kind", "object_id", "-id"]),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor_idx"),
            models.Index(fields=["time"], name="audit_event_time_idx"),
            models.Index(fields=["result", "-id"], name="audit_event_result_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.seq or '…'} {self.action} {self.object_kind} {self.object_id}"

    @cached_property
    def who(self) -> str:
        """The actor's name as the account has it now; empty for the system and for visitors.

        Events of before names were kept apart hold the name of that time.
        """
        return self.actor_name or _name(self.actor_id)

    @cached_property
    def behalf(self) -> str:
        """The name of the person on whose behalf the actor acted; empty where for themselves."""
        return _name(self.behalf_id)

    def body(self) -> dict[str, Any]:
        """What the digest of the event is taken of. The stand-alone verifier reads the same fields from the table."""
        # Fields that came later are left out where they are empty: events of before keep their digest.
        later: dict[str, Any] = {} if self.rows is None else {"rows": self.rows}
        later |= {"behalf_id": self.behalf_id} if self.behalf_id else {}
        return later | {
            "id": self.public_id,
            "time": utc_text(self.time),
            "actor_id": self.actor_id,
            "actor_name": self.actor_name,
            "role": self.role,
            "action": self.action,
            "object_kind": self.object_kind,
            "object_id": self.object_id,
            "before": self.before,
            "after": self.after,
            "result": self.result,
            "request_id": self.request_id,
            "nonce": self.nonce,
        }

    def link(self) -> dict[str, Any]:
        """The sealed link as everybody may see it: digests only."""
        return {
            "seq": self.seq,
            "time": utc_text(self.time),
            "content": self.content,
            "prev": self.prev,
            "digest": self.digest,
        }

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. A second save is refused.

        Raises:
            AppendOnly: the event is stored already.
        """
        if not self._state.adding:
            raise AppendOnly("audit events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Always refused."""
        raise AppendOnly("audit events are never deleted")


class BulkRows(models.Model):
    """Leaf hashes of the rows of a bulk change, 32 bytes each in order, and the key of their salts.

    The rows themselves stay where they are; with these hashes each can be proved, and a changed one found.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="bulk")
    key = models.CharField(max_length=64, editable=False)
    hashes = models.BinaryField(editable=False)

    def __str__(self) -> str:
        return f"{self.event_id} {len(self.hashes) // 32}"

    def leaf_hashes(self) -> list[bytes]:
        """The hashes as a list."""
        stored = bytes(self.hashes)
        return [stored[at : at + 32] for at in range(0, len(stored), 32)]


class ChainHead(models.Model):
    """The last link of a day (Asia/Shanghai), published so that a later rewriting of the chain can be found."""

    date = models.DateField(_("日期"), unique=True)
    seq = models.PositiveBigIntegerField(_("序号"))
    count = models.PositiveIntegerField(_("当日条数"))
    digest = models.CharField(_("链头"), max_length=64)
    published_at = models.DateTimeField(_("公布时间"), default=timezone.now)

    class Meta:
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date} {self.seq} {self.digest}"

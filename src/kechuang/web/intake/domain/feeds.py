"""Deliveries of other departments: declared, received once, kept as they came, written without waiting for a person.

What a feed brings is checked like an import: syntax, schema, references, plausibility. Good rows are written, the others
stay in quarantine with their reasons until somebody mends or drops them. Silence changes nothing in the register.
"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from kechuang.web.accounts.access import acting_role, realm_filter
from kechuang.web.audit.domain.record import record
from kechuang.web.core import files
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError

from .. import access
from ..enums import Channel, ImportState, OnChange, RowState
from ..models import Feed, Import, ImportRow
from .kinds import kind_named
from .receive import FILE_RULE

logger = logging.getLogger(__name__)
SETTLED = 5.0  # seconds a file in a drop folder must have been left alone before it is taken
QUARANTINE = (RowState.BAD, RowState.UNDECIDED, RowState.REFUSED)


def declare(*, code: str, title: str, department: str, kind: str, every_days: int | None = None, actor: Any) -> Feed:
    """Open a feed. Raises ``UserError``: no right, an unknown kind, a field is missing, or the code is taken (409)."""
    access.require_import(actor)
    kind_named(kind)
    code, title, department = code.strip().lower(), title.strip(), department.strip()
    for name, value in (("code", code), ("title", title), ("department", department)):
        if not value:
            raise UserError("代号、名称和提供部门都要填。", "Code, title and department are all required.", field=name)
    if not all(c.isascii() and (c.isalnum() or c in "-_") for c in code):
        raise UserError(
            "代号只能用小写字母、数字和连字符。", "A code has letters, digits and hyphens only.", field="code"
        )
    try:
        with transaction.atomic():
            feed = Feed.objects.create(
                code=code[:40], title=title[:120], department=department[:100], kind=kind, every_days=every_days,
                realm=Realm.DEMO if settings.DEMO else Realm.REAL,
            )  # fmt: skip
            record(actor=actor, role=acting_role(actor), action="feed.declare", object_kind="feed", object_id=code,
                   after={"title": title, "kind": kind, "every_days": every_days})  # fmt: skip
    except IntegrityError:
        raise UserError(f"代号“{code}”已经有了。", f"The code “{code}” is taken.", field="code", status=409) from None
    return feed


def set_active(feed: Feed, active: bool, *, actor: Any) -> None:
    """Close a feed or open it again. What it has delivered stays."""
    access.require_import(actor)
    with transaction.atomic():
        Feed.objects.filter(pk=feed.pk).update(active=active)
        record(actor=actor, role=acting_role(actor), action="feed.open" if active else "feed.close", object_kind="feed",
               object_id=feed.code, before={"active": feed.active}, after={"active": active})  # fmt: skip


def deliver(
    feed: Feed, content: bytes | Path, *, key: str, name: str, channel: str, by: str = ""
) -> tuple[Import, bool]:
    """Take a delivery; returns it and whether it is new. The same key with the same content is the same delivery.

    Args:
        key: names the delivery for its sender; by it a repeated sending is recognised.
        by: the token it came with.

    Raises:
        UserError: the feed is closed (403), no key (422), the key was used for other content (409), too large (413).
    """
    if not feed.active:
        raise UserError("这个数据源已停用。", "This feed is closed.", code="closed", status=403)
    if not key or len(key) > 100:
        raise UserError(
            "请给这次投递一个幂等键（Idempotency-Key），最多 100 个字符。",
            "Name the delivery with an Idempotency-Key of at most 100 characters.", field="Idempotency-Key",
        )  # fmt: skip
    if known := Import.objects.select_related("file").filter(feed=feed, idempotency_key=key).first():
        return _same(known, content), False
    stored = files.store(content, rule=FILE_RULE, name=name, realm=feed.realm)
    try:
        with transaction.atomic():
            made = Import.objects.create(
                kind=feed.kind, realm=feed.realm, file=stored, file_name=stored.name, source_title=feed.title,
                source_department=feed.department, source_date=timezone.localdate(), feed=feed, channel=channel,
                idempotency_key=key, on_change=OnChange.CHANGE,
            )  # fmt: skip
            record(actor=None, action="delivery.receive", object_kind="import", object_id=made.public_id,
                   after={"feed": feed.code, "key": key, "sha256": stored.sha256, "by": by})  # fmt: skip
    except IntegrityError:  # somebody sent the same key at the same moment
        files.remove(stored)
        return _same(Import.objects.select_related("file").get(feed=feed, idempotency_key=key), content), False
    return made, True


def _same(known: Import, content: bytes | Path) -> Import:
    if known.file is not None and known.file.sha256 != _digest(content):
        raise UserError(
            "这个幂等键已经用过，内容却不同。新的内容请换一个键。",
            "This Idempotency-Key was used with other content; give new content a new key.",
            field="Idempotency-Key", code="key_reused", status=409,
        )  # fmt: skip
    return known


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def folder(feed: Feed) -> Path:
    """Where files of a feed can be dropped."""
    return Path(settings.INBOX_DIR) / feed.code


def collect() -> list[int]:
    """Take what lies in the drop folders; a file that is still being written waits. Returns the new imports.

    One bad file stops neither the others nor the worker.
    """
    taken: list[int] = []
    for feed in Feed.objects.filter(active=True):
        place = folder(feed)
        place.mkdir(parents=True, exist_ok=True)
        for path in sorted(place.iterdir()):
            if not path.is_file() or path.is_symlink() or path.name.startswith(".") or path.suffix in (".part", ".tmp"):
                continue
            if time.time() - path.stat().st_mtime < SETTLED:
                continue
            try:
                made, new = deliver(feed, path, key=_digest(path), name=path.name, channel=Channel.FOLDER)
            except UserError as error:
                logger.warning("inbox %s/%s: %s", feed.code, path.name, error.zh)
                path.rename(path.with_name(f".refused-{path.name}"))
                continue
            path.unlink()
            if new:
                taken.append(made.pk)
    return taken


def release(one: Import, *, actor: Any) -> Import:
    """Write the rows of a delivery's quarantine that were mended: they become an import of their own, confirmed at once.

    Raises:
        UserError: no right, the delivery is not finished (409), or no row has been mended (422).
    """
    access.require_import(actor)
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=one.pk)
        if current.feed_id is None or current.state != ImportState.APPLIED:
            raise UserError("这次投递还没有写完。", "This delivery is not finished.", code="state", status=409)
        mended = list(current.rows.filter(state=RowState.READY).values_list("pk", flat=True))
        if not mended:
            raise UserError("隔离区里还没有改好的行。", "No row of the quarantine has been mended.")
        rounds = Import.objects.filter(feed=current.feed, idempotency_key__startswith=f"{current.public_id}/").count()
        made = Import.objects.create(
            kind=current.kind, realm=current.realm, state=ImportState.CONFIRMED, file=current.file,
            file_name=current.file_name, source_title=current.source_title,
            source_department=current.source_department, source_date=current.source_date, feed=current.feed,
            channel=Channel.PAGE, idempotency_key=f"{current.public_id}/{rounds + 1}", columns=current.columns,
            rows_read=len(mended), confirmed_by=actor, created_by=actor,
        )  # fmt: skip
        ImportRow.objects.filter(pk__in=mended).update(imported=made)
        record(actor=actor, role=acting_role(actor), action="delivery.release", object_kind="import",
               object_id=made.public_id, after={"rows": len(mended), "from": current.public_id})  # fmt: skip
    return made


@dataclass(frozen=True)
class FeedState:
    """A feed with what has come of it."""

    feed: Feed
    deliveries: int
    last: datetime | None
    quarantined: int
    overdue: bool

    @property
    def silent_days(self) -> int | None:
        """Whole days since the last delivery; None when nothing ever came."""
        return (timezone.now() - self.last).days if self.last else None


def feeds_for_user(user: Any) -> list[FeedState]:
    """All feeds with their last delivery and quarantine. Raises ``UserError`` (401, 403)."""
    access.require_import(user)
    came = ~Q(deliveries__channel=Channel.PAGE)
    feeds = Feed.objects.filter(realm_filter(user)).annotate(
        n=Count("deliveries", filter=came), last=Max("deliveries__created_at", filter=came)
    )
    waiting = dict(
        ImportRow.objects.filter(imported__feed__isnull=False, imported__state=ImportState.APPLIED, state__in=QUARANTINE)
        .order_by().values_list("imported__feed").annotate(n=Count("pk"))
    )  # fmt: skip
    now = timezone.now()
    return [
        FeedState(
            feed, feed.n, feed.last, waiting.get(feed.pk, 0),
            bool(feed.active and feed.every_days and now - (feed.last or feed.created_at) > timedelta(days=feed.every_days)),
        )
        for feed in feeds
    ]  # fmt: skip

"""Putting a city pack in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kechuang.citypack import Pack, load, to_json
from kechuang.citypack import digest as pack_digest
from kechuang.citypack.decisions import Decision, keep, undone
from kechuang.citypack.planning import items as planned_items
from kechuang.citypack.serial import item_digest
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.releases import current_digest, release
from kechuang.web.policy.models import Release, ReleaseItem, Term


@dataclass(frozen=True)
class Applied:
    """What applying did: the release's digest, whether anything changed, and the digest in force before."""

    digest: str
    changed: bool
    before: str | None


def apply(
    pack: Pack | Path | str,
    *,
    actor: Any = None,
    role: str = "",
    request_id: str | None = None,
    action: str = "policy.apply",
    about: tuple[str, str] | None = None,
    told: Mapping[str, Any] | None = None,
) -> Applied:
    """Make ``pack`` (or the pack in a folder) the release in force. ``action`` names a smaller change than a whole pack
    in the audit event, which is then ``about`` that record (kind and id) and proves what was ``told``.

    A release already in force is left alone. Applying the content of an older release opens a new term of that
    same release. Raises ``kechuang.citypack.PackError`` for a folder that cannot be loaded.
    """
    loaded = load(pack) if isinstance(pack, str | Path) else pack
    digest = pack_digest(loaded)
    try:
        return _apply(loaded, digest, actor, role, request_id, action, about or ("release", digest), told or {})
    except IntegrityError:
        raise UserError(
            "刚好有人在应用另一版城市包。请看看现在生效的是哪一版，再试一次。",
            "Somebody is applying another release at this moment. See which one is in force and try again.",
            code="busy",
            status=409,
        ) from None


def apply_kept(pack: Pack, *, role: str = "", actor: Any = None) -> tuple[Applied, tuple[Decision, ...]]:
    """Apply a pack without undoing readings that officers have chosen in the release in force; and these decisions.

    Raises ``UserError`` (409) when a decision cannot be kept, since its question or its readings are other ones in the new pack:
    nothing is applied then.
    """
    digest = current_digest()
    old = release(digest).pack if digest else None
    lapsed = [decision for decision in undone(old, pack) if decision.fate == "lapsed"]
    if lapsed:
        zh = "；".join(decision.as_text("zh") for decision in lapsed)
        en = "; ".join(decision.as_text("en") for decision in lapsed)
        raise UserError(
            f"没有应用，因为{zh}。请按新的问题重新决定并写进城市包，或用 --drop-decisions 放弃原来的决定。",
            f"Nothing was applied: it {en}. Decide the new question and write it into the pack, or give the old decision up with "
            "--drop-decisions.",
            code="decisions_lapse",
            status=409,
        )
    whole, kept = keep(old, pack)
    told = {"kept": [f"{decision.where}/{decision.reading}" for decision in kept]} if kept else {}
    return apply(whole, actor=actor, role=role, told=told), kept


def _apply(
    loaded: Pack,
    digest: str,
    actor: Any,
    role: str,
    request_id: str | None,
    action: str,
    about: tuple[str, str],
    told: Mapping[str, Any],
) -> Applied:
    """Write release, items, term and event in one transaction."""
    content = to_json(loaded)
    items = list(_items(loaded))
    with transaction.atomic():
        before = current_digest()
        if before == digest:
            return Applied(digest, False, before)
        now = timezone.now()
        if not Release.objects.filter(pk=digest).exists():
            release = Release(
                digest=digest,
                city_id=loaded.city.id,
                version=loaded.city.version,
                content=content,
                applied_by=actor,
            )
            release.save()
            ReleaseItem.objects.bulk_create(
                ReleaseItem(release=release, kind=kind, item_id=item_id, digest=value) for kind, item_id, value in items
            )
        Term.objects.filter(until__isnull=True).update(until=now)
        Term.objects.create(release_id=digest, since=now)
        record(
            actor=actor,
            role=role,
            action=action,
            object_kind=about[0],
            object_id=about[1],
            before={"release": before} if before else None,
            after={
                "release": digest,
                "city": loaded.city.id,
                "version": loaded.city.version,
                "items": len(items),
                **told,
            },
            request_id=request_id,
        )
    return Applied(digest, True, before)


def _items(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Kind, id and digest of every record of the pack; observations are covered by the release's own digest."""
    for kind, item_id, item in planned_items(pack):
        if kind != "observation":
            yield kind, item_id, item_digest(item)

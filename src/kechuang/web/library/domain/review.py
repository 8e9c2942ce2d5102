"""Deciding on items: confirm, edit, reject, undo. Each change is one audit event and one step of the item's history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from kechuang.web.accounts.access import same_hands
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError
from kechuang.web.library import access
from kechuang.web.library.domain import rules
from kechuang.web.library.domain.words import words_of
from kechuang.web.library.enums import ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem

KEPT_STEPS = 20
_STATE = ("kind", "start", "end", "clause", "quote", "words", "fields", "status", "earlier", "confirmed_by_id",
          "confirmed_at", "second_by_id", "second_at")  # fmt: skip


def state(item: DraftItem) -> dict[str, Any]:
    """What can be brought back by undo, as JSON."""
    values = {name: getattr(item, name) for name in _STATE}
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in values.items()}


def locked(item_id: int, document_id: str, version: int | None) -> DraftItem:
    """The item, held for the rest of the transaction.

    Raises ``UserError``: 404 when the document has no such item, 409 when somebody changed it since it was shown.
    """
    found = DraftItem.objects.select_for_update(of=("self",)).select_related("draft__document").filter(
        pk=item_id, draft__document__public_id=document_id).first()  # fmt: skip
    if found is None:
        raise UserError("没有这个条目。", "There is no such item.", code="not_found", status=404)
    if version is not None and version != found.version:
        raise UserError(
            "这个条目刚被别人改过，请看过新内容再决定。",
            "Somebody has just changed this item; look at it again before you decide.",
            code="changed", status=409,
        )  # fmt: skip
    return found


def remember(item: DraftItem, **more: Any) -> dict[str, Any]:
    """Put the present state on the item's history before a change, and give it back for the audit event."""
    before = state(item)
    item.history = [*item.history, {**before, **more}][-KEPT_STEPS:]
    item.version += 1
    return before


def unsign(item: DraftItem) -> None:
    """A changed item has to be confirmed anew, by both people."""
    item.confirmed_by = item.second_by = None
    item.confirmed_at = item.second_at = None


def log(item: DraftItem, actor: Any, role: str, verb: str, before: Any) -> None:
    """The audit event of a change to an item."""
    record(actor=actor, role=role, action=f"library.{verb}", object_kind="library_item",
           object_id=f"{item.draft.document.public_id}/{item.pk}", before=before, after=state(item))  # fmt: skip


def confirm(item_id: int, document_id: str, *, actor: Any, version: int | None = None) -> DraftItem:
    """Confirm an item. A measure needs a second, other person; its rule has to compile."""
    with transaction.atomic():
        item = locked(item_id, document_id, version)
        role = access.require_write(actor, item.draft.document)
        if item.settled:
            raise UserError("已经确认过了。", "It is confirmed already.", code="settled", status=409)
        rules.refuse_faulty(item)
        second = item.status == ItemStatus.CONFIRMED
        if second and same_hands(actor, item.confirmed_by_id, item.confirmed_at):
            raise UserError("政策措施要两个人确认：第二次要由另一个人来；代人办事的和委托人算同一个人。",
                            "A measure is confirmed by two people: the second has to be another person. Who acts on "
                            "somebody's behalf counts as that person.", code="same_person",
                            status=409)  # fmt: skip
        before = remember(item)
        if second:
            item.second_by, item.second_at = actor, timezone.now()
        else:
            item.status, item.confirmed_by, item.confirmed_at = ItemStatus.CONFIRMED, actor, timezone.now()
            item.second_by = item.second_at = None
        item.save()
        log(item, actor, role, "confirm_second" if second else "confirm", before)
    return item


def reject(item_id: int, document_id: str, *, actor: Any, version: int | None = None) -> DraftItem:
    """Say that this is no item of the policy."""
    with transaction.atomic():
        item = locked(item_id, document_id, version)
        role = access.require_write(actor, item.draft.document)
        before = remember(item)
        item.status = ItemStatus.REJECTED
        unsign(item)
        item.save()
        log(item, actor, role, "reject", before)
    return item


def edit(
    item_id: int, document_id: str, fields: Mapping[str, Any], *, actor: Any, version: int | None = None, kind: str = ""
) -> DraftItem:
    """Change what an item says; it waits for confirmation again. Raises ``UserError`` where the rule would not compile."""
    with transaction.atomic():
        item = locked(item_id, document_id, version)
        role = access.require_write(actor, item.draft.document)
        before = remember(item)
        item.kind = kind if kind in ItemKind.values else item.kind
        item.fields = dict(fields)
        item.words = words_of(item.fields, item.quote)
        item.status = ItemStatus.EDITED
        unsign(item)
        rules.refuse_faulty(item)
        item.save()
        log(item, actor, role, "edit", before)
    return item


def undo(item_id: int, document_id: str, *, actor: Any, version: int | None = None) -> DraftItem:
    """Take back the last change of an item, and with a split or merge that of its partner."""
    with transaction.atomic():
        item = locked(item_id, document_id, version)
        role = access.require_write(actor, item.draft.document)
        if not item.history:
            raise UserError("没有可以撤销的改动。", "There is nothing to undo.", code="nothing", status=409)
        step, before = item.history[-1], state(item)
        _restore(item, step)
        log(item, actor, role, "undo", before)
        partner = DraftItem.objects.select_for_update().filter(pk=step.get("partner"), draft=item.draft).first()
        if partner is not None:
            _undo_partner(partner, item, actor, role)
    return item


def _undo_partner(partner: DraftItem, item: DraftItem, actor: Any, role: str) -> None:
    partner.draft = item.draft
    before = state(partner)
    if partner.history and partner.history[-1].get("partner") == item.pk:
        _restore(partner, partner.history[-1])
    elif not partner.history:  # the second half that the split had made
        remember(partner, partner=item.pk)
        partner.status = ItemStatus.REJECTED
        partner.save()
    else:
        return  # somebody has worked on it since; it stays as they left it
    log(partner, actor, role, "undo", before)


def _restore(item: DraftItem, step: Mapping[str, Any]) -> None:
    for name in _STATE:
        value = step.get(name)
        setattr(item, name, parse_datetime(value) if value and name.endswith("_at") else value)
    item.history = item.history[:-1]
    item.version += 1
    item.save()

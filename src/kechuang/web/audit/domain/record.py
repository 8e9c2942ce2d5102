"""The one way to write an audit event."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from kechuang.proofs.chain import digest_of, utc_text
from kechuang.proofs.merkle import root_of_hashes, row_hash
from kechuang.web.audit.models import AuditEvent, BulkRows
from kechuang.web.core import once
from kechuang.web.core.requests import current_request_id

_role_of: list[Callable[[Any], str]] = []


def role_source(function: Callable[[Any], str]) -> Callable[[Any], str]:
    """Register who knows the role a person acts as; the accounts app, which lies above, does this once."""
    _role_of[:] = [function]
    return function


_behalf_of: list[Callable[[Any], str]] = []


def behalf_source(function: Callable[[Any], str]) -> Callable[[Any], str]:
    """Register who knows on whose behalf a person acts; the accounts app does this once."""
    _behalf_of[:] = [function]
    return function


def role_of(actor: Any) -> str:
    """The role a person acts as; empty for the system, a visitor, and where nobody has registered."""
    known = actor is not None and getattr(actor, "is_authenticated", False)
    return _role_of[0](actor) if known and _role_of else ""


def plain(value: Any) -> Any:
    """The same state in the types that have a canonical form: amounts, dates and everything unknown become strings."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return str(value)
    if isinstance(value, models.Model):
        return {field.attname: plain(getattr(value, field.attname)) for field in value._meta.concrete_fields}
    return str(value)


def state_digest(state: Any) -> str:
    """Digest of an object's state; empty where there is none. A 64-digit digest is taken as it is."""
    if state is None:
        return ""
    if isinstance(state, str) and len(state) == 64 and all(c in "0123456789abcdef" for c in state):
        return state
    return digest_of(plain(state))


def record(
    *,
    actor: Any,
    role: str | None = None,
    action: str,
    object_kind: str,
    object_id: str = "",
    before: Any = None,
    after: Any = None,
    result: str = "ok",
    request_id: str | None = None,
    rows: int | None = None,
) -> AuditEvent:
    """Write one event; call it inside the transaction of the change it tells of.

    The number of the actor is kept, not the name: links are never changed, and a name has to go when its person asks for
    erasure. Pages look the name up (``AuditEvent.who``).

    Args:
        actor: the user, or None for the system itself and for a visitor without log-in.
        role: what the actor acted as, for instance ``officer``; by default the role the accounts app names.
        action: ``noun.verb``, for instance ``policy.apply``.
        object_kind, object_id: what was changed.
        before, after: its state (mapping, model, list …) or a SHA-256 digest; only digests are kept.
        result: ``ok``, ``refused`` or ``failed``.
        request_id: by default the request being served.
        rows: number of rows of a bulk change; :func:`record_bulk` gives it.

    Raises:
        Repeated: the request being served is a second submission of one that has made its change.
    """
    known = actor is not None and getattr(actor, "is_authenticated", False)
    if result == "ok":
        once.claim()  # in the transaction of the change: both are stored or neither
    return AuditEvent.objects.create(
        actor_id=str(actor.pk) if known else "",
        role=role_of(actor) if role is None else str(role),
        behalf_id=_behalf_of[0](actor) if known and _behalf_of else "",
        action=action,
        object_kind=object_kind,
        object_id=str(object_id)[:200],
        before=state_digest(before),
        after=state_digest(after),
        result=result,
        request_id=current_request_id() if request_id is None else request_id,
        rows=rows,
    )


def record_bulk(
    *, actor: Any, action: str, object_kind: str, object_id: str = "", rows: Iterable[Any], **more: Any
) -> AuditEvent:
    """Write one event for a change of many rows: its ``after`` is the Merkle root over them, and each can be proved.

    Args:
        rows: the rows as they now are (mappings, models …), in the order in which their number names them; read once,
            32 bytes of each are kept, so a generator over a hundred thousand rows is fine.
        more: further arguments of :func:`record`, except ``after``.
    """
    key = secrets.token_hex(32)
    hashes = [row_hash(plain(row), key, index) for index, row in enumerate(rows)]
    with transaction.atomic():
        event = record(
            actor=actor, action=action, object_kind=object_kind, object_id=object_id,
            after=root_of_hashes(hashes), rows=len(hashes), **more,
        )  # fmt: skip
        BulkRows.objects.create(event=event, key=key, hashes=b"".join(hashes))
    return event

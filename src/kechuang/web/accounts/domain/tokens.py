"""Keys of other systems: issued and revoked by a security administrator, since a key is a right, recognised by their digest.

A key holds 256 random bits, so its plain SHA-256 is enough: nobody can try them all, and looking one up is quick.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from typing import Any

from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kechuang.web.accounts import access
from kechuang.web.accounts.models import ApiToken, Role
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError

PREFIX = "kc_"
MOST_DAYS = 366
NOTED_EVERY = dt.timedelta(minutes=1)
READS_PRIVATE = "registry:read-private"
SCOPES: dict[str, str | Promise] = {
    "registry:read": _("读登记库里公开的内容"),
    READS_PRIVATE: _("读登记库的全部内容（个人信息遮盖，受限内容除外）"),
}
"""Scopes that can be given; ``deliver:CODE`` besides, for the deliveries of one feed."""
_DELIVER = re.compile(r"deliver:[-a-z0-9_]{1,40}")


def issue(
    *, title: str, holder: str, scopes: list[str], expires_on: dt.date, actor: Any, today: dt.date | None = None
) -> tuple[ApiToken, str]:
    """Make a key; returns its record and the key, which is shown this once.

    Raises:
        UserError: no right (401, 403); no title, holder or scope; an unknown scope; the day is past or over a year away.
    """
    access.require(actor, Role.SECURITY_ADMIN)
    today = today or timezone.localdate()
    title, holder = title.strip(), holder.strip()
    if not title or not holder:
        raise UserError(
            "请写明用途和使用单位。", "Name the purpose and the holder.", field="title" if holder else "holder"
        )
    if unknown := [scope for scope in scopes if scope not in SCOPES and not _DELIVER.fullmatch(scope)]:
        raise UserError(f"没有“{unknown[0]}”这个权限。", f"There is no scope “{unknown[0]}”.", field="scopes")
    if not scopes:
        raise UserError("至少选一个权限。", "Choose at least one scope.", field="scopes")
    if not today <= expires_on <= today + dt.timedelta(days=MOST_DAYS):
        raise UserError(
            "有效期最长一年，不能是过去的日子。",
            "A key is valid for a year at most, and not until a past day.",
            field="expires_on",
        )
    key = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            title=title[:120], holder=holder[:120], scopes=sorted(set(scopes)), expires_on=expires_on,
            digest=_digest(key), hint=key[:8], created_by=actor,
        )  # fmt: skip
        _tell(actor, "token.issue", token)
    return token, key


def revoke(token: ApiToken, *, actor: Any) -> ApiToken:
    """End a key at once. Raises ``UserError`` (401, 403), or 409 when it is revoked already."""
    access.require(actor, Role.SECURITY_ADMIN)
    with transaction.atomic():
        locked = ApiToken.objects.select_for_update().get(pk=token.pk)
        if locked.revoked_at is not None:
            raise UserError("这个令牌已经吊销。", "This key is revoked already.", code="state", status=409)
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        _tell(actor, "token.revoke", locked)
    return locked


def _tell(actor: Any, action: str, token: ApiToken) -> None:
    after = {"title": token.title, "holder": token.holder, "scopes": token.scopes, "expires_on": token.expires_on}
    record(
        actor=actor, role=access.acting_role(actor), action=action, object_kind="token", object_id=token.public_id,
        after=after,
    )  # fmt: skip


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def recognise(key: str) -> ApiToken | None:
    """The valid token of a key: known, not revoked, not expired. Notes the use, at most once a minute."""
    if not key.startswith(PREFIX):
        return None
    tokens = ApiToken.objects.select_related("created_by")  # what a token opens also hangs on who made it
    token = tokens.filter(digest=_digest(key), revoked_at=None, expires_on__gte=timezone.localdate()).first()
    if token is None:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def tokens_for_user(actor: Any) -> list[ApiToken]:
    """All tokens, newest first; for a demo administrator those of demo administrators. Raises ``UserError`` (401, 403)."""
    return list(_open_to(actor).select_related("created_by"))


def token_for_user(actor: Any, public_id: str) -> ApiToken:
    """One of the same tokens. Raises ``UserError`` (401, 403), ``Http404``."""
    return get_object_or_404(_open_to(actor), public_id=public_id)


def _open_to(actor: Any) -> models.QuerySet[ApiToken]:
    access.require(actor, Role.SECURITY_ADMIN)
    return ApiToken.objects.filter(access.realm_filter(actor, "created_by__realm"))

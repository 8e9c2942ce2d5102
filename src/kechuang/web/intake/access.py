"""Who may import, deliver, export: officers of the city, others nothing."""

from __future__ import annotations

from typing import Any

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role


def require_import(user: Any) -> None:
    """Let only officers of the city pass. Raises ``UserError`` (401, 403)."""
    access.require(user, Role.OFFICER)


def require_see(user: Any) -> None:
    """Let those pass who may see imports and deliveries: officers. Raises ``UserError`` (401, 403)."""
    access.require(user, Role.OFFICER)


def may_import(user: Any) -> bool:
    """Whether a person may import."""
    return access.has_role(user, Role.OFFICER)

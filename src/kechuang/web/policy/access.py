"""Who may change policy content. Reading is public; deny by default for everything else."""

from __future__ import annotations

from typing import Any

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role

ATTACH_ROLES = (Role.OFFICER,)


def may_attach(user: Any) -> bool:
    """Whether the person may attach an official text."""
    return bool(getattr(user, "is_authenticated", False)) and bool(access.roles(user) & set(ATTACH_ROLES))


def require_attach(user: Any) -> str:
    """The role the person attaches as; the accounts app turns a refusal into a log-in or a 403 page."""
    access.require(user, *ATTACH_ROLES)
    held = access.roles(user)
    return str(next(role for role in ATTACH_ROLES if role in held))

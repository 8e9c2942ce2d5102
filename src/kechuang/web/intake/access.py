"""Who may import, deliver, export: officers of the city, others nothing."""

from __future__ import annotations

from typing import Any

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role


def require_import(user: Any) -> None:
    """Let only officers of the city pass, who also alone may see imports. Raises ``UserError`` (401, 403)."""
    access.require(user, Role.OFFICER)

"""Errors that are meant for people: what is wrong, where, how to mend it, in both languages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


class UserError(Exception):
    """A mistake the user can mend. ``str()`` gives the text in the active language."""

    def __init__(self, zh: str, en: str, *, field: str | None = None, code: str = "invalid", status: int = 422) -> None:
        super().__init__(zh, en)
        self.zh, self.en, self.field, self.code, self.status = zh, en, field, code, status

    def __str__(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


def require_login(user: Any) -> None:
    """Let only people with a log-in pass. Raises ``UserError`` (401), which leads pages to log-in and back."""
    if not getattr(user, "is_authenticated", False):
        raise UserError("请先登录。", "Please log in first.", code="login_required", status=401)

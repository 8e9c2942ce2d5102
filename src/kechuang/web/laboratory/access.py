"""Who may use the laboratory: officers of the administration try and read; names of firms are for a few."""

from __future__ import annotations

from typing import Any

from kechuang.web.accounts.access import has_role, reads_realm, realm_filter, require
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError
from kechuang.web.laboratory.models import Trial

__all__ = [
    "NAMES",
    "READ",
    "TRY",
    "has_role",
    "may_see_names",
    "need_names",
    "need_own",
    "need_read",
    "need_try",
    "reads_realm",
    "realm_filter",
]

TRY = (Role.OFFICER, Role.COUNTY, Role.DEPARTMENT)
READ = TRY
NAMES = (Role.OFFICER,)


def need_try(user: Any) -> None:
    """Let only those pass who may start a trial. Raises ``UserError`` 401 or 403."""
    require(user, *TRY)


def need_read(user: Any, trial: Trial | None = None) -> None:
    """Let those pass who may read trials; a shared trial is open to everybody who has its address."""
    if trial is None or not trial.shared:
        require(user, *READ)


def need_own(user: Any, trial: Trial) -> None:
    """Let only the author pass. Raises ``UserError`` 401 or 403."""
    need_try(user)
    if trial.author_id != user.pk:
        raise UserError(
            "只有作者能停止、分享或删除这次测算。", "Only the author may stop, share or delete this trial.",
            code="forbidden", status=403,
        )  # fmt: skip


def may_see_names(user: Any, trial: Trial) -> bool:
    """Whether a person sees the single firms of a trial; everybody else sees sums of at least ten."""
    return has_role(user, *NAMES) and reads_realm(user, trial.realm)


def need_names(user: Any, trial: Trial) -> None:
    """Let only those pass who may see the single firms of a trial. Raises ``UserError`` 401 or 403."""
    require(user, *NAMES)
    if not may_see_names(user, trial):
        raise UserError(
            "演示身份看不到真实单位的逐户数据。", "A demo person does not see single real organisations.",
            code="forbidden", status=403,
        )  # fmt: skip

"""Who may do what with submitted values. Everybody reads the public figures."""

from __future__ import annotations

from typing import Any

from kechuang.web.accounts.access import departments, has_role, require, same_hands
from kechuang.web.accounts.models import Role

from .models import Submission

DECIDERS = (Role.OFFICER,)
SENDERS = (Role.DEPARTMENT, Role.OFFICER)
READERS = (Role.OFFICER, Role.DEPARTMENT, Role.AUDITOR)


def may_list(user: Any) -> bool:
    """Whether a person sees the list of submitted values."""
    return has_role(user, *READERS)


def require_list(user: Any) -> None:
    """Raises ``UserError`` (401, 403) for everybody else."""
    require(user, *READERS)


def may_decide(user: Any, submission: Submission) -> bool:
    """An officer decides, but never on a value of their own: a second person has to look."""
    return has_role(user, *DECIDERS) and not same_hands(user, submission.submitted_by_id, submission.created_at)


def may_upload(user: Any) -> bool:
    """Whether a person sends whole tables: departments for their indicators, and officers."""
    return has_role(user, *SENDERS)


def require_upload(user: Any) -> None:
    """Raises ``UserError`` (401, 403) for everybody else."""
    require(user, *SENDERS)


def departments_of(user: Any) -> set[str]:
    """The departments a person reports for."""
    return departments(user)

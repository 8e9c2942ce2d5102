"""Permissions that lower apps ask for by name. What is not listed here nobody may do."""

from __future__ import annotations

from typing import Any

import rules

from kechuang.web.accounts.access import has_role, is_staff_role
from kechuang.web.accounts.models import Role


@rules.predicate
def is_auditor(user: Any) -> bool:
    """Holds the auditor's role."""
    return has_role(user, Role.AUDITOR)


@rules.predicate
def is_staff(user: Any) -> bool:
    """Holds a role of the administration."""
    return is_staff_role(user)


rules.add_perm("audit.read_events", is_auditor)
rules.add_perm("core.see_health_details", is_staff)

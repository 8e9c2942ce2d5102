"""What the worker does for accounts."""

from __future__ import annotations

from kechuang.web.accounts.domain.logins import forget_old
from kechuang.web.core.jobs import every


@every("accounts.logins", seconds=86400)
def logins() -> str:
    """Delete log-ins older than a year."""
    return f"dropped {forget_old()}"

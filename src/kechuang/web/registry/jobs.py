"""What the worker does for the register by itself."""

from __future__ import annotations

from kechuang.web.core.jobs import every
from kechuang.web.registry.domain.turn import turn


@every("registry.turn", daily_at="00:10")
def bring_into_force() -> str:
    """Changes entered ahead come into force on their day, before the nightly results are computed."""
    return f"{turn()} records"

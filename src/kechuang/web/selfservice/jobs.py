"""Repeated jobs of self-service."""

from __future__ import annotations

from kechuang.web.core.jobs import every

from .domain.cleaning import delete_old_proofs


@every("selfservice.clean", daily_at="03:40")
def clean() -> str:
    """Delete proofs whose time is over."""
    return f"proofs {delete_old_proofs()}"

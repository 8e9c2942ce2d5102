"""What the worker does for the audit chain."""

from __future__ import annotations

from kechuang.web.audit.domain.seal import seal_and_publish
from kechuang.web.core.jobs import every


@every("audit.seal", seconds=60)
def seal() -> str:
    """Chain the events of the last minute, and publish the head of a finished day."""
    done = seal_and_publish()
    return f"sealed {done['sealed']}, heads {done['heads']}"

"""What the worker does by itself: it goes on with imports whose worker died, and looks into the drop folders."""

from __future__ import annotations

from kechuang.web.core.jobs import every
from kechuang.web.core.pace import Pace
from kechuang.web.registry.domain import publishing

from .domain import feeds, purging
from .domain.working import left_behind, work_on


@every("intake.resume", seconds=30)
def resume() -> str:
    """Hand imports that nobody holds to the worker again, and end what a dead worker had published."""
    found = left_behind()
    for import_id in found:
        work_on.enqueue(import_id)
    for import_id in publishing.unsettled():  # seen already; its states are on their way into the history
        publishing.settle(import_id, Pace())
    return f"{len(found)} imports"


@every("intake.collect", seconds=60)
def collect() -> str:
    """Take what lies in the drop folders of the feeds."""
    found = feeds.collect()
    for import_id in found:
        work_on.enqueue(import_id)
    return f"{len(found)} files"


@every("intake.purge", daily_at="03:40")
def purge() -> str:
    """Throw away the staged rows of imports that ended long ago."""
    return f"{purging.purge()} rows"

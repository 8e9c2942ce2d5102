"""What the worker does by itself: the nightly run, and a run soon after a new release came into force."""

from __future__ import annotations

from kechuang.web.core.jobs import every
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.domain.queries import latest_run
from kechuang.web.policy.domain.queries import current_digest


@every("entitlements.nightly", daily_at="02:30")
def nightly() -> str:
    """Compute every measure for every organisation."""
    if current_digest() is None:
        return "no release in force"
    done = run()
    return f"{done.organisations} organisations, {done.rows} results, {len(done.failures)} failures"


@every("entitlements.refresh", seconds=300)
def refresh() -> str:
    """Compute again when the results shown were made with another release than the one in force."""
    digest = current_digest()
    latest = latest_run()
    if digest is None or (latest is not None and latest.release_id == digest):
        return "up to date"
    return nightly()

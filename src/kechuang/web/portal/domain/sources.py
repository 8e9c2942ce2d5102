"""Where the published figures of a pack come from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kechuang.citypack.models import ObservationSource
from kechuang.web.policy.domain.queries import LoadedRelease


@dataclass(frozen=True)
class SourceRow:
    """A source, how many values were taken from it, and which years they are of."""

    source: ObservationSource
    count: int
    first: int
    last: int


def open_sources(release: LoadedRelease) -> list[SourceRow]:
    """Sources in use, the richest first."""
    count = Counter(row.source for row in release.pack.observations)
    years: dict[str, list[int]] = {}
    for row in release.pack.observations:
        years.setdefault(row.source, []).append(row.year)
    rows = [
        SourceRow(source, count[source.id], min(years[source.id]), max(years[source.id]))
        for source in release.pack.sources
        if count[source.id]
    ]
    return sorted(rows, key=lambda row: (-row.count, row.source.title))

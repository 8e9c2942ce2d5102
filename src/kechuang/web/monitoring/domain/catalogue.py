"""The list of indicators with what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.indicators import Definition, Text
from kechuang.indicators.series import series
from kechuang.web.policy.domain.queries import LoadedRelease

from . import board, loading


@dataclass(frozen=True)
class Entry:
    """An indicator in the list."""

    definition: Definition
    figures: tuple[tuple[Text, board.Figure | None], ...]
    span: Text | None
    regions: int
    targets: int
    conflicts: int


def entries(release: LoadedRelease, loaded: loading.Loaded, text: str = "", show: str = "") -> list[Entry]:
    """All indicators; ``text`` filters by name or id, ``show`` is ``target``, ``city`` or empty."""
    situation = loaded.situation
    wanted = text.strip().lower()
    named = [
        i
        for t in release.pack.targets
        for i in (t.indicator, *((t.relation.left, t.relation.right) if t.relation else ()))
    ]
    found = []
    for definition in situation.definitions.values():
        haystack = f"{definition.id} {definition.name.zh} {definition.name.en}".lower()
        if wanted and wanted not in haystack:
            continue
        cells = {k: c for k, c in situation.cells.items() if k[1] == definition.id}
        figures = []
        for region in (situation.region, *situation.above):
            usable = series(cells, region, definition.id)
            figures.append((situation.name(region), board.figure(usable[-1], situation) if usable else None))
        entry = Entry(
            definition,
            tuple(figures),
            _span([k[2] for k in cells]),
            len({k[0] for k in cells}),
            named.count(definition.id),
            sum(c.conflict is not None and c.conflict.kind == "disagreement" for c in cells.values()),
        )
        if (show == "target" and not entry.targets) or (show == "city" and figures[0][1] is None):
            continue
        found.append(entry)
    # Indicators of targets first, then in the order of the pack.
    return sorted(found, key=lambda e: not e.targets)


def _span(years: list[int]) -> Text | None:
    if not years:
        return None
    first, last = min(years), max(years)
    if first == last:
        return Text(f"{first} 年", str(first))
    return Text(f"{first}—{last} 年", f"{first}–{last}")

"""Where each yearly figure is used: the facts of the catalogue that rest on it, and the measures that ask for them.

What a path of the catalogue rests on is not written down a second time: the path is computed once for a made-up firm
whose years note which of their columns are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from kechuang.citypack.models import Text
from kechuang.measures.program import compile_measure
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain.facts import PATHS


@dataclass(frozen=True)
class Use:
    """A measure that asks for a figure, and the facts through which it does."""

    measure: str
    title: Text
    facts: tuple[Text, ...]


class _Year:
    """A year of a made-up firm: every column is one, and reading it is noted."""

    def __init__(self, read: set[str]) -> None:
        self._read = read

    def __getattr__(self, name: str) -> Decimal:
        self._read.add(name)
        return Decimal(1)


class _Subject:
    """What a path is computed for; it has years and nothing else."""

    def __init__(self, read: set[str]) -> None:
        self.years = [_Year(read)] * 3
        self.last_year = self.years[0]


@cache
def columns_behind(path: str) -> frozenset[str]:
    """The columns of the yearly figures that a path of the fact catalogue rests on; none for paths of other things."""
    if path not in PATHS:
        return frozenset()
    read: set[str] = set()
    subject: Any = _Subject(read)
    try:
        PATHS[path](subject)
    except AttributeError:  # it asks for the organisation or the record, not for a year
        return frozenset()
    return frozenset(read)


@cache
def _uses(release: LoadedRelease) -> dict[str, tuple[Use, ...]]:
    found: dict[str, list[Use]] = {}
    for record in release.pack.measures:
        if record.id not in release.measures:
            continue
        facts: dict[str, list[Text]] = {}
        for name in compile_measure(release.measures[record.id], release.catalogue).facts:
            fact = release.facts.get(name)
            for column in columns_behind(fact.origin.path or "") if fact else ():
                facts.setdefault(column, []).append(Text(zh=fact.id, en=fact.en))  # type: ignore[union-attr]
        for column, names in facts.items():
            found.setdefault(column, []).append(Use(record.id, record.title, tuple(names)))
    return {column: tuple(uses) for column, uses in found.items()}


def uses(release: LoadedRelease) -> dict[str, tuple[Use, ...]]:
    """For each column of the yearly figures the measures of a release that ask for it; columns nobody asks for are absent."""
    return _uses(release)

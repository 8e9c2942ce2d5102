"""Versions of one record, and what a write does to them.

``valid_from`` and ``valid_to`` are days, both inclusive as 有效期至 is; None is open (since ever, until further notice).
``recorded_at`` is the moment the platform learned the version, ``superseded_at`` the moment from which it no longer
believed it; None is still. The method is the usual one for bitemporal data (R. T. Snodgrass, *Developing
Time-Oriented Database Applications in SQL*, 1999, ch. 10): rows are never changed but for ``superseded_at``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

#: A recorded moment: a datetime, or a date where only the day is known. One record uses one of the two.
Moment = dt.datetime | dt.date


class Dated(Protocol):
    """Whatever carries the four times: a :class:`Version`, or a row of a table."""

    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_to(self) -> dt.date | None: ...
    @property
    def recorded_at(self) -> Any: ...
    @property
    def superseded_at(self) -> Any: ...


V = TypeVar("V")
D = TypeVar("D", bound=Dated)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Version(Generic[V]):
    """A state of one record: its values, when they held, when this was believed. ``id`` is the caller's own key."""

    values: V
    recorded_at: Moment
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    superseded_at: Moment | None = None
    id: Hashable = None


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both inclusive; None is open.

    Raises:
        ValueError: ``last`` lies before ``first``.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError(f"the period ends ({self.last}) before it begins ({self.first})")

    def meets(self, other: Dated) -> bool:
        """Whether it shares a day with the period of a version."""
        starts = self.last is None or other.valid_from is None or other.valid_from <= self.last
        return starts and (self.first is None or other.valid_to is None or other.valid_to >= self.first)


@dataclass(frozen=True)
class New(Generic[V, D]):
    """A version to insert. ``kept`` names the version whose values go on, None where the values are new."""

    values: V
    valid_from: dt.date | None
    valid_to: dt.date | None
    kept: D | None = None


@dataclass(frozen=True)
class Writing(Generic[V, D]):
    """What one write does: rows to close at ``recorded_at``, rows to insert with it."""

    recorded_at: Moment
    superseded: tuple[D, ...]
    inserted: tuple[New[V, D], ...]

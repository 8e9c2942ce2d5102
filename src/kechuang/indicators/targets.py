"""Targets as first-class objects, and what a verdict on one says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.forecast import Outlook
from kechuang.indicators.formulas import Need
from kechuang.indicators.plausibility import Plausibility
from kechuang.indicators.progress import ProgressRatio
from kechuang.indicators.series import Pace
from kechuang.indicators.text import Text

Operator = Literal[">=", ">", "<=", "<", "~", "range", "judged"]
TargetKind = Literal["level", "relation", "reference", "qualitative", "duty"]


class Status(StrEnum):
    """The light of a target. Only the first four are judgements on results."""

    REACHED = "reached"
    MISSED = "missed"
    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    TO_VERIFY = "to_verify"
    INSUFFICIENT = "insufficient_definition"
    TOO_FEW = "too_few"
    NO_DATA = "no_data"
    EXTERNAL = "external_standard"
    UNDATED = "undated"
    QUALITATIVE = "qualitative"

    @property
    def label(self) -> Text:
        """The status in words."""
        return _LABELS[self]

    @property
    def judged(self) -> bool:
        """Whether data on the stated definition allowed a judgement."""
        return self in (Status.REACHED, Status.MISSED, Status.ON_TRACK, Status.OFF_TRACK)


_LABELS = {
    Status.REACHED: Text("已达到", "Reached"),
    Status.MISSED: Text("期满未达", "Missed"),
    Status.ON_TRACK: Text("按期推进", "On track"),
    Status.OFF_TRACK: Text("落后进度", "Behind"),
    Status.TO_VERIFY: Text("待核实", "To be verified"),
    Status.INSUFFICIENT: Text("口径不足", "Not comparable"),
    Status.TOO_FEW: Text("数据太少", "Too few data"),
    Status.NO_DATA: Text("暂无数据", "No data"),
    Status.EXTERNAL: Text("待外部标准", "Set elsewhere"),
    Status.UNDATED: Text("未定期限", "No deadline"),
    Status.QUALITATIVE: Text("定性表述", "In words only"),
}


@dataclass(frozen=True)
class Target:
    """A target as confirmed: ``operator`` is what counts as reached, ``comparator`` the words of the text.

    ``relation`` (left, right) holds when the growth of the left indicator exceeds that of the right one.
    """

    id: str
    kind: TargetKind
    title: Text
    indicator: str | None = None
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit: str | None = None
    operator: Operator = "judged"
    comparator: str | None = None
    deadline: dt.date | None = None
    nested_in: str | None = None
    relation: tuple[str, str] | None = None
    reference: Text | None = None
    aspiration: str | None = None

    @property
    def better(self) -> Literal["lower", "higher"]:
        """The direction in which a value comes to meet the target."""
        return "lower" if self.operator in ("<", "<=") else "higher"


@dataclass(frozen=True)
class Gap:
    """Observed less target; negative is below. ``unit`` is percentage points for a percentage."""

    value: Decimal
    unit: Text


@dataclass(frozen=True)
class Situation:
    """Everything a verdict looks at. ``holders`` says which office holds an indicator's figures."""

    definitions: Mapping[str, Definition]
    cells: Mapping[tuple[str, str, int], Cell]
    region: str
    today: dt.date
    peers: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    holders: Mapping[str, Text] = field(default_factory=dict)

    def name(self, region: str) -> Text:
        """The name of a region, or its code."""
        return self.names.get(region, Text(region, region))


@dataclass(frozen=True)
class Verdict:
    """What can be said about one target, and from which cells.

    ``elsewhere`` holds the latest values of the regions above the city, for rows where the city has none.
    """

    target: Target
    status: Status
    reason: Text
    observed: Cell | None = None
    evidence: tuple[Cell, ...] = ()
    related: tuple[tuple[Cell, Text], ...] = ()
    elsewhere: tuple[Cell, ...] = ()
    gap: Gap | None = None
    required: Decimal | None = None
    best_here: Pace | None = None
    best_peer: Pace | None = None
    years_at_best: int | None = None
    progress: ProgressRatio | None = None
    outlook: Outlook | None = None
    plausibility: Plausibility | None = None
    need: Need | None = None
    missing: Text | None = None
    holder: Text | None = None
    remarks: tuple[Text, ...] = ()

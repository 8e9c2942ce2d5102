"""Progress classes as Open SDG and Eurostat use them, as one figure beside the required pace.

Source: Open SDG progress methodology (after Eurostat and Statistics Canada): the ratio of observed to required
compound growth, R = d * CAGR_obs / |CAGR_req| with d = +1 when more is better, else -1.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kechuang.indicators.series import compound_growth
from kechuang.indicators.text import Text


class Progress(StrEnum):
    """Class limits of Open SDG: 0.95, 0.60 and 0."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    ACCELERATION_NEEDED = "acceleration_needed"
    LIMITED = "limited_progress"
    DETERIORATION = "deterioration"

    @property
    def label(self) -> Text:
        """The class in words."""
        return {
            Progress.ACHIEVED: Text("已达到", "achieved"),
            Progress.ON_TRACK: Text("按期推进", "on track"),
            Progress.ACCELERATION_NEEDED: Text("需要加快", "acceleration needed"),
            Progress.LIMITED: Text("进展有限", "limited progress"),
            Progress.DETERIORATION: Text("在倒退", "deterioration"),
        }[self]


@dataclass(frozen=True)
class ProgressRatio:
    """Observed and required compound growth a year, their ratio, and the class."""

    observed: Decimal
    required: Decimal
    ratio: Decimal
    progress: Progress


def progress_ratio(
    base: tuple[int, Decimal], latest: tuple[int, Decimal], target: tuple[int, Decimal], *, better: str = "higher"
) -> ProgressRatio | None:
    """Open SDG ratio from the base year, the latest year and the target year (year, value).

    None where the method is not defined: values that are not positive, no time passed, or no growth required.
    """
    direction = -1 if better == "lower" else 1
    observed = compound_growth(base[1], latest[1], latest[0] - base[0])
    required = compound_growth(base[1], target[1], target[0] - base[0])
    if observed is None or required is None or required == 0:
        return None
    ratio = direction * observed / abs(required)
    if (latest[1] - target[1]) * direction >= 0:
        progress = Progress.ACHIEVED
    elif ratio >= Decimal("0.95"):
        progress = Progress.ON_TRACK
    elif ratio >= Decimal("0.60"):
        progress = Progress.ACCELERATION_NEEDED
    elif ratio >= 0:
        progress = Progress.LIMITED
    else:
        progress = Progress.DETERIORATION
    return ProgressRatio(observed, required, ratio, progress)

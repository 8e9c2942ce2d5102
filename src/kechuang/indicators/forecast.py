"""Short projections of one yearly series, with a probability only where the series is long enough.

Three plain models answer side by side; none answers with fewer than eight points. Each is tested on the series
itself (rolling origin), and the errors stand beside the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kechuang.indicators.student import t_cdf, t_quantile
from kechuang.indicators.text import Text

MINIMUM_POINTS = 8
"""Fewer points than this forbid a probability."""


@dataclass(frozen=True)
class Projection:
    """Distribution of the value in ``year``: location, scale and degrees of freedom of a Student t.

    ``log`` says that it is the logarithm of the value that is so distributed.
    """

    model: str
    year: int
    points: int
    location: float
    scale: float
    df: float
    log: bool = False

    @property
    def middle(self) -> float:
        """The median."""
        return math.exp(self.location) if self.log else self.location

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Central prediction interval at ``level``."""
        half = t_quantile(0.5 + level / 2, self.df) * self.scale
        low, high = self.location - half, self.location + half
        return (math.exp(low), math.exp(high)) if self.log else (low, high)

    def probability(self, target: float, *, better: str = "higher") -> float:
        """Probability of a value at least (``better`` lower: at most) ``target``."""
        if self.log and target <= 0:
            below = 0.0
        else:
            aim = math.log(target) if self.log else target
            if self.scale == 0:
                below = 1.0 if self.location < aim else 0.0
            else:
                below = t_cdf((aim - self.location) / self.scale, self.df)
        return below if better == "lower" else 1.0 - below


@dataclass(frozen=True)
class NotEnoughData:
    """A model's refusal to answer."""

    model: str
    points: int
    why: Text


Answer = Projection | NotEnoughData


def _too_few(model: str, points: int) -> NotEnoughData:
    return NotEnoughData(
        model,
        points,
        Text(
            f"只有 {points} 个可用值，少于 {MINIMUM_POINTS} 个，不作预测，不给概率",
            f"only {points} usable values, fewer than {MINIMUM_POINTS}: no projection and no probability",
        ),
    )


def _line(model: str, years: list[int], values: list[float], year: int, *, log: bool) -> Projection:
    n = len(years)
    mean_x, mean_y = math.fsum(years) / n, math.fsum(values) / n
    sxx = math.fsum((x - mean_x) ** 2 for x in years)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(years, values, strict=True)) / sxx
    residual = math.fsum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(years, values, strict=True))
    scale = math.sqrt(residual / (n - 2) * (1 + 1 / n + (year - mean_x) ** 2 / sxx))
    return Projection(model, year, n, mean_y + slope * (year - mean_x), scale, n - 2, log)


def linear(values: Mapping[int, float], year: int) -> Answer:
    """Least-squares line with the usual prediction variance."""
    if len(values) < MINIMUM_POINTS:
        return _too_few("linear", len(values))
    years = sorted(values)
    return _line("linear", years, [values[y] for y in years], year, log=False)


def log_linear(values: Mapping[int, float], year: int) -> Answer:
    """Least-squares line through the logarithms: constant growth rate. Needs positive values."""
    if len(values) < MINIMUM_POINTS:
        return _too_few("log_linear", len(values))
    if any(v <= 0 for v in values.values()):
        return NotEnoughData(
            "log_linear", len(values), Text("有零或负值，不能取对数", "values at or below zero have no logarithm")
        )
    years = sorted(values)
    return _line("log_linear", years, [math.log(values[y]) for y in years], year, log=True)


def drift(values: Mapping[int, float], year: int) -> Answer:
    """Random walk with drift: the last value plus the mean yearly change. Needs years without gaps."""
    if len(values) < MINIMUM_POINTS:
        return _too_few("drift", len(values))
    years = sorted(values)
    if years[-1] - years[0] != len(years) - 1:
        return NotEnoughData("drift", len(values), Text("中间缺年份，不能算逐年变化", "years are missing in between"))
    steps = [values[b] - values[a] for a, b in pairwise(years)]
    m, ahead = len(steps), year - years[-1]
    mean = math.fsum(steps) / m
    variance = math.fsum((s - mean) ** 2 for s in steps) / (m - 1)
    scale = math.sqrt(variance * (ahead + ahead * ahead / m))
    return Projection("drift", year, len(years), values[years[-1]] + ahead * mean, scale, m - 1)


MODELS: dict[str, Callable[[Mapping[int, float], int], Answer]] = {
    "drift": drift,
    "linear": linear,
    "log_linear": log_linear,
}
MODEL_NAMES = {
    "drift": Text("按平均年增量", "mean yearly change"),
    "linear": Text("直线趋势", "straight line"),
    "log_linear": Text("固定增速", "constant growth rate"),
}


@dataclass(frozen=True)
class Backtest:
    """How a model would have done on the series itself: one projection per origin, ``horizon`` years ahead."""

    model: str
    horizon: int
    origins: int
    mean_absolute_error: float
    covered: int


def backtest(values: Mapping[int, float], model: str, horizon: int = 1, level: float = 0.95) -> Backtest | None:
    """Rolling-origin backtest; None when no origin leaves eight points before and a known value after."""
    errors: list[float] = []
    covered = 0
    for origin in sorted(values):
        year = origin + horizon
        past = {y: v for y, v in values.items() if y <= origin}
        if year not in values or len(past) < MINIMUM_POINTS:
            continue
        answer = MODELS[model](past, year)
        if isinstance(answer, NotEnoughData):
            continue
        errors.append(abs(answer.middle - values[year]))
        low, high = answer.interval(level)
        covered += low <= values[year] <= high
    if not errors:
        return None
    return Backtest(model, horizon, len(errors), math.fsum(errors) / len(errors), covered)


@dataclass(frozen=True)
class Outlook:
    """All models' answers for one target, and the one that did best in the backtest (drift when untested)."""

    answers: tuple[Answer, ...]
    tests: tuple[Backtest, ...]
    best: Projection | None


def outlook(values: Mapping[int, float], year: int) -> Outlook:
    """Ask every model for ``year``; the one with the smallest backtest error is named best."""
    answers = tuple(model(values, year) for model in MODELS.values())
    horizon = max(1, year - max(values, default=year))
    tests = tuple(t for name in MODELS if (t := backtest(values, name, horizon)) is not None)
    given = [a for a in answers if isinstance(a, Projection)]
    errors = {t.model: t.mean_absolute_error for t in tests}
    best = min(given, key=lambda a: errors.get(a.model, math.inf), default=None)
    return Outlook(answers, tests, best)

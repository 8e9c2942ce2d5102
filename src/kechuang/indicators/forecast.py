"""Short projections of one yearly series, with a probability only where the series is long enough.

Plain models answer side by side; none answers with fewer than eight points. Each is tested on the series
itself (rolling origin), and the errors stand beside the answer.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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


ETS_POINTS = 10
"""Damped-trend smoothing estimates five parameters; with fewer than two values for each it does not answer."""


def damped_trend(values: Mapping[int, float], year: int) -> Answer:
    """Damped-trend exponential smoothing, ETS(A,Ad,N), fitted by statsmodels (an extra; without it: no answer).

    Variance by Hyndman, Koehler, Ord & Snyder (2008), table 6.1, with the residual variance over n - 5.
    """
    if len(values) < MINIMUM_POINTS:
        return _too_few("damped_trend", len(values))
    n, years = len(values), sorted(values)
    if n < ETS_POINTS:
        return NotEnoughData(
            "damped_trend",
            n,
            Text(
                f"要估计 5 个参数，至少 {ETS_POINTS} 个值，现在 {n} 个",
                f"5 parameters are estimated: at least {ETS_POINTS} values are needed, there are {n}",
            ),
        )
    if years[-1] - years[0] != n - 1:
        return NotEnoughData("damped_trend", n, Text("中间缺年份，不能逐年平滑", "years are missing in between"))
    try:
        import numpy as np
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    except ImportError:
        return NotEnoughData(
            "damped_trend",
            n,
            Text(
                "没有安装 statsmodels（python3 start.py extras forecast）",
                "statsmodels is not installed (python3 start.py extras forecast)",
            ),
        )
    with warnings.catch_warnings():
        # A flat optimum is common in short series; the backtest tells how good the fit is.
        warnings.simplefilter("ignore")
        model = ETSModel(np.asarray([values[y] for y in years]), error="add", trend="add", damped_trend=True)
        fit = model.fit(disp=False)
    ahead, df = year - years[-1], n - 5
    alpha, beta, phi = (float(p) for p in fit.params[:3])
    spread, reach = 1.0, 0.0
    for step in range(1, ahead):
        reach += phi**step
        spread += (alpha + beta * reach) ** 2
    scale = math.sqrt(float(fit.sse) / df * spread)
    return Projection("damped_trend", year, n, float(fit.forecast(ahead)[-1]), scale, df)


PEER_CHANGES, PEERS = 4, 3
"""A peer counts with so many yearly changes; so many peers are needed."""


def _changes(values: Mapping[int, float], last: int) -> list[float]:
    return [values[y] - values[y - 1] for y in sorted(values) if y <= last and y - 1 in values]


def peer_informed(
    values: Mapping[int, float], year: int, *, peers: Sequence[Mapping[int, float]], relative: bool = False
) -> Answer:
    """Random walk whose drift is drawn towards the drifts of peers, the more the shorter and rougher the own series.

    Empirical Bayes (Efron & Morris 1975; method of moments as in DerSimonian & Laird 1986): drifts of regions vary
    around a common mean. ``relative`` looks at growth rates (logarithms) instead of differences. Peers are looked at
    only up to the last year of ``values``, so that a backtest knows nothing of the future.
    """
    if len(values) < MINIMUM_POINTS:
        return _too_few("peer_informed", len(values))
    points, years = len(values), sorted(values)
    if years[-1] - years[0] != points - 1:
        return NotEnoughData(
            "peer_informed", points, Text("中间缺年份，不能算逐年变化", "years are missing in between")
        )
    if relative:
        if min(values.values()) <= 0:
            return NotEnoughData(
                "peer_informed", points, Text("有零或负值，不能取对数", "values at or below zero have no logarithm")
            )
        values = {y: math.log(v) for y, v in values.items()}
        peers = [{y: math.log(v) for y, v in peer.items() if v > 0} for peer in peers]
    own = _changes(values, years[-1])
    others = [c for peer in peers if len(c := _changes(peer, years[-1])) >= PEER_CHANGES]
    if len(others) < PEERS:
        return NotEnoughData(
            "peer_informed",
            points,
            Text(
                f"只有 {len(others)} 个地区有够长的序列，至少要 {PEERS} 个",
                f"only {len(others)} regions have a series long enough; at least {PEERS} are needed",
            ),
        )
    groups = [own, *others]
    means = [math.fsum(g) / len(g) for g in groups]
    df = sum(len(g) - 1 for g in groups)
    within = math.fsum((x - m) ** 2 for g, m in zip(groups, means, strict=True) for x in g) / df
    common = math.fsum(means[1:]) / len(others)
    observed = math.fsum((m - common) ** 2 for m in means[1:]) / (len(others) - 1)
    between = max(0.0, observed - within * math.fsum(1 / len(g) for g in others) / len(others))
    noise = within / len(own)
    weight = between / (between + noise) if between + noise > 0 else 1.0
    drift_here = weight * means[0] + (1 - weight) * common
    # What is not known of the drift: its own posterior variance, and that of the common mean.
    unsure = weight * noise + (1 - weight) ** 2 * observed / len(others)
    ahead = year - years[-1]
    scale = math.sqrt(ahead * within + ahead * ahead * unsure)
    location = values[years[-1]] + ahead * drift_here
    return Projection("peer_informed", year, points, location, scale, len(own) - 1, relative)


Model = Callable[[Mapping[int, float], int], Answer]
MODELS: dict[str, Model] = {
    "drift": drift,
    "linear": linear,
    "log_linear": log_linear,
    "damped_trend": damped_trend,
}
MODEL_NAMES = {
    "drift": Text("按平均年增量", "mean yearly change"),
    "linear": Text("直线趋势", "straight line"),
    "log_linear": Text("固定增速", "constant growth rate"),
    "damped_trend": Text("阻尼趋势平滑", "damped-trend smoothing"),
    "peer_informed": Text("参照其他地区的年增量", "yearly change, informed by other regions"),
}


@dataclass(frozen=True)
class Backtest:
    """How a model would have done on the series itself: one projection per origin, ``horizon`` years ahead."""

    model: str
    horizon: int
    origins: int
    mean_absolute_error: float
    covered: int


def backtest(
    values: Mapping[int, float],
    model: str,
    horizon: int = 1,
    level: float = 0.95,
    *,
    models: Mapping[str, Model] = MODELS,
) -> Backtest | None:
    """Rolling-origin backtest; None when no origin leaves eight points before and a known value after."""
    errors: list[float] = []
    covered = 0
    for origin in sorted(values):
        year = origin + horizon
        past = {y: v for y, v in values.items() if y <= origin}
        if year not in values or len(past) < MINIMUM_POINTS:
            continue
        answer = models[model](past, year)
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


def outlook(
    values: Mapping[int, float], year: int, peers: Sequence[Mapping[int, float]] = (), *, relative: bool = False
) -> Outlook:
    """Ask every model for ``year``; the one with the smallest backtest error is named best.

    ``peers``, series of other regions, add a model that learns from them; ``relative`` as there.
    """
    models = dict(MODELS)
    if peers:
        models["peer_informed"] = partial(peer_informed, peers=peers, relative=relative)
    answers = tuple(model(values, year) for model in models.values())
    horizon = max(1, year - max(values, default=year))
    tests = tuple(t for name in models if (t := backtest(values, name, horizon, models=models)) is not None)
    given = [a for a in answers if isinstance(a, Projection)]
    errors = {t.model: t.mean_absolute_error for t in tests}
    origins = {t.model: t.origins for t in tests}
    # A model tested on fewer years than the others was spared the hard ones: it cannot be named best.
    most = max(origins.values(), default=0)
    given.sort(key=lambda a: (origins.get(a.model, 0) < most, errors.get(a.model, math.inf)))
    return Outlook(answers, tests, given[0] if given else None)

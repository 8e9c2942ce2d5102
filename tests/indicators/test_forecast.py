"""Projections answer only where the series is long enough, and say how well they would have done."""

import math

import pytest

from kechuang.indicators.forecast import MODELS, NotEnoughData, Projection, backtest, outlook
from kechuang.indicators.student import t_cdf, t_quantile

# R&D intensity of Hunan in per cent (science and technology yearbooks).
HUNAN = {2011: 1.19, 2012: 1.30, 2013: 1.33, 2014: 1.36, 2015: 1.43, 2016: 1.50, 2017: 1.68, 2018: 1.81, 2019: 1.98}


@pytest.mark.parametrize(
    ("p", "df", "t"),
    [
        (0.975, 1, math.tan(math.pi * 0.475)),  # Cauchy: closed form
        (0.975, 2, 0.95 * math.sqrt(2 / (1 - 0.95**2))),  # closed form for two degrees of freedom
        (0.975, 7, 2.364624252),
        (0.95, 10, 1.812461123),
        (0.995, 30, 2.749995654),
        (0.025, 5, -2.570581836),
    ],
)
def test_student_quantiles(p, df, t):
    assert t_quantile(p, df) == pytest.approx(t, rel=1e-9)
    assert t_cdf(t, df) == pytest.approx(p, rel=1e-9)


def test_quantile_needs_a_probability():
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(1.0, 3)


@pytest.mark.parametrize("model", MODELS)
def test_hunan_2020_from_data_to_2019(model):
    answer = MODELS[model](HUNAN, 2020)
    assert isinstance(answer, Projection)
    low, high = answer.interval(0.95)
    assert low < 2.15 < high
    assert answer.probability(2.5) < 0.05


def test_drift_by_hand():
    answer = MODELS["drift"](HUNAN, 2020)
    assert isinstance(answer, Projection)
    steps = [0.11, 0.03, 0.03, 0.07, 0.07, 0.18, 0.13, 0.17]
    mean = sum(steps) / 8
    spread = math.sqrt(sum((s - mean) ** 2 for s in steps) / 7)
    assert answer.middle == pytest.approx(1.98 + mean)
    assert answer.scale == pytest.approx(spread * math.sqrt(1 + 1 / 8))
    assert answer.df == 7


def test_straight_line_has_no_spread():
    answer = MODELS["linear"]({y: float(y - 2000) for y in range(2001, 2010)}, 2012)
    assert isinstance(answer, Projection)
    assert answer.middle == pytest.approx(12.0)
    assert answer.probability(13.0) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_seven_points_forbid_a_probability(model):
    few = {y: HUNAN[y] for y in range(2011, 2018)}
    answer = MODELS[model](few, 2020)
    assert isinstance(answer, NotEnoughData)
    assert answer.points == 7
    assert "不给概率" in answer.why.zh


def test_models_refuse_what_they_cannot_do():
    holes = {y: v for y, v in (HUNAN | {2020: 2.15}).items() if y != 2013}
    assert isinstance(MODELS["drift"](holes, 2022), NotEnoughData)
    assert isinstance(MODELS["log_linear"](HUNAN | {2010: 0.0}, 2022), NotEnoughData)


def test_backtest_counts_origins_with_enough_past():
    longer = HUNAN | {2020: 2.15, 2021: 2.23, 2022: 2.41, 2023: 2.57}
    found = backtest(longer, "drift")
    assert found is not None
    assert (found.origins, found.covered) == (5, 5)
    assert backtest(HUNAN, "drift", horizon=3) is None
    view = outlook(longer, 2025)
    assert view.best is not None and len(view.answers) == 3
    assert view.best.model == min(view.tests, key=lambda t: t.mean_absolute_error).model


def test_no_data_at_all():
    assert outlook({}, 2025).best is None


def test_probability_for_lower_is_better():
    answer = MODELS["drift"](HUNAN, 2020)
    assert isinstance(answer, Projection)
    assert answer.probability(2.08, better="lower") == pytest.approx(1 - answer.probability(2.08))

"""Projections answer only where the series is long enough, and say how well they would have done."""

import math
import sys

import pytest

from kechuang.indicators.forecast import MODELS, NotEnoughData, Projection, backtest, outlook, peer_informed
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


@pytest.mark.parametrize("model", [name for name in MODELS if name != "damped_trend"])
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
    assert view.best is not None and len(view.answers) == 4
    assert view.best.model == min(view.tests, key=lambda t: t.mean_absolute_error).model


def test_no_data_at_all():
    assert outlook({}, 2025).best is None


def test_probability_for_lower_is_better():
    answer = MODELS["drift"](HUNAN, 2020)
    assert isinstance(answer, Projection)
    assert answer.probability(2.08, better="lower") == pytest.approx(1 - answer.probability(2.08))


LONGER = HUNAN | {2020: 2.15, 2021: 2.23, 2022: 2.41, 2023: 2.57}


def test_damped_trend_needs_two_values_for_each_parameter():
    answer = MODELS["damped_trend"](HUNAN, 2020)
    assert isinstance(answer, NotEnoughData)
    assert "至少 10 个值，现在 9 个" in answer.why.zh


def test_damped_trend_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.exponential_smoothing.ets", None)
    answer = MODELS["damped_trend"](LONGER, 2025)
    assert isinstance(answer, NotEnoughData)
    assert "start.py extras forecast" in answer.why.zh


def test_damped_trend():
    pytest.importorskip("statsmodels", reason="damped-trend smoothing needs requirements/forecast.txt")
    answer, later = (MODELS["damped_trend"](LONGER, year) for year in (2024, 2033))
    assert isinstance(answer, Projection) and isinstance(later, Projection)
    assert answer.df == 8
    assert answer.middle == pytest.approx(2.535, abs=0.005)
    # Damped: the mean step over ten years is smaller than the step of the next two.
    nearer = MODELS["damped_trend"](LONGER, 2025)
    assert isinstance(nearer, Projection)
    assert (later.middle - answer.middle) / 9 < nearer.middle - answer.middle
    assert answer.scale < later.scale
    low, high = answer.interval(0.95)
    assert low < 2.57 < high


def test_peers_draw_a_rough_drift_towards_theirs():
    rough = {2010 + i: v for i, v in enumerate([1.0, 2.0, 1.0, 2.2, 1.0, 2.0, 1.4, 2.0, 1.0])}
    calm = [{2005 + i: 1.0 + 0.1 * i for i in range(14)} for _ in range(4)]
    answer = peer_informed(rough, 2019, peers=calm)
    assert isinstance(answer, Projection)
    # The peers agree exactly, so nothing speaks for a drift of its own: 0.1 a year instead of 0.
    assert answer.middle == pytest.approx(1.1)
    assert answer.df == 7


def test_own_drift_stays_where_peers_differ_widely():
    steady = {2010 + i: 1.0 + 0.5 * i + (0.01 if i % 2 else 0.0) for i in range(9)}
    wide = [{2010 + i: 1.0 + pace * i + (0.01 if i % 2 else 0.0) for i in range(9)} for pace in (-1, 0, 1, 2)]
    answer = peer_informed(steady, 2019, peers=wide)
    assert isinstance(answer, Projection)
    assert answer.middle == pytest.approx(5.5, abs=0.01)


def test_peers_of_the_future_are_not_looked_at():
    calm = [{2005 + i: 1.0 + 0.1 * i for i in range(15)} for _ in range(3)]
    wild = [peer | {2020: 50.0, 2021: 90.0} for peer in calm]
    assert peer_informed(HUNAN, 2020, peers=calm) == peer_informed(HUNAN, 2020, peers=wild)


def test_too_few_peers():
    answer = peer_informed(HUNAN, 2020, peers=[LONGER, {2019: 1.0, 2020: 2.0}])
    assert isinstance(answer, NotEnoughData)
    assert "只有 1 个地区" in answer.why.zh


def test_hunan_2020_with_other_regions_to_learn_from():
    nation = {
        2011: 1.84,
        2012: 1.98,
        2013: 2.08,
        2014: 2.05,
        2015: 2.07,
        2016: 2.11,
        2017: 2.13,
        2018: 2.19,
        2019: 2.23,
    }
    view = outlook(HUNAN, 2020, [nation, {y: v + 0.3 for y, v in HUNAN.items()}, {y: v / 2 for y, v in nation.items()}])
    (answer,) = [a for a in view.answers if a.model == "peer_informed"]
    assert isinstance(answer, Projection)
    low, high = answer.interval(0.95)
    assert low < 2.15 < high
    assert answer.probability(2.5) < 0.05


def test_growth_rates_stay_positive():
    values = {2010 + i: 100.0 * 1.1**i for i in range(9)}
    peers = [{2010 + i: 50.0 * (1 + rate) ** i for i in range(9)} for rate in (0.09, 0.1, 0.11)]
    answer = peer_informed(values, 2019, peers=peers, relative=True)
    assert isinstance(answer, Projection) and answer.log
    assert answer.middle == pytest.approx(100 * 1.1**9)

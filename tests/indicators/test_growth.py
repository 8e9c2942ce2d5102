"""Growth accounting: hand-computed cases, the band, the inversion, and the published TFP of Penn World Table."""

import csv
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators.growth import (
    CannotCompute,
    Contribution,
    average_of_rates,
    capital_growth_for,
    contribution,
    perpetual_inventory,
    share_at,
    tornqvist_tfp,
)

D = Decimal


def two_years(growth: str, years: int = 1) -> dict[int, Decimal]:
    return {2010: D(100), 2010 + years: D(100) * (1 + D(growth)) ** years}


def test_by_hand():
    # y 10 %, k 12 %, l 1 %, alpha 0.35: a = 10 - 4.2 - 0.65 = 5.15 points, so 51.5 % of growth.
    found = contribution(two_years("0.10"), two_years("0.12"), two_years("0.01"), 2010, 2011, alpha=D("0.35"))
    assert isinstance(found, Contribution)
    assert found.main.residual == D("0.0515")
    assert (found.main.technology, found.main.capital, found.main.labour) == (D("0.515"), D("0.42"), D("0.065"))
    assert [s.technology for s in found.band] == [D("0.625"), D("0.515"), D("0.405")]
    assert "α=0.35，β=0.65" in found.method().zh


def test_five_year_window_uses_the_end_years_only():
    output = two_years("0.08", 5) | {2012: D(1)}
    found = contribution(output, two_years("0.09", 5), two_years("0.02", 5), 2010, 2015, alpha=D("0.4"))
    assert isinstance(found, Contribution)
    assert round(found.output, 12) == D("0.08")
    assert round(found.main.technology or D(0), 12) == (D("0.08") - D("0.036") - D("0.012")) / D("0.08")


def test_negative_shares_and_shares_above_one_are_not_clipped():
    assert share_at(D("0.05"), D("0.15"), D("0.02"), D("0.45")).technology == D("-0.57")
    assert share_at(D("0.05"), D("-0.02"), D("-0.01"), D("0.35")).technology == D("1.27")


def test_elasticities_are_not_renormalised():
    share = share_at(D("0.10"), D("0.10"), D("0.10"), D("0.3"), D("0.5"))
    assert share.technology == D("0.2")


def test_no_share_of_no_growth():
    share = share_at(D("0.001"), D("0.05"), D("0.01"), D("0.35"))
    assert (share.technology, share.capital, share.labour) == (None, None, None)
    assert share.residual == D("0.001") - D("0.0175") - D("0.0065")


def test_missing_series_are_named():
    found = contribution(two_years("0.1"), {}, two_years("0.01"), 2010, 2011, alpha=D("0.35"))
    assert isinstance(found, CannotCompute)
    assert found.sentence().zh == "不能计算：没有资本存量或投资序列"
    assert found.sentence().en == "cannot be computed: no capital stock or investment series"


@pytest.mark.parametrize(("alpha", "wanted"), [("0.25", "17.4"), ("0.35", "12.7"), ("0.45", "10.1")])
def test_inversion_of_the_target_of_55_per_cent(alpha, wanted):
    # Chenzhou 2010-2015: real growth 11.44 % a year, employed persons +1.06 % a year.
    k = capital_growth_for(D("0.55"), D("0.1144"), D("0.0106"), D(alpha)) * 100
    assert round(k, 1) == D(wanted)


def test_inversion_needs_an_elasticity():
    with pytest.raises(ValueError, match="alpha"):
        capital_growth_for(D("0.5"), D("0.1"), D("0.01"), D(0))


@given(st.decimals("0.02", "0.2", places=4), st.decimals("-0.02", "0.05", places=4),
       st.decimals("-1", "1", places=3), st.decimals("0.1", "0.9", places=2))  # fmt: skip
def test_inversion_gives_the_share_back(output, labour, share, alpha):
    k = capital_growth_for(share, output, labour, alpha)
    found = share_at(output, k, labour, alpha)
    assert found.technology is not None
    assert abs(found.technology - share) < D("1e-20")
    assert found.capital is not None and found.labour is not None
    assert abs(found.technology + found.capital + found.labour - 1) < D("1e-20")


def test_average_of_yearly_rates():
    rates = {2011: D("0.10"), 2012: D("0.21")}
    assert round(average_of_rates(rates, 2010, 2012) or D(0), 10) == D("0.1536897330")
    assert average_of_rates(rates, 2010, 2013) is None


def test_perpetual_inventory():
    stock = perpetual_inventory({2000: D(10), 2001: D(20), 2002: D(30)}, D("0.1"), base=D(100))
    assert stock == {2000: D(100), 2001: D("110.0"), 2002: D("129.00")}
    assert perpetual_inventory({2000: D(10)}, D("0.1"), growth=D("0.1"))[2000] == D(50)
    with pytest.raises(ValueError, match="consecutive"):
        perpetual_inventory({2000: D(1), 2002: D(1)}, D("0.1"), base=D(1))
    with pytest.raises(ValueError, match="base stock"):
        perpetual_inventory({2000: D(1)}, D("0.1"))


def test_penn_world_table_tfp(shared):
    series = defaultdict(lambda: defaultdict(dict))
    with (shared / "data/reference/pwt/pwt1001_5_countries_1990_2019.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for name in ("rgdpna", "rkna", "emp", "avh", "hc", "labsh", "rtfpna"):
                series[row["isocode"]][name][int(row["year"])] = float(row[name])
    assert len(series) == 5
    for country in series.values():
        labour = {y: country["emp"][y] * country["avh"][y] * country["hc"][y] for y in country["emp"]}
        found = tornqvist_tfp(country["rgdpna"], country["rkna"], labour, country["labsh"], 2017)
        for year, published in country["rtfpna"].items():
            assert found[year] == pytest.approx(published, abs=1e-6)


def test_tornqvist_needs_whole_series():
    with pytest.raises(ValueError, match="same years"):
        tornqvist_tfp({2000: 1.0, 2001: 1.1}, {2000: 1.0}, {2000: 1.0}, {2000: 0.6}, 2000)

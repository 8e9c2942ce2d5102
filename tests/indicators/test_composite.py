"""Composite indices against COINr's ASEM results at every stage, and by hand."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators.composite import (
    Data,
    Factors,
    Method,
    Node,
    StructureError,
    build,
    combine,
    copeland,
    denominate,
    fill_columns,
    impute,
    intervals,
    kurtosis,
    normalise,
    rank,
    screen,
    sensitivity,
    skewness,
    sobol,
    structure,
    treat,
)

from . import asem

NAN = float("nan")
SMALL = structure([
    Node("a", "A", 1, "g"), Node("b", "B", 1, "g", -1, 3.0), Node("c", "C", 1, "h"),
    Node("g", "G", 2, "top"), Node("h", "H", 2, "top", 1, 3.0), Node("top", "Top", 3),
])  # fmt: skip


@pytest.fixture(scope="module")
def reference(shared):
    return shared / "data/reference/asem"


@pytest.fixture(scope="module")
def index(reference):
    data, tree = asem.data(reference)
    return build(data, tree, Method(imputation="group_mean"))


@pytest.mark.parametrize(
    ("attribute", "name"), [("denominated", "asem_Denominated"), ("imputed", "asem_Imputed"),
                            ("normalised", "asem_Normalised")],
)  # fmt: skip
def test_asem_stage(reference, index, attribute, name):
    codes = [n.code for n in index.structure.indicators]
    wanted = asem.stage(reference, name, index.units, codes)
    np.testing.assert_allclose(getattr(index, attribute), wanted, rtol=1e-9, atol=1e-9)


def test_asem_treatment(reference, index):
    codes = [n.code for n in index.structure.indicators]
    wanted = asem.stage(reference, "asem_Treated", index.units, codes)
    np.testing.assert_allclose(index.treated.data, wanted, rtol=1e-9, atol=1e-12)
    with (reference / "asem_treat_dets.csv").open(encoding="utf-8") as file:
        details = {row["iCode"]: row for row in csv.DictReader(file)}
    points = dict(zip(codes, index.treated.winsorised.tolist(), strict=True))
    assert points == {c: int(d["winsorise.nwin"] or 0) for c, d in details.items()}
    assert index.treated.logged.size == 0
    skew, kurt = skewness(index.imputed), kurtosis(index.imputed)
    for place, code in enumerate(codes):
        assert skew[place] == pytest.approx(float(details[code]["check_SkewKurt0.Skew"]), rel=1e-9)
        assert kurt[place] == pytest.approx(float(details[code]["check_SkewKurt0.Kurt"]), rel=1e-9)


def test_asem_aggregates_and_ranks(reference, index):
    for level in range(2, index.structure.levels + 1):
        codes = [n.code for n in index.structure.at(level)]
        wanted = asem.stage(reference, "asem_Aggregated", index.units, codes)
        np.testing.assert_allclose(index.scores[level - 1], wanted, rtol=1e-9)
    results = asem.table(reference, "asem_results")
    assert [(r, u, round(s, 2)) for r, u, s in index.ordered()[:5]] == [
        (1, "CHE", 68.38),
        (2, "NLD", 64.82),
        (3, "DNK", 64.80),
        (4, "NOR", 64.47),
        (5, "BEL", 63.54),
    ]
    assert {u: r for r, u, _ in index.ordered()} == {u: int(row["Rank"]) for u, row in results.items()}


def test_asem_uncertainty_redoes_every_stage(reference):
    data, tree = asem.data(reference)
    factors = Factors(
        {
            "imputation": ["group_mean", "median"],
            "treatment": [True, False],
            "normalisation": ["minmax", "zscore", "rank"],
        },
        weight_noise=0.25,
    )
    found = intervals(data, tree, factors, replicates=40)
    again = intervals(data, tree, factors, replicates=40)
    assert (found.ranks == again.ranks).all()
    assert (found.low <= found.median).all() and (found.median <= found.high).all()
    assert found.low[found.units.index("CHE")] == 1
    shifts = sensitivity(data, tree, factors, samples=8)
    assert shifts.names == ("imputation", "treatment", "normalisation", "weights")
    assert shifts.evaluations == 48


def test_structure_by_hand():
    assert SMALL.levels == 3
    weights = SMALL.effective_weights()
    assert (weights["a"], weights["b"], weights["c"]) == (0.0625, 0.1875, 0.75)
    assert sum(weights[n.code] for n in SMALL.indicators) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([Node("a", "A", 1, "x")], "unknown parent"),
        ([Node("a", "A", 1), Node("a", "A", 1)], "twice"),
        ([Node("a", "A", 1), Node("b", "B", 1)], "exactly one"),
        ([Node("a", "A", 1, "t"), Node("t", "T", 3)], "one level above"),
        ([Node("a", "A", 1, "t", 0), Node("t", "T", 2)], "direction"),
    ],
)
def test_structure_errors(nodes, message):
    with pytest.raises(StructureError, match=message):
        structure(nodes)


def test_small_index_by_hand():
    values = np.array([[0.0, 10.0, 5.0], [5.0, 20.0, 15.0], [10.0, 30.0, 10.0]])
    found = build(Data(("x", "y", "z"), values), SMALL, Method(treatment=False))
    assert found.normalised.tolist() == [[0, 100, 0], [50, 50, 100], [100, 0, 50]]
    assert found.scores[1].tolist() == [[75, 0], [50, 100], [25, 50]]
    assert found.top.tolist() == [18.75, 87.5, 43.75]
    assert found.ranks.tolist() == [3, 1, 2]


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="units x indicators"):
        build(Data(("x",), np.zeros((2, 3))), SMALL)


def test_denominate_and_screen():
    assert denominate(np.array([[6.0, 8.0]]), np.array([[3.0, 1.0]])).tolist() == [[2.0, 8.0]]
    assert np.isnan(denominate(np.array([[6.0]]), np.array([[0.0]]))).all()
    assert screen(np.array([[1.0, NAN], [1.0, 2.0], [NAN, NAN]]), 0.5).tolist() == [0, 1]


def test_imputation():
    data = np.array([[1.0, NAN], [3.0, 4.0], [NAN, 8.0], [10.0, 6.0]])
    assert impute(data, "mean")[2, 0] == pytest.approx(14 / 3)
    assert impute(data, "median")[0, 1] == 6.0
    by_group = impute(data, "group_mean", ["p", "p", "q", "q"])
    assert (by_group[0, 1], by_group[2, 0]) == (4.0, 10.0)
    assert impute(data, "group_mean", ["p", "q", "r", "q"])[0, 1] == 6.0  # group p has no value: the column's mean
    assert np.isnan(impute(data, "none")).sum() == 2
    with pytest.raises(ValueError, match="group"):
        impute(data, "group_median")


def test_log_where_winsorising_does_not_help():
    column = np.concatenate([np.linspace(0, 1, 400), [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]])[:, None]
    found = treat(column)
    assert found.logged.tolist() == [0]
    assert found.data[0, 0] == pytest.approx(np.log(0.01 * 1e9))
    calm = treat(np.linspace(0, 1, 30)[:, None])
    assert calm.winsorised.tolist() == [0]


def test_normalisations_by_hand():
    x, up = np.array([[2.0], [4.0], [8.0]]), np.array([1.0])
    assert normalise(x, up)[:, 0].tolist() == [0, pytest.approx(100 / 3), 100]
    assert normalise(x, -up)[:, 0].tolist() == [100, pytest.approx(200 / 3), 0]
    assert normalise(x, up, "max")[:, 0].tolist() == [0.25, 0.5, 1]
    assert normalise(x, up, "rank")[:, 0].tolist() == [1, 2, 3]
    assert normalise(x, -up, "borda")[:, 0].tolist() == [2, 1, 0]
    assert normalise(x, up, "zscore")[:, 0].sum() == pytest.approx(0)
    posts = np.array([[0.0], [16.0]])
    assert normalise(x, up, "goalposts", goalposts=posts)[:, 0].tolist() == [12.5, 25, 50]
    assert normalise(x, up, "target", goalposts=np.array([[5.0]]))[:, 0].tolist() == [0, pytest.approx(2 / 3), 1]
    assert normalise(np.full((3, 1), 7.0), up)[:, 0].tolist() == [50, 50, 50]
    assert normalise(np.array([[1.0], [1.0], [2.0]]), up, "rank")[:, 0].tolist() == [1.5, 1.5, 3]
    many = np.random.default_rng(3).integers(0, 50, (300, 2)).astype(float)
    whole = normalise(many, np.ones(2), "rank")
    assert whole[:, 0].sum() == 300 * 301 / 2  # counted column by column: the same as pair by pair on a part
    np.testing.assert_array_equal(
        np.argsort(np.argsort(whole[:50, 0], kind="stable")), np.argsort(np.argsort(many[:50, 0], kind="stable"))
    )
    with pytest.raises(ValueError, match="goalposts"):
        normalise(x, up, "target")


def test_means():
    x, w, p = np.array([[1.0, 4.0]]), np.ones(2), np.zeros(2, dtype=np.intp)
    assert combine(x, w, p, 1, "arithmetic")[0, 0] == 2.5
    assert combine(x, w, p, 1, "geometric")[0, 0] == pytest.approx(2.0)
    assert combine(x, w, p, 1, "harmonic")[0, 0] == pytest.approx(1.6)
    assert combine(np.array([[NAN, 4.0]]), w, p, 1, "arithmetic")[0, 0] == 4.0
    with pytest.raises(ValueError, match="above zero"):
        combine(np.array([[0.0, 4.0]]), w, p, 1, "geometric")


def test_ranks_and_copeland():
    assert rank(np.array([3.0, 5.0, 5.0, NAN])).tolist() == [3, 1, 1, 4]
    # x beats y on two of three, y beats z on two of three, x beats z on all.
    duel = np.array([[3.0, 3.0, 2.0], [2.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    assert copeland(duel, np.ones(3)).tolist() == [2, 0, -2]
    assert copeland(np.array([[1.0, 2.0], [2.0, 1.0]]), np.ones(2)).tolist() == [0, 0]


def test_sobol_of_a_known_function():
    # f = 4a + 2b + 0c: variances 16/12 and 4/12, so shares 0.8 and 0.2, and c does nothing.
    first, total = sobol(lambda p: 4 * p[0] + 2 * p[1], 3, 4000, 7)
    assert first == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    assert total == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    assert sobol(lambda p: 1.0, 2, 8, 1)[0].tolist() == [0, 0]


def test_geometric_mean_starts_the_scale_at_one():
    data = Data(("x", "y", "z"), np.array([[0.0, 10.0, 5.0], [5.0, 20.0, 15.0], [10.0, 30.0, 10.0]]))
    found = intervals(data, SMALL, Factors({"aggregation": ["arithmetic", "geometric"]}), replicates=10)
    assert found.base.tolist() == [3, 1, 2]


def test_fill_columns():
    found = fill_columns(["x", "y"], {"a": {"x": 1.0}, "c": {"y": 2.0}}, SMALL)
    assert np.isnan(found).sum() == 4
    assert (found[0, 0], found[1, 2]) == (1.0, 2.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=30, unique=True), st.floats(0.1, 100), st.floats(-1e3, 1e3))
def test_minmax_does_not_depend_on_unit_and_origin(values, scale, move):
    x = np.array(values)[:, None]
    up = np.array([1.0])
    if np.ptp(x) > 1e-3:
        np.testing.assert_allclose(normalise(x, up), normalise(x * scale + move, up), atol=1e-4)


def test_treatment_off_changes_only_that_stage(reference):
    data, tree = asem.data(reference)
    plain = build(data, tree, replace(Method(), treatment=False))
    assert (plain.treated.data == plain.imputed).all()

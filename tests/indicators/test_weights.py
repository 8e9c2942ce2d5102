"""Weights: against pymcdm's numbers, and by hand."""

import numpy as np
import pytest

from kechuang.indicators.composite import weights as w

MATRIX = np.array([[3.0, 200, 7], [5, 120, 4], [2, 310, 9], [8, 150, 6], [4, 260, 5]])


def test_entropy_equals_pymcdm():
    wanted = [0.5266166966406531, 0.28314121546396287, 0.19024208789538402]
    assert w.entropy(MATRIX) == pytest.approx(wanted, rel=1e-12)


def test_critic_equals_pymcdm():
    wanted = [0.4491846238984631, 0.29767118814711685, 0.2531441879544201]
    assert w.critic(MATRIX) == pytest.approx(wanted, rel=1e-12)


def test_entropy_gives_nothing_to_an_indicator_without_differences():
    same = np.column_stack([np.ones(4), [1.0, 2, 3, 4]])
    assert w.entropy(same) == pytest.approx([0, 1], abs=1e-12)


def test_principal_component_of_two_correlated_and_one_apart():
    x = np.arange(8.0)
    data = np.column_stack([x, 2 * x + 1, [1.0, -1, -1, 1, 1, -1, -1, 1]])
    found = w.principal_component(data)
    assert found[0] == pytest.approx(found[1])
    assert found[2] == pytest.approx(0, abs=1e-9)
    assert found.sum() == pytest.approx(1)


def test_pairwise_consistent_judgements():
    importance = np.array([4.0, 2.0, 1.0])
    found = w.pairwise(importance[:, None] / importance[None, :])
    assert found.weights == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert found.consistency == pytest.approx(0, abs=1e-12)


def test_pairwise_contradiction_shows():
    # a over b, b over c, but c over a: each three times.
    circle = np.array([[1, 3, 1 / 3], [1 / 3, 1, 3], [3, 1 / 3, 1]])
    found = w.pairwise(circle)
    assert found.weights == pytest.approx([1 / 3] * 3)
    assert found.consistency > 0.1
    assert w.pairwise(np.array([[1, 4], [0.25, 1]])).weights == pytest.approx([0.8, 0.2])


def test_equal_and_budget():
    assert w.equal(4).tolist() == [0.25] * 4
    assert w.by_budget(np.array([[30.0, 70], [50, 50]])).tolist() == [0.4, 0.6]


@pytest.mark.parametrize(
    ("function", "data", "message"),
    [
        (w.entropy, [[1.0, -1], [2, 3]], "not negative"),
        (w.critic, [[1.0, 1], [2, 1]], "the same for all"),
        (w.principal_component, [[1.0, 1], [2, 1]], "the same for all"),
        (w.entropy, [[1.0, float("nan")], [2, 3]], "missing"),
        (w.critic, [[1.0, 2]], "two units"),
        (w.pairwise, [[1.0, 2], [2, 1]], "reciprocal"),
        (w.by_budget, [[0.0, 0]], "points"),
        (w.entropy, [[1.0, 1], [1, 1]], "do not differ"),
    ],
)
def test_what_cannot_be_weighted(function, data, message):
    with pytest.raises(ValueError, match=message):
        function(np.array(data))

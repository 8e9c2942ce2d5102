"""A change of rank is split into parts that add up, and each cause alone gets the whole."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators.composite import Data, Method, Node, structure
from kechuang.indicators.composite.change import CAUSES, Edition, rank_changes

UNITS = ("a", "b", "c", "d")
METHOD = Method(imputation="median", treatment=False)


def tree(first: float = 1.0, second: float = 1.0):
    return structure([Node("x", "x", 1, "top", 1, first), Node("y", "y", 1, "top", 1, second), Node("top", "top", 2)])


def edition(values, weights=(1.0, 1.0), method=METHOD, units=UNITS) -> Edition:
    return Edition(Data(units, np.array(values, dtype=float)), tree(*weights), method)


OLD = [[4, 1], [3, 2], [2, 3], [1, 5]]


def by_unit(changes):
    return {c.unit: c for c in changes}


def test_nothing_changed():
    for change in rank_changes(edition(OLD), edition(OLD)):
        assert change.before == change.after
        assert set(change.parts.values()) == {0.0}


def only(change, cause: str) -> bool:
    moved = change.after - change.before
    return change.parts[cause] == pytest.approx(moved) and all(
        change.parts[c] == pytest.approx(0) for c in CAUSES if c != cause
    )


def test_each_cause_alone_gets_all():
    new = [[9, 9], [3, 2], [2, 3], [1, 1]]
    changes = rank_changes(edition(OLD), edition(new))
    assert all(only(c, "data") for c in changes) and any(c.before != c.after for c in changes)
    changes = rank_changes(edition(OLD), edition(new), Data(UNITS, np.array(new, dtype=float)))
    assert all(only(c, "revision") for c in changes)
    changes = rank_changes(edition(OLD), edition(OLD, weights=(3.0, 1.0)))
    assert all(only(c, "weights") for c in changes) and any(c.before != c.after for c in changes)
    skewed = [[100, 1], [3, 4], [2, 3], [1, 2]]
    changes = rank_changes(edition(skewed), edition(skewed, method=replace(METHOD, normalisation="rank")))
    assert all(only(c, "method") for c in changes) and any(c.before != c.after for c in changes)


def test_a_new_peer_moves_the_others():
    after = edition([*OLD, [9, 9]], units=(*UNITS, "e"))
    before = edition([*OLD, [9, 9]][:4])
    changes = by_unit(rank_changes(before, after))
    assert set(changes) == set(UNITS)
    assert all(only(c, "peers") for c in changes.values())
    assert any(c.after > c.before for c in changes.values())


def test_a_worked_case_of_two_causes():
    """hi and lo hold the ends of both scales, so that a score is the weighted mean of the figures themselves.

    Rank of a: 2 with old figures and weights (a 10, b 9, c 8), 3 with new figures (8.5), 4 with new weights (1:3 gives
    a 18, b 21, c 22), 4 with both. Shapley: figures ((3-2) + (4-4)) / 2, weights ((4-2) + (4-3)) / 2.
    """
    units = ("hi", "a", "b", "c", "lo")
    old = [[10, 10], [6, 4], [3, 6], [1, 7], [0, 0]]
    new = [[10, 10], [5, 3.5], [3, 6], [1, 7], [0, 0]]
    changes = by_unit(rank_changes(edition(old, units=units), edition(new, weights=(1.0, 3.0), units=units)))
    assert (changes["a"].before, changes["a"].after) == (2, 4)
    assert changes["a"].parts == {"data": 0.5, "revision": 0, "method": 0, "weights": 1.5, "peers": 0}
    assert (changes["b"].before, changes["b"].after) == (3, 3)
    assert changes["b"].parts == {"data": -0.5, "revision": 0, "method": 0, "weights": 0.5, "peers": 0}


numbers = st.lists(st.lists(st.integers(0, 20), min_size=2, max_size=2), min_size=4, max_size=4)


@given(numbers, numbers, numbers, st.integers(1, 5))
def test_parts_add_up(old, middle, new, weight):
    try:
        changes = rank_changes(
            edition(old), edition(new, weights=(float(weight), 1.0)), Data(UNITS, np.array(middle, dtype=float))
        )
    except ValueError:  # an indicator that is the same everywhere cannot be normalised
        return
    for change in changes:
        assert sum(change.parts.values()) == pytest.approx(change.after - change.before)
    assert sum(c.after - c.before for c in changes) == pytest.approx(sum(sum(c.parts.values()) for c in changes))


def test_other_indicators_are_refused():
    other = structure([Node("x", "x", 1, "top"), Node("z", "z", 1, "top"), Node("top", "top", 2)])
    with pytest.raises(ValueError, match="same indicators"):
        rank_changes(edition(OLD), Edition(edition(OLD).data, other, METHOD))

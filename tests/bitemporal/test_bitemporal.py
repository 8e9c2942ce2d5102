"""Two clocks: what held on a day, as known at a moment. A naive model of days and moments is the reference."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.bitemporal import (
    ConflictError,
    Period,
    Version,
    as_of,
    believed,
    change,
    correct,
    end,
    gaps,
    overlay,
    perform,
    timeline,
    undo,
    was_known,
)

BASE = dt.date(2024, 1, 1)
FIRST = dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC)
DAYS = [BASE + dt.timedelta(days=n) for n in range(-2, 14)]


def day(number: int) -> dt.date:
    return BASE + dt.timedelta(days=number)


def at(number: int) -> dt.datetime:
    return FIRST + dt.timedelta(hours=number)


def answers(versions, known_on=None):
    """The values of every day of the window."""
    return [v.values if v else None for v in timeline(versions, DAYS, known_on)]


def test_a_change_ends_the_state_before_on_the_day_before():
    rows = [Version("小型", at(0))]
    rows = perform(rows, change(rows, "中型", day(4), at(1)))
    assert [(v.values, v.valid_from, v.valid_to) for v in believed(rows)] == [
        ("小型", None, day(3)),
        ("中型", day(4), None),
    ]
    assert as_of(rows, day(3)).values == "小型"
    assert as_of(rows, day(4)).values == "中型"


def test_asked_as_known_before_the_change_the_old_answer_comes():
    rows = perform([Version("小型", at(0))], change([Version("小型", at(0))], "中型", day(4), at(1)))
    before = [Version("小型", at(0))]
    rows = perform(before, change(before, "中型", day(4), at(2)))
    assert as_of(rows, day(9), at(1)).values == "小型"
    assert as_of(rows, day(9), at(2)).values == "中型"


def test_a_correction_replaces_the_whole_period():
    rows = [Version("小型", at(0))]
    rows = perform(rows, change(rows, "中型", day(4), at(1)))
    rows = perform(rows, correct(rows, "大型", day(9), at(2)))
    assert [(v.values, v.valid_from) for v in believed(rows)] == [("小型", None), ("大型", day(4))]


def test_a_late_change_keeps_what_came_after_it():
    rows = [Version("a", at(0))]
    rows = perform(rows, change(rows, "c", day(8), at(1)))
    rows = perform(rows, change(rows, "b", day(4), at(2)))
    assert [(v.values, v.valid_from, v.valid_to) for v in believed(rows)] == [
        ("a", None, day(3)),
        ("b", day(4), day(7)),
        ("c", day(8), None),
    ]


def test_a_change_in_a_gap_lasts_until_the_next_state():
    rows = [Version("a", at(0), day(0), day(2)), Version("c", at(0), day(8))]
    assert gaps(rows) == [Period(day(3), day(7))]
    rows = perform(rows, change(rows, "b", day(5), at(1)))
    assert [(v.values, v.valid_from, v.valid_to) for v in believed(rows)][1] == ("b", day(5), day(7))


def test_a_change_since_ever_goes_before_the_first_state():
    rows = [Version("b", at(0), day(5))]
    rows = perform(rows, change(rows, "a", None, at(1)))
    assert [(v.values, v.valid_from, v.valid_to) for v in believed(rows)] == [
        ("a", None, day(4)),
        ("b", day(5), None),
    ]


def test_ending():
    rows = [Version("a", at(0), day(0))]
    rows = perform(rows, end(rows, day(3), at(1)))
    assert as_of(rows, day(3)).values == "a"
    assert as_of(rows, day(4)) is None
    assert as_of(rows, day(4), at(0)).values == "a"


def test_nothing_to_correct_or_end():
    rows = [Version("a", at(0), day(5))]
    with pytest.raises(ConflictError, match="nothing to correct"):
        correct(rows, "b", day(1), at(1))
    with pytest.raises(ConflictError, match="nothing to end"):
        end(rows, day(1), at(1))


def test_the_clock_of_recording_never_runs_backwards():
    rows = [Version("a", at(5))]
    with pytest.raises(ConflictError, match="must be later"):
        change(rows, "b", day(1), at(5))


def test_undo_is_refused_where_a_later_write_built_on_it():
    rows = [Version("a", at(0))]
    rows = perform(rows, change(rows, "b", day(1), at(1)))
    rows = perform(rows, change(rows, "c", day(3), at(2)))
    with pytest.raises(ConflictError, match="take that back first"):
        undo(rows, at(1), at(3))
    with pytest.raises(ConflictError, match="nothing was written"):
        undo(rows, at(9), at(10))


def test_a_period_has_its_end_after_its_beginning():
    with pytest.raises(ValueError, match="ends"):
        Period(day(3), day(2))


@pytest.mark.parametrize(
    ("recorded", "superseded", "asked", "expected"),
    [
        (day(1), None, day(1), True),
        (day(1), None, day(0), False),
        (day(1), day(3), day(2), True),
        (day(1), day(3), day(3), False),
        (day(1), None, None, True),
        (day(1), day(3), None, False),
    ],
)
def test_known_from_the_moment_of_recording_until_superseded(recorded, superseded, asked, expected):
    assert was_known(recorded, superseded, asked) is expected


def test_what_has_no_date_counts_only_when_asked_for():
    assert was_known(None, None, day(1)) is False
    assert was_known(None, None, day(1), undated=True) is True


# ---- invariants -------------------------------------------------------------------------------

bound = st.one_of(st.none(), st.integers(0, 11))
write = st.one_of(
    st.tuples(st.just("change"), bound, st.none()),
    st.tuples(st.just("correct"), st.integers(0, 11), st.none()),
    st.tuples(st.just("end"), st.integers(0, 11), st.none()),
    st.tuples(st.just("overlay"), bound, bound),
    st.tuples(st.just("undo"), st.integers(1, 8), st.none()),
)


def perform_write(rows, number, kind, first, last):
    """The versions after one write; a refused one changes nothing. The value of a write is its number."""
    moment = at(number)
    try:
        if kind == "change":
            writing = change(rows, number, None if first is None else day(first), moment)
        elif kind == "correct":
            writing = correct(rows, number, day(first), moment)
        elif kind == "end":
            writing = end(rows, day(first), moment)
        elif kind == "undo":
            writing = undo(rows, at(first), moment)
        else:
            period = Period(None if first is None else day(first), None if last is None else day(last))
            writing = overlay(rows, number, period, moment)
    except ValueError:
        return rows
    return perform(rows, writing)


@given(st.lists(write, max_size=12))
def test_no_two_believed_versions_overlap_and_past_answers_never_change(writes):
    rows = [Version(0, at(0))]
    told = {0: answers(rows, at(0))}
    for number, (kind, first, last) in enumerate(writes, start=1):
        rows = perform_write(rows, number, kind, first, last)
        told[number] = answers(rows, at(number))
        for moment, answer in told.items():
            assert answers(rows, at(moment)) == answer
        known = believed(rows)
        for earlier, later in itertools.pairwise(known):
            assert earlier.valid_to is not None
            assert later.valid_from is not None
            assert earlier.valid_to < later.valid_from
    assert answers(rows) == told[len(writes)]


@given(st.lists(write, max_size=8), st.integers(0, 11), st.sampled_from(["change", "correct", "end", "overlay"]))
def test_undo_restores_what_was_believed(writes, first, kind):
    rows = [Version(0, at(0))]
    for number, (done, start, last) in enumerate(writes, start=1):
        rows = perform_write(rows, number, done, start, last)
    before, number = answers(rows), len(writes) + 1
    after = perform_write(rows, number, kind, first, 11)
    if after is rows:
        return
    again = perform(after, undo(after, at(number), at(number + 1)))
    assert answers(again) == before
    assert answers(again, at(number)) == answers(after)


@given(st.lists(write, max_size=10), bound)
def test_a_change_touches_only_days_from_its_own_on(writes, first):
    rows = [Version(0, at(0))]
    for number, (done, start, last) in enumerate(writes, start=1):
        rows = perform_write(rows, number, done, start, last)
    before, number = answers(rows), len(writes) + 1
    changed = perform_write(rows, number, "change", first, None)
    start = dt.date.min if first is None else day(first)
    for when, old, new in zip(DAYS, before, answers(changed), strict=True):
        assert new in (old, number)
        assert new == old or when >= start
    if first is not None:
        assert as_of(changed, day(first)).values == number

"""Working days, with the doubt of unpublished years."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.chinese.workdays import Deadline, add_workdays, is_published, is_workday, workdays_between


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 10), True),  # Saturday worked in exchange
        (date(2026, 11, 21), False),  # plain Saturday
        (date(2026, 11, 24), True),
    ],
)
def test_holidays_and_days_worked_in_exchange(day, works):
    assert is_workday(day) is works


def test_the_day_of_start_is_not_counted():
    assert add_workdays(date(2026, 9, 30), 1) == Deadline(date(2026, 10, 8), True)
    assert add_workdays(date(2026, 10, 8), -1) == Deadline(date(2026, 9, 30), True)
    assert add_workdays(date(2026, 10, 1), 0) == Deadline(date(2026, 10, 1), True)


def test_a_year_without_a_notice_is_counted_by_weekdays_and_marked():
    assert not is_published(2040)
    assert add_workdays(date(2040, 1, 6), 5) == Deadline(date(2040, 1, 13), False)  # a Friday and the next
    crossing = add_workdays(date(2026, 12, 31), 1)
    assert crossing.published == is_published(2027)


@given(st.dates(date(2005, 1, 1), date(2026, 12, 31)), st.integers(-30, 30))
def test_counting_there_and_back(start, count):
    end = add_workdays(start, count).day
    between = workdays_between(start, end)
    assert between == count if count >= 0 else between in (count, count - 1, count + 1)

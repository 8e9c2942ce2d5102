"""The next figure to come: late, due soon, or next year."""

import datetime as dt

import pytest

from kechuang.indicators.due import Due, due_day, next_due

D = dt.date


@pytest.mark.parametrize(
    ("known", "today", "rule", "expected"),
    [
        (range(2010, 2025), D(2026, 3, 1), None, Due(2025, D(2026, 6, 30), False)),
        (range(2010, 2025), D(2026, 6, 30), None, Due(2025, D(2026, 6, 30), False)),
        (range(2010, 2025), D(2026, 7, 1), None, Due(2025, D(2026, 6, 30), True)),
        (range(2010, 2026), D(2026, 7, 1), None, Due(2026, D(2027, 6, 30), False)),
        (range(2010, 2024), D(2026, 3, 1), None, Due(2024, D(2025, 6, 30), True)),
        (range(2010, 2027), D(2026, 3, 1), None, Due(2027, D(2028, 6, 30), False)),
        ((), D(2026, 3, 1), "01-20", Due(2025, D(2026, 1, 20), True, stated=True)),
    ],
)
def test_next_due(known, today, rule, expected):
    assert next_due(known, today, rule) == expected


def test_a_pack_may_state_the_day():
    assert due_day(2025, "02-28") == D(2026, 2, 28)

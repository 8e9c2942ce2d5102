"""Numbers as people write them into the form of the laboratory."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kechuang.web.laboratory.domain.drafting import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,500,000.00", "1500000.00"),
        ("1，500", "1500"),
        ("2.5%", "0.025"),
        ("2,5", None),
        ("1,50,000", None),
        ("2.5%%", None),
        ("", None),
    ],
)
def test_number(text: str, value: str | None) -> None:
    assert number(text) == (None if value is None else Decimal(value))

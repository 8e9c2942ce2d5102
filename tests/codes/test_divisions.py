"""Division codes (GB/T 2260)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.codes.divisions import contains, is_division, level, parent


@pytest.mark.parametrize(
    ("code", "kind", "above"),
    [
        ("000000", "nation", None),
        ("430000", "province", "000000"),
        ("431000", "prefecture", "430000"),
        ("431081", "county", "431000"),
        ("110101", "county", "110100"),
        ("999921", "county", "999900"),
    ],
)
def test_level_and_parent(code: str, kind: str, above: str | None) -> None:
    assert level(code) == kind
    assert parent(code) == above


@pytest.mark.parametrize("code", ["", "43", "43100", "4310000", "100000", "430001", "４３１０００", "43 000"])
def test_what_is_no_code(code: str) -> None:
    assert not is_division(code)
    with pytest.raises(ValueError, match="no division code"):
        level(code)


def test_contains() -> None:
    assert contains("431000", "431081")
    assert contains("000000", "431081")
    assert contains("431000", "431000")
    assert not contains("431000", "430981")
    assert not contains("431081", "431000")


@given(st.text("0123456789", min_size=6, max_size=6))
def test_every_chain_of_parents_ends_at_the_nation(code: str) -> None:
    if is_division(code):
        assert contains("000000", code)

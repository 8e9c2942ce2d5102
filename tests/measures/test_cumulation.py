"""Several measures on one subject: what is kept, what is forgone and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.measures.cumulation import Award, Claim, Grant, Group, combine, granted
from kechuang.measures.model import Text

DAY = dt.date(2024, 2, 29)


def D(text: str) -> Decimal:
    return Decimal(text)


def claims(**amounts: str) -> list[Claim]:
    return [Claim(m, D(a)) for m, a in amounts.items()]


def paid(awards: tuple[Award, ...]) -> dict[str, Decimal]:
    return {a.measure: a.amount for a in awards}


def test_take_the_higher_names_the_loser() -> None:
    awards = combine(claims(a="50000", b="80000", c="3"), [Group("g", "take_higher", ("a", "b"))], DAY)
    assert paid(awards) == {"a": D("0"), "b": D("80000"), "c": D("3")}
    [reduction] = awards[0].reductions
    assert (reduction.taken, awards[0].forgone) == (D("50000"), D("50000"))
    assert reduction.sentence.zh == "就高不重复：“b”更高（80,000.00 元）"


def test_ceiling_last_first_and_with_history() -> None:
    group = Group("g", "ceiling", ("a", "b", "c"), ceiling=D("200000"), period="year")
    history = [Grant("a", D("30000"), dt.date(2024, 1, 5)), Grant("a", D("99999"), dt.date(2023, 12, 31))]
    awards = combine(claims(a="100000", b="90000", c="50000"), [group], DAY, history)
    assert paid(awards) == {"a": D("100000"), "b": D("70000"), "c": D("0")}
    assert awards[1].reductions[0].sentence.en == "together at most 200,000.00 yuan"


def test_ceiling_pro_rata_to_the_fen() -> None:
    group = Group("g", "ceiling", ("a", "b", "c"), ceiling=D("100.00"), reduce="pro_rata")
    awards = combine(claims(a="50.00", b="50.00", c="50.00"), [group], DAY)
    assert paid(awards) == {"a": D("33.34"), "b": D("33.33"), "c": D("33.33")}


def test_exclude_offset_upgrade_once() -> None:
    history = [Grant("province", D("30000"), dt.date(2022, 5, 1)), Grant("level", D("50000"), dt.date(2020, 1, 1))]
    groups = [
        Group("x", "exclude", ("a",), against=("b",)),
        Group("o", "offset", ("b",), against=("province",)),
        Group("u", "upgrade", ("level",)),
        Group("s", "once", ("level2",)),
    ]
    awards = combine(claims(a="10", b="40000", level="200000", level2="7"), groups, DAY, history)
    assert paid(awards) == {"a": D("0"), "b": D("10000"), "level": D("150000"), "level2": D("7")}
    again = combine(claims(level="5"), [Group("s", "once", ("level",))], DAY, history)
    assert paid(again) == {"level": D("0")}
    excluded_by_history = combine(claims(a="10"), [Group("x", "exclude", ("a",), against=("province",))], DAY, history)
    assert paid(excluded_by_history) == {"a": D("0")}


def test_periods() -> None:
    history = [
        Grant("a", D("1"), dt.date(2021, 2, 28)),
        Grant("a", D("2"), dt.date(2021, 3, 1)),
        Grant("a", D("4"), DAY),
    ]
    assert granted(history, ["a"], DAY, "ever") == 7
    assert granted(history, ["a"], DAY, "year") == 4
    assert granted(history, ["a"], DAY, 3) == 6
    assert granted(history, ["a"], dt.date(2024, 2, 28), "ever") == 3


def test_faulty_input() -> None:
    with pytest.raises(ValueError, match="negative"):
        combine(claims(a="-1"), [], DAY)
    with pytest.raises(ValueError, match="whole fen"):
        combine(claims(a="0.001"), [], DAY)
    with pytest.raises(ValueError, match="two claims"):
        combine([*claims(a="1"), *claims(a="1")], [], DAY)
    with pytest.raises(ValueError, match="ceiling"):
        Group("g", "ceiling", ("a",))
    with pytest.raises(ValueError, match="look at"):
        Group("g", "exclude", ("a",))


_fen = st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-2))
_groups = st.lists(
    st.one_of(
        st.just(Group("h", "take_higher", ("a", "b", "c"))),
        st.builds(
            lambda ceiling, reduce: Group("l", "ceiling", ("a", "b", "d"), ceiling=ceiling, reduce=reduce),
            _fen,
            st.sampled_from(("last_first", "pro_rata")),
        ),
        st.just(Group("x", "exclude", ("c",), against=("d",))),
        st.just(Group("o", "offset", ("a", "c"), against=("p",))),
        st.just(Group("u", "upgrade", ("b",))),
    ),
    max_size=4,
)


@given(st.lists(_fen, min_size=4, max_size=4), _groups, _fen)
def test_nothing_is_lost_and_nobody_gains(amounts: list[Decimal], groups: list[Group], received: Decimal) -> None:
    history = [Grant("p", received, DAY), Grant("b", received, DAY)]
    awards = combine([Claim(m, a) for m, a in zip("abcd", amounts, strict=True)], groups, DAY, history)
    for award in awards:
        assert 0 <= award.amount <= award.claimed
        assert award.claimed == award.amount + sum(r.taken for r in award.reductions)
    got = paid(awards)
    for group in groups:
        inside = [got[m] for m in group.measures]
        if group.kind == "take_higher":
            assert sum(1 for a in inside if a) <= 1
        if group.kind == "ceiling":
            assert group.ceiling is not None
            assert sum(inside) <= max(group.ceiling - granted(history, group.measures, DAY, "ever"), Decimal(0))


def test_subjects_and_years_apart() -> None:
    each = [
        Claim("a", D("70"), "x", dt.date(2024, 1, 5)),
        Claim("a", D("60"), "y", dt.date(2024, 2, 1)),
        Claim("a", D("50"), "z", dt.date(2023, 12, 31)),
    ]
    yearly = Group("g", "ceiling", ("a",), ceiling=D("100"), period="year")
    assert [a.amount for a in combine(each, [yearly], DAY)] == [D("70"), D("30"), D("50")]
    past = [Grant("a", D("45"), dt.date(2023, 6, 1)), Grant("a", D("40"), dt.date(2024, 1, 1))]
    assert [a.amount for a in combine(each, [yearly], DAY, past)] == [D("60"), D("0"), D("50")]
    single = Group("s", "ceiling", ("a",), ceiling=D("55"), scope="subject")
    assert [a.amount for a in combine(each, [single], DAY)] == [D("55"), D("55"), D("50")]
    offset = Group("o", "offset", ("a",), against=("p",), scope="subject")
    received = [Grant("p", D("10"), DAY, "y")]
    assert [a.amount for a in combine(each, [offset], DAY, received)] == [D("70"), D("50"), D("50")]


def test_what_was_granted_before_is_not_known() -> None:
    groups = [Group("o", "once", ("a",)), Group("h", "take_higher", ("a", "b"))]
    names = {"a": Text("甲", "A"), "b": Text("乙", "B")}
    first, second = combine(claims(a="5", b="3"), groups, DAY, None, names)
    assert (first.amount, first.depends, first.reductions) == (D("5"), ("o",), ())
    assert (second.amount, second.depends) == (D("0"), ())
    assert second.reductions[0].sentence == Text(
        "就高不重复：“甲”更高（5.00 元）", "only the highest is paid: “A” (5.00 yuan)"
    )

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
    # 30,000 of the 100,000 under a are paid; of the ceiling 170,000 are left, for 70,000, 90,000 and 10,000.
    assert paid(awards) == {"a": D("70000"), "b": D("90000"), "c": D("10000")}
    assert awards[0].paid == D("30000")
    assert awards[2].reductions[0].sentence.en == "together at most 200,000.00 yuan, of which 30,000.00 was paid before"
    assert [g.on for g in awards[2].reductions[0].rests] == [dt.date(2024, 1, 5)]


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
    assert (first.amount, first.depends, first.reductions) == (D("5"), ("o", "h"), ())
    assert (second.amount, second.depends) == (D("0"), ())
    assert second.reductions[0].sentence == Text(
        "就高不重复：“甲”更高（5.00 元）", "only the highest is paid: “A” (5.00 yuan)"
    )


# ---- earlier grants -------------------------------------------------------------------------


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_what_was_paid_for_a_claim_itself_is_not_paid_again_and_not_forgone() -> None:
    contract = Claim("a", D("150"), "contract:1", on("2023-05-01"))
    yearly = Claim("b", D("100"))
    history = [
        Grant("a", D("40"), on("2023-12-01"), "contract:1", ref="support/1"),
        Grant("a", D("30"), on("2024-01-05"), "contract:1", year=2023, ref="support/2"),
        Grant("a", D("99"), on("2023-01-01"), "contract:1"),  # before the contract: not for this claim
        Grant("a", D("99"), on("2023-12-01"), "contract:2"),
        Grant("b", D("25"), on("2024-02-01")),
        Grant("b", D("99"), on("2024-02-01"), year=2023),  # counts in the year before
        Grant("b", D("99"), on("2024-03-01")),  # after the day of the computation
    ]
    first, second = combine([contract, yearly], [], DAY, history)
    assert (first.amount, first.paid, first.forgone) == (D("80"), D("70"), D("0"))
    assert (second.amount, second.paid, second.forgone) == (D("75"), D("25"), D("0"))
    assert first.reductions[0].sentence.zh == "这一项已经付过 70.00 元"
    assert [g["ref"] for g in first.to_dict()["reductions"][0]["rests_on"]] == ["support/1", "support/2"]
    over = combine([Claim("b", D("20"))], [], DAY, history)[0]
    assert (over.amount, over.paid) == (D("0"), D("20"))


def test_offset_takes_what_the_higher_level_paid_for_the_same_thing_and_year() -> None:
    group = Group("o", "offset", ("a", "b"), against=("province:*", "state:key"), period="year", scope="subject")
    history = [
        Grant("province:创新资金", D("30"), on("2024-01-10"), same_as="a", ref="support/7"),
        Grant("province:创新资金", D("30"), on("2023-12-10"), same_as="a"),  # another year
        Grant("province:创新资金", D("9"), on("2024-01-10"), same_as="c"),  # another thing
        Grant("city:x", D("9"), on("2024-01-10"), same_as="a"),  # a level the rule does not name
        Grant("state:key", D("8"), on("2024-01-10"), same_as="b"),
    ]
    first, second = combine(claims(a="100", b="50"), [group], DAY, history)
    assert (first.amount, second.amount) == (D("70"), D("42"))
    assert first.reductions[0].sentence == Text(
        "扣除已获补助 30.00 元（省级“创新资金”，2024 年）",
        "less 30.00 yuan received already (provincial “创新资金”, 2024)",
    )
    assert (first.depends, second.depends) == ((), ())


def test_a_grant_that_does_not_say_what_it_was_for_takes_nothing_and_is_named() -> None:
    group = Group("o", "offset", ("a",), against=("province:*",), scope="subject")
    open_ = combine(claims(a="100"), [group], DAY, [Grant("province:p", D("30"), DAY)])[0]
    assert (open_.amount, open_.depends) == (D("100"), ("o",))
    cap = Group("c", "ceiling", ("a",), ceiling=D("50"), scope="subject")
    several = [Claim("a", D("40"), "contract:1"), Claim("a", D("40"), "contract:2")]
    awards = combine(several, [cap], DAY, [Grant("a", D("30"), DAY)])
    assert [(a.amount, a.depends) for a in awards] == [(D("40"), ("c",)), (D("40"), ("c",))]
    placed = combine(several, [cap], DAY, [Grant("a", D("30"), on("2023-01-01"), "contract:2")])
    assert [(a.amount, a.depends) for a in placed] == [(D("40"), ()), (D("20"), ())]


def test_each_yuan_of_another_level_is_taken_off_once() -> None:
    groups = [Group(i, "offset", ("a", "b"), against=("province:*",), scope="whole") for i in ("o1", "o2")]
    history = [Grant("province:p", D("30"), DAY, same_as="b")]
    assert paid(combine(claims(a="100", b="20"), groups, DAY, history)) == {"a": D("100"), "b": D("0")}


def test_upgrade_pays_the_difference_to_the_lower_grade_of_the_same_subject() -> None:
    group = Group("u", "upgrade", ("a",), scope="subject")
    several = [Claim("a", D("200"), "base:1", on("2024-01-01")), Claim("a", D("200"), "base:2", on("2024-01-01"))]
    history = [
        Grant("a", D("50"), on("2020-06-01"), "base:1", ref="support/1"),
        Grant("a", D("60"), on("2024-02-01"), "base:1", ref="support/2"),  # a part of the new grade
    ]
    first, second = combine(several, [group], DAY, history)
    assert (first.amount, first.paid, first.forgone, second.amount) == (D("90"), D("60"), D("50"), D("200"))
    assert first.reductions[1].sentence.zh == "升级补差，较低等次已付 50.00 元"
    assert [g.ref for g in first.reductions[1].rests] == ["support/1"]


def test_once_names_the_record_and_keeps_the_earliest_claim() -> None:
    several = [Claim("a", D("9"), "x", on("2024-02-01")), Claim("a", D("5"), "y", on("2024-01-01"))]
    once = Group("s", "once", ("a",))
    assert [a.amount for a in combine(several, [once], DAY)] == [D("0"), D("5")]
    each = Group("s", "once", ("a",), scope="subject")
    assert [a.amount for a in combine(several, [each], DAY)] == [D("9"), D("5")]
    before = [Grant("a", D("3"), on("2021-07-01"), "z", ref="support/4")]
    first, second = combine(several, [once], DAY, before)
    assert (first.amount, second.amount) == (D("0"), D("0"))
    assert second.reductions[0].sentence == Text(
        "只享受一次，2021 年已经享受过（3.00 元）", "granted once only, and granted in 2021 (3.00 yuan)"
    )
    assert [g.ref for g in second.reductions[0].rests] == ["support/4"]
    yearly = Group("s", "once", ("a",), period="year")
    assert [a.amount for a in combine(several, [yearly], DAY, before)] == [D("0"), D("5")]
    part = [Grant("a", D("2"), on("2024-02-10"), "x")]  # an instalment of the later claim: that one goes on
    assert [a.amount for a in combine(several, [once], DAY, part)] == [D("7"), D("0")]


def test_take_the_higher_pays_the_difference_to_a_lower_one_paid_before() -> None:
    group = Group("h", "take_higher", ("a", "b"))
    lower = [Grant("a", D("30"), on("2023-01-01"), ref="support/9")]
    award = combine(claims(b="80"), [group], DAY, lower)[0]
    assert (award.amount, [g.ref for g in award.reductions[0].rests]) == (D("50"), ["support/9"])
    same_year = [Grant("a", D("30"), on("2024-01-01")), Grant("b", D("10"), on("2024-01-02"))]
    assert paid(combine(claims(a="50", b="80"), [group], DAY, same_year)) == {"a": D("0"), "b": D("40")}


def test_groups_that_may_lack_grants_are_named_beside_what_is_known() -> None:
    once = Group("s", "once", ("a",))
    cap = Group("c", "ceiling", ("b",), ceiling=D("50"))
    awards = combine(claims(a="5", b="50"), [once, cap], DAY, [Grant("b", D("9"), on("2020-01-01"))], unsure=["c"])
    assert [(a.amount, a.depends) for a in awards] == [(D("5"), ()), (D("41"), ("c",))]
    with pytest.raises(ValueError, match="cannot be negative"):
        combine([], [], DAY, [Grant("a", D("-1"), DAY)])


_KINDS = st.sampled_from(
    [
        Group("h", "take_higher", ("a", "b", "c")),
        Group("l", "ceiling", ("a", "b", "c"), ceiling=D("5000.00"), period="year"),
        Group("l", "ceiling", ("a", "b"), ceiling=D("3000.00"), scope="subject"),
        Group("l", "ceiling", ("a", "b", "c"), ceiling=D("5000.00"), reduce="pro_rata"),
        Group("o", "offset", ("a", "c"), against=("province:*", "b")),
        Group("u", "upgrade", ("a", "b")),
        Group("s", "once", ("a", "b", "c"), period="year"),
        Group("s", "once", ("a", "b"), scope="subject"),
        Group("x", "exclude", ("a",), against=("b", "province:p")),
    ]
)
_days = st.dates(dt.date(2022, 1, 1), DAY)
_amounts = st.integers(1, 10**6).map(lambda n: Decimal(n).scaleb(-2))
_grants = st.builds(
    Grant,
    st.sampled_from(["a", "b", "c", "province:p", "state:q"]),
    _amounts,
    _days,
    st.sampled_from(["", "x", "y"]),
    same_as=st.sampled_from(["", "a", "c"]),
)
_claims = st.lists(
    st.builds(Claim, st.sampled_from("abc"), _amounts, st.sampled_from(["", "x", "y"]), st.none() | _days),
    max_size=6,
    unique_by=lambda claim: (claim.measure, claim.subject),
)


@given(_claims, _KINDS, st.lists(_grants, max_size=6), st.booleans())
def test_history_never_pays_more(several: list[Claim], group: Group, history: list[Grant], unsure: bool) -> None:
    without = combine(several, [group], DAY)
    found = combine(several, [group], DAY, history, unsure=[group.id] if unsure else ())
    assert sum(a.amount for a in found) <= sum(a.amount for a in without)
    for award in found:
        assert award.claimed == award.amount + award.paid + award.forgone
        assert min(award.amount, award.paid, award.forgone) >= 0
        known = {id(g) for g in history}
        assert all(id(g) in known for r in award.reductions for g in r.rests)
    unknown = combine(several, [group], DAY, None)
    assert [a.amount for a in unknown] == [a.amount for a in without]


@given(
    st.lists(st.tuples(_amounts, st.integers(0, 700), st.integers(1, 100)), min_size=1, max_size=7),
    st.sampled_from(["ever", "year"]),
    st.sampled_from(["ceiling", "once", "take_higher", "upgrade"]),
)
def test_splitting_in_time_never_pays_more(parts: list[tuple[Decimal, int, int]], period: str, kind: str) -> None:
    """Claims arise one after the other and each is paid, wholly or in part, before the next one is computed."""
    cap = D("7000.00") if kind == "ceiling" else None
    measures = tuple(f"m{i}" for i in range(len(parts)))
    group = Group("g", kind, ("m",) if kind == "once" else measures, ceiling=cap, period=period)  # type: ignore[arg-type]
    arisen: list[Claim] = []
    history: list[Grant] = []
    for i, (amount, after, share) in enumerate(sorted(parts, key=lambda part: part[1])):
        day = dt.date(2022, 1, 1) + dt.timedelta(days=after)
        arisen.append(Claim("m" if kind == "once" else f"m{i}", amount, f"c{i}", day))
        for claim, award in zip(arisen, combine(arisen, [group], day, history), strict=True):
            # a payment now: for the claim's own year, as an officer enters it
            now = (award.amount * share / 100).quantize(D("0.01")) if claim is not arisen[-1] else award.amount
            if now:
                year = (claim.day or day).year
                history.append(Grant(claim.measure, now, day, claim.subject, year))
    years = {g.counted for g in history} if period == "year" else {None}
    for year in years:
        total = sum((g.amount for g in history if year in (None, g.counted)), D("0.00"))
        several = [c for c in arisen if c.day and year in (None, c.day.year)]
        if kind == "ceiling":
            assert total <= D("7000.00")
        elif kind == "once":
            assert len({g.subject for g in history if year in (None, g.counted)}) <= 1
            assert total <= max(c.amount for c in several)
        else:
            assert total <= max(c.amount for c in several)

"""Every interpreter computes the same: random rules on rows that sit on their thresholds.

80,000 cells: explain's interpreter (exact decimals) against DuckDB (scaled integers). A deliberately wrong rounding, a
least that forgets unknowns and a threshold off by one must all be caught by the same rows.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest

from kechuang.expressions import ExpressionError, Symbol, Type, Unknown, compile_tree, load
from kechuang.expressions import nodes as n
from kechuang.expressions.types import BOOLEAN, DATE, number_type

duckdb = pytest.importorskip("duckdb")
ibis = pytest.importorskip("ibis")
tree = pytest.importorskip("kechuang.measures.backends.tree")

MONEY = Type("money", "元", 2, Decimal(10) ** 12, signed=False)
DAY = dt.date(2024, 3, 1)
PARAMETERS = {"rate": Decimal("0.025"), "cap": Decimal("200000"), "bound": Decimal("1000000.01")}
DATED = (
    (dt.date(2020, 2, 29), Decimal("0.01")),
    (dt.date(2020, 3, 1), Decimal("0.0225")),
    (dt.date(2024, 1, 1), Decimal("0.5")),
)
SCOPE = {
    "甲": Symbol(MONEY),
    "乙": Symbol(MONEY),
    "人数": Symbol(Type("count", "人", 0, Decimal(10**6))),
    "占比": Symbol(Type("rate", None, 4, Decimal(1))),
    "级别": Symbol(Type("enum", values=("市级", "省级", "国家级"))),
    "已转化": Symbol(BOOLEAN),
    "已登记": Symbol(BOOLEAN),
    "成立": Symbol(DATE),
    "计算日": Symbol(DATE, "builtin"),
    **{name: Symbol(number_type(value), "parameter") for name, value in PARAMETERS.items()},
    "dated": Symbol(number_type(*(v for _, v in DATED)), "parameter", dated=DATED),
}
AMOUNTS = ("0", "0.01", "50000", "200000", "1000000", "1000000.01", "9999999.75", "10000000", "12345678.9")
RATES = ("0.01", "0.02", "0.025", "0.0625", "0.5", "rate")
COLUMNS = {
    "甲": "int64", "乙": "int64", "人数": "int64", "占比": "int64", "级别": "string", "已转化": "boolean",
    "已登记": "boolean", "成立": "date",
}  # fmt: skip
SCALES = {"甲": 2, "乙": 2, "人数": 0, "占比": 4}


class Rules:
    """Random well-typed rules, as text."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def amount(self, depth: int) -> str:
        r = self.random
        if depth <= 0:
            return r.choice(["甲", "甲", "乙", "cap", "bound", r.choice(AMOUNTS)])
        a, b = self.amount(depth - 1), self.amount(depth - 1)
        match r.randrange(14):
            case 12:
                return f"half_up({r.choice('甲乙')} * value_on(dated, {r.choice(('成立', '计算日'))}))"
            case 0 | 1 | 2:
                return f"half_up({r.choice(('甲', '乙', a))} * {r.choice(RATES)}, {r.choice((2, 2, 2, 1, 0, -2))})"
            case 3:
                return f"min({a}, {b})"
            case 4:
                return f"max({a}, {b}, {r.choice(AMOUNTS)})"
            case 5:
                return f"({a} + {b})"
            case 6:
                return f"({a} - {b})"
            case 7:
                return f"({a} if {self.condition(depth - 1)} else {b})"
            case 8:
                low, high = sorted(r.sample(range(1, len(AMOUNTS)), 2))
                first = f"above({AMOUNTS[low]})" if r.random() < 0.3 else AMOUNTS[low]
                return f"tiers({r.choice('甲乙')}, ({first}, {a}), ({AMOUNTS[high]}, {b}))"
            case 9:
                return f"half_up(marginal({r.choice('甲乙')}, (0, 0.01), (200000, {r.choice(RATES)}), (bound, 0.015)))"
            case 10:
                return f"{r.choice(('floor_to', 'ceil_to'))}({a}, {r.choice(('100', '10000', '0.05', '0.25'))})"
            case 11:
                return f"min(人数, {r.choice(('20', '100'))}) * yuan({r.choice(('1000', '0.5'))})"
        return f"-({a})"

    def condition(self, depth: int) -> str:
        r = self.random
        match r.randrange(10 if depth > 0 else 7):
            case 0 | 1:
                return f"{r.choice('甲乙')} {r.choice(('<', '<=', '>', '>=', '==', '!='))} {r.choice(AMOUNTS)}"
            case 2:
                return f'级别 {r.choice(("==", "!="))} "{r.choice(("市级", "省级"))}"'
            case 3:
                return '级别 in ("省级", "国家级")'
            case 4:
                return r.choice(("已转化", "已登记", "not 已转化"))
            case 5:
                return r.choice(
                    (
                        "years_between(成立, 计算日) >= 4",
                        "months_between(成立, 计算日) < 48",
                        "days_between(成立, 计算日) > 1461",
                        '成立 <= date("2020-02-29")',
                    )
                )
            case 6:
                return f"占比 {r.choice(('>=', '<'))} {r.choice(('0.04', '0.0372'))}"
            case 7:
                return f"({self.condition(depth - 1)} and {self.condition(depth - 1)})"
            case 8:
                return f"({self.condition(depth - 1)} or {self.condition(depth - 1)})"
        return f"{self.amount(depth - 1)} >= {r.choice(AMOUNTS)}"


def rules(count: int, seed: int) -> list[n.Node]:
    """Accepted rules; those that would need more than 18 digits are refused by the checker, as they should be."""
    made: list[n.Node] = []
    source = Rules(seed)
    while len(made) < count:
        text = (
            source.condition(2) if source.random.random() < 0.25 else source.amount(source.random.choice((1, 2, 2, 3)))
        )
        try:
            node = load(text, SCOPE)
        except ExpressionError as error:
            assert "18" in error.zh or "从小到大" in error.zh, (text, error)
            continue
        if n.names(node, "fact"):
            made.append(node)
    return made


def rows(count: int, seed: int) -> list[dict[str, object]]:
    """Facts on, just below and just above thresholds, on ties of rounding, large, zero and unknown."""
    r = random.Random(seed)

    def amount() -> Decimal | None:
        match r.randrange(8):
            case 0:
                return None
            case 1 | 2 | 3:
                return max(Decimal(r.choice(AMOUNTS)) + Decimal(r.choice((-1, 0, 0, 0, 1))).scaleb(-2), Decimal(0))
            case 4:
                return Decimal(r.randrange(10**9) * 2 + 1) * Decimal("0.2")  # half a fen at 2.5 %
            case 5:
                return Decimal(r.randrange(10**6) * 50 + 25).scaleb(-2)  # half a fen at 2 %
            case 6:
                return Decimal(10**14 - r.randrange(3)).scaleb(-2)
        return Decimal(r.randrange(10**11)).scaleb(-2)

    def maybe(value: object) -> object:
        return None if r.random() < 0.12 else value

    days = (dt.date(2020, 2, 29), dt.date(2020, 3, 1), dt.date(2020, 3, 2), dt.date(2020, 2, 28), dt.date(2012, 7, 15))
    return [
        {
            "甲": amount(),
            "乙": amount(),
            "人数": maybe(Decimal(r.choice((0, 1, 19, 20, 21, 100, 99999)))),
            "占比": maybe(Decimal(r.choice((0, 371, 372, 373, 399, 400, 10000))).scaleb(-4)),
            "级别": maybe(r.choice(("市级", "省级", "国家级"))),
            "已转化": maybe(r.random() < 0.5),
            "已登记": maybe(r.random() < 0.5),
            "成立": maybe(r.choice(days)),
        }
        for _ in range(count)
    ]


def stored(value: object, name: str) -> object:
    return int(value.scaleb(SCALES[name])) if isinstance(value, Decimal) else value


def differences(nodes: list[n.Node], facts: list[dict[str, object]], lowering: type | None = None) -> list[str]:
    """Cells on which DuckDB and the exact interpreter disagree."""
    table = ibis.table({"n": "int64", **COLUMNS}, name="facts")
    columns = {name: table[name] for name in COLUMNS}
    for name, value in PARAMETERS.items():
        symbol = SCOPE[name]
        # A column of 64 bits, as parameters are; a literal alone would be a narrower integer.
        columns[name] = table.n * 0 + ibis.literal(int(value.scaleb(symbol.type.scale)), "int64")
    columns["计算日"] = ibis.literal(DAY, "date")
    lower = (lowering or tree.Lowering)(columns)
    con = duckdb.connect()
    types = {"int64": "BIGINT", "string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE"}
    con.execute(f"CREATE TABLE facts (n BIGINT, {', '.join(f'{c} {types[t]}' for c, t in COLUMNS.items())})")
    con.executemany(
        f"INSERT INTO facts VALUES ({', '.join('?' * (len(COLUMNS) + 1))})",
        [[i, *(stored(row[c], c) for c in COLUMNS)] for i, row in enumerate(facts)],
    )
    found: list[str] = []
    for start in range(0, len(nodes), 25):
        part = nodes[start : start + 25]
        query = table.select(n=table.n, **{f"r{i}": lower.lower(node) for i, node in enumerate(part)})
        results = con.execute(tree.finish(query) + " ORDER BY n").fetchall()
        for i, node in enumerate(part):
            run = compile_tree(node)
            for row, result in zip(facts, results, strict=True):
                value = run({**row, **PARAMETERS, "计算日": DAY}, None)
                expected = (
                    None
                    if isinstance(value, Unknown)
                    else int(value.scaleb(node.type.scale)) if isinstance(value, Decimal) else value
                )  # fmt: skip
                if result[i + 1] != expected:
                    found.append(f"{node} on {row}: {result[i + 1]} instead of {expected}")
    return found


def test_duckdb_equals_explain_on_80_000_cells() -> None:
    nodes, facts = rules(200, 20130418), rows(400, 4)
    assert len(nodes) * len(facts) == 80_000
    for refused in ("甲 / 乙", "growth(甲)"):  # Divide and Call: other dialects only
        with pytest.raises(ExpressionError):
            load(refused, SCOPE)
    used = {type(part).__name__ for node in nodes for part in n.walk(node)}
    assert used >= {kind.__name__ for kind in n.Node.__subclasses__()} - {"Yuan", "Aggregate", "Divide", "Call"}
    assert differences(nodes, facts)[:3] == []


@pytest.mark.parametrize(
    "rule",
    [
        "甲 >= (100000000 if 已转化 else 50000000 if 已登记 else 0)",
        "half_up((100000000 if 已转化 else 50000000) * rate)",
        "tiers(甲, (200000, 50000000), (1000000, 100000000)) * 40",
        "min(tiers(人数, (20, 50000000)) * 人数, 90000000)",
        "-(30000000 if 已转化 else 20000000) * 100 + 甲",
    ],
)
def test_a_case_of_literals_has_64_bits(rule: str) -> None:
    """Engines make a case of small literals a 32-bit integer, and what follows would overflow."""
    assert differences([load(rule, SCOPE)], rows(200, 11)) == []


def test_what_is_told_despite_unknown_facts_holds_for_all_of_them() -> None:
    told = 0
    others = rows(60, 8)
    for node in rules(150, 12):
        run = compile_tree(node)
        for row in others:
            value = run({**row, **PARAMETERS, "计算日": DAY}, None)
            open_ = [f for f in n.names(node, "fact") if row[f] is None]
            if isinstance(value, Unknown) or not open_:
                continue
            told += 1
            for other in others:
                filled = run({**row, **{f: other[f] for f in open_}, **PARAMETERS, "计算日": DAY}, None)
                assert isinstance(filled, Unknown) or filled == value, (node, row, other)
    assert told > 100


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        ("min(甲, max(cap - 乙, 0))", 1),
        ("min(甲, 乙, cap)", 1),
        ("max(甲, 乙, 0) + 人数 * yuan(0)", 1),
        ("min(half_up(甲 * rate), max(乙 - cap, 0), max(cap - 乙, 0))", 1),
        ("floor_to(甲, 100) * 0 * 人数", 1),
        ("甲 >= 0", 1),
        ("甲 < 0 or 占比 > 1", 1),
        ("乙 <= 甲", 1),
        ("乙 > 甲", 1),
        ("甲 >= half_up(乙 * rate)", 1),
        ("-甲 <= 乙", 1),
        ("人数 * yuan(100) * 占比", 1),
        ("min(half_up(甲 * rate), cap) if 已转化 else min(甲, cap)", 1),
        ("(甲 > cap) if 已转化 else (甲 > bound)", 1),
        ("甲 > 0", 0),
        ("min(half_up(甲 * rate), cap)", 0),
    ],
)
def test_unknown_facts_that_make_no_difference(rule: str, known: int) -> None:
    """Told although a fact is unknown, by both interpreters alike; ``known``: whether it happens at all."""
    node, facts = load(rule, SCOPE), rows(300, 21)
    facts += [{**row, "人数": Decimal(0)} for row in facts[:50]]
    assert differences([node], facts) == []
    run, open_ = compile_tree(node), n.names(node, "fact")
    values = [run({**f, **PARAMETERS}, None) for f in facts if any(f[x] is None for x in open_)]
    assert any(not isinstance(v, Unknown) for v in values) == bool(known)


def test_the_solver_equals_explain_on_random_rules() -> None:
    """With the facts given, the solver's term can only have the value that explain computes."""
    z3 = pytest.importorskip("z3", reason="Z3 is an extra (requirements: prove)")
    from kechuang.measures import Catalogue, EnumValue, FactType, Text
    from kechuang.measures.backends.prove import _Day, _Subject, _Translation

    ask = Text("？", "?")
    kinds = {"甲": "money", "乙": "money", "人数": "count", "占比": "rate", "级别": "enum", "成立": "date"}
    catalogue = Catalogue(
        FactType(
            name, name, kinds.get(name, "boolean"), ask,  # type: ignore[arg-type]
            values=tuple(EnumValue(v, v) for v in SCOPE[name].type.values),
        )
        for name in COLUMNS
    )  # fmt: skip
    fixed = {**PARAMETERS, "计算日": DAY}
    checked = 0
    for node in rules(80, 99):
        if any(isinstance(p, n.ParameterOn) or (isinstance(p, n.Span) and p.unit == "days") for p in n.walk(node)):
            continue
        for row in rows(12, checked):
            value = compile_tree(node)({**row, **fixed}, None)
            if isinstance(value, Unknown) or any(row[f] is None for f in n.names(node, "fact")):
                continue
            subject = _Subject(catalogue, "")
            term = _Translation(subject, fixed).term(node)
            solver = z3.Solver()
            for name, variable in subject.values.items():
                given = row[name]
                if isinstance(variable, _Day):
                    solver.add(variable.number == given.year * 10_000 + given.month * 100 + given.day)
                elif name == "级别":
                    solver.add(variable == SCOPE[name].type.values.index(given))
                else:
                    solver.add(variable == stored(given, name))
            solver.add(subject.constraints)
            assert solver.check() == z3.sat
            solver.add(term != (int(value.scaleb(node.type.scale)) if isinstance(value, Decimal) else value))
            assert solver.check() == z3.unsat, (node, row)
            checked += 1
    assert checked > 300


class HalfEven(tree.Lowering):
    """Rounds halves to even, as Polars and many others do."""

    def half_up(self, value, type_, digits):  # type: ignore[no-untyped-def]
        right = super().half_up(value, type_, digits)
        if digits >= type_.scale or digits < 0:
            return right
        unit = 10 ** (type_.scale - digits)
        tie = (value % unit).abs() == unit // 2
        return ibis.cases((tie & (right % 2 != 0), right - ibis.cases((value < 0, -1), else_=1)), else_=right)


class ForgetsUnknown(tree.Lowering):
    """SQL's own LEAST, which leaves NULL out."""

    def extreme(self, node, parts, pick, beyond):  # type: ignore[no-untyped-def]
        return pick(*(self.at(p, node.type.scale) for p in parts))


class TakesUnknownAsNothing(tree.Lowering):
    """Takes any product with something unknown for nothing."""

    def product(self, a, b):  # type: ignore[no-untyped-def]
        return ibis.coalesce(super().product(a, b), ibis.literal(0, "int64"))


class OffByOne(tree.Lowering):
    """Takes 达到 for 超过."""

    def compare(self, node):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return super().compare(replace(node, op=">") if node.op == ">=" else node)


@pytest.mark.parametrize("mutant", [HalfEven, ForgetsUnknown, OffByOne, TakesUnknownAsNothing])
def test_a_wrong_interpreter_is_caught(mutant: type) -> None:
    assert differences(rules(50, 7), rows(200, 4), mutant)

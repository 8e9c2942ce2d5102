"""The index workshop: prefectures ranked by a composite of chosen indicators, with intervals instead of bare ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kechuang.indicators import Cell, Definition, Situation, Text
from kechuang.indicators.tables import read_decimal
from kechuang.indicators.text import number
from kechuang.web.core.errors import UserError

from . import loading

if TYPE_CHECKING:
    from kechuang.indicators.composite import Edition, Index, Intervals, Sensitivity

MOST = 20
REPLICATES, SAMPLES = 300, 48
NORMALISATIONS = {"minmax": Text("极差（0 到 100）", "min-max (0 to 100)"), "zscore": Text("标准分", "z-score"),
                  "rank": Text("名次", "rank")}  # fmt: skip
AGGREGATIONS = {"arithmetic": Text("算术平均（长短可以互补）", "arithmetic mean (strengths make up for weaknesses)"),
                "geometric": Text("几何平均（短板拖累更大）", "geometric mean (weaknesses weigh more)")}  # fmt: skip
WEIGHTINGS = {
    "given": Text("按上面填的", "as given above"),
    "entropy": Text("熵权（差别大的重）", "entropy (uneven indicators weigh more)"),
    "critic": Text("CRITIC（差别大、又不重复的重）", "CRITIC (uneven and unlike the others)"),
}
FACTOR_NAMES = {"imputation": Text("缺数怎么补", "filling of gaps"), "treatment": Text("异常值怎么处理", "treatment of outliers"),
                "normalisation": Text("怎么归一化", "normalisation"), "weights": Text("权重（各 ±25%）", "weights (±25% each)")}  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """An indicator that can enter: its last year with values for most prefectures, and who lacks one."""

    definition: Definition
    year: int
    cells: Mapping[str, Cell]
    missing: tuple[Text, ...]
    chosen: bool = False
    weight: str = "1"


@dataclass(frozen=True)
class Wish:
    """What was chosen: weights by indicator, in the order of the pack, and the methods."""

    weights: tuple[tuple[str, str], ...] = ()
    normalisation: str = "minmax"
    aggregation: str = "arithmetic"
    weighting: str = "given"
    then: tuple[str, str, str] | None = None
    """Normalisation, aggregation and weighting of the year before; None = the same."""

    @property
    def before(self) -> Wish:
        """The choice of the year before."""
        if self.then is None:
            return self
        normalisation, aggregation, weighting = self.then
        return replace(self, normalisation=normalisation, aggregation=aggregation, weighting=weighting, then=None)


@dataclass(frozen=True)
class Line:
    """One prefecture of the result; ``filled`` names the indicators whose value was imputed."""

    rank: int
    name: Text
    score: str
    low: int
    high: int
    ours: bool
    width: str
    filled: tuple[Text, ...]


@dataclass(frozen=True)
class Influence:
    """How far one choice moves ranks: its share alone, and with everything it interacts with, in per cent."""

    name: Text
    alone: str
    total: str


@dataclass(frozen=True)
class Result:
    """The ranking and what it depends on."""

    lines: tuple[Line, ...]
    finding: Text
    influences: tuple[Influence, ...]
    weights: tuple[tuple[Text, str], ...]


def candidates(situation: Situation, weights: Mapping[str, str] | None = None) -> list[Candidate]:
    """Indicators with a good direction and, in some year, values for at least four fifths of the prefectures."""
    panel = (situation.region, *situation.peers)
    by_indicator: dict[str, dict[int, dict[str, Cell]]] = {}
    for (region, indicator, year), cell in situation.cells.items():
        if region in panel and cell.in_series:
            by_indicator.setdefault(indicator, {}).setdefault(year, {})[region] = cell
    chosen = weights or {}
    found = []
    for definition in situation.definitions.values():
        years = [y for y, cells in by_indicator.get(definition.id, {}).items() if len(cells) * 5 >= len(panel) * 4]
        if definition.better == "neither" or not years or len(panel) < 4:
            continue
        cells = by_indicator[definition.id][max(years)]
        missing = tuple(situation.name(r) for r in panel if r not in cells)
        found.append(
            Candidate(definition, max(years), cells, missing, definition.id in chosen, chosen.get(definition.id, "1"))
        )
    return found


def read_wish(query: Any) -> tuple[Wish, list[UserError]]:
    """Read the choice from the address; wrong weights are told, not guessed."""
    errors = []
    weights = []
    for indicator in dict.fromkeys(query.getlist("i")):
        text = query.get(f"w_{indicator}", "1").strip() or "1"
        value = read_decimal(text)
        if value is None or not 0 < value <= 100:
            errors.append(
                UserError(
                    f"权重“{text}”不对，请写大于 0、不超过 100 的数。",
                    f"The weight “{text}” is wrong; write a number above 0 and up to 100.",
                    field=f"w_{indicator}",
                )
            )
        weights.append((indicator, text))
    if len(weights) > MOST:
        errors.append(UserError(f"最多选 {MOST} 个指标。", f"Choose {MOST} indicators at most."))
    normalisation, aggregation = query.get("n", "minmax"), query.get("a", "arithmetic")
    weighting = query.get("g", "given")
    now = (
        normalisation if normalisation in NORMALISATIONS else "minmax",
        aggregation if aggregation in AGGREGATIONS else "arithmetic",
        weighting if weighting in WEIGHTINGS else "given",
    )
    known = (NORMALISATIONS, AGGREGATIONS, WEIGHTINGS)
    then = [
        wanted if (wanted := query.get(name, "")) in words else same
        for name, words, same in zip(("n0", "a0", "g0"), known, now, strict=True)
    ]
    wish = Wish(tuple(weights), *now, None if tuple(then) == now else (then[0], then[1], then[2]))
    return wish, errors


def refuse_geometric(wish: Wish, field: str) -> None:
    """Raises ``UserError`` where a geometric mean would meet values that are not positive."""
    if wish.aggregation == "geometric" and wish.normalisation != "minmax":
        raise UserError(
            "几何平均要求数都大于零，只能和“极差”一起用。",
            "A geometric mean needs values above zero; it goes with min-max only.",
            field=field,
        )


def result(loaded: loading.Loaded, wish: Wish) -> Result:
    """Build the index. Raises ``UserError`` with fewer than two indicators or for methods that do not go together."""
    situation = loaded.situation
    weights = dict(wish.weights)
    entries = [c for c in candidates(situation, weights) if c.chosen]
    if len(entries) < 2:
        raise UserError("至少选两个指标。", "Choose at least two indicators.", field="i")
    refuse_geometric(wish, "a")
    refuse_geometric(wish.before, "a0")
    try:
        index, spread, shifts = _computed(_Key(loaded, wish))
    except ValueError as error:
        raise UserError(
            "这样的指标排不出名次：有的指标各地都一样。请换指标或做法。",
            f"These indicators give no ranking: {error}. Choose others or another method.",
            field="g",
        ) from error
    panel = (situation.region, *situation.peers)
    scores = [float(s) for s in index.top]
    low, high = min(scores), max(scores)
    lines = []
    for rank, unit, score in index.ordered():
        place = panel.index(unit)
        width = 100 * (score - min(low, 0)) / (high - min(low, 0)) if high > min(low, 0) else 100
        filled = tuple(c.definition.name for c in entries if unit not in c.cells)
        lines.append(
            Line(
                rank,
                situation.name(unit),
                number(Decimal(repr(score)), 1),
                int(spread.low[place]),
                int(spread.high[place]),
                unit == situation.region,
                f"{width:.1f}",
                filled,
            )
        )
    here = next(line for line in lines if line.ours)
    shares = index.structure.effective_weights()
    used = tuple((c.definition.name, f"{shares[c.definition.id]:.0%}") for c in entries)
    return Result(tuple(lines), _finding(here, len(lines), situation), _influences(shifts), used)


def _finding(here: Line, count: int, situation: Situation) -> Text:
    city = situation.name(situation.region)
    if here.low == here.high:
        return Text(
            f"{city.zh}在 {count} 个市州里列第 {here.rank}，换做法九成以上的情况不变",
            f"{city.en} ranks {here.rank} of {count}, and keeps that rank in 90% of the recomputations",
        )
    return Text(
        f"{city.zh}在 {count} 个市州里列第 {here.rank}；换做法在第 {here.low} 到第 {here.high} 之间",
        f"{city.en} ranks {here.rank} of {count}; between {here.low} and {here.high} with other methods",
    )


def _influences(shifts: Sensitivity) -> tuple[Influence, ...]:
    rows = []
    for name, first, total in zip(shifts.names, shifts.first, shifts.total, strict=True):
        alone, whole = max(0.0, float(first)), max(0.0, float(total))
        rows.append((whole, Influence(FACTOR_NAMES[name], f"{alone:.0%}", f"{whole:.0%}")))
    return tuple(influence for _, influence in sorted(rows, key=lambda row: -row[0]))


class _Key:
    """Figures in memory and a wish, compared by identity and value: the key of finished computations."""

    def __init__(self, loaded: loading.Loaded, wish: Wish) -> None:
        self.loaded, self.wish = loaded, wish

    def __hash__(self) -> int:
        return hash((id(self.loaded), self.wish))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.loaded is self.loaded and other.wish == self.wish


def edition_of(
    panel: tuple[str, ...], entries: list[Candidate], figures: list[Mapping[str, Cell]], wish: Wish
) -> Edition:
    """The index of a wish over given cells. NumPy is imported here, not at the start of a web process."""
    from kechuang.indicators import composite

    nodes = [
        composite.Node(
            c.definition.id,
            c.definition.name.en,
            1,
            "top",
            -1 if c.definition.better == "lower" else 1,
            float(read_decimal(c.weight) or 1),
        )
        for c in entries
    ]
    top = composite.Node("top", "index", 2)
    tree = composite.structure([*nodes, top])
    columns = {
        c.definition.id: {r: float(cell.value) for r, cell in cells.items()}
        for c, cells in zip(entries, figures, strict=True)
    }
    data = composite.Data(panel, composite.fill_columns(panel, columns, tree))
    if wish.weighting != "given":
        from kechuang.indicators.composite import weights as rules

        scaled = composite.normalise(composite.impute(data.values, "median"), tree.directions, low=0.0, high=1.0)
        found = (rules.entropy if wish.weighting == "entropy" else rules.critic)(scaled)
        nodes = [replace(node, weight=float(weight)) for node, weight in zip(nodes, found, strict=True)]
        tree = composite.structure([*nodes, top])
    method = composite.Method(
        imputation="median",
        normalisation=wish.normalisation,  # type: ignore[arg-type]
        aggregation=wish.aggregation,  # type: ignore[arg-type]
        low=1.0 if wish.aggregation == "geometric" else 0.0,
    )
    return composite.Edition(data, tree, method)


@lru_cache(maxsize=16)
def _computed(key: _Key) -> tuple[Index, Intervals, Sensitivity]:
    """The index, rank intervals and sensitivity. NumPy is imported here, not at the start of a web process."""
    from kechuang.indicators import composite

    situation, wish = key.loaded.situation, key.wish
    weights = dict(wish.weights)
    entries = [c for c in candidates(situation, weights) if c.chosen]
    edition = edition_of((situation.region, *situation.peers), entries, [c.cells for c in entries], wish)
    data, tree, method = edition.data, edition.structure, edition.method
    options: dict[str, list[Any]] = {"imputation": ["median", "mean"], "treatment": [True, False]}
    if wish.aggregation == "arithmetic":
        options["normalisation"] = ["minmax", "zscore", "rank"]
    factors = composite.Factors(options, weight_noise=0.25)
    return (
        composite.build(data, tree, method),
        composite.intervals(data, tree, factors, base=method, replicates=REPLICATES),
        composite.sensitivity(data, tree, factors, base=method, samples=SAMPLES),
    )

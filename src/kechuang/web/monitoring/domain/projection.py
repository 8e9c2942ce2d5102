"""Where the past trend alone would lead next year, with intervals, and how such projections would have done."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.indicators import Definition, Situation, Text
from kechuang.indicators.forecast import MODEL_NAMES, NotEnoughData, outlook
from kechuang.indicators.reasons import projected
from kechuang.indicators.series import linked, others, series


@dataclass(frozen=True)
class ModelLine:
    """One model: its middle and interval, and its record on the series itself; or why it does not answer."""

    name: Text
    middle: str
    low: str
    high: str
    record: Text | None
    refusal: Text | None
    best: bool


@dataclass(frozen=True)
class Projection:
    """The next year of the first region whose series is long enough: the city, else the province, else the nation."""

    region: Text
    year: int
    points: int
    lines: tuple[ModelLine, ...]


def projection(definition: Definition, situation: Situation) -> Projection | None:
    """Project the next year; None where no series has eight comparable values."""
    for region in (situation.region, *situation.above):
        values = linked(series(situation.cells, region, definition.id), definition, region)
        if not values:
            continue
        year = max(values) + 1
        peers = others(situation.cells, (situation.region, *situation.peers, *situation.above), definition, region)
        view = outlook({y: float(v) for y, v in values.items()}, year, peers, relative=definition.unit != "%")
        if view.best is None:
            continue
        tests = {t.model: t for t in view.tests}
        lines = []
        for answer in view.answers:
            name = MODEL_NAMES[answer.model]
            if isinstance(answer, NotEnoughData):
                lines.append(ModelLine(name, "", "", "", None, answer.why, best=False))
                continue
            test = tests.get(answer.model)
            record = None
            if test is not None:
                error = projected(test.mean_absolute_error, definition)
                record = Text(
                    f"{test.origins} 次回测，平均差 {error}，{test.covered} 次落在区间里",
                    f"{test.origins} backtests, mean error {error}, {test.covered} inside the interval",
                )
            low, high = answer.interval(0.95)
            shown = (projected(v, definition) for v in (answer.middle, low, high))
            lines.append(ModelLine(name, *shown, record=record, refusal=None, best=answer is view.best))
        return Projection(situation.name(region), year, len(values), tuple(lines))
    return None

"""Notes of the report: every number leads to a cell with its source, or to the formula that made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from kechuang.indicators import Cell, Definition, Flag, Situation, Status, Text, Verdict
from kechuang.indicators.forecast import MODEL_NAMES
from kechuang.indicators.formulas import formula_words, work
from kechuang.indicators.reasons import cell_value, fastest, projected, with_unit, working_sentence
from kechuang.indicators.text import number
from kechuang.indicators.units import convert, gap_unit


@dataclass
class Notes:
    """Numbered notes, one for each cell used and one for each formula."""

    situation: Situation
    kept: list[Cell | Text] = field(default_factory=list)

    def cell(self, cell: Cell) -> int:
        """The number of the note on a cell; the same cell keeps its number."""
        for place, known in enumerate(self.kept, 1):
            if known is cell:
                return place
        self.kept.append(cell)
        return len(self.kept)

    def formula(self, text: Text) -> int:
        """The number of the note with a formula; the same formula keeps its number."""
        for place, known in enumerate(self.kept, 1):
            if not isinstance(known, Cell) and known == text:
                return place
        self.kept.append(text)
        return len(self.kept)

    def texts(self) -> list[Text]:
        """All notes in order; the first note on an indicator also says how it is defined."""
        defined: set[str] = set()
        found = []
        for note in self.kept:
            if not isinstance(note, Cell):
                found.append(note)
                continue
            text = cell_note(note, self.situation)
            if note.indicator not in defined:
                defined.add(note.indicator)
                words = self.situation.definitions[note.indicator].definition
                text = Text(f"{text.zh}口径：{words.zh}。", f"{text.en} Definition: {words.en}.")
            found.append(text)
        return found


def formulas(verdict: Verdict, definition: Definition | None, notes: Notes) -> list[int]:
    """Notes on every number of a verdict that was computed: gap, pace, years, probability."""
    target, cell = verdict.target, verdict.observed
    if definition is None or target.value is None:
        return []
    wanted = convert(target.value, target.unit or definition.unit, definition.unit)
    points = gap_unit(definition.unit)
    unit = Text(points.zh, points.en if points.zh != definition.unit else definition.unit_en)
    found: list[Text] = []
    if cell is not None and verdict.gap is not None and verdict.status is not Status.INSUFFICIENT:
        at = notes.cell(cell)
        gap = number(verdict.gap.value)
        found.append(
            Text(
                f"算式：差距＝观测值[{at}]－目标值＝{number(cell.value)}－{number(wanted)}＝{gap}（{unit.zh}）。",
                f"Formula: gap = observed value [{at}] − target = {number(cell.value)} − {number(wanted)} = {gap} "
                f"({unit.en}).",
            )
        )
    if cell is not None and verdict.required is not None and target.deadline is not None:
        at, left = notes.cell(cell), target.deadline.year - cell.year
        need = number(verdict.required.quantize(Decimal("0.0001")).normalize())
        found.append(
            Text(
                f"算式：所需节奏＝（目标值－观测值[{at}]）÷剩余年数＝（{number(wanted)}－{number(cell.value)}）÷{left}"
                f"＝{need}（{unit.zh}/年），向上取整到显示的位数。",
                f"Formula: pace needed = (target − observed value [{at}]) ÷ years left = ({number(wanted)} − "
                f"{number(cell.value)}) ÷ {left} = {need} ({unit.en} a year), rounded up to the digits shown.",
            )
        )
    best = fastest(verdict, definition)
    if best is not None and cell is not None:
        ends = [notes.situation.cells.get((best.region, definition.id, year)) for year in (best.first, best.last)]
        if ends[0] is not None and ends[1] is not None:
            first, last = ends[0], ends[1]
            linked = best.per_year != last.value - first.value
            link = Text("，已按断点的衔接系数折算", ", linked across the break") if linked else Text("", "")
            found.append(
                Text(
                    f"算式：已见最快＝{last.year}年的值[{notes.cell(last)}]－{first.year}年的值[{notes.cell(first)}]"
                    f"＝{number(last.value)}－{number(first.value)}{link.zh}＝{number(best.per_year, signed=True)}"
                    f"（{unit.zh}/年）。",
                    f"Formula: fastest seen = value of {last.year} [{notes.cell(last)}] − value of {first.year} "
                    f"[{notes.cell(first)}] = {number(last.value)} − {number(first.value)}{link.en} = "
                    f"{number(best.per_year, signed=True)} ({unit.en} a year).",
                )
            )
        if verdict.years_at_best is not None and verdict.required is None and verdict.gap is not None:
            size, pace = abs(verdict.gap.value), abs(best.per_year)
            exact = number((size / pace).quantize(Decimal("0.01")))
            found.append(
                Text(
                    f"算式：还要的年数＝差距÷已见最快＝{number(size)}÷{number(pace)}＝{exact}，"
                    f"向上取整为{verdict.years_at_best}年。",
                    f"Formula: years still needed = gap ÷ fastest seen = {number(size)} ÷ {number(pace)} = {exact}, "
                    f"rounded up to {verdict.years_at_best}.",
                )
            )
    outlook = verdict.outlook.best if verdict.outlook else None
    if outlook is not None and target.deadline is not None:
        low, high = (projected(x, definition) for x in outlook.interval(0.95))
        middle, name = projected(outlook.middle, definition), MODEL_NAMES[outlook.model]
        year = target.deadline.year
        found.append(
            Text(
                f"算式：概率取自“{name.zh}”对{year}年的预测分布，中间值{middle}，95%区间{low}至{high}。",
                f"Formula: the probability is that of the projection “{name.en}” for {year}: middle {middle}, "
                f"95% interval {low} to {high}.",
            )
        )
    if verdict.need is not None:
        need = verdict.need
        goal = with_unit(wanted, definition.unit, definition.unit_en)
        words = formula_words(definition, notes.situation.definitions) or Text("", "")
        names = [notes.situation.definitions[c.indicator] for c in need.others]
        used_zh = [
            f"{d.name.zh}[{notes.cell(c)}]＝{number(c.value)} {c.unit}" for d, c in zip(names, need.others, strict=True)
        ]
        used_en = [
            f"{d.name.en} [{notes.cell(c)}] = {with_unit(c.value, c.unit, d.unit_en).en}"
            for d, c in zip(names, need.others, strict=True)
        ]
        size = with_unit(need.value.normalize(), need.part.unit, need.part.unit_en)
        found.append(
            Text(
                f"算式：由“{definition.name.zh}＝{words.zh}”，目标 {goal.zh}，{'，'.join(used_zh)}，"
                f"得{need.part.name.zh}＝{size.zh}，向上取整到显示的位数。",
                f"Formula: from {definition.name.en} = {words.en} with a target of {goal.en} and {', '.join(used_en)} "
                f"follows {need.part.name.en} = {size.en}, "
                "rounded up to the digits shown.",
            )
        )
    return [notes.formula(text) for text in found]


def cell_note(cell: Cell, situation: Situation) -> Text:
    """Cell, value, source, trust, cautions, and why this source."""
    definition, region, source = situation.definitions[cell.indicator], situation.name(cell.region), cell.chosen.source
    value, known = cell_value(cell, definition), cell.chosen.known_since
    zh = [f"{region.zh}，{definition.name.zh}，{cell.year} 年：{value.zh}"]
    en = [f"{region.en}, {definition.name.en}, {cell.year}: {value.en}"]
    day = Text(f"，{known.isoformat()} 公布", f", published {known.isoformat()}") if known else Text("", "")
    where = f" {source.url} " if source.url else ""
    if Flag.COMPUTED not in cell.flags:
        zh.append(f"来源：{source.title}（{source.trust.label.zh}{day.zh}）{where}".rstrip())
        en.append(f"Source: {source.title} ({source.trust.label.en}{day.en}){where}".rstrip())
    else:  # its sources are those of its parts
        found = work(definition, cell.region, cell.year, situation.cells, situation.definitions)
        words = working_sentence(found, situation.definitions)
        zh.append(words.zh)
        en.append(words.en)
        for used in {part.cell.chosen.source.id: part.cell.chosen.source for part in found.parts}.values():
            place = f" {used.url} " if used.url else ""
            zh.append(f"各项来源：{used.title}（{used.trust.label.zh}）{place}".rstrip())
            en.append(f"Source of a part: {used.title} ({used.trust.label.en}){place}".rstrip())
    if cell.flags:
        zh.append("，".join(f.label.zh for f in sorted(cell.flags)))
        en.append(", ".join(f.label.en for f in sorted(cell.flags)))
    if cell.others:
        zh.append(cell.why.zh)
        en.append(cell.why.en)
    return Text("。".join(zh) + "。", ". ".join(part[:1].upper() + part[1:] for part in en) + ".")

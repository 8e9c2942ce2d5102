"""The one-sentence reasons of verdicts, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.formulas import Need, Part, Working, formula_words
from kechuang.indicators.formulas.language import scale
from kechuang.indicators.observations import Flag
from kechuang.indicators.plausibility import Plausibility
from kechuang.indicators.progress import ProgressRatio
from kechuang.indicators.series import Pace
from kechuang.indicators.targets import Gap, Situation, Target, Verdict
from kechuang.indicators.text import Text, number
from kechuang.indicators.units import gap_unit, parse_unit, shift

_COMPARATORS = {
    ">=": Text("以上", "or more"),
    ">": Text("超过", "more than"),
    "<=": Text("以下", "or less"),
    "<": Text("低于", "less than"),
    "~": Text("左右", "about"),
}


# English has no words for 亿 and 万: such amounts are moved to billions, millions and single persons, exactly.
_ENGLISH = {(8, "元"): (-1, "billion yuan"), (4, "元"): (-2, "million yuan"), (4, "人"): (4, "persons")}


def with_unit(
    value: Decimal, unit: str, unit_en: str = "", decimals: int | None = None, *, signed: bool = False
) -> Text:
    """A number and its unit: 1.21%, 1,000 亿元 (100 billion yuan)."""
    shown = number(value, decimals, signed=signed)
    if unit in ("%", "％", "‰"):
        return Text(shown + unit, shown + unit)
    parsed = parse_unit(unit)
    if not parsed.per and (parsed.power, parsed.base) in _ENGLISH:
        move, name = _ENGLISH[parsed.power, parsed.base]
        moved = shift(value if decimals is None else value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), move)
        # Zeros that the moved point added are no digits of the source.
        moved = moved.normalize() if move < 0 else moved
        return Text(f"{shown} {unit}", f"{number(moved, signed=signed)} {name}")
    return Text(f"{shown} {unit}", f"{shown} {unit_en or unit}")


def difference(value: Decimal, definition: Definition, *, signed: bool = False) -> Text:
    """A difference with its unit: percentage points for a percentage, else the indicator's own unit."""
    points = gap_unit(definition.unit)
    if points.zh != definition.unit:
        shown = number(value, signed=signed)
        return Text(f"{shown} {points.zh}", f"{shown} {points.en}")
    return with_unit(value, definition.unit, definition.unit_en, signed=signed)


def beside(phrase: str, following: str) -> str:
    """Put Chinese words after a phrase: with a space after a sign or Latin letter, without one after a Chinese unit."""
    return phrase + (" " if phrase and phrase[-1].isascii() else "") + following


def target_value(target: Target, definition: Definition | None = None) -> Text:
    """The wanted value as a phrase: 2.5% 以上, 超过 1,000 亿元, 27 万人左右."""
    if target.value is None:
        return target.reference or Text("没有数值", "no number")
    unit = target.unit or (definition.unit if definition else "")
    unit_en = definition.unit_en if definition and definition.unit == unit else unit
    low = with_unit(target.value, unit, unit_en)
    if target.operator == "range" and target.value_max is not None:
        high = with_unit(target.value_max, unit, unit_en)
        bare = number(target.value)
        return Text(f"{bare} 至 {high.zh}", f"{bare} to {high.en}")
    word = _COMPARATORS.get(target.operator)
    if word is None:
        return low
    if target.operator in (">", "<"):
        return Text(f"{word.zh} {low.zh}", f"{word.en} {low.en}")
    if target.operator == "~":
        return Text(beside(low.zh, word.zh), f"{word.en} {low.en}")
    return Text(beside(low.zh, word.zh), f"{low.en} {word.en}")


def shown_decimals(cell: Cell, definition: Definition) -> int | None:
    """Decimals to show of a cell: all digits of the source (None); a computed one as exact as its indicator."""
    return definition.decimals if Flag.COMPUTED in cell.flags else None


def cell_value(cell: Cell, definition: Definition) -> Text:
    """The value of a cell with its unit, with all digits of the source; a computed one as exact as its indicator."""
    return with_unit(cell.value, cell.unit, definition.unit_en, shown_decimals(cell, definition))


def caution(cell: Cell) -> Text:
    """The flags of a cell as a bracket, or nothing."""
    labels = [flag.label for flag in sorted(cell.flags)]
    if not labels:
        return Text("", "")
    return Text(f"（{'、'.join(x.zh for x in labels)}）", f" ({'; '.join(x.en for x in labels)})")


def compared(cell: Cell, target: Target, definition: Definition, gap: Gap) -> Text:
    """2020 年为 1.21%，比目标 2.5% 低 1.29 个百分点."""
    seen, note = cell_value(cell, definition), caution(cell)
    wanted = with_unit(target.value or Decimal(0), target.unit or definition.unit, definition.unit_en)
    if gap.value == 0:
        return Text(
            f"{cell.year} 年为 {seen.zh}{note.zh}，与目标值相同",
            f"{seen.en} in {cell.year}{note.en}, equal to the target value",
        )
    size = difference(abs(gap.value), definition)
    side = Text("高", "above") if gap.value > 0 else Text("低", "below")
    return Text(
        f"{cell.year} 年为 {seen.zh}{note.zh}，比目标 {beside(wanted.zh, side.zh)} {size.zh}",
        f"{seen.en} in {cell.year}{note.en}: {size.en} {side.en} the target of {wanted.en}",
    )


def other_year(cell: Cell, year: int, target: Target, definition: Definition, *, met: bool) -> Text:
    """The deadline year has no value; what a neighbouring year shows is said, and no more."""
    seen, note = cell_value(cell, definition), caution(cell)
    against = (
        Text("已满足目标值", "meets the target value") if met else Text("仍低于目标", "is still short of the target")
    )
    if not met and target.operator in ("<=", "<"):
        against = Text("仍高于目标", "is still above the target")
    return Text(
        f"{year} 年没有可用的观测值；{cell.year} 年为 {seen.zh}{note.zh}，{against.zh}，不能代替期限当年",
        f"no usable value for {year}; that of {cell.year}, {seen.en}{note.en}, {against.en} "
        "but cannot stand for the deadline year",
    )


def missing_values(name: Text, when: Text, holder: Text | None) -> Text:
    """What is missing, of when, and who holds it."""
    held = Text(f"；由{holder.zh}掌握", f"; held by {holder.en}") if holder else Text("", "")
    before = f"{when.zh}的" if when.zh else ""
    after = f", {when.en}" if when.en else ""
    return Text(f"缺：{before}{name.zh}{held.zh}", f"missing: {name.en}{after}{held.en}")


def per_year(value: Decimal, definition: Definition) -> Text:
    """A change a year with its unit and sign."""
    shown = difference(value, definition, signed=True)
    return Text(f"{shown.zh}/年", f"{shown.en} a year")


def rounded_pace(value: Decimal, definition: Definition) -> Decimal:
    """A pace that is needed, rounded away from zero: so much is enough."""
    return value.quantize(Decimal(1).scaleb(-max(definition.decimals, 1)), rounding=ROUND_UP)


def fastest(verdict: Verdict, definition: Definition) -> Pace | None:
    """The fastest single year seen here or elsewhere, in the better direction."""
    sign = -1 if definition.better == "lower" else 1
    seen = [p for p in (verdict.best_here, verdict.best_peer) if p is not None]
    return max(seen, key=lambda p: p.per_year * sign, default=None)


def pace_at(pace: Pace, definition: Definition, situation: Situation) -> Text:
    """A pace that was seen, where and when: +0.3 个百分点/年（湖南省，2019 年）."""
    size, where = per_year(pace.per_year, definition), situation.name(pace.region)
    return Text(f"{size.zh}（{where.zh}，{pace.last} 年）", f"{size.en} ({where.en}, {pace.last})")


def chance_shown(chance: float) -> str:
    """A probability as a whole per cent; near 0 and 1 a projection says no more than <1% and >99%."""
    return "<1%" if chance < 0.01 else ">99%" if chance > 0.99 else f"{chance:.0%}"


def projected(value: float, definition: Definition) -> str:
    """A projected value, as exact as its indicator is shown."""
    return number(Decimal(repr(value)), definition.decimals)


def pace_sentence(verdict: Verdict, definition: Definition, situation: Situation) -> Text | None:
    """Required pace against the fastest single year ever seen, or None when neither is known."""
    parts: list[Text] = []
    if verdict.required is not None:
        shown = per_year(rounded_pace(verdict.required, definition), definition)
        parts.append(Text(f"需 {shown.zh}", f"needs {shown.en}"))
    best = fastest(verdict, definition)
    if best is not None:
        seen = pace_at(best, definition, situation)
        parts.append(Text(f"已见最快 {seen.zh}", f"fastest seen {seen.en}"))
    if verdict.years_at_best is not None and verdict.required is None:
        years = verdict.years_at_best
        parts.append(Text(f"按此还要 {years} 年", f"at that pace {years} more years"))
    if not parts:
        return None
    return Text("，".join(p.zh for p in parts), ", ".join(p.en for p in parts))


def progress_sentence(ratio: ProgressRatio) -> Text:
    """The class of Open SDG with its ratio and the limits of the classes."""
    label, value = ratio.progress.label, number(ratio.ratio, 2)
    return Text(
        f"进展等级：{label.zh}（实际增速÷所需增速＝{value}；Open SDG 界限 0.95、0.60、0）",
        f"progress class: {label.en} (growth seen ÷ growth needed = {value}; Open SDG limits 0.95, 0.60, 0)",
    )


def plausibility_sentence(found: Plausibility) -> Text:
    """How many regions ever made such a jump."""
    n, made, years = len(found.regions), len(found.made), found.years
    return Text(
        f"有 {years} 年以上序列的 {n} 个地区里，{made} 个曾在 {years} 年内有过这样的变化",
        f"of {n} regions with series of {years} years or more, {made} ever changed so much in {years} years",
    )


def need_sentence(need: Need, situation: Situation) -> Text:
    """How much of a part a target asks for (rounded up), and with which other cells that was computed."""
    part = need.part
    step = Decimal(1).scaleb(-part.decimals)
    amount = with_unit(need.value.quantize(step, rounding=ROUND_UP), part.unit, part.unit_en)
    with_zh, with_en = [], []
    for cell in need.others:
        base = situation.definitions[cell.indicator]
        size = cell_value(cell, base)
        with_zh.append(f"{cell.year} 年{base.name.zh} {size.zh}")
        with_en.append(f"{base.name.en} of {size.en} in {cell.year}")
    using = Text("", "")
    if need.others:
        using = Text(f"，按 {beside('、'.join(with_zh), '算')}", f", with {' and '.join(with_en)}")
    stand = Text("", "") if need.same_year else Text("，期限当年的还没有", ", that of the deadline is not known")
    have = Text("", "")
    if need.latest is not None:
        value = cell_value(need.latest, part)
        have = Text(f"；{need.latest.year} 年有 {value.zh}", f"; {value.en} in {need.latest.year}")
    return Text(
        f"反推：{part.name.zh}要有 {amount.zh}{using.zh}{stand.zh}{have.zh}",
        f"that takes {part.name.en} of {amount.en}{using.en}{stand.en}{have.en}",
    )


def working_sentence(found: Working, definitions: Mapping[str, Definition]) -> Text:
    """How a computed cell came about: the formula, each part with its unit conversion, the result; or what is missing."""
    formula = formula_words(found.definition, definitions) or Text("", "")
    if found.value is None:
        return Text(
            f"算不出：{'；'.join(m.zh for m in found.missing)}",
            f"cannot be computed: {'; '.join(m.en for m in found.missing)}",
        )
    definition = found.definition
    result = with_unit(found.value, definition.unit, definition.unit_en, definition.decimals)
    used = [_used(part, definitions) for part in found.parts]
    return Text(
        f"{'；'.join(u.zh for u in used)}；{formula.zh} ＝ {result.zh}",
        f"{'; '.join(u.en for u in used)}; {formula.en} = {result.en}",
    )


def _used(part: Part, definitions: Mapping[str, Definition]) -> Text:
    """One part with its value, the same in base units where they differ, and its link factor."""
    cell, definition = part.cell, definitions[part.cell.indicator]
    size, parsed = cell_value(cell, definition), parse_unit(cell.unit)
    converted = Text("", "")
    if scale(cell.unit) > 0 and not parsed.per:
        plain = number(Decimal(f"{shift(cell.value, parsed.power):f}"))
        base_en = {"元": "yuan", "人": "persons"}.get(parsed.base, parsed.base)
        converted = Text(f"＝{plain} {parsed.base}", f" = {plain} {base_en}")
    link = Text("", "")
    if part.factor != 1:
        link = Text(f" × 衔接系数 {number(part.factor)}", f" × link factor {number(part.factor)}")
    return Text(
        f"{cell.year} 年{definition.name.zh} {size.zh}{converted.zh}{link.zh}",
        f"{definition.name.en} in {cell.year}: {size.en}{converted.en}{link.en}",
    )

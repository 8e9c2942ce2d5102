"""Charts of the report, drawn by matplotlib, which is an extra (``requirements/reports.txt``).

The same figures give the same bytes on the same machine: no dates, and identifiers that depend on nothing else.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kechuang.indicators import Cell, Definition, Flag, Text
from kechuang.indicators.reasons import target_value
from kechuang.indicators.units import UnitError, convert

from .board import Board, Row
from .loading import Loaded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEWEST = 3
FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "SimHei", "Microsoft YaHei", "PingFang SC")
INK, GREY, RED, BLUE = "#1f2933", "#52606d", "#b3261e", "#0b4f8a"
_NOT_INSTALLED = Text(
    "这份报告没有图：服务器没有装画图组件（python3 start.py extras reports）。",
    "This report has no charts: the server has no drawing component (python3 start.py extras reports).",
)
_NO_FONT = Text(
    "这份报告没有图：服务器没有中文字体（例如 fonts-noto-cjk）。",
    "This report has no charts: the server has no Chinese font such as fonts-noto-cjk.",
)


@dataclass(frozen=True)
class Chart:
    """A drawn chart, and in words what it shows."""

    content: bytes
    caption: Text


@lru_cache(maxsize=1)
def _font() -> str | None:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    # A font collection is listed under its first face only; the Japanese face holds the same Chinese characters.
    return next((name for name in (*FONTS, "Noto Sans CJK JP") if name in known), None)


def refusal(language: str) -> Text | None:
    """Why there can be no charts, or None."""
    try:
        import matplotlib
    except ImportError:
        return _NOT_INSTALLED
    matplotlib.use("Agg")
    return _NO_FONT if language != "en" and _font() is None else None


class Drawer:
    """Draws each indicator of the targets once."""

    def __init__(self, loaded: Loaded, board: Board, language: str, kind: str) -> None:
        self.situation, self.language, self.kind = loaded.situation, language, kind
        self.rows: dict[str, list[Row]] = {}
        for group in board.groups:
            for row in group.rows:
                if row.indicator is not None and row.record.indicator == row.indicator:
                    self.rows.setdefault(row.indicator, []).append(row)
        self.done: set[str] = set()
        self.refusal = refusal(language)

    def chart(self, indicator: str | None) -> Chart | None:
        """The chart after the first target of an indicator; None later, and where no series has three values."""
        if indicator not in self.rows or indicator in self.done or self.refusal is not None:
            return None
        self.done.add(indicator)
        definition = self.situation.definitions[indicator]
        lines = []
        for region in (self.situation.region, *self.situation.above):
            cells = sorted(
                (c for (r, i, _), c in self.situation.cells.items() if (r, i) == (region, indicator)),
                key=lambda c: c.year,
            )
            if cells:
                lines.append((region, cells))
        if max((sum(c.in_series for c in cells) for _, cells in lines), default=0) < FEWEST:
            return None
        return Chart(self._draw(definition, lines), self._caption(definition, lines))

    def _targets(self, definition: Definition) -> list[tuple[int, float, str]]:
        found = []
        for row in self.rows[definition.id]:
            if row.record.value is not None and row.record.deadline is not None and row.verdict.target.indicator:
                try:
                    value = convert(row.record.value, row.record.unit or definition.unit, definition.unit)
                except UnitError:
                    continue
                found.append((row.record.deadline.year, float(value),
                              target_value(row.verdict.target, definition).of(self.language)))  # fmt: skip
        return found

    def _caption(self, definition: Definition, lines: list[tuple[str, list[Cell]]]) -> Text:
        zh, en = [], []
        for region, cells in lines:
            usable = [c for c in cells if c.in_series]
            if usable:
                name, first, last, n = self.situation.name(region), usable[0].year, usable[-1].year, len(usable)
                zh.append(f"{name.zh} {first}—{last} 年 {n} 个值" if n > 1 else f"{name.zh}只有 {first} 年")
                en.append(f"{name.en} {first}–{last}, {n} values" if n > 1 else f"{name.en} {first} only")
        hollow = any(not c.in_series for _, cells in lines for c in cells)
        return Text(
            f"{definition.name.zh}（{definition.unit}）：{'，'.join(zh)}{'；空心点待核实或口径不同' if hollow else ''}",
            f"{definition.name.en} ({definition.unit_en}): {'; '.join(en)}"
            + ("; hollow points are to be verified or of another definition" if hollow else ""),
        )

    def _draw(self, definition: Definition, lines: list[tuple[str, list[Cell]]]) -> bytes:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        style: dict[str, Any] = {
            "font.family": [_font() or "DejaVu Sans", "DejaVu Sans"],
            "font.size": 10,
            "axes.unicode_minus": False,
            "svg.fonttype": "path",
            "svg.hashsalt": "kechuang",
        }
        with mpl.rc_context(style):
            figure = Figure(figsize=(6.2, 2.7), dpi=200, layout="constrained")
            self._lines(figure, definition, lines)
            raw = io.BytesIO()
            metadata = {"Date": None, "Creator": None} if self.kind == "svg" else {"Software": None}
            figure.savefig(raw, format=self.kind, metadata=metadata)
        return raw.getvalue()

    def _lines(self, figure: Figure, definition: Definition, lines: list[tuple[str, list[Cell]]]) -> None:
        axes = figure.add_subplot()
        looks = ((RED, "-", 2.2, 5.0), (BLUE, "--", 1.5, 3.5), (GREY, ":", 1.7, 3.5))
        for (region, cells), (colour, dash, width, size) in zip(lines, looks, strict=False):
            usable = {c.year: float(c.value) for c in cells if c.in_series}
            years = range(min(usable, default=0), max(usable, default=-1) + 1)
            # A missing year leaves a gap: nothing is drawn where nothing is known.
            heights = [usable.get(year, float("nan")) for year in years]
            name = self.situation.name(region).of(self.language)
            axes.plot(list(years), heights, dash, color=colour, linewidth=width, marker="o", ms=size, label=name)
            loose = [c for c in cells if not c.in_series and Flag.PART_SCOPE not in c.flags]
            axes.plot([c.year for c in loose], [float(c.value) for c in loose], "o", color=colour, mfc="white", ms=4.5)
            for point in definition.breaks:
                if point.region in ("", region) and years and years[0] < point.year <= years[-1]:
                    axes.axvline(point.year - 0.5, color=GREY, linewidth=0.8, linestyle=(0, (2, 3)))
        word = "目标 " if self.language != "en" else "target "
        for year, value, shown in self._targets(definition):
            axes.plot([year], [value], "D", color=INK, mfc="white", ms=6, mew=1.5, zorder=5)
            axes.annotate(
                word + shown, (year, value), xytext=(0, 7), textcoords="offset points", ha="center", color=INK
            )
        axes.set_ylabel(definition.unit_en if self.language == "en" else definition.unit, color=GREY)
        axes.margins(x=0.08, y=0.16)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#d5dbe1", linewidth=0.6)
        axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0, 1.17), ncols=3)

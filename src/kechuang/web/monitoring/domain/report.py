"""The monitoring report in the look of GB/T 9704: every number carries a note to cell, source and reason.

The same release, confirmed values and day give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from kechuang.indicators import Cell, Flag, Situation, Text
from kechuang.indicators.quality import Severity, findings_of, summarised
from kechuang.indicators.reasons import cell_value, fastest
from kechuang.web.policy.domain.queries import LoadedRelease

from .board import Board, Row
from .loading import Loaded
from .paper import FIRST, SECOND, TITLE, Paper
from .report_charts import Drawer


@dataclass
class _Notes:
    """Numbered notes, one for each cell used."""

    cells: list[Cell] = field(default_factory=list)

    def number(self, cell: Cell) -> int:
        """The number of the note on a cell; the same cell keeps its number."""
        for place, known in enumerate(self.cells, 1):
            if known is cell:
                return place
        self.cells.append(cell)
        return len(self.cells)


def title_of(release: LoadedRelease) -> Text:
    """The title of the report."""
    city = release.pack.city.name
    return Text(f"{city.zh}创新目标监测报告", f"Monitoring report on innovation targets, {city.en}")


def report(release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date, language: str) -> bytes:
    """The report on all targets of a release, on one day, in one language, as .docx."""
    from .paper_docx import DocxPaper

    writer = DocxPaper(language)
    compose(writer, release, loaded, board, day)
    return writer.save(day, writer.say(title_of(release)))


def page(release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date, language: str) -> str:
    """The same report as one HTML file that needs nothing else."""
    from .paper_html import HtmlPaper

    writer = HtmlPaper(language)
    compose(writer, release, loaded, board, day)
    return writer.save(writer.say(title_of(release)))


def compose(writer: Paper, release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date) -> None:
    """Write the report on a paper."""
    notes, drawn = _Notes(), Drawer(loaded, board, writer.language, writer.kind)
    title = title_of(release)
    writer.paragraph(writer.say(title), TITLE, indent=False, centre=True)
    under = Text(
        f"数据截至 {day.isoformat()}，城市包版本 {release.digest[:12]}",
        f"Data as of {day.isoformat()}, pack release {release.digest[:12]}",
    )
    writer.paragraph(writer.say(under), SECOND, indent=False, centre=True)
    if board.demo or release.pack.city.invented:
        writer.paragraph(
            writer.say(Text("演示数据，不是真实情况", "Demonstration data, not real")), FIRST, indent=False, centre=True
        )
    writer.heading(1, Text("总体情况", "Overview"))
    writer.paragraph(writer.say(board.sentence))
    tally = Text(
        "、".join(f"{x.text.zh} {n} 项" for x, n in board.tally),
        ", ".join(f"{x.text.en.lower()} {n}" for x, n in board.tally),
    )
    writer.paragraph(writer.say(Text(f"按判定分：{tally.zh}。", f"By verdict: {tally.en}.")))
    writer.heading(2, Text("各项目标", "Targets one by one"))
    for place, group in enumerate(board.groups, 1):
        heading = group.place.clause.title if group.place else None
        label = group.place.clause.label if group.place else group.source.clause
        name = Text(heading.zh if heading else "", heading.en if heading else "")
        writer.heading(place, Text(f"{name.zh}（{label}）", f"{name.en} ({label})"), 2)
        for n, row in enumerate(group.rows, 1):
            used = [notes.number(c) for c in _cells(row, loaded.situation)]
            writer.paragraph(f"{n}. " + writer.say(_target(row)), notes=used)
            chart = drawn.chart(row.indicator)
            if chart is not None:
                writer.picture(chart.content, writer.say(chart.caption))
    writer.heading(3, Text("数据质量", "Data quality"))
    for sentence in _quality(release, loaded):
        writer.paragraph(writer.say(sentence))
    writer.heading(4, Text("方法", "Method"))
    writer.paragraph(writer.say(_METHOD))
    if drawn.refusal is not None:
        writer.paragraph(writer.say(drawn.refusal))
    writer.heading(5, Text("数据出处", "Sources of the numbers"))
    for place, cell in enumerate(notes.cells, 1):
        writer.paragraph(f"[{place}] " + writer.say(_note(cell, loaded.situation)), indent=False, note=place)
    if not notes.cells:
        writer.paragraph(writer.say(Text("本报告没有用到观测值。", "No observation was used.")))


_METHOD = Text(
    "只用期限当年、全市口径的公开数判定；别的年份的数只列出，不代替。百分比的差用百分点。"
    "“已见最快”是同口径序列里最大的一年变化，不跨断点。"
    "可用值少于 8 个不作预测。没有数的目标写明还缺什么、由谁掌握，不估计。",
    "Verdicts rest on public figures of the deadline year and the whole city; figures of other years are shown, not "
    "used. Percentages "
    "differ by percentage points. “Fastest seen” is the largest change in one year in a series of one definition, "
    "never across "
    "a break. Fewer than 8 usable values give no projection. Targets without figures say what is missing and who "
    "holds it; nothing is estimated.",
)


def _cells(row: Row, situation: Situation) -> list[Cell]:
    """The cells whose numbers the paragraph names."""
    verdict = row.verdict
    cells = [verdict.observed, *(c for c in verdict.evidence if Flag.TO_VERIFY in c.flags)]
    definition = situation.definitions.get(row.record.indicator or "")
    best = fastest(verdict, definition) if definition and row.pace else None
    if best is not None and definition is not None:
        cells += [situation.cells.get((best.region, definition.id, year)) for year in (best.first, best.last)]
    cells += [f.cell for f, _ in row.related] + [f.cell for f in row.elsewhere]
    return [c for c in dict.fromkeys(cells) if c is not None]


def _target(row: Row) -> Text:
    """One target as a paragraph."""
    verdict, title = row.verdict, row.record.title
    day = Text("没有", "none") if row.record.deadline is None and row.record.kind != "relation" else row.deadline
    parts = [
        Text(
            f"{title.zh}（目标值：{row.wanted.zh}；期限：{day.zh}）",
            f"{title.en} (target: {row.wanted.en}; deadline: {day.en})",
        ),
        Text(f"{row.light.text.zh}，{verdict.reason.zh}", f"{row.light.text.en}: {verdict.reason.en}"),
    ]
    parts += [p for p in (row.pace, verdict.missing) if p is not None]
    parts += verdict.remarks
    if row.related:
        figure, why = row.related[0]
        parts.append(
            Text(
                f"相近的数 {figure.value.zh}，{figure.when.zh}，{why.zh}",
                f"near figure {figure.value.en}, {figure.when.en}, {why.en}",
            )
        )
    for figure in row.elsewhere:
        parts.append(
            Text(
                f"{figure.region.zh} {figure.value.zh}，{figure.when.zh}",
                f"{figure.region.en} {figure.value.en}, {figure.when.en}",
            )
        )
    if row.departments:
        zh = "、".join(name.zh + ("（推定）" if implied else "") for name, implied in row.departments)
        en = ", ".join(name.en + (" (implied)" if implied else "") for name, implied in row.departments)
        parts.append(Text(f"责任部门：{zh}", f"department: {en}"))
    return Text("。".join(p.zh for p in parts) + "。", ". ".join(p.en[:1].upper() + p.en[1:] for p in parts) + ".")


def _quality(release: LoadedRelease, loaded: Loaded) -> list[Text]:
    """How many findings there are, and those on indicators of targets."""
    counts = Counter(f.severity for f in loaded.findings)
    shown = [(s, counts[s]) for s in sorted(Severity, reverse=True) if counts[s]]
    total = Text(
        "、".join(f"{s.label.zh} {n} 条" for s, n in shown) or "没有发现",
        ", ".join(f"{s.label.en} {n}" for s, n in shown) or "none",
    )
    sentences = [
        Text(
            f"全部观测值 {len(loaded.observations)} 个，数据质量规则的发现：{total.zh}。",
            f"{len(loaded.observations)} observations; findings of the quality rules: {total.en}.",
        )
    ]
    here = {loaded.situation.region, *loaded.situation.above}
    seen: dict[str, None] = dict.fromkeys(t.indicator for t in release.pack.targets if t.indicator)
    for indicator in seen:
        name = loaded.situation.definitions[indicator].name if indicator in loaded.situation.definitions else None
        if name is None:
            continue
        for finding in summarised(findings_of(loaded.findings, indicator, here), loaded.situation.region):
            said = finding.text.zh.startswith(name.zh)
            sentences.append(
                Text(
                    f"{finding.text.zh}。" if said else f"{name.zh}：{finding.text.zh}。",
                    f"{finding.text.en}." if said else f"{name.en}: {finding.text.en}.",
                )
            )
    return sentences


def _note(cell: Cell, situation: Situation) -> Text:
    """Cell, value, source, trust, and why this source."""
    definition, region, source = situation.definitions[cell.indicator], situation.name(cell.region), cell.chosen.source
    value = cell_value(cell, definition)
    flags = Text("，".join(f.label.zh for f in sorted(cell.flags)), ", ".join(f.label.en for f in sorted(cell.flags)))
    where = Text(
        f"{region.zh}，{definition.name.zh}，{cell.year} 年：{value.zh}",
        f"{region.en}, {definition.name.en}, {cell.year}: {value.en}",
    )
    zh = f"{where.zh}。来源：{source.title}（{source.trust.label.zh}）"
    en = f"{where.en}. Source: {source.title} ({source.trust.label.en})"
    if source.url:
        zh, en = f"{zh}，{source.url}", f"{en}, {source.url}"
    if flags.zh:
        zh, en = f"{zh}。{flags.zh}", f"{en}. {flags.en}"
    if not cell.others:
        return Text(f"{zh}。", f"{en}.")
    return Text(f"{zh}。{cell.why.zh}。", f"{en}. {cell.why.en[:1].upper() + cell.why.en[1:]}.")

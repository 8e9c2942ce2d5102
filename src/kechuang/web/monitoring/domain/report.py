"""The monitoring report in the look of GB/T 9704: every number carries a note to cell, source and reason.

The same release, confirmed values and day give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from kechuang.indicators import Cell, Flag, Situation, Text
from kechuang.indicators.quality import Severity, findings_of, summarised
from kechuang.indicators.quality.material import CellKey
from kechuang.indicators.reasons import fastest
from kechuang.web.policy.domain.queries import LoadedRelease

from .board import Board, Row
from .loading import Loaded, undated
from .paper import FIRST, SECOND, SMALL, TITLE, Column, Entry, Paper, prefix, written
from .report_charts import Drawer
from .report_notes import Notes, formulas


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
    notes, drawn = Notes(loaded.situation), Drawer(loaded, board, writer.language, writer.kind)
    _head(writer, release, loaded, board, day)
    writer.heading(1, Text("总体情况", "Overview"))
    counted = notes.formula(
        Text(
            f"计数：城市包版本 {release.digest[:12]} 的目标表每行一项，判定见表1。",
            f"Count: one target in each row of the targets of pack release {release.digest[:12]}; verdicts in Table 1.",
        )
    )
    writer.paragraph(writer.say(board.sentence), notes=[counted])
    tally = Text(
        "、".join(f"{x.text.zh} {n} 项" for x, n in board.tally),
        ", ".join(f"{x.text.en.lower()} {n}" for x, n in board.tally),
    )
    writer.paragraph(writer.say(Text(f"按判定分：{tally.zh}。", f"By verdict: {tally.en}.")), notes=[counted])
    _overview(writer, board, notes)
    writer.heading(2, Text("各项目标", "Targets one by one"))
    for place, group in enumerate(board.groups, 1):
        heading = group.place.clause.title if group.place else None
        label = group.place.clause.label if group.place else group.source.clause
        name = Text(heading.zh if heading else "", heading.en if heading else "")
        writer.heading(place, Text(f"{name.zh}〔文件“{label}”〕", f"{name.en} [clause {label}]"), 2)
        for n, row in enumerate(group.rows, 1):
            definition = loaded.situation.definitions.get(row.record.indicator or "")
            used = [notes.cell(c) for c in _cells(row, loaded.situation)]
            used += formulas(row.verdict, definition, notes)
            number = prefix(n, 3, writer.language)
            writer.paragraph(number + writer.say(_target(row)), notes=list(dict.fromkeys(used)))
            chart = drawn.chart(row.indicator)
            if chart is not None:
                writer.picture(chart.content, writer.say(chart.caption))
    writer.heading(3, Text("数据质量", "Data quality"))
    for sentence, cells in _quality(release, loaded):
        found = [notes.cell(c) for key in cells if (c := loaded.situation.cells.get(key)) is not None]
        writer.paragraph(writer.say(sentence), notes=found)
    writer.heading(4, Text("方法", "Method"))
    writer.paragraph(writer.say(_METHOD))
    if drawn.refusal is not None:
        writer.paragraph(writer.say(drawn.refusal))
    writer.heading(5, Text("数据出处和算式", "Sources and formulas"))
    for place, text in enumerate(notes.texts(), 1):
        writer.paragraph(f"[{place}] " + writer.say(text), SMALL, indent=False, note=place)


def _head(writer: Paper, release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date) -> None:
    """Title, what day the figures are of, and whether they are invented."""
    writer.paragraph(writer.say(title_of(release)), TITLE, indent=False, centre=True)
    shown, digest = written(day), release.digest[:12]
    under = Text(f"（数据截至{shown.zh}，城市包版本 {digest}）", f"(Data as of {shown.en}, pack release {digest})")
    if loaded.known_on is not None:
        under = Text(
            f"（按{shown.zh}已经知道的数，城市包版本 {digest}）", f"(As known on {shown.en}, pack release {digest})"
        )
    writer.paragraph(writer.say(under), SECOND, indent=False, centre=True)
    if board.demo or release.pack.city.invented:
        warning = Text("演示数据，不是真实情况", "Demonstration data, not real")
        writer.paragraph(writer.say(warning), FIRST, indent=False, centre=True)


def _overview(writer: Paper, board: Board, notes: Notes) -> None:
    """All targets in one table."""
    say = writer.say
    english = writer.language == "en"
    heads = (
        (Text("目标", "Target"), 31, 33),
        (Text("目标值", "Wanted"), 20, 21),
        (Text("期限", "Due"), 12, 9),
        (Text("最近观测", "Last figure"), 23, 21),
        (Text("判定", "Verdict"), 14, 16),
    )
    columns = [Column(say(head), latin if english else han) for head, han, latin in heads]
    none = Text("—", "–")
    rows = []
    for group in board.groups:
        for row in group.rows:
            seen = row.observed
            figure = Text(f"{seen.value.zh}，{seen.when.zh}", f"{seen.value.en}, {seen.when.en}") if seen else none
            day = none if row.record.deadline is None and row.record.kind != "relation" else row.deadline
            title = row.record.title
            rows.append(
                [
                    Entry(say(Text(title.zh, title.en))),
                    Entry(say(row.wanted)),
                    Entry(say(day)),
                    Entry(say(figure), [notes.cell(seen.cell)] if seen else ()),
                    Entry(say(row.light.text)),
                ]
            )
    writer.table(say(Text("目标一览", "All targets")), columns, rows)


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
    if verdict.need is not None:
        cells += [*verdict.need.others, verdict.need.latest]
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
    odds = Text(f"达成概率 {row.odds.zh}", f"probability of reaching it: {row.odds.en}") if row.odds else None
    parts += [p for p in (row.pace, odds, verdict.missing) if p is not None]
    parts += row.more
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


def _quality(release: LoadedRelease, loaded: Loaded) -> list[tuple[Text, tuple[CellKey, ...]]]:
    """How many findings there are, and those on indicators of targets with the cells they rest on."""
    counts = Counter(f.severity for f in loaded.findings)
    shown = [(s, counts[s]) for s in sorted(Severity, reverse=True) if counts[s]]
    total = Text(
        "、".join(f"{s.label.zh} {n} 条" for s, n in shown) or "没有发现",
        ", ".join(f"{s.label.en} {n}" for s, n in shown) or "none",
    )
    n = len(loaded.observations)
    sentences: list[tuple[Text, tuple[CellKey, ...]]] = [
        (
            Text(
                f"全部观测值 {n} 个，数据质量规则的发现：{total.zh}。",
                f"{n} observations; findings of the quality rules: {total.en}.",
            ),
            (),
        )
    ]
    if loaded.known_on is not None and (lost := undated(loaded)):
        text = Text(
            f"其中 {lost} 个值没有发布日期，只能按数据年份算作那天已经知道。",
            f"{lost} of them have no date of publication and count as known that day by their year only.",
        )
        sentences.append((text, ()))
    here = {loaded.situation.region, *loaded.situation.above}
    seen: dict[str, None] = dict.fromkeys(t.indicator for t in release.pack.targets if t.indicator)
    for indicator in seen:
        name = loaded.situation.definitions[indicator].name if indicator in loaded.situation.definitions else None
        if name is None:
            continue
        for finding in summarised(findings_of(loaded.findings, indicator, here), loaded.situation.region):
            said = finding.text.zh.startswith(name.zh)
            text = Text(
                f"{finding.text.zh}。" if said else f"{name.zh}：{finding.text.zh}。",
                f"{finding.text.en}." if said else f"{name.en}: {finding.text.en}.",
            )
            sentences.append((text, finding.cells))
    return sentences

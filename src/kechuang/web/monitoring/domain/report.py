"""The monitoring report as .docx in the look of GB/T 9704: every number carries a note to cell, source and reason.

The same release, confirmed values and day give the same bytes: all dates inside the file come from the report's day.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kechuang.indicators import Cell, Flag, Situation, Text
from kechuang.indicators.quality import Severity, findings_of, summarised
from kechuang.indicators.reasons import cell_value, fastest
from kechuang.web.policy.domain.queries import LoadedRelease

from .board import Board, Row
from .loading import Loaded

TITLE, BODY, FIRST, SECOND = ("方正小标宋简体", 22), ("仿宋_GB2312", 16), ("黑体", 16), ("楷体_GB2312", 16)
_NUMERALS = "一二三四五六七八九十"


def _numeral(n: int) -> str:
    """Chinese numerals up to 39, as headings need them."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else ("" if tens == 1 else _NUMERALS[tens - 1]) + "十") + (
        _NUMERALS[ones - 1] if ones else ""
    )


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


class _Writer:
    """A document with the fonts and measures of GB/T 9704-2012."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.document = Document()
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        self._page_number(section.footer.paragraphs[0])

    def say(self, text: Text) -> str:
        """The text in the report's language."""
        return text.of(self.language)

    def _run(self, paragraph: Any, text: str, font: tuple[str, int], *, raised: bool = False) -> None:
        run = paragraph.add_run(text)
        name, size = font
        run.font.name = "Times New Roman"
        run.font.size = Pt(size)
        run.font.superscript = raised
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)

    def _page_number(self, paragraph: Any) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = paragraph.add_run()
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._element.append(mark)

    def paragraph(
        self,
        text: str,
        font: tuple[str, int] = BODY,
        *,
        notes: list[int] | None = None,
        indent: bool = True,
        centre: bool = False,
    ) -> None:
        """One paragraph with exact line spacing of 28 points; notes follow the text, raised."""
        paragraph = self.document.add_paragraph()
        layout = paragraph.paragraph_format
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28 if font[1] < 20 else 36)
        layout.space_after = layout.space_before = Pt(0)
        if indent:
            layout.first_line_indent = Pt(2 * font[1])
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, text, font)
        if notes:
            self._run(paragraph, "".join(f"[{n}]" for n in notes), font, raised=True)

    def heading(self, number: int, text: Text, level: int = 1) -> None:
        """一、 or （一） in the fonts of the standard; plain numbers in English."""
        if self.language == "en":
            prefix = f"{number}. " if level == 1 else f"({number}) "
        else:
            prefix = f"{_numeral(number)}、" if level == 1 else f"（{_numeral(number)}）"
        self.paragraph(prefix + self.say(text), FIRST if level == 1 else SECOND)

    def save(self, day: dt.date, title: str) -> bytes:
        """The file; its inner dates are those of the report."""
        properties = self.document.core_properties
        moment = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001 (the format holds no zone)
        properties.created = properties.modified = moment
        properties.last_modified_by = properties.author = "kechuang"
        properties.title, properties.revision = title, 1
        raw = io.BytesIO()
        self.document.save(raw)
        return _steady(raw.getvalue(), day)


def _steady(data: bytes, day: dt.date) -> bytes:
    """Write the archive again with fixed times, so that equal contents are equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in sorted(source.infolist(), key=lambda i: (i.filename != "[Content_Types].xml", i.filename)):
            info = zipfile.ZipInfo(item.filename, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(item))
    return out.getvalue()


def report(release: LoadedRelease, loaded: Loaded, board: Board, day: dt.date, language: str) -> bytes:
    """The report on all targets of a release, on one day, in one language."""
    writer, notes = _Writer(language), _Notes()
    city = release.pack.city.name
    title = Text(f"{city.zh}创新目标监测报告", f"Monitoring report on innovation targets, {city.en}")
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
    writer.heading(3, Text("数据质量", "Data quality"))
    for sentence in _quality(release, loaded):
        writer.paragraph(writer.say(sentence))
    writer.heading(4, Text("方法", "Method"))
    writer.paragraph(writer.say(_METHOD))
    writer.heading(5, Text("数据出处", "Sources of the numbers"))
    for place, cell in enumerate(notes.cells, 1):
        writer.paragraph(f"[{place}] " + writer.say(_note(cell, loaded.situation)), indent=False)
    if not notes.cells:
        writer.paragraph(writer.say(Text("本报告没有用到观测值。", "No observation was used.")))
    return writer.save(day, writer.say(title))


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

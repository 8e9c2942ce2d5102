"""The report as .docx. All dates inside the file come from the report's day, so equal contents are equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from kechuang.indicators import Text

from .paper import (
    BODY,
    FIRST,
    LATIN,
    PAGE_NUMBER,
    SECOND,
    SMALL,
    SMALL_HEAD,
    SUBSTITUTES,
    TITLE,
    Column,
    Entry,
    Font,
    prefix,
    tidy,
)

TEXT_WIDTH = 156
"""Millimetres between the margins of the standard."""
LINES = {TITLE: 36.0, SMALL: 20.0, SMALL_HEAD: 20.0}
LINE = 28.95
"""Points: 22 lines in the 225 mm of the text area."""
NARROWER = -5
"""Twentieths of a point between characters of the body: 28 of them share 156 mm. A character grid would do the same in
Word, but LibreOffice and WPS set such a grid in other widths."""
_STYLES = {TITLE: "Title", FIRST: "Heading 1", SECOND: "Heading 2", SMALL: "Body Text", SMALL_HEAD: "Caption"}


class DocxPaper:
    """A document with the fonts and measures of GB/T 9704-2012."""

    kind = "png"

    def __init__(self, language: str) -> None:
        self.language = language
        self.document = Document()
        self.marks = 0
        self.tables = self.pictures = 0
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        # The page number stands 7 mm under the text; its own line is 5 mm high.
        section.footer_distance = Mm(23)
        self._styles()
        self._fonts()
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)
        # Odd pages carry the number outside right, even ones outside left, one character from the edge.
        self.document.settings.odd_and_even_pages_header_footer = True
        self._page_number(section.footer.paragraphs[0], odd=True)
        self._page_number(section.even_page_footer.paragraphs[0], odd=False)

    def say(self, text: Text) -> str:
        """The text in the report's language."""
        return tidy(text.of(self.language), self.language)

    def _styles(self) -> None:
        """The styles of the template in the typefaces of the standard, so that headings show in the outline."""
        styles = self.document.styles
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "en-GB")
            language.set(qn("w:eastAsia"), "zh-CN")
        for font, name in ({BODY: "Normal"} | _STYLES).items():
            style = styles[name]
            properties = style.element.get_or_add_rPr()
            for child in list(properties):
                properties.remove(child)
            style.font.name, style.font.size = LATIN, Pt(font.size)
            style.font.bold = self.language == "en" and font in (TITLE, FIRST, SECOND, SMALL_HEAD)
            style.font.color.rgb = RGBColor(0, 0, 0)
            properties.get_or_add_rFonts().set(qn("w:eastAsia"), font.name)
            properties.rFonts.set(qn("w:cs"), LATIN)
            if self.language != "en":
                spacing = OxmlElement("w:spacing")
                spacing.set(qn("w:val"), str(NARROWER if font.size == BODY.size else 0))
                properties.append(spacing)
            layout = style.paragraph_format
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            layout.line_spacing = Pt(LINES.get(font, LINE))
            layout.space_after = layout.space_before = Pt(0)
            layout.keep_with_next = font in (TITLE, FIRST, SECOND, SMALL_HEAD)
            border = style.element.pPr.find(qn("w:pBdr"))
            if border is not None:
                style.element.pPr.remove(border)
        if self.language != "en":
            styles["Normal"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def _fonts(self) -> None:
        """Say which typefaces stand in where a machine lacks those of the standard."""
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{"swiss" if name == FIRST.name else "roman"}"/><w:pitch w:val="variable"/></w:font>'
            for name, others in SUBSTITUTES.items()
        )
        for part in self.document.part.package.iter_parts():
            if str(part.partname) == "/word/fontTable.xml":
                part._blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()

    def _run(self, paragraph: Any, text: str, font: Font | None = None) -> Any:
        run = paragraph.add_run(text)
        fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
        if font is not None:
            run.font.size = Pt(font.size)
            fonts.set(qn("w:ascii"), LATIN)
            fonts.set(qn("w:hAnsi"), LATIN)
            fonts.set(qn("w:eastAsia"), font.name)
        if self.language != "en":
            # Without the hint Word takes quotation marks and dashes from the Latin typeface.
            fonts.set(qn("w:hint"), "eastAsia")
        return run

    def _page_number(self, paragraph: Any, *, odd: bool) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if odd else WD_ALIGN_PARAGRAPH.LEFT
        layout = paragraph.paragraph_format
        layout.right_indent, layout.left_indent = (Pt(14), Pt(0)) if odd else (Pt(0), Pt(14))
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(14)
        self._run(paragraph, "— ", PAGE_NUMBER)
        for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), (None, "1"), ("end", "")):
            run = self._run(paragraph, "" if kind is not None else text, PAGE_NUMBER)
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._element.append(mark)
            elif kind == "":
                mark = OxmlElement("w:instrText")
                mark.text = text
                run._element.append(mark)
        self._run(paragraph, " —", PAGE_NUMBER)

    def _notes(self, paragraph: Any, notes: Sequence[int], font: Font) -> None:
        """Raised numbers, each a link to its note."""
        for n in notes:
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), f"note{n}")
            link.set(qn("w:history"), "1")
            run = self._run(paragraph, f"[{n}]", font)
            run.font.superscript = True
            link.append(run._element)
            paragraph._element.append(link)

    def _bookmark(self, paragraph: Any, name: str) -> None:
        self.marks += 1
        begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (begin, end):
            mark.set(qn("w:id"), str(self.marks))
        begin.set(qn("w:name"), name)
        runs = paragraph._element.findall(qn("w:r"))
        runs[0].addprevious(begin)
        runs[-1].addnext(end)

    def paragraph(
        self,
        text: str,
        font: Font = BODY,
        *,
        notes: Sequence[int] = (),
        indent: bool = True,
        centre: bool = False,
        note: int | None = None,
    ) -> None:
        """One paragraph of exact line spacing; notes follow the text, raised."""
        heading = font == TITLE
        style = _STYLES[font] if heading or font in (SMALL, SMALL_HEAD) else "Normal"
        paragraph = self.document.add_paragraph(style=style)
        if indent and not centre:
            paragraph.paragraph_format.first_line_indent = Pt(2 * font.size)
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif note is not None:
            # A long address cannot be spaced out over a line.
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        self._run(paragraph, tidy(text, self.language), None if style != "Normal" else font)
        self._notes(paragraph, notes, font)
        if note is not None:
            self._bookmark(paragraph, f"note{note}")

    def heading(self, number: int, text: Text, level: int = 1) -> None:
        """一、 or （一） in the fonts of the standard; plain numbers in English."""
        paragraph = self.document.add_paragraph(style=f"Heading {level}")
        paragraph.paragraph_format.first_line_indent = Pt(2 * FIRST.size)
        self._run(paragraph, tidy(prefix(number, level, self.language) + self.say(text), self.language))

    def table(self, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Entry]]) -> None:
        """A ruled table as wide as the text; the head is repeated on every page and no row is torn."""
        self.tables += 1
        word = f"Table {self.tables}. " if self.language == "en" else f"表{self.tables}\u3000"
        self.paragraph(word + caption, SMALL_HEAD, indent=False, centre=True)
        table = self.document.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for grid, column in zip(table.columns, columns, strict=True):
            grid.width = Mm(TEXT_WIDTH * column.share / 100)
        self._row(table.rows[0], columns, [Entry(column.head) for column in columns], head=True)
        for row in rows:
            self._row(table.add_row(), columns, row)
        spacer = self.document.add_paragraph()
        spacer.paragraph_format.line_spacing = Pt(14)

    def _row(self, row: Any, columns: Sequence[Column], entries: Sequence[Entry], *, head: bool = False) -> None:
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        font = SMALL_HEAD if head else SMALL
        for cell, column, entry in zip(row.cells, columns, entries, strict=True):
            cell.width = Mm(TEXT_WIDTH * column.share / 100)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.style = self.document.styles["Body Text"]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if head else WD_ALIGN_PARAGRAPH.LEFT
            run = self._run(paragraph, tidy(entry.text, self.language), font)
            run.font.bold = True if head and self.language == "en" else None
            self._notes(paragraph, entry.notes, font)

    def picture(self, content: bytes, caption: str) -> None:
        """A chart as wide as the text; the caption is its text for those who do not see it."""
        self.pictures += 1
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        layout = paragraph.paragraph_format
        layout.keep_with_next, layout.space_before = True, Pt(6)
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
        shape = paragraph.add_run().add_picture(io.BytesIO(content), width=Mm(150))
        shape._inline.docPr.set("descr", caption)
        word = f"Figure {self.pictures}. " if self.language == "en" else f"图{self.pictures}\u3000"
        self.paragraph(word + caption, SMALL, indent=False, centre=True)
        self.document.paragraphs[-1].paragraph_format.space_after = Pt(6)

    def save(self, day: dt.date, title: str) -> bytes:
        """The file; its inner dates are those of the report."""
        properties = self.document.core_properties
        moment = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001 (the format holds no zone)
        properties.created = properties.modified = moment
        properties.last_modified_by = properties.author = "kechuang"
        properties.title, properties.revision = title, 1
        properties.language = "en" if self.language == "en" else "zh-CN"
        properties.comments = ""
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

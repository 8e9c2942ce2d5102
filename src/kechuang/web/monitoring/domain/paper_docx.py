"""The report as .docx. All dates inside the file come from the report's day, so equal contents are equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kechuang.indicators import Text

from .paper import BODY, FIRST, SECOND, SMALL, prefix


class DocxPaper:
    """A document with the fonts and measures of GB/T 9704-2012."""

    kind = "png"

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
        paragraph.add_run("— ")
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = paragraph.add_run()
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._element.append(mark)
        paragraph.add_run(" —")

    def paragraph(
        self,
        text: str,
        font: tuple[str, int] = BODY,
        *,
        notes: list[int] | None = None,
        indent: bool = True,
        centre: bool = False,
        note: int | None = None,
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
        self.paragraph(prefix(number, level, self.language) + self.say(text), FIRST if level == 1 else SECOND)

    def picture(self, content: bytes, caption: str) -> None:
        """A chart as wide as the text; the caption is its text for those who do not see it."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(content), width=Mm(150))
        shape._inline.docPr.set("descr", caption)
        self.paragraph(caption, SMALL, indent=False, centre=True)

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

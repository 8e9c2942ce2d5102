"""The report as one HTML file, and as PDF by WeasyPrint, which is an extra (``requirements/reports.txt``)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from kechuang.indicators import Text
from kechuang.web.core.errors import UserError

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

_CLASSES = {TITLE: "title", BODY: "body", FIRST: "first", SECOND: "second", SMALL: "small", SMALL_HEAD: "caption"}


def _family(font: Font, last: str = "serif") -> str:
    """The typefaces of a style for CSS, those that stand in after it."""
    return ", ".join([f'"{name}"' for name in (LATIN, font.name, *SUBSTITUTES[font.name])] + [last])


_NUMBER = f'content: "— " counter(page) " —"; font: {PAGE_NUMBER.size}pt {_family(PAGE_NUMBER)};'
_STYLE = f"""
@page {{ size: A4; margin: 37mm 26mm 35mm 28mm; }}
@page :right {{ @bottom-right {{ {_NUMBER} padding: 7mm 14pt 0 0; vertical-align: top; }} }}
@page :left {{ @bottom-left {{ {_NUMBER} padding: 7mm 0 0 14pt; vertical-align: top; }} }}
body {{ margin: 0 auto; max-width: 156mm; color: #111; overflow-wrap: anywhere;
  font: {BODY.size}pt/28.95pt {_family(BODY)}; }}
p, h1, h2, h3, figure {{ margin: 0; font-size: 16pt; font-weight: normal; }}
p.body, h2, h3 {{ text-indent: 2em; }}
:lang(zh) p.body {{ text-align: justify; }}
p.flat {{ text-indent: 0; }}
p.centre, h1 {{ text-align: center; text-indent: 0; }}
h1 {{ font: {TITLE.size}pt/36pt {_family(TITLE)}; }}
h2, p.first, th, p.caption {{ font-family: {_family(FIRST, "sans-serif")}; }}
h3, p.second {{ font-family: {_family(SECOND)}; }}
h1, h2, h3, p.caption {{ break-after: avoid; }}
:lang(en) h1, :lang(en) h2, :lang(en) h3, :lang(en) th, :lang(en) p.caption {{ font-weight: bold; }}
p.note {{ font-size: 12pt; line-height: 20pt; text-align: left; }}
p.caption {{ font-size: 12pt; line-height: 20pt; margin-top: 6pt; }}
sup {{ font-size: 60%; line-height: 0; }}
a {{ color: inherit; text-decoration: none; }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; margin-bottom: 14pt;
  font-size: 12pt; line-height: 20pt; }}
th, td {{ border: .5pt solid #111; padding: 0 4pt; text-align: left; font-weight: normal; overflow-wrap: anywhere; }}
th {{ text-align: center; }}
:lang(en) table {{ font-size: 11pt; }}
tr {{ break-inside: avoid; }}
figure {{ break-inside: avoid; text-align: center; padding: 6pt 0; }}
figure img {{ width: 100%; }}
figcaption {{ font-size: 12pt; line-height: 20pt; }}
"""
# WeasyPrint reads no media queries; it passes over a style for the screen.
_SCREEN = """
body { padding: 12px; }
@media (max-width: 480px) {
  body { font-size: 12pt; line-height: 1.7; } p, h2, h3 { font-size: 12pt; } h1 { font-size: 16pt; line-height: 1.5; }
  table { font-size: 9pt; line-height: 1.5; } th, td { padding: 0 2pt; }
}
"""


class HtmlPaper:
    """Collects a page; charts are embedded, so that the file stands alone."""

    kind = "svg"

    def __init__(self, language: str) -> None:
        self.language = language
        self.parts: list[str] = []
        self.tables = self.pictures = 0

    def say(self, text: Text) -> str:
        """The text in the report's language."""
        return tidy(text.of(self.language), self.language)

    def _marked(self, text: str, notes: Sequence[int]) -> str:
        marks = "".join(f'<a href="#n{n}">[{n}]</a>' for n in notes)
        return escape(tidy(text, self.language)) + (f"<sup>{marks}</sup>" if marks else "")

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
        """One paragraph; raised numbers lead to the notes at the end."""
        content = self._marked(text, notes)
        if font == TITLE:
            self.parts.append(f"<h1>{content}</h1>")
            return
        kinds = [_CLASSES[font], *(["centre"] if centre else []), *([] if indent else ["flat"])]
        kinds += ["note"] if note is not None else []
        place = f' id="n{note}"' if note is not None else ""
        self.parts.append(f'<p class="{" ".join(kinds)}"{place}>{content}</p>')

    def heading(self, number: int, text: Text, level: int = 1) -> None:
        """一、 or （一）; plain numbers in English."""
        tag = f"h{level + 1}"
        words = tidy(prefix(number, level, self.language) + self.say(text), self.language)
        self.parts.append(f"<{tag}>{escape(words)}</{tag}>")

    def table(self, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Entry]]) -> None:
        """A table under its caption; the head is repeated on every printed page."""
        self.tables += 1
        word = f"Table {self.tables}. " if self.language == "en" else f"表{self.tables}\u3000"
        self.paragraph(word + caption, SMALL_HEAD, indent=False, centre=True)
        widths = "".join(f'<col style="width: {column.share}%">' for column in columns)
        head = "".join(f'<th scope="col">{escape(tidy(column.head, self.language))}</th>' for column in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{self._marked(entry.text, entry.notes)}</td>" for entry in row) + "</tr>"
            for row in rows
        )
        self.parts.append(
            f"<table><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def picture(self, content: bytes, caption: str) -> None:
        """A chart inside the file; the caption is also its text."""
        self.pictures += 1
        number = f"Figure {self.pictures}. " if self.language == "en" else f"图{self.pictures}\u3000"
        data, words = base64.b64encode(content).decode(), escape(tidy(caption, self.language))
        image = f'<img alt="{words}" src="data:image/svg+xml;base64,{data}">'
        self.parts.append(f"<figure>{image}<figcaption>{number}{words}</figcaption></figure>")

    def save(self, title: str) -> str:
        """The whole page."""
        language = "en" if self.language == "en" else "zh-CN"
        head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        head += f'<style media="screen">{_SCREEN}</style>'
        body = "\n".join(self.parts)
        return f'<!DOCTYPE html>\n<html lang="{language}">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def pdf(html: str) -> bytes:
    """The page as PDF. Raises ``UserError`` (501) where WeasyPrint is not installed."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: the package is there, Pango of the system is not
        raise UserError(
            "这台服务器没有装 PDF 组件。请下载 Word 或网页版，或请管理员运行 python3 start.py extras reports。",
            "This server has no PDF component. Take the Word or web version, or ask the administrator to run "
            "python3 start.py extras reports.",
            code="not_installed",
            status=501,
        ) from error
    # The identifier of the file comes from its contents: two runs give the same bytes.
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    document = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return bytes(document.write_pdf(pdf_identifier=identifier, optimize_images=False))

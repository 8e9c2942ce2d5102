"""The report as one HTML file, and as PDF by WeasyPrint, which is an extra (``requirements/reports.txt``)."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from kechuang.indicators import Text
from kechuang.web.core.errors import UserError

from .paper import BODY, FIRST, SECOND, SMALL, TITLE, prefix

_CLASSES = {TITLE: "title", BODY: "body", FIRST: "first", SECOND: "second", SMALL: "small"}
_STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
@page :right { @bottom-right { content: "— " counter(page) " —"; font: 14pt "宋体", "SimSun", "Noto Serif CJK SC", serif; } }
@page :left { @bottom-left { content: "— " counter(page) " —"; font: 14pt "宋体", "SimSun", "Noto Serif CJK SC", serif; } }
body { margin: 0 auto; max-width: 156mm; color: #111; overflow-wrap: anywhere;
  font: 16pt/28pt "Times New Roman", "仿宋_GB2312", "FangSong", "Noto Serif CJK SC", serif; }
p, h1, h2, h3, figure { margin: 0; font-size: 16pt; font-weight: normal; }
p.body, h2, h3 { text-indent: 2em; }
p.flat { text-indent: 0; }
p.centre, h1 { text-align: center; text-indent: 0; }
h1 { font: 22pt/36pt "Times New Roman", "方正小标宋简体", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", serif; }
h2, p.first { font-family: "Times New Roman", "黑体", "SimHei", "Noto Sans CJK SC", sans-serif; }
h3, p.second { font-family: "Times New Roman", "楷体_GB2312", "KaiTi", "Noto Serif CJK SC", serif; }
h2, h3 { break-after: avoid; }
:lang(en) h2, :lang(en) h3 { font-weight: bold; }
p.note { font-size: 12pt; line-height: 20pt; text-align: left; }
sup { font-size: 60%; line-height: 0; }
a { color: inherit; text-decoration: none; }
figure { break-inside: avoid; text-align: center; padding: 6pt 0; }
figure img { width: 100%; }
figcaption { font-size: 12pt; line-height: 18pt; }
"""


class HtmlPaper:
    """Collects a page; charts are embedded, so that the file stands alone."""

    kind = "svg"

    def __init__(self, language: str) -> None:
        self.language = language
        self.parts: list[str] = []

    def say(self, text: Text) -> str:
        """The text in the report's language."""
        return text.of(self.language)

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
        """One paragraph; raised numbers lead to the notes at the end."""
        marks = "".join(f'<a href="#n{n}">[{n}]</a>' for n in notes or ())
        content = escape(text) + (f"<sup>{marks}</sup>" if marks else "")
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
        self.parts.append(f"<{tag}>{escape(prefix(number, level, self.language) + self.say(text))}</{tag}>")

    def picture(self, content: bytes, caption: str) -> None:
        """A chart inside the file; the caption is also its text."""
        data, words = base64.b64encode(content).decode(), escape(caption)
        image = f'<img alt="{words}" src="data:image/svg+xml;base64,{data}">'
        self.parts.append(f"<figure>{image}<figcaption>{words}</figcaption></figure>")

    def save(self, title: str) -> str:
        """The whole page."""
        language = "en" if self.language == "en" else "zh-CN"
        head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        body = "\n".join(self.parts)
        return f'<!DOCTYPE html>\n<html lang="{language}">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def pdf(html: str) -> bytes:
    """The page as PDF. Raises ``UserError`` (501) where WeasyPrint is not installed."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: the package is there, Pango of the system is not
        raise UserError(
            "这台服务器没有装 PDF 组件。请下载 Word 或网页版，或请管理员运行 pip install -r requirements/reports.txt。",
            "This server has no PDF component. Take the Word or web version, or ask the administrator to run "
            "pip install -r requirements/reports.txt.",
            code="not_installed",
            status=501,
        ) from error
    # The identifier of the file comes from its contents: two runs give the same bytes.
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    document = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return bytes(document.write_pdf(pdf_identifier=identifier, optimize_images=False))

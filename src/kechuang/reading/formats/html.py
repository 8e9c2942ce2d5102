"""Text of a web page: block elements become lines; script, style, navigation and forms are left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "section",
        "article",
        "header",
        "blockquote",
        "dd",
        "dt",
        "ul",
        "ol",
        "title",
        "hr",
        "center",
        "pre",
    ]
)
_SKIPPED = frozenset(
    ["script", "style", "noscript", "template", "select", "button", "textarea", "svg", "nav", "iframe", "object"]
)
_VOID = frozenset(
    ["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"]
)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skipping.append(tag)
        elif tag in _BLOCKS and not self.skipping:
            self.parts.append("\n")
        elif tag in ("td", "th") and not self.skipping:
            self.parts.append("\t")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not self.skipping:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.skipping:
            # An unclosed inner element ends with its container.
            while self.skipping and self.skipping.pop() != tag:
                pass
        elif tag in _BLOCKS and tag not in _VOID and not self.skipping:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.parts.append(re.sub(r"[\r\n]+", " " if data.isascii() else "", data))


def extract(page: str) -> str:
    """Plain text of an HTML page, one line for each block, at most one blank line in a row."""
    parser = _Text()
    parser.feed(page)
    parser.close()
    text = "".join(parser.parts)
    text = re.sub(r"[ \t\u00a0]*\n[ \t\u00a0]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"

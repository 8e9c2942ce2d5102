"""What is looked for on a page: rules of axe, sideways scrolling, untranslated words, weight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
  const result = await axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a",
    "wcag21aa", "wcag22aa", "best-practice"]});
  return result.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "));
}"""
# Chinese on an English page is right only where the page says that it is Chinese, where a person typed it, in the
# number of a document, and in words quoted from one (“力争”). A title may repeat what the page itself marks.
CHINESE = """() => {
  const letter = /[\\u3400-\\u9fff]/, found = [];
  const own = /[\\u4e00-\\u9fff]+〔\\d{4}〕\\s?\\d+\\s?号|“[^”]{1,40}”|《[^》]{1,60}》/g;
  const han = {test: text => letter.test(text.replace(own, ""))};
  const marked = e => e.closest('[lang^="zh"], textarea, [data-user-text]');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (han.test(n.data) && !/^(SCRIPT|STYLE)$/.test(e.tagName) && !marked(e)) found.push(n.data.trim().slice(0, 60));
  }
  for (const e of document.querySelectorAll("[title], [placeholder], [aria-label], [alt], [data-l]"))
    for (const a of ["title", "placeholder", "aria-label", "alt", "data-l"])
      if (han.test(e.getAttribute(a) || "") && !marked(e)) found.push(a + "=" + e.getAttribute(a).slice(0, 60));
  const said = [...document.querySelectorAll('[lang^="zh"]')].map(e => e.textContent.trim()).filter(t => t.length > 1);
  said.push(...[...document.querySelectorAll("input")].map(e => e.value).filter(Boolean));
  const title = said.reduce((text, words) => text.replace(words, ""), document.title);
  if (han.test(title)) found.push("title: " + document.title.slice(0, 60));
  return [...new Set(found)].slice(0, 8);
}"""
WEIGHT = """() => {
  const pages = performance.getEntriesByType("navigation"), parts = performance.getEntriesByType("resource");
  return [...pages, ...parts].reduce((sum, e) => sum + (e.encodedBodySize || 0), 0);
}"""
WIDER = """width => [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1)
  .slice(0, 3).map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40))"""


def axe(page: Any) -> list[str]:
    """Violations of the accessibility rules with their first places."""
    page.evaluate(AXE)
    return [f"axe {text}" for text in page.evaluate(RUN_AXE)]


def sideways(page: Any, width: int) -> list[str]:
    """What makes the page wider than the window."""
    if page.evaluate("() => document.documentElement.scrollWidth") <= width:
        return []
    return [f"wider than {width}: {page.evaluate(WIDER, width)}"]


def untranslated(page: Any) -> list[str]:
    """Chinese words on an English page that are not marked as Chinese."""
    return [f"untranslated: {text}" for text in page.evaluate(CHINESE)]


def weight(page: Any) -> int:
    """Bytes of the page and its parts as sent."""
    return int(page.evaluate(WEIGHT))

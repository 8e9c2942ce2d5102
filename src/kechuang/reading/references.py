"""Stage 6d, references: other documents named by title, by number, or by both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kechuang.reading.metadata import NUMBER
from kechuang.reading.model import Evidence, Reference
from kechuang.reading.view import View

#: Forms and lists are papers to fill in, not documents that rule.
_FORM = re.compile(
    r"(?:申请表|申报表|申报书|登记表|汇总表|备案表|审批表|承诺书|委托书|证明|证书|执照|台账|合同|协议书?|名单|一览表|请求书|报告书)$"
)
_LEADING = re.compile(
    r"^.*?(?:根据|按照|依据|依照|参照|执行|见|详见|和|及|与|印发|关于|依|按|照|以|至|的|即|为)(?=[\u4e00-\u9fff]{2,})"
)


def read_references(views: Iterable[View], own_number: str | None) -> list[Reference]:
    """All references of the document, in text order."""
    found: list[Reference] = []
    for view in views:
        text = view.text
        if "《" not in text and "号" not in text:
            continue
        used: list[tuple[int, int]] = []
        for start, end in _titles(text):
            title = text[start + 1 : end - 1]
            number, stop = _number_after(text, end)
            if _FORM.search(title) and number is None:
                continue
            used.append((start, stop))
            source = view.span(start, stop)
            rule = "title-and-number" if number else "title"
            found.append(
                Reference(source[0], source[1], title, number, view.clause, Evidence((rule,), Decimal("0.95")))
            )
        for match in NUMBER.finditer(text):
            if any(a <= match.start() < b for a, b in used):
                continue
            number = _LEADING.sub("", match.group())
            if number == own_number or number.startswith(("年", "第", "号")):
                continue
            source = view.span(match.end() - len(number), match.end())
            found.append(
                Reference(source[0], source[1], None, number, view.clause, Evidence(("number",), Decimal("0.85")))
            )
    return sorted(found, key=lambda item: item.start)


def _titles(text: str) -> list[tuple[int, int]]:
    """Outer 《…》 pairs; 《关于印发《办法》的通知》 is one."""
    pairs: list[tuple[int, int]] = []
    depth, start = 0, 0
    for match in re.finditer(r"[《》]", text):
        if match.group() == "《":
            if depth == 0:
                start = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and 3 < match.end() - start <= 120:
                pairs.append((start, match.end()))
    return pairs


def _number_after(text: str, end: int) -> tuple[str | None, int]:
    """（中发〔2012〕6号） right after a title, also after 的通知."""
    tail = re.match(r"(?:的?(?:通知|公告|意见|决定))?（(?P<body>[^（）]*)）?", text[end:])
    if tail:
        number = NUMBER.search(tail["body"]) or NUMBER.search(text[end : end + 40])
        if number and NUMBER.search(tail["body"]):
            return _LEADING.sub("", number.group()), end + tail.end()
        wide = re.match(r"(?:的?(?:通知|公告|意见|决定))?（", text[end:])
        inner = NUMBER.match(text, end + wide.end()) if wide else None
        if inner:
            stop = inner.end()
            return inner.group(), stop + (1 if text[stop : stop + 1] == "）" else 0)
    return None, end

"""What the reader says about its own work: an empty result is explained, unread money is pointed out."""

from __future__ import annotations

import re

from kechuang.reading.intervals import Intervals
from kechuang.reading.model import Reading
from kechuang.reading.view import View

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TRADITIONAL = re.compile(r"[發業產學獎勵補貼國華關於條級創與資]")


def notes(reading: Reading, views: list[View]) -> tuple[tuple[str, str], ...]:
    """Pairs of a Chinese and an English remark."""
    said: list[tuple[str, str]] = []
    text = reading.text
    if not text.strip():
        return (("文本是空的。", "The text is empty."),)
    chinese = len(_CHINESE.findall(text[:20000]))
    if chinese * 10 < len(text[:20000].strip()):
        said.append(
            (
                "文本里中文很少；阅读规则只适用于中文公文。",
                "The text holds little Chinese; the rules read Chinese official documents only.",
            )
        )
    elif len(_TRADITIONAL.findall(text[:20000])) * 30 > chinese:
        said.append(
            (
                "文本是繁体字；阅读规则按简体公文编写，结果可能不全。请先转换为简体。",
                "The text is in traditional characters; the rules are made for simplified ones and may miss much. "
                "Convert it first.",
            )
        )
    if not any(clause.label or clause.title for clause in reading.clauses):
        said.append(
            ("没有找到编号标题；全文作为一个部分阅读。", "No numbered heading found; the text is read as one part.")
        )
    if not (reading.targets or reading.incentives):
        said.append(("没有找到目标或资金支持条款。", "No target and no money rule found."))
    unread = unread_money(reading, views)
    if unread:
        said.append(
            (
                f"{len(unread)} 句话有金额或比例，但没有读成目标或奖补条款，请人工核对。",
                f"{len(unread)} sentences hold an amount or a percentage that became nothing; check them by hand.",
            )
        )
    return tuple(said)


def unread_money(reading: Reading, views: list[View]) -> list[View]:
    """Sentences with money or percentages outside every target and incentive."""
    taken = Intervals(
        [
            *((item.start, item.end) for item in reading.targets),
            *((item.start, item.end) for item in reading.incentives),
        ]
    )
    left: list[View] = []
    for view in views:
        if not any(item.kind in ("money", "percent") for item in view.quantities):
            continue
        if not taken.overlaps(view.sentence.start, view.sentence.end):
            left.append(view)
    return left

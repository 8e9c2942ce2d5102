"""Checks that belong to one record but span several of its fields: numbering, order, what goes with what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Document, Pack
from kechuang.citypack.problems import Problem, Words
from kechuang.codes.gbt4754 import section

#: IPC: section, class, subclass, and optionally main group / subgroup.
IPC = re.compile(r"[A-H](\d{2}([A-Z](\d{1,4}(/\d{2,6})?)?)?)?")


def structure(pack: Pack, locator: Locator) -> Iterator[Problem]:
    """All problems of this kind."""
    for d, document in enumerate(pack.documents):
        yield from _document(document, d, locator)
    yield from _facts(pack, locator)
    yield from _measures(pack, locator)
    for i, industry in enumerate(pack.industries):
        for field in ("gbt4754", "ipc"):
            for n, code in enumerate(getattr(industry, field)):
                if section(code) is None if field == "gbt4754" else not IPC.fullmatch(code):
                    name = {"gbt4754": "GB/T 4754", "ipc": "IPC"}[field]
                    what = Words(f"{code} 不是 {name} 的代码", f"{code} is no code of {name}")
                    mend = Words(
                        "例如 C39、3913" if field == "gbt4754" else "例如 H01L、C22B 3/00 写成 C22B3/00",
                        "e.g. C39, 3913" if field == "gbt4754" else "e.g. H01L, or C22B3/00",
                    )
                    where = f"{industry.id}.{field}"
                    yield locator.problem("code", "industries", i, (field, n), where, what, mend)


def _document(document: Document, d: int, locator: Locator) -> Iterator[Problem]:
    def complain(code: str, path: tuple[str | int, ...], where: str, what: Words, mend: Words) -> Problem:
        return locator.problem(code, "documents", d, path, where, what, mend)

    once = Words("换一个编号", "use another number")
    clauses: set[str] = set()
    paragraphs: set[str] = set()
    end = 0
    for c, clause in enumerate(document.clauses):
        path: tuple[str | int, ...] = ("clauses", c)
        if clause.id in clauses:
            what = Words(f"条款 {clause.id} 写了两次", f"clause {clause.id} stands twice")
            yield complain("duplicate_id", (*path, "id"), clause.id, what, once)
        if clause.parent is not None and clause.parent not in clauses:
            what = Words(
                f"上级条款 {clause.parent} 不在前面", f"the parent clause {clause.parent} does not stand before"
            )
            mend = Words("先写上级条款", "write the parent first")
            yield complain("dangling", (*path, "parent"), clause.id, what, mend)
        clauses.add(clause.id)
        for p, paragraph in enumerate(clause.paragraphs):
            path = ("clauses", c, "paragraphs", p)
            if paragraph.id in paragraphs:
                what = Words(f"段落 {paragraph.id} 写了两次", f"paragraph {paragraph.id} stands twice")
                yield complain("duplicate_id", (*path, "id"), paragraph.id, what, once)
            paragraphs.add(paragraph.id)
            # Paragraphs between a clause's heading and its first sub-clause are numbered 26.0.1, 26.0.2 …
            if paragraph.id.rpartition(".")[0] not in (clause.id, f"{clause.id}.0"):
                what = Words(
                    f"段落 {paragraph.id} 不属于条款 {clause.id}", f"paragraph {paragraph.id} is not of {clause.id}"
                )
                mend = Words(f"写成 {clause.id}.{p + 1}", f"write {clause.id}.{p + 1}")
                yield complain("order", (*path, "id"), paragraph.id, what, mend)
            for s, sentence in enumerate(paragraph.sentences):
                path = ("clauses", c, "paragraphs", p, "sentences", s)
                where = f"{paragraph.id}.{sentence.n}"
                if sentence.n != s + 1:
                    what = Words(f"第 {s + 1} 句的 n 写成了 {sentence.n}", f"sentence {s + 1} has n {sentence.n}")
                    yield complain("order", (*path, "n"), where, what, Words(f"写成 {s + 1}", f"write {s + 1}"))
                if sentence.start < end or sentence.end <= sentence.start:
                    what = Words(
                        f"位置 {sentence.start} 到 {sentence.end} 和前一句（到 {end}）交叠或颠倒",
                        f"position {sentence.start} to {sentence.end} overlaps the one before (up to {end})",
                    )
                    mend = Words(
                        "用 kechuang pack scaffold 重新取位置", "take positions from kechuang pack scaffold again"
                    )
                    yield complain("order", (*path, "start"), where, what, mend)
                end = max(end, sentence.end)
    if document.effective_to is not None and document.effective_to < document.effective_from:
        what = Words("失效日期早于生效日期", "effective_to is before effective_from")
        mend = Words("对换或改正两个日期", "correct the two dates")
        yield complain("order", ("effective_to",), document.id, what, mend)


def _facts(pack: Pack, locator: Locator) -> Iterator[Problem]:
    for i, fact in enumerate(pack.facts):
        if fact.values and fact.type != "enum":
            what = Words("values 只属于 type: enum", "values belong to type: enum only")
            mend = Words("删去 values，或改 type", "remove values, or change type")
            yield locator.problem("fact", "facts", i, ("type",), fact.id, what, mend)


def _measures(pack: Pack, locator: Locator) -> Iterator[Problem]:
    for i, measure in enumerate(pack.measures):
        faults: list[tuple[str, Words, Words]] = []
        amounts = [measure.amount, *(r.amount for a in measure.ambiguities for r in a.readings)]
        stated = measure.amount_is == "stated"
        if stated and measure.kind == "money" and not any(amounts):
            faults.append(
                (
                    "amount",
                    Words("金额明确（stated）却没有算式", "the amount is stated but has no expression"),
                    Words("补上 amount，或改成 delegated / unstated", "add amount, or write delegated / unstated"),
                )
            )
        if measure.instrument is None and measure.status == "confirmed":
            faults.append(
                (
                    "instrument",
                    Words("没有写政策工具代码", "the instrument code is missing"),
                    Words("补上经合组织 STIP 工具代码，例如 PI008", "add the OECD STIP Compass code, e.g. PI008"),
                )
            )
        if not stated and any(amounts):
            faults.append(
                (
                    "amount",
                    Words("文件没有写金额，这里却有算式", "the text states no amount, but there is an expression"),
                    Words("删去 amount：没写的金额不能编", "remove amount: what is not written must not be made up"),
                )
            )
        if (measure.amount_is == "delegated") != (measure.delegated_to is not None):
            faults.append(
                (
                    "delegated_to",
                    Words("delegated 和 delegated_to 要一起写", "delegated and delegated_to belong together"),
                    Words("写明金额由哪份文件规定", "name the document that sets the amount"),
                )
            )
        if measure.effective.to is not None and measure.effective.to < measure.effective.from_:
            faults.append(
                (
                    "effective",
                    Words("有效期的结束早于开始", "the period ends before it begins"),
                    Words("改正 from 和 to", "correct from and to"),
                )
            )
        for name in measure.parameter_titles:
            if name not in measure.parameters:
                faults.append(
                    (
                        "parameter_titles",
                        Words(f"没有参数“{name}”", f'there is no parameter "{name}"'),
                        Words("删去，或在 parameters 里定义", "remove it, or define it in parameters"),
                    )
                )
        if stated and measure.kind == "money" and not measure.cases:
            faults.append(
                (
                    "cases",
                    Words("金额明确的措施没有算例", "a measure with a stated amount has no case"),
                    Words(
                        "至少写一个算例：cases: [{title, on, facts, expect}]",
                        "write at least one: cases: [{title, on, facts, expect}]",
                    ),
                )
            )
        for field, what, mend in faults:
            yield locator.problem("measure", "measures", i, (field,), f"{measure.id}.{field}", what, mend)

"""The note for the file (.docx): question, answer, tables, assumptions, and for every number the query that gives it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from kechuang.web.core.templatetags.kc import t
from kechuang.web.laboratory.domain.results import Line, Result, signed
from kechuang.web.laboratory.models import Trial
from kechuang.web.laboratory.templatetags.laboratory import change as change_of
from kechuang.web.laboratory.templatetags.laboratory import heads, yuan

SERIF, MONO = "宋体", "Consolas"


def note_of(trial: Trial, result: Result) -> bytes:
    """The note as the bytes of a .docx file, in the active language."""
    doc = Document()
    style = doc.styles["Normal"]
    style.font.size = Pt(10.5)
    style.font.name = SERIF
    style.element.rPr.rFonts.set(qn("w:eastAsia"), SERIF)
    doc.core_properties.title = trial.title
    doc.core_properties.author = ""
    if trial.realm == "demo":
        doc.add_paragraph().add_run(_("演示数据：企业、合同和金额是生成的，不能用来评价真实的政策。")).bold = True
    doc.add_heading(_("测算说明：%(title)s") % {"title": trial.title}, level=1)
    doc.add_paragraph().add_run(result.headline).bold = True
    _what(doc, trial, result)
    _money(doc, result)
    _groups(doc, result)
    _limits(doc, result)
    _how(doc, trial, result)
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def _table(doc: Any, head: Sequence[str], rows: Iterable[Sequence[object]], query: str = "") -> None:
    table = doc.add_table(rows=1, cols=len(head))
    table.style = "Light Grid Accent 1"
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = str(text)
    if query:
        doc.add_paragraph(_("查询：%(name)s（见附录）") % {"name": query}).runs[0].font.size = Pt(9)


def _what(doc: Any, trial: Trial, result: Result) -> None:
    doc.add_heading(_("一、算的是什么"), level=2)
    measure = t(result.record.title) if result.record else _("新起草的措施")
    where = _("%(y)s 年") % {"y": result.year} if result.year else _("各年合计")
    doc.add_paragraph(
        _("措施：%(m)s。计算日 %(d)s，范围：%(w)s，%(n)s 个对象、%(o)s 家单位。")
        % {"m": measure, "d": trial.on.isoformat(), "w": where, "n": result.totals["subjects"], "o": result.totals["organisations"]}
    )  # fmt: skip
    if result.parameters:
        rows = [(t(p.title), p.law + p.unit, p.draft + p.unit) for p in result.parameters]
        _table(doc, [_("参数"), _("现行"), _("方案")], rows)
    if result.formula:
        doc.add_paragraph(_("方案的算式：%(f)s") % {"f": result.formula})
    if not result.record:
        doc.add_paragraph(_("参数：%(v)s") % {"v": _("；").join(result.values)})
        doc.add_paragraph(_("条件：%(c)s") % {"c": _("；").join(t(c) for c in result.conditions)})
    doc.add_paragraph(_("申报率按 %(p)s%% 估计；预算用完后：%(r)s。") % {"p": result.take_up, "r": result.budget_rule})


def _money(doc: Any, result: Result) -> None:
    doc.add_heading(_("二、花多少钱"), level=2)
    total, change = result.totals, result.changes
    possible = _("还不知道的都符合，再加（元）")
    rows = [
        (_("金额（元）"), yuan(total["law"]), yuan(total["draft"]), change_of(total["change"])),
        _both(_("按申报率估计（元）"), total, "expected", yuan),
        _both(_("符合条件"), total, "yes", heads),
        _both(_("还不知道"), total, "unknown", heads),
        _both(possible, total, "possible", yuan),
    ]
    _table(doc, ["", _("现行"), _("方案"), _("变化")], rows, "totals")
    rows = [
        (_("多得的单位"), heads(change["winners"]), change_of(change["winners_sum"])),
        (_("少得的单位"), heads(change["losers"]), change_of(change["losers_sum"])),
    ]
    _table(doc, ["", _("家"), _("合计（元）")], rows, "changes")
    for line in result.raw["break_even"]:
        doc.add_paragraph(_edge(line))
    budget = result.raw.get("budget") or {}
    for which, title in (("law", _("现行")), ("draft", _("方案"))):
        if which in budget:
            b = budget[which]
            when = _("够用，剩 %(l)s 元") % {"l": yuan(b["left"])}
            if b["enough"] == "no":
                when = b["day"] or (_("%(m)s 月用完") % {"m": b["month"]} if b["month"] else _("不够"))
            doc.add_paragraph(_("%(t)s的预算：应付 %(a)s 元；%(w)s。") % {"t": title, "a": yuan(b["asked"]), "w": when})


def _both(title: str, total: dict[str, Any], name: str, show: Any) -> tuple[str, ...]:
    """Law, draft and the difference; words where one is kept from the reader."""
    law, draft = total[f"law_{name}"], total[f"draft_{name}"]
    if law is None or draft is None:
        return (title, show(law), show(draft), change_of(None))
    return (title, show(law), show(draft), signed(draft - law) if show is yuan else f"{int(draft - law):+d}")


def _edge(line: dict[str, str]) -> str:
    words = {"more": _("多得"), "less": _("少得"), "same": _("不变")}
    return _("分界：%(last)s 元及以下%(below)s，%(value)s 元起%(above)s。") % {
        "last": f"{Decimal(line['last']):,.2f}", "value": f"{Decimal(line['value']):,.2f}",
        "below": words[line["below"]], "above": words[line["above"]],
    }  # fmt: skip


def _groups(doc: Any, result: Result) -> None:
    doc.add_heading(_("三、给了谁"), level=2)
    head = [_("分组"), _("个"), _("现行（元）"), _("方案（元）"), _("变化（元）")]
    for name, title, lines in (
        ("years", _("按年"), result.years), ("counties", _("按县市区"), result.counties),
        ("industries", _("按行业"), result.industries), ("sizes", _("按规模"), result.sizes),
    ):  # fmt: skip
        doc.add_heading(title, level=3)
        _table(doc, head, [_row(line) for line in lines], name)
    if result.concentration:
        doc.add_heading(_("集中程度"), level=3)
        rows = [
            (c["title"], c["organisations"], _percent(c["ten"]), _percent(c["tenth"]), f"{c['middle']:,.2f}")
            for c in result.concentration
        ]
        head = ["", _("得到的单位"), _("前 10 家占"), _("前十分之一占"), _("中间一家（元）")]
        _table(doc, head, rows, "concentration_law, concentration_draft")


def _percent(text: str) -> str:
    return f"{text}%" if text else str(heads(None))


def _row(line: Line) -> tuple[str, ...]:
    if line.hidden:
        return (t(line.name), _("少于 10 家，不显示"), "", "", "")
    return (t(line.name), str(line.count), f"{line.law:,.2f}", f"{line.draft:,.2f}", signed(line.change))


def _limits(doc: Any, result: Result) -> None:
    doc.add_heading(_("四、读法和漏洞"), level=2)
    for question in result.questions:
        doc.add_paragraph(t(question["question"]))
        rows = [
            (t(r["title"]), yuan(r["law"]) if result.law else "", yuan(r["draft"]), _("、").join(r["lacks"]))
            for r in question["readings"]
        ]  # fmt: skip
        _table(doc, [_("读法"), _("现行（元）"), _("方案（元）"), _("登记库没有的事实")], rows)
    if result.raw["splitting_tried"]:
        s = result.splitting
        doc.add_paragraph(
            _("每份一拆为二：%(n)s 份能多拿，合计 %(g)s 元（查询：splitting）。")
            % {"n": heads(s["subjects"]), "g": yuan(s["gain"])}
        )
    if not result.raw["may_prove"]:
        doc.add_paragraph(_("没有装 prove 扩展：漏洞只在现有数据里找过，没有证明。"))


def _how(doc: Any, trial: Trial, result: Result) -> None:
    doc.add_heading(_("附录：每个数怎么来"), level=2)
    doc.add_paragraph(
        _(
            "城市包版本 %(r)s；明细表 lab 的 SHA-256：%(s)s。把明细存成 lab.csv 读进 DuckDB 的表 lab，运行下面的查询，得到同样的数。"
        )
        % {"r": trial.release_id, "s": trial.rows_sha256}
    )
    for figure in result.queries:
        doc.add_heading(figure["id"], level=3)
        run = doc.add_paragraph().add_run(figure["sql"])
        run.font.name, run.font.size = MONO, Pt(8)

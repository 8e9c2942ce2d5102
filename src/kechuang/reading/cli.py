"""``kechuang read FILE``: what is read from a document, as a tree for people or as JSON for programs."""

from __future__ import annotations

import argparse
import json
import sys

from kechuang.reading.document import load
from kechuang.reading.errors import ReadingError
from kechuang.reading.model import Evidence, Incentive, Reading, Target, Task, plain
from kechuang.reading.pipeline import read
from kechuang.reading.reasons import in_chinese

_LABELS = {
    "zh": {
        "number": "文号",
        "issuer": "发文机关",
        "issued": "成文日期",
        "recipients": "主送",
        "untitled": "（无标题）",
        "preamble": "导语",
        "target": "目标",
        "incentive": "奖补",
        "rule": "规则",
        "task": "任务",
        "reference": "引用",
        "by": "期限",
        "to": "对象",
        "cap": "最高",
        "yuan": "元",
        "why": "依据",
        "note": "说明",
        "deadline": "期限",
        "sum": "合计",
    },
    "en": {
        "number": "Number",
        "issuer": "Issuer",
        "issued": "Issued",
        "recipients": "To",
        "untitled": "(untitled)",
        "preamble": "Preamble",
        "target": "Target",
        "incentive": "Incentive",
        "rule": "Rule",
        "task": "Task",
        "reference": "Reference",
        "by": "by",
        "to": "to",
        "cap": "at most",
        "yuan": " yuan",
        "why": "why",
        "note": "Note",
        "deadline": "by",
        "sum": "Total",
    },
}


def run(argv: list[str]) -> int:
    """Command line; returns the exit status: 0 read, 1 the document cannot be read, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="kechuang read", description="读政策文件 / read a policy document")
    parser.add_argument("file", help=".txt .html .docx .pdf, - = standard input")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.add_argument("--why", action="store_true", help="显示规则与理由 / show rules and reasons")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 / language")
    try:
        options = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        text = load(sys.stdin.buffer.read(), "stdin") if options.file == "-" else load(options.file)
    except ReadingError as error:
        sys.stderr.write((error.zh if options.lang == "zh" else error.en) + "\n")
        return 1
    reading = read(text)
    if options.json:
        output = json.dumps(reading.to_dict(why=options.why), ensure_ascii=False, indent=1) + "\n"
    else:
        output = tree(reading, options.lang, options.why)
    try:
        sys.stdout.write(output)
        sys.stdout.flush()
    except BrokenPipeError:
        return 0
    return 0


def tree(reading: Reading, lang: str = "zh", why: bool = False) -> str:
    """The reading as an indented text: head, clauses, and below each clause what was found in it."""
    words = _LABELS[lang]
    lines = [reading.title or words["untitled"]]
    for key in ("number", "issuer", "issued"):
        value = getattr(reading, key)
        if value:
            lines.append(f"  {words[key]}: {value}")
    if reading.recipients:
        lines.append(f"  {words['recipients']}: " + "；".join(reading.recipients))
    found = _by_clause(reading, words, why)
    for clause in reading.clauses:
        pad = "  " * clause.level
        title = clause.title or (words["preamble"] if clause.id == "0" else "")
        lines.append(f"{pad}{clause.id}  {clause.label}{title}")
        lines.extend(f"{pad}  {line}" for line in found.get(clause.id, ()))
    lines.append(
        f"{words['sum']}: {words['target']} {len(reading.targets)}, {words['incentive']} {len(reading.incentives)}, "
        f"{words['task']} {len(reading.tasks)}, {words['reference']} {len(reading.references)}"
    )
    lines.extend(f"{words['note']}: {zh if lang == 'zh' else en}" for zh, en in reading.notes)
    return "\n".join(lines) + "\n"


def _by_clause(reading: Reading, words: dict[str, str], why: bool) -> dict[str, list[str]]:
    """Lines to print below each clause, in one pass over the items."""
    found: dict[str, list[str]] = {}

    def add(clause: str, kind: str, line: str, evidence: Evidence) -> None:
        found.setdefault(clause, []).append(f"[{words[kind]}] {line}{_why(evidence, why, words)}")

    for target in reading.targets:
        add(target.clause, "target", _target(target, words), target.evidence)
    for incentive in reading.incentives:
        add(incentive.clause, "incentive", _incentive(incentive, words), incentive.evidence)
    for rule in reading.rules:
        add(rule.clause, "rule", f"{rule.kind}: {rule.value or ''.join(rule.quote.split())}", rule.evidence)
    for task in reading.tasks:
        who = f"{task.actor}: " if task.actor else ""
        due = _due(task, words["by"])
        add(task.clause, "task", f"{who}{task.action}{task.object or ''}{due}", task.evidence)
    for reference in reading.references:
        title = f"《{reference.title}》" if reference.title else ""
        add(reference.clause, "reference", f"{title}{reference.number or ''}", reference.evidence)
    return found


def _target(item: Target, words: dict[str, str]) -> str:
    top = f"–{plain(item.value_max)}" if item.value_max is not None else ""
    due = _due(item, words["deadline"])
    return f"{item.indicator} {item.comparator} {plain(item.value)}{top} {item.unit}{due}"


def _due(item: Target | Task, word: str) -> str:
    """The deadline in brackets; a relative one that comes to no date as it is written."""
    due = item.deadline or item.deadline_words
    return f" ({word} {due})" if due else ""


def _incentive(item: Incentive, words: dict[str, str]) -> str:
    parts = [item.kind]
    if item.rate is not None:
        parts.append(f"{plain(item.rate * 100)}%" + (f" × {item.base}" if item.base else ""))
    if item.amount_yuan is not None:
        parts.append(
            f"{item.amount_yuan:,f}{words['yuan']}"
            + (f" / {item.base}" if item.kind == "per_unit" and item.base else "")
        )
    if item.cap_yuan is not None:
        parts.append(f"{words['cap']} {item.cap_yuan:,f}{words['yuan']}")
    for tier in item.tiers:
        value = tier.amount_yuan if tier.amount_yuan is not None else tier.cap_yuan
        shown = (
            f"{plain(tier.rate * 100)}%"
            if tier.rate is not None
            else (f"{value:,f}{words['yuan']}" if value is not None else "?")
        )
        parts.append(f"{tier.when} {shown}")
    return f"{words['to']} {item.beneficiary or '?'}: " + "; ".join(parts)


def _why(evidence: Evidence, why: bool, words: dict[str, str]) -> str:
    if not why:
        return ""
    shown = [in_chinese(reason) if words is _LABELS["zh"] else reason for reason in evidence.reasons]
    reasons = f"; {', '.join(shown)}" if shown else ""
    return f"  <{words['why']} {', '.join(evidence.rules)}; {plain(evidence.confidence)}{reasons}>"


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

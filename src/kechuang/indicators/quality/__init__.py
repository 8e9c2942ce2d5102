"""The quality gate: rules that find the known traps of Chinese statistics before a number is used."""

from __future__ import annotations

from kechuang.indicators.quality import cross, panel, serial, single
from kechuang.indicators.quality.material import STANDARD, Finding, Knowledge, Material, Ratio, Severity
from kechuang.indicators.text import Text

RULES = (*single.RULES, *serial.RULES, *cross.RULES, *panel.RULES)


def check(material: Material) -> list[Finding]:
    """All findings, the most serious first, then by rule and cell."""
    found = [finding for rule in RULES for finding in rule(material)]
    return sorted(found, key=lambda f: (-f.severity, f.rule, f.cells))


def findings_of(findings: list[Finding], indicator: str, regions: set[str] | None = None) -> list[Finding]:
    """Findings that touch an indicator (and, when given, one of ``regions``)."""
    return [f for f in findings if any(i == indicator and (regions is None or r in regions) for r, i, _ in f.cells)]


def summarised(findings: list[Finding], first: str = "") -> list[Finding]:
    """One finding for all regions that share rule, indicator and year, in the words of ``first`` where it is one.

    A list for people: fourteen prefectures with the same trap are one line.
    """
    groups: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        _, indicator, year = finding.cells[0] if finding.cells else ("", finding.text.en, 0)
        groups.setdefault((finding.rule, indicator, year), []).append(finding)
    result = []
    for group in groups.values():
        lead = next((f for f in group if any(r == first for r, _, _ in f.cells)), group[0])
        if len(group) > 1:
            more = len(group) - 1
            text = Text(f"{lead.text.zh}（另有 {more} 个地区同样）", f"{lead.text.en} (the same in {more} more)")
            cells = tuple(c for f in [lead, *(g for g in group if g is not lead)] for c in f.cells)
            lead = Finding(lead.rule, max(f.severity for f in group), cells, text)
        result.append(lead)
    return result


__all__ = [
    "RULES",
    "STANDARD",
    "Finding",
    "Knowledge",
    "Material",
    "Ratio",
    "Severity",
    "check",
    "findings_of",
    "summarised",
]

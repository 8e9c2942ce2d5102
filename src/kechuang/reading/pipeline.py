"""The pipeline: normalise -> structure -> sentences -> quantities -> roles -> targets, incentives, rules, tasks,
references. Pure and deterministic: the same text gives the same reading, on any machine."""

from __future__ import annotations

from dataclasses import replace

from kechuang.reading import sentences
from kechuang.reading.beneficiaries import Beneficiaries
from kechuang.reading.duties import read_rules
from kechuang.reading.incentives import read_incentives
from kechuang.reading.intervals import Intervals
from kechuang.reading.lines import logical_lines, physical_lines
from kechuang.reading.markers import find_marker
from kechuang.reading.metadata import read_frame
from kechuang.reading.model import Clause, Reading, Rule, Sentence
from kechuang.reading.notes import notes
from kechuang.reading.references import read_references
from kechuang.reading.relative import Known
from kechuang.reading.structure import Structure, read_structure
from kechuang.reading.targets import read_targets
from kechuang.reading.tasks import read_tasks
from kechuang.reading.view import View, make


def read(text: str) -> Reading:
    """Read an official document given as plain text. Never fails: what cannot be read is said in ``notes``."""
    lines = logical_lines(text, physical_lines(text))
    frame = read_frame(text, lines)
    structure = read_structure(text, lines[frame.first : frame.last])
    cut = _sentences(text, structure)
    views = _views(text, structure, cut)
    incentives = read_incentives(views, Beneficiaries(structure.clauses, cut))
    money = [(item.start, item.end) for item in incentives]
    rules = read_rules(views)
    known = Known(frame.issued, _force(rules, frame.issued), frame.title)
    targets = read_targets(views, Intervals(money), known)
    taken = Intervals([*money, *((item.start, item.end) for item in targets)])
    reading = Reading(
        text,
        frame.number,
        frame.title,
        frame.issuer,
        frame.issued,
        frame.recipients,
        structure.clauses,
        structure.paragraphs,
        cut,
        targets=tuple(replace(item, quote=text[item.start : item.end]) for item in targets),
        incentives=tuple(replace(item, quote=text[item.start : item.end]) for item in incentives),
        rules=tuple(replace(item, quote=text[item.start : item.end]) for item in rules),
        tasks=tuple(read_tasks(views, taken, known)),
        references=tuple(read_references(views, frame.number)),
    )
    return replace(reading, notes=notes(reading, views))


def _force(rules: list[Rule], issued: str | None) -> str | None:
    """The day from which the document holds: a date it names, or that of its issue (自印发之日起施行)."""
    for rule in rules:
        if rule.kind == "validity" and rule.value and rule.value.startswith("from "):
            begins = rule.value.removeprefix("from ").partition(";")[0]
            if begins[:4].isdigit():
                return begins
            if "之日" in begins and any(word in begins for word in ("印发", "发布", "公布", "颁布", "下发")):
                return issued
    return None


def _sentences(text: str, structure: Structure) -> tuple[Sentence, ...]:
    cut: list[Sentence] = []
    for paragraph, content, bulleted in zip(structure.paragraphs, structure.contents, structure.bulleted, strict=True):
        ranges = sentences.split(text, content, paragraph.end, semicolons=bulleted)
        cut.extend(Sentence(paragraph.id, n, start, end, text[start:end]) for n, (start, end) in enumerate(ranges, 1))
    return tuple(cut)


def _views(text: str, structure: Structure, cut: tuple[Sentence, ...]) -> list[View]:
    clause_of = {paragraph.id: paragraph.clause for paragraph in structure.paragraphs}
    bulleted = {paragraph.id: flag for paragraph, flag in zip(structure.paragraphs, structure.bulleted, strict=True)}
    titles = _headings(structure.clauses)
    views: list[View] = []
    lead, lead_clause = "", ""
    starts = {paragraph.id: (paragraph.start, paragraph.end) for paragraph in structure.paragraphs}
    for sentence in cut:
        clause = clause_of[sentence.paragraph]
        if sentence.n == 1 and lead and find_marker(text, *starts[sentence.paragraph]) is None:
            lead = ""  # 须符合下列条件： introduces the numbered paragraphs after it, no others
        made = make(
            text, sentence, clause, titles[clause], bulleted[sentence.paragraph], lead if lead_clause == clause else ""
        )
        views.extend(made)
        if len(made) == 1 and made[0].text.endswith(("：", ":")):
            lead, lead_clause = made[0].text, clause
    return views


def _headings(clauses: tuple[Clause, ...]) -> dict[str, tuple[str, ...]]:
    titles: dict[str, tuple[str, ...]] = {"0": ()}
    for clause in clauses:
        titles[clause.id] = (*titles.get(clause.parent or "", ()), clause.title)
    return titles

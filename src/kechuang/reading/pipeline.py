"""The pipeline: normalise -> structure -> sentences -> quantities -> roles -> targets, incentives, rules, tasks,
references. Pure and deterministic: the same text gives the same reading, on any machine."""

from __future__ import annotations

from kechuang.reading import sentences
from kechuang.reading.lines import logical_lines, physical_lines
from kechuang.reading.metadata import read_frame
from kechuang.reading.model import Reading, Sentence
from kechuang.reading.structure import read_structure


def read(text: str) -> Reading:
    """Read an official document given as plain text. Never fails: what cannot be read is said in ``notes``."""
    lines = logical_lines(text, physical_lines(text))
    frame = read_frame(text, lines)
    structure = read_structure(text, lines[frame.first:frame.last])
    cut: list[Sentence] = []
    for paragraph, content, bulleted in zip(structure.paragraphs, structure.contents, structure.bulleted, strict=True):
        ranges = sentences.split(text, content, paragraph.end, semicolons=bulleted)
        cut.extend(Sentence(paragraph.id, n, start, end, text[start:end]) for n, (start, end) in enumerate(ranges, 1))
    return Reading(text, frame.number, frame.title, frame.issuer, frame.issued, frame.recipients,
                   structure.clauses, structure.paragraphs, tuple(cut))

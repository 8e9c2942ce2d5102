"""Facts with two clocks: from when to when something held, and from when to when the platform believed it."""

from __future__ import annotations

from kechuang.bitemporal.reading import as_of, believed, gaps, holds_on, moments, overlapping, timeline, was_known
from kechuang.bitemporal.versions import Dated, Moment, New, Period, Version, Writing
from kechuang.bitemporal.writing import ConflictError, change, correct, end, overlay, perform, undo

__all__ = [
    "ConflictError", "Dated", "Moment", "New", "Period", "Version", "Writing", "as_of", "believed", "change", "correct",
    "end", "gaps", "holds_on", "moments", "overlapping", "overlay", "perform", "timeline", "undo", "was_known",
]  # fmt: skip

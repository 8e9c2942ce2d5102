"""Small helpers of the reading tests."""

from __future__ import annotations

from typing import Any

from kechuang.reading import Reading, read


def reading_of(*sentences: str, heading: str = "主要措施") -> Reading:
    """Read sentences below one heading, as a document has them."""
    return read(f"一、{heading}\n" + "\n".join(sentences) + "\n")


def incentives(*sentences: str) -> list[dict[str, Any]]:
    """Incentives of the sentences as JSON carries them."""
    return [item.to_dict(why=True) for item in reading_of(*sentences).incentives]


def targets(*sentences: str, heading: str = "主要目标") -> list[tuple[str, str, str | None, str, str | None]]:
    """(indicator, comparator, value, unit, deadline) of each target."""
    found = [item.to_dict() for item in reading_of(*sentences, heading=heading).targets]
    return [(item["indicator"], item["comparator"], item["value"], item["unit"], item["deadline"]) for item in found]

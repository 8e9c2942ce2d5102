"""The programming interface as its own description tells it, for a page that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """One address of the interface. ``title`` is bilingual; ``example`` is an address to try, when none is needed."""

    method: str
    path: str
    title: dict[str, str]
    parameters: tuple[str, ...]
    example: str


def _title(summary: str) -> dict[str, str]:
    zh, _, en = summary.partition(" / ")
    return {"zh": zh, "en": en or zh}


def operations() -> list[Operation]:
    """All operations in the order of the description."""
    from kechuang.web.api import api  # built when the addresses are loaded; imported here so that apps stay below it

    schema: dict[str, Any] = api.get_openapi_schema()
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            names = tuple(parameter["name"] for parameter in operation.get("parameters", []))
            example = path if method == "get" and "{" not in path else ""
            found.append(Operation(method.upper(), path, _title(operation.get("summary", "")), names, example))
    return found

"""Compares two packs item by item: what applying the new one would add, change and remove. Pure, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from kechuang.citypack.decisions import Decision, undone
from kechuang.citypack.models import Pack
from kechuang.citypack.problems import Lang
from kechuang.citypack.serial import canonical, digest, digest_of

Action = Literal["add", "change", "remove"]

#: Kinds of item in the order in which they may be applied (what is named stands before what names it).
KINDS = (
    "city",
    "region",
    "department",
    "document",
    "fact",
    "indicator",
    "industry",
    "target",
    "measure",
    "cumulation",
    "budget",
    "task",
    "service",
    "source",
    "observation",
)

_NAMES = {
    "city": ("城市", "city"),
    "region": ("区划", "region"),
    "department": ("部门", "department"),
    "document": ("文件", "document"),
    "fact": ("事实", "fact"),
    "indicator": ("指标", "indicator"),
    "industry": ("产业", "industry"),
    "target": ("目标", "target"),
    "measure": ("政策措施", "measure"),
    "cumulation": ("叠加规则", "cumulation rule"),
    "budget": ("预算", "budget"),
    "task": ("任务", "task"),
    "service": ("服务", "service"),
    "source": ("来源", "source"),
    "observation": ("观测值", "observation"),
}
_ACTIONS = {"add": ("新增", "add", "+"), "change": ("修改", "change", "~"), "remove": ("删去", "remove", "-")}

_SHOWN = 20  # how many changes of one kind and action are listed by name in the text


@dataclass(frozen=True)
class Difference:
    """One field that differs; ``before`` or ``after`` None also where the field was not there."""

    path: str
    before: Any
    after: Any

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"path": self.path, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Change:
    """One item that is added, changed or removed. Digests are SHA-256 of canonical JSON."""

    action: Action
    kind: str
    id: str
    before: str | None
    after: str | None
    differences: tuple[Difference, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "action": self.action,
            "kind": self.kind,
            "id": self.id,
            "before": self.before,
            "after": self.after,
            "differences": [difference.to_dict() for difference in self.differences],
        }


@dataclass(frozen=True)
class Plan:
    """All changes from one pack to another; ``before`` is None when there was no pack."""

    before: str | None
    after: str
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...] = ()
    """Chosen readings that applying the new pack as it is would undo."""

    @property
    def empty(self) -> bool:
        """Whether applying would change nothing."""
        return not self.changes

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of changes by kind and action."""
        found: dict[str, Counter[str]] = {}
        for change in self.changes:
            found.setdefault(change.kind, Counter())[change.action] += 1
        return {kind: dict(found[kind]) for kind in KINDS if kind in found}

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "counts": self.counts(),
            "changes": [change.to_dict() for change in self.changes],
            "decisions": [decision.to_dict() for decision in self.decisions],
        }

    def as_text(self, lang: Lang = "zh") -> str:
        """Readable: what changes, field by field, and a sum."""
        n = 1 if lang == "en" else 0
        if self.empty:
            return ("没有变化。", "Nothing would change.")[n]
        lines: list[str] = []
        for kind, counts in self.counts().items():
            for action, count in counts.items():
                word, sign = _ACTIONS[action][n], _ACTIONS[action][2]
                lines.append(f"{sign} {word} {_NAMES[kind][n]} {count}")
                chosen = [c for c in self.changes if c.kind == kind and c.action == action]
                for change in chosen[:_SHOWN]:
                    lines.append(f"    {change.id}")
                    lines += [f"        {d.path}: {_brief(d.before)} → {_brief(d.after)}" for d in change.differences]
                if count > _SHOWN:
                    rest = count - _SHOWN
                    lines.append((f"    …… 还有 {rest} 项", f"    … {rest} more")[n])
        for decision in self.decisions:
            lines.append(f"! {decision.as_text(lang)}")
        if any(decision.fate == "undone" for decision in self.decisions):
            lines.append(
                (
                    "  应用时保留这些决定；要撤销，用 pack apply --drop-decisions。",
                    "  Applying keeps these decisions; to undo them use pack apply --drop-decisions.",
                )[n]
            )
        if any(decision.fate == "lapsed" for decision in self.decisions):
            lines.append(
                (
                    "  问题已经不同的决定保留不了：请重新决定，再用 pack apply --drop-decisions。",
                    "  Decisions whose question is another one cannot be kept: decide again, then use pack apply --drop-decisions.",
                )[n]
            )
        lines.append((f"合计 {len(self.changes)} 处变化。", f"{len(self.changes)} change(s).")[n])
        return "\n".join(lines)


def items(pack: Pack) -> Iterator[tuple[str, str, BaseModel]]:
    """``(kind, id, record)`` of every item of a pack."""
    yield "city", pack.city.id, pack.city.model_copy(update={"regions": [], "departments": []})
    for region in pack.city.regions:
        yield "region", region.code, region
    for department in pack.city.departments:
        yield "department", department.id, department
    for kind, records in (
        ("document", pack.documents),
        ("fact", pack.facts),
        ("indicator", pack.indicators),
        ("industry", pack.industries),
        ("target", pack.targets),
        ("measure", pack.measures),
        ("cumulation", pack.cumulation),
        ("budget", pack.budgets),
        ("task", pack.tasks),
        ("service", pack.services),
        ("source", pack.sources),
    ):
        for record in records:
            yield kind, record.id, record
    seen: Counter[str] = Counter()
    for row in pack.observations:
        name = f"{row.region}/{row.indicator}/{row.year}/{row.source}"
        seen[name] += 1
        yield "observation", name if seen[name] == 1 else f"{name}#{seen[name]}", row


def plan(old: Pack | None, new: Pack) -> Plan:
    """What applying ``new`` over ``old`` (None: nothing yet) would do."""
    before = {} if old is None else {(kind, id_): canonical(record) for kind, id_, record in items(old)}
    after = {(kind, id_): canonical(record) for kind, id_, record in items(new)}
    changes: list[Change] = []
    for key, value in after.items():
        previous = before.get(key)
        if previous is None:
            changes.append(Change("add", *key, None, digest_of(value)))
        elif previous != value:
            differences = tuple(compare(previous, value))
            changes.append(Change("change", *key, digest_of(previous), digest_of(value), differences))
    changes += [Change("remove", *key, digest_of(value), None) for key, value in before.items() if key not in after]
    order = {kind: n for n, kind in enumerate(KINDS)}
    changes.sort(key=lambda change: (order[change.kind], ("add", "change", "remove").index(change.action)))
    return Plan(None if old is None else digest(old), digest(new), tuple(changes), undone(old, new))


def compare(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """The fields in which two JSON values differ. Records in lists are matched by ``id``, ``n`` or ``code``."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else str(key)
            if key in before and key in after:
                yield from compare(before[key], after[key], inner)
            else:
                yield Difference(inner, before.get(key), after.get(key))
        return
    if isinstance(before, list) and isinstance(after, list):
        for name in ("id", "n", "code"):
            if all(isinstance(entry, dict) and name in entry for entry in [*before, *after]):
                yield from compare(
                    {f"[{entry[name]}]": entry for entry in before},
                    {f"[{entry[name]}]": entry for entry in after},
                    path,
                )
                return
    yield Difference(path, before, after)


def _brief(value: Any) -> str:
    if value is None:
        return "∅"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"

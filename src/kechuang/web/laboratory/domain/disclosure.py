"""What a reader sees who may not see single firms: no sum that fewer than ten organisations stand behind.

A sum that could be had by taking shown ones from each other is hidden too (secondary suppression): of law, draft and
change never just one is left out; in a table as many lines are left out as ten organisations need; of months only the
ends of stretches with enough organisations are shown. A curve is rounded, since exact points with a bend between them
give a single amount away. Results that do not tell how many stand behind them show no sums at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kechuang.web.laboratory.domain.contributors import ENOUGH, GROUPS, few

HIDDEN = ("winners", "losers", "splitting_largest", "cap_check")
"""Figures of single firms, and the exact check of the curve."""
MARK = f"<{ENOUGH}"
"""Stands in the column of counts of a line that is left out."""
_ROUND = Decimal(10_000)


def protected(result: dict[str, Any]) -> dict[str, Any]:
    """The result of a trial without what single firms could be recognised by. The given one is left as it is."""
    firms: dict[str, Any] = result.get("firms") or {}
    figures = {
        name: {**figure, "rows": [[*row] for row in figure["rows"]]}
        for name, figure in result["figures"].items() if name not in HIDDEN
    }  # fmt: skip
    hidden = _totals(figures["totals"], firms)
    _changes(figures["changes"], firms)
    for name in GROUPS:
        counts = (firms.get("groups") or {}).get(name)
        _lines(figures[name]["rows"], counts, disjoint=name != "years")
    for which in ("law", "draft"):
        _concentration(figures[f"concentration_{which}"], which in hidden)
    _months(figures["months"], [] if {"law", "draft"} & hidden else firms.get("months") or [])
    if few(firms.get("splitting")):
        _blank(figures["splitting"])
    kept = {k: v for k, v in result.items() if k not in ("firms", "faults")}
    return {
        **kept, "figures": figures, "faults": [], "budget": _budget(result.get("budget"), hidden),
        "readings": [_reading(r, hidden) for r in result["readings"]],
        "curve": _curve(result.get("curve"), "draft" in hidden), "meeting": [_meeting(m) for m in result["meeting"]],
        "together": [
            {**t, "organisations": None, "amount": None} if few(t["organisations"]) else t
            for t in result.get("together", [])
        ],
    }  # fmt: skip


def _blank(figure: dict[str, Any], *columns: str) -> None:
    """Leave columns of a figure out; all without names."""
    gone = [i for i, name in enumerate(figure["columns"]) if not columns or name in columns]
    for row in figure["rows"]:
        for i in gone:
            row[i] = None


def _totals(figure: dict[str, Any], firms: dict[str, Any]) -> set[str]:
    """Blanks the sums that too few stand behind; of law, draft and change never one alone, since the others give it."""
    hidden: set[str] = set()
    if few(firms.get("law")):
        hidden |= {"law", "change"}
    if few(firms.get("draft")) or few(firms.get("changed")):
        hidden |= {"draft", "change"}
    if hidden:
        _blank(figure, *hidden, *(f"{which}_{rest}" for which in hidden - {"change"} for rest in ("expected", "yes")))
    for which in ("law", "draft"):
        if few(firms.get(f"{which}_unknown")):
            _blank(figure, *(f"{which}_{rest}" for rest in ("unknown", "possible", "open")))
    return hidden


def _changes(figure: dict[str, Any], firms: dict[str, Any]) -> None:
    if few(firms.get("winners")) or few(firms.get("losers")):
        _blank(figure)
    elif few(int(figure["rows"][0][figure["columns"].index("same")])):
        _blank(figure, "same")


def _lines(rows: list[list[Any]], counts: Sequence[int] | None, *, disjoint: bool) -> None:
    """Lines of a group: those with too few, and as many more as it takes that the total does not give them away."""
    for i in left_out(counts if counts is not None else [1] * len(rows), disjoint=disjoint):
        rows[i][1:] = [MARK, *[None] * (len(rows[i]) - 2)]


def left_out(counts: Sequence[int], *, disjoint: bool) -> set[int]:
    """Which lines of a table with a known total are left out, by the number of organisations behind each.

    Together at least two lines and ten organisations, where there are so many. ``disjoint``: no organisation is in two
    lines; otherwise one line must have enough by itself.
    """
    out = {i for i, n in enumerate(counts) if few(n)}
    others = sorted((n, i) for i, n in enumerate(counts) if n >= ENOUGH)
    join = sum if disjoint else max
    while out and others and (len(out) < 2 or join(counts[i] for i in out) < ENOUGH):
        out.add(others.pop(0)[1])
    return out


def _concentration(figure: dict[str, Any], hidden: bool) -> None:
    for row in figure["rows"]:
        n = int(row[0] or 0)
        tenth = (n + 9) // 10
        if hidden or few(n):
            _blank(figure)
        else:
            if few(n - ENOUGH):
                _blank(figure, "ten")
            if tenth < ENOUGH or few(n - tenth) or few(tenth - ENOUGH):
                _blank(figure, "tenth")


def _months(figure: dict[str, Any], shown: Sequence[int]) -> None:
    """Sums so far at the ends of stretches only; a month by itself where the month before is shown too."""
    before = True
    for row in figure["rows"]:
        here = int(row[0]) in shown
        if not here:
            row[1:] = [None] * (len(row) - 1)
        elif not before:
            row[1:3] = [None, None]
        before = here


def _budget(budget: dict[str, Any] | None, hidden: set[str]) -> dict[str, Any] | None:
    """When the money ends, without the day of one request; sums only where the total is shown."""
    if budget is None:
        return None
    return {which: _when(found, which in hidden) for which, found in budget.items()}


def _when(found: dict[str, Any], hidden: bool) -> dict[str, Any]:
    sums = dict.fromkeys(("asked", "paid", "left", "share")) if hidden else {}
    return {**found, "day": None, **sums}


def _reading(reading: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    """One reading: that in use gives the total once more; another one tells no less than it differs by."""
    found = dict(reading)
    for which in ("law", "draft"):
        if which not in found:
            continue
        behind = few(found.pop(f"{which}_firms", None))
        gone = which in hidden if found.get("used") else behind
        if gone:
            found[which] = found[f"{which}_unknown"] = None
        if f"{which}_budget" in found:
            found[f"{which}_budget"] = _when(found[f"{which}_budget"], gone)
    return found


def _meeting(rule: dict[str, Any]) -> dict[str, Any]:
    found = dict(rule)
    for which in ("law", "draft"):
        if which in found and few(found.pop(f"{which}_firms", None)):
            found[which] = None
    return found


def _curve(curve: dict[str, Any] | None, hidden: bool) -> dict[str, Any] | None:
    """Rounded to 10,000 yuan; no amount at points above which fewer than ten organisations are capped."""
    if curve is None or hidden:
        return None
    points = []
    for point in curve["points"]:
        capped = point.get("capped_firms")
        gone = capped is not None and few(capped)
        amounts = {n: None if gone else _rounded(point[n]) for n in ("amount", "alone") if n in point}
        points.append({"value": point["value"], **amounts})
    return {**curve, "points": points, "rounded": True}


def _rounded(amount: str) -> str:
    return f"{(Decimal(amount) / _ROUND).quantize(Decimal(1), ROUND_HALF_UP) * _ROUND:.2f}"

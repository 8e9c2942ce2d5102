"""A finished trial for reading: the headline and tables with names of places.

Whoever may not see single firms reads a result that ``disclosure`` has made safe: no names, and None for every sum that
fewer than ten organisations stand behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from kechuang.codes import gbt4754
from kechuang.web.core.templatetags.kc import MINUS, is_english, t
from kechuang.web.laboratory.domain import disclosure, drafting, patterns
from kechuang.web.laboratory.domain.disclosure import MARK
from kechuang.web.laboratory.enums import BudgetRule
from kechuang.web.laboratory.models import Trial
from kechuang.web.policy.domain import queries as policy
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.enums import SizeClass

SHOWN = 12


@dataclass(frozen=True)
class Line:
    """A row of a group: its name, how many subjects, law, draft and change in yuan, bars in per cent of the widest.

    ``hidden``: too few organisations, and the reader may not see single ones.
    """

    name: Any
    count: int
    law: Decimal
    draft: Decimal
    change: Decimal
    law_bar: str = "0"
    draft_bar: str = "0"
    hidden: bool = False


@dataclass(frozen=True)
class Changed:
    """One parameter of the rule, before and after."""

    title: Any
    law: str
    draft: str
    unit: str

    @property
    def same(self) -> bool:
        """Whether the draft keeps it."""
        return self.law == self.draft


@dataclass
class Result:
    """One finished trial as a reader may see it."""

    trial: Trial
    names: bool
    release: LoadedRelease
    raw: dict[str, Any] = field(default_factory=dict)

    def rows(self, figure: str) -> list[list[str | None]]:
        """The rows of a figure; none where it is kept from the reader."""
        found = self.raw["figures"].get(figure)
        return found["rows"] if found else []

    def records(self, figure: str) -> list[dict[str, str | None]]:
        """The rows of a figure by column."""
        return [dict(zip(self.raw["figures"][figure]["columns"], row, strict=True)) for row in self.rows(figure)]

    def first(self, figure: str) -> dict[str, Any]:
        """The only row of a figure by column; nothing where it is kept from the reader."""
        return next(iter(self.records(figure)), {})

    @property
    def law(self) -> bool:
        """Whether there is a law to compare with."""
        return bool(self.raw["law_in_force"])

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Sums and counts."""
        return _numbers(self.first("totals"))

    @cached_property
    def changes(self) -> dict[str, Any]:
        """Winners and losers."""
        return _numbers(self.first("changes"))

    @property
    def record(self) -> Any:
        """The measure in the pack; None for a new one."""
        return self.release.records.get(self.trial.measure_id)

    @property
    def draft(self) -> dict[str, Any]:
        """What was asked for."""
        return self.trial.draft

    @property
    def year(self) -> str:
        """The year the sums are for; empty for all years, or where the subjects have no day."""
        return str(self.draft.get("year") or "") if self.rows("years") else ""

    @property
    def take_up(self) -> str:
        """The share that applies, in per cent."""
        return str(self.draft.get("take_up") or "100").rstrip("%％")

    @property
    def budget_rule(self) -> str:
        """What happens when the money runs out, in words."""
        return str(BudgetRule(self.draft.get("budget_rule") or "queue").label)

    @cached_property
    def parameters(self) -> list[Changed]:
        """The numbers of the rule, before and after."""
        law = self.release.measures.get(self.trial.measure_id)
        found = []
        for p in law.parameters if law else ():
            share = drafting.is_share(p.id, p)
            now = p.on(self.trial.on)
            before = drafting.shown(now, share) if now is not None else ""
            value = drafting.number(str(self.draft.get("parameters", {}).get(p.id, before)) + ("%" if share else ""))
            after = drafting.shown(value, share) if value is not None else before
            money = now is not None and now >= 100
            unit = "%" if share else (" " + gettext("元") if money else "")
            same = value == now
            found.append(Changed(p.title or p.id, before, before if same else after, unit))
        return found

    @property
    def formula(self) -> str:
        """The formula of the draft where it is not the law's."""
        typed = " ".join(str(self.draft.get("amount", "")).split())
        law = self.release.measures.get(self.trial.measure_id)
        return typed if law is None or typed != drafting.written_amount(law) else ""

    @property
    def values(self) -> list[str]:
        """The parameters of a new measure, a line each."""
        return [line.strip() for line in str(self.draft.get("values", "")).splitlines() if line.strip()]

    @cached_property
    def conditions(self) -> list[Any]:
        """The conditions of a new measure, in words where they were chosen from lists."""
        if self.record:
            return []
        chosen, _ = patterns.conditions(self.draft, self.release.facts)
        return [c.title.to_dict() for c in (*drafting.conditions(str(self.draft.get("tests", ""))), *chosen)]

    @property
    def headline(self) -> str:
        """The answer in one sentence: more or less money, for whom, until when."""
        t, c = self.totals, self.changes
        change, parts = t["change"], []
        if change is None:
            parts.append(gettext("单位少于 10 家，不显示金额"))
        elif not self.law:
            parts.append(gettext("要花 %(sum)s 元") % {"sum": f"{t['draft']:,.2f}"})
        elif change == 0:
            parts.append(gettext("总额不变"))
        else:
            words = gettext("多花 %(sum)s 元") if change > 0 else gettext("少花 %(sum)s 元")
            parts.append(words % {"sum": f"{abs(change):,.2f}"})
        if self.law and c["winners"] is not None:
            winners, losers = int(c["winners"]), int(c["losers"])
            if winners:
                parts.append(ngettext("%(n)d 家多得", "%(n)d 家多得", winners) % {"n": winners})
            if losers:
                parts.append(ngettext("%(n)d 家少得", "%(n)d 家少得", losers) % {"n": losers})
        budget = (self.raw.get("budget") or {}).get("draft")
        if budget:
            if budget["enough"] == "yes":
                parts.append(gettext("预算够用"))
            elif budget["month"]:
                parts.append(gettext("预算 %(m)s 月用完") % {"m": budget["month"]})
            elif budget["share"]:
                share = f"{Decimal(budget['share']) * 100:.2f}"
                parts.append(gettext("预算不够，每笔打到 %(p)s%%") % {"p": share})
            else:
                parts.append(gettext("预算不够"))
        comma = ", " if is_english() else "，"
        return comma.join(parts)

    def lines(self, figure: str, naming: Any = None) -> list[Line]:
        """A group's rows with names and bars."""
        raw = self.rows(figure)
        sums = [[Decimal(v or 0) for v in row[2:5]] for row in raw]
        widest = max((max(law, draft) for law, draft, _ in sums), default=Decimal(0)) or Decimal(1)
        found = []
        for row, (law, draft, change) in zip(raw, sums, strict=True):
            hidden = row[1] == MARK
            count = 0 if hidden else int(row[1] or 0)
            if figure in ("counties", "industries", "sizes") and not hidden and count == 0 and not law and not draft:
                continue
            name = naming(row[0]) if naming else row[0]
            bars = (f"{law / widest * 100:.1f}", f"{draft / widest * 100:.1f}")
            found.append(Line(name, count, law, draft, change, *bars, hidden=hidden))
        return found

    @cached_property
    def years(self) -> list[Line]:
        """By year."""
        return self.lines("years")

    @cached_property
    def counties(self) -> list[Line]:
        """By county."""
        places = {region.code: region.name for region in self.release.pack.city.regions}
        return self.lines("counties", lambda code: places.get(code) or code or gettext("不在本市或没有登记"))

    @cached_property
    def industries(self) -> list[Line]:
        """By industry division."""
        names: dict[str, Any] = {}
        for industry in self.release.pack.industries:
            for code in industry.gbt4754:
                if len(gbt4754.normal(code)) == 3:
                    names.setdefault(gbt4754.normal(code), industry.name)
        return self.lines("industries", lambda code: _industry(code, names))

    @property
    def industries_shown(self) -> list[Line]:
        """The largest industries, and the sum of the others in one line."""
        found = self.industries
        if len(found) <= SHOWN + 1:
            return found
        rest = found[SHOWN:]
        sums = [sum((getattr(x, name) for x in rest), Decimal(0)) for name in ("law", "draft", "change")]
        title = gettext("其余 %(n)d 个行业") % {"n": len(rest)}
        widest = max((max(x.law, x.draft) for x in found), default=Decimal(1)) or Decimal(1)
        bars = [f"{min(v / widest, Decimal(1)) * 100:.1f}" for v in sums[:2]]
        count, hidden = sum(x.count for x in rest), any(x.hidden for x in rest)
        return [*found[:SHOWN], Line(title, count, *sums, *bars, hidden=hidden)]

    @cached_property
    def sizes(self) -> list[Line]:
        """By size of the firm."""
        return self.lines("sizes", lambda code: SizeClass(code).label if code else gettext("没有登记"))

    @property
    def moved(self) -> bool:
        """Whether any single firm that may be shown gets more or less."""
        return bool(self.rows("winners") or self.rows("losers"))

    @cached_property
    def concentration(self) -> list[dict[str, Any]]:
        """How few get how much, law and draft."""
        found = []
        for which, title in (("law", gettext("现行")), ("draft", gettext("方案"))):
            row = self.first(f"concentration_{which}")
            if not row or not int(row["organisations"] or 0) or (which == "law" and not self.law):
                continue
            total = Decimal(row["sum"])
            found.append(
                {
                    "title": title, "organisations": int(row["organisations"]), "ten": _per_cent(row["ten"], total),
                    "tenth": _per_cent(row["tenth"], total), "middle": Decimal(row["middle"]),
                }
            )  # fmt: skip
        return found

    @cached_property
    def months(self) -> list[dict[str, Any]]:
        """Month by month; only those whose sum so far may be shown."""
        shown = [month for month in self.records("months") if month["draft_cumulated"] is not None]
        return [{**_numbers(month), "month": month["month"]} for month in shown]

    @property
    def fact_name(self) -> str:
        """The amount that the turning point is about."""
        return self._fact(self.raw["fact"]) if self.raw.get("fact") else ""

    @property
    def month_chart(self) -> dict[str, Any]:
        """Options of the chart of months; values are in 万元."""
        last = self.months[-1] if self.months else None
        above = bool(last and last["draft_cumulated"] >= last["law_cumulated"])
        options: dict[str, Any] = {
            "cols": [2, 1] if self.law else [2],
            "min": 0,
            "yname": gettext("累计，万元"),
            "right": 72,
            "nudge": [-9, 9] if above else [9, -9],
        }
        budget = drafting.number(str(self.draft.get("budget", "")))
        if budget:
            wan = f"{budget / 10000:,.0f}"
            options["lines"] = [{"y": float(budget / 10000), "text": gettext("预算 %(n)s 万元") % {"n": wan}}]
        return options

    @property
    def splitting(self) -> dict[str, Any]:
        """What splitting pays in the data."""
        row = self.first("splitting")
        if row.get("subjects") is None:
            return {"subjects": None, "gain": None}
        return {"subjects": int(row["subjects"]), "gain": Decimal(row["gain"])}

    @property
    def curve_points(self) -> list[dict[str, Any]]:
        """The curve as numbers."""
        curve = self.raw.get("curve")
        if not curve:
            return []
        share = self.curve_share
        return [{**p, "label": drafting.shown(Decimal(p["value"]), share)} for p in curve["points"]]

    @property
    def curve_alone(self) -> bool:
        """Whether the curve shows the cost before the rules on measures that meet, too."""
        curve = self.raw.get("curve")
        return bool(curve and curve["points"] and "alone" in curve["points"][0])

    @property
    def curve_share(self) -> bool:
        """Whether the curve's parameter is written in per cent."""
        law = self.release.measures.get(self.trial.measure_id)
        name = self.raw["curve"]["parameter"]
        return drafting.is_share(name, law.parameter(name) if law else None)

    @property
    def curve_title(self) -> Any:
        """The name of the curve's parameter; marked as typed where it has no title in the law."""
        law = self.release.measures.get(self.trial.measure_id)
        name = self.raw["curve"]["parameter"]
        found = law.parameter(name) if law else None
        return (found.title if found else None) or format_html("<span data-user-text>{}</span>", name)

    @property
    def curve_chart(self) -> dict[str, Any]:
        """Options of the curve."""
        first = 1 if self.raw["curve"].get("rounded") else 2  # without the column of counts
        options: dict[str, Any] = {"cols": [first], "min": 0, "yname": gettext("金额，万元"), "right": 40}
        if self.curve_alone:
            names = [gettext("和别的措施一起"), gettext("单独")]
            return {**options, "cols": [first, first + 1], "right": 120, "names": names, "nudge": [9, -9]}
        return {**options, "names": [gettext("方案")]}

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Readings by question."""
        grouped: dict[str, dict[str, Any]] = {}
        for r in self.raw["readings"]:
            entry = grouped.setdefault(r["ambiguity"], {"question": r["question"], "readings": []})
            entry["readings"].append(
                {
                    **r,
                    "lacks": [self._fact(f) for f in r.get("draft_lacks", [])],
                    "draft": None if r.get("draft") is None else Decimal(r["draft"]),
                    "law": None if r.get("law") is None else Decimal(r["law"]),
                }
            )
        return list(grouped.values())

    @property
    def together(self) -> list[dict[str, Any]]:
        """Other measures that the beneficiaries get, with titles."""
        return [
            {**t, "title": self.release.records[t["measure"]].title}
            for t in self.raw.get("together", []) if t["measure"] in self.release.records
        ]  # fmt: skip

    @property
    def proofs(self) -> list[dict[str, Any]]:
        """Answers of the solver, with the titles of other measures and the example in words."""
        found = []
        for p in self.raw.get("proofs", []):
            other = self.release.records.get(p.get("other", ""))
            found.append({**p, "other_title": other.title if other else "", "example": self._example(p)})
        return found

    def _example(self, proof: dict[str, Any]) -> str:
        """The facts that matter: the amounts compared, or everything for a meeting of two measures."""
        facts, fact = proof.get("facts") or [], self.raw.get("fact")
        if not facts:
            return ""
        if fact and len(facts) == len(proof.get("amounts", [])):
            pairs = [
                gettext("%(v)s 元得 %(a)s 元") % {"v": f"{Decimal(f[fact]):,.2f}", "a": f"{Decimal(a):,.2f}"}
                for f, a in zip(facts, proof["amounts"], strict=True)
            ]
            return gettext("、").join(pairs)
        return gettext("、").join(f"{self._fact(k)} {self._value(k, v)}" for k, v in facts[0].items())

    def _value(self, name: str, value: str) -> str:
        """A fact's value in an example, as a reader of the page would write it."""
        fact = self.release.facts.get(name)
        if value in ("True", "False"):
            return gettext("是") if value == "True" else gettext("否")
        if fact is not None and fact.type == "money":
            return f"{Decimal(value):,.2f} " + gettext("元")
        if fact is not None and fact.type == "rate":
            return f"{Decimal(value).scaleb(2).normalize():f}%"
        if fact is not None and is_english():
            return next((v.en for v in fact.values if v.value == value), value)
        return value

    def _fact(self, name: str) -> str:
        fact = self.release.facts.get(name)
        return fact.en if fact and is_english() else name

    @property
    def queries(self) -> list[dict[str, Any]]:
        """Every figure with its query, as the reader may see it."""
        return list(self.raw["figures"].values())


def _numbers(record: Mapping[str, str | None]) -> dict[str, Any]:
    """A row as numbers; None stays."""
    return {name: None if value is None else Decimal(value) for name, value in record.items()}


def _per_cent(part: str | None, whole: Decimal) -> str:
    """A part in per cent of the whole; empty where it is kept from the reader."""
    return "" if part is None else f"{Decimal(part) / whole * 100:.1f}"


def _industry(code: str | None, names: dict[str, Any]) -> Any:
    if not code:
        return gettext("没有登记")
    if code not in names:
        return code
    return f"{t(names[code])} {code}"


def result_of(trial: Trial, names: bool) -> Result:
    """The result of a finished trial for a reader who may (``names``) or may not see single firms."""
    raw = trial.result if names else disclosure.protected(trial.result)
    return Result(trial, names, policy.release(trial.release_id), raw)


def signed(value: Decimal) -> str:
    """``+1,234.50`` or ``−1,234.50``; nothing is ``0.00``."""
    if value == 0:
        return "0.00"
    return f"{value:+,.2f}".replace("-", MINUS)

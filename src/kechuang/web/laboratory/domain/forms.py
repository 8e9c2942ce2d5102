"""The form of a draft: fields with the law's value beside them, what was typed, and what is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from kechuang.measures.model import Measure
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.laboratory.domain import drafting, patterns, queries, shape
from kechuang.web.policy.domain import queries as policy
from kechuang.web.policy.domain.days import parse_day
from kechuang.web.policy.domain.releases import LoadedRelease


@dataclass(frozen=True)
class ParameterField:
    """One number of the rule."""

    id: str
    title: Any
    unit: str
    law: str
    value: str
    cap: bool


@dataclass(frozen=True)
class Choice:
    """One answer of a choice."""

    value: str
    text: Any
    chosen: bool


@dataclass(frozen=True)
class ReadingField:
    """An open question whose readings pay differently."""

    id: str
    question: Any
    choices: list[Choice]


@dataclass
class DraftForm:
    """Everything the page shows; ``data`` is what a trial keeps."""

    release: LoadedRelease
    measure_id: str
    title: str
    data: dict[str, Any]
    on: dt.date
    faults: list[drafting.Fault] = field(default_factory=list)
    pattern: str = "share"
    base: str = ""

    @property
    def amount_hint(self) -> str:
        """What a change of the formula means."""
        return gettext("改了算式，原来的几种读法就不再适用。") if self.record else ""

    @property
    def law(self) -> Measure | None:
        """The measure in force."""
        return self.release.measures.get(self.measure_id)

    @property
    def record(self) -> Any:
        """Its record in the pack."""
        return self.release.records.get(self.measure_id)

    @property
    def errors(self) -> list[dict[str, str]]:
        """Faults for the summary on top."""
        english = is_english()
        return [{"field": f.field, "text": f.en if english else f.zh} for f in self.faults]

    @property
    def by_field(self) -> dict[str, str]:
        """The first fault of every field."""
        found: dict[str, str] = {}
        for error in self.errors:
            found.setdefault(error["field"], error["text"])
        return found

    @property
    def parameters(self) -> list[ParameterField]:
        """Numbers of the rule, today's value beside each."""
        if self.law is None:
            return []
        caps = shape.caps_of(self.law, self.release.catalogue) if self.law.amount else []
        fields = []
        for p in self.law.parameters:
            share = drafting.is_share(p.id, p)
            now = p.on(self.on)
            law = drafting.shown(now, share) if now is not None else ""
            value = self.data.get("parameters", {}).get(p.id, law)
            unit = "%" if share else gettext("元") if _is_money(now) else ""
            fields.append(ParameterField(p.id, p.title or p.id, unit, law, value, p.id in caps))
        return fields

    @property
    def readings(self) -> list[ReadingField]:
        """Open questions that change the amount."""
        if self.law is None:
            return []
        found = []
        for a in self.law.ambiguities:
            if any(r.amount is not None for r in a.readings):
                chosen = self.data.get("readings", {}).get(a.id) or a.chosen or a.shown
                choices = [Choice(r.id, r.title, r.id == chosen) for r in a.readings]
                found.append(ReadingField(a.id, a.question, choices))
        return found

    @property
    def values(self) -> str:
        """The parameters of a new measure as typed. (In a template ``data.values`` would be the method of the dict.)"""
        return str(self.data.get("values", ""))

    @property
    def amount(self) -> str:
        """The formula typed, or the one in force."""
        return self.data.get("amount") or (drafting.written_amount(self.law) if self.law else "")

    @property
    def tests(self) -> str:
        """The conditions typed, or those in force."""
        if "tests" in self.data:
            return str(self.data["tests"])
        return drafting.written_conditions(self.law) if self.law else ""

    @property
    def facts(self) -> list[Any]:
        """Facts that a formula may use, for the list beside it."""
        entity = self.record.subject if self.record else None
        known = self.release.facts
        return [
            {
                "id": f.id, "en": f.en, "values": f.values, "elements": f.elements,
                "example": next((e for e in f.elements if e in known and known[e].type == "money"), ""),
            }
            for f in self.release.pack.facts if entity is None or f.entity in (entity, "enterprise")
        ]  # fmt: skip

    @property
    def ways(self) -> list[patterns.Pattern]:
        """Common ways to write a new measure."""
        return list(patterns.PATTERNS)

    @property
    def bases(self) -> list[dict[str, Any]]:
        """What it may be computed for and from, by subject."""
        grouped: dict[str, list[Choice]] = {}
        for base in patterns.bases(self.release.facts):
            words = gettext(" · ").join(self._fact(part) for part in (base.list, base.fact) if part)
            grouped.setdefault(base.subject, []).append(Choice(base.key, words or gettext("（只看条件）"), False))
        return [{"title": title, "bases": grouped[name]} for name, title in _subjects().items()]

    def _fact(self, name: str) -> str:
        fact = self.release.facts.get(name)
        return fact.en if fact is not None and is_english() else name

    @property
    def subject(self) -> str:
        """What a new measure is computed for."""
        wanted = self.data.get("subject", "contract")
        return wanted if wanted in drafting.SUBJECTS else "contract"

    @property
    def checks(self) -> list[Choice]:
        """Facts of yes or no that can be asked for."""
        chosen = self.data.get("checked", ())
        facts = patterns.asked(self.release.facts, self.subject, "boolean")
        return [Choice(f.id, self._fact(f.id), f.id in chosen) for f in facts]

    @property
    def selects(self) -> list[dict[str, Any]]:
        """Facts with a few values."""
        chosen = self.data.get("choices", {})
        english = is_english()
        return [
            {
                "id": f.id, "title": self._fact(f.id),
                "choices": [Choice(v.value, v.en if english else v.value, chosen.get(f.id) == v.value) for v in f.values],
            }
            for f in patterns.asked(self.release.facts, self.subject, "enum")
        ]  # fmt: skip

    @property
    def limits(self) -> list[dict[str, Any]]:
        """Thresholds."""
        facts = patterns.asked(self.release.facts, self.subject, "money", "rate", "count")
        typed = [*self.data.get("limits", ()), *[["", ">=", ""]] * patterns.LIMITS][: patterns.LIMITS]
        return [
            {
                "n": i, "key": f"{i}_value", "value": value, "operators": [Choice(o, t, o == operator) for o, t in patterns.OPERATORS],
                "facts": [Choice(f.id, self._fact(f.id) + {"rate": gettext("（%）"), "money": gettext("（元）")}.get(f.type, ""), f.id == name) for f in facts],
            }
            for i, (name, operator, value) in enumerate(typed, 1)
        ]  # fmt: skip

    @property
    def subjects(self) -> list[Choice]:
        """What a new measure may be computed for."""
        return [Choice(name, text, name == self.subject) for name, text in _subjects().items()]


def _subjects() -> dict[str, str]:
    """What a measure may be computed for, in words."""
    return {
        "contract": gettext("每份技术合同"), "enterprise": gettext("每家企业"), "institution": gettext("每个研发机构"),
        "patent": gettext("每件专利"), "loan": gettext("每笔贷款"), "person": gettext("每个人才"),
    }  # fmt: skip


def _is_money(value: Decimal | None) -> bool:
    return value is not None and value >= 100


def form_of(request: HttpRequest) -> DraftForm:
    """The form of a request: typed values, those of an earlier trial (``from``), or the law's own."""
    release = policy.current_release()
    if request.method == "POST":
        return _posted(request, release)
    if earlier := request.GET.get("from", ""):
        trial = queries.trial_for_user(request.user, earlier)
        known = trial.measure_id if trial.measure_id in release.records else ""
        return DraftForm(release, known, trial.title, dict(trial.draft), trial.on)
    measure_id = request.GET.get("measure", "")
    title = ""
    if measure_id:
        record = policy.measure(release, measure_id)
        title = record.title.en if is_english() else record.title.zh
    last = str(timezone.localdate().year - 1)
    if not measure_id:
        pattern, base = request.GET.get("pattern", "share"), request.GET.get("base", "")
        fields = patterns.filled(pattern, base, release.facts)
        data = {"year": last, **fields}
        return DraftForm(release, "", "", data, timezone.localdate(), pattern=pattern, base=base)
    parameter = "cap" if measure_id and release.measures[measure_id].parameter("cap") else ""
    return DraftForm(release, measure_id, title, {"year": last, "parameter": parameter}, timezone.localdate())


def _posted(request: HttpRequest, release: LoadedRelease) -> DraftForm:
    data = request.POST
    measure_id = data.get("measure", "")
    if measure_id:
        policy.measure(release, measure_id)
    kept: dict[str, Any] = {
        name: data.get(name, "")[: drafting.MAXIMUM_TEXT]
        for name in ("amount", "tests", "year", "budget", "budget_rule", "take_up", "parameter", "values", "subject", "party", "title")
        if name in data
    }  # fmt: skip
    if kept.get("budget_rule") not in ("queue", "pro_rata"):
        kept["budget_rule"] = "queue"
    kept["parameters"] = {key[2:]: value[:40] for key, value in data.items() if key.startswith("p_")}
    kept["checked"] = [key[2:82] for key in data if key.startswith("c_")][:40]
    kept["choices"] = {key[2:82]: value[:80] for key, value in data.items() if key.startswith("e_") and value}
    kept["limits"] = [
        [data.get(f"m{i}_fact", "")[:80], data.get(f"m{i}_op", ">="), data.get(f"m{i}_value", "")[:40]]
        for i in range(1, patterns.LIMITS + 1)
    ]
    kept["readings"] = {key[2:]: value[:80] for key, value in data.items() if key.startswith("r_")}
    return DraftForm(release, measure_id, data.get("title", "")[:120], kept, parse_day(data.get("on") or None))

"""The form of a draft: fields with the law's value beside them, what was typed, and what is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext

from kechuang.measures.model import Measure
from kechuang.web.laboratory.domain import drafting, queries, shape
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
        english = (get_language() or "").startswith("en")
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
    def subjects(self) -> list[Choice]:
        """What a new measure may be computed for."""
        names = {
            "contract": gettext("每份技术合同"), "enterprise": gettext("每家企业"), "institution": gettext("每个研发机构"),
            "patent": gettext("每件专利"), "loan": gettext("每笔贷款"), "person": gettext("每个人才"),
        }  # fmt: skip
        wanted = self.data.get("subject", "contract")
        return [Choice(name, text, name == wanted) for name, text in names.items()]


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
        title = record.title.en if (get_language() or "").startswith("en") else record.title.zh
    last = str(timezone.localdate().year - 1)
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
    kept["readings"] = {key[2:]: value[:80] for key, value in data.items() if key.startswith("r_")}
    return DraftForm(release, measure_id, data.get("title", "")[:120], kept, parse_day(data.get("on") or None))

"""The questionnaire: answers live in the address, the cheapest question that still matters comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.measures.facts import FactError
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import asking
from kechuang.web.entitlements.domain.calculate import typed_facts
from kechuang.web.entitlements.domain.eligibility import next_question
from kechuang.web.policy.domain import days
from kechuang.web.policy.domain.releases import LoadedRelease

SUBJECTS = {
    "enterprise": _("企业的研发和经营"),
    "contract": _("买卖技术成果（一份技术合同）"),
    "institution": _("研发机构、平台、孵化器"),
    "patent": _("专利"),
    "loan": _("贷款和担保"),
    "project": _("科技项目和科技奖"),
    "person": _("人才"),
}


@dataclass
class Answers:
    """What the address says: topics chosen, answers given, questions answered with "not known"."""

    release: LoadedRelease
    about: list[str]
    raw: dict[str, str]
    facts: dict[str, Any]
    skipped: list[str]
    errors: list[FactError] = field(default_factory=list)
    on: dt.date = field(default_factory=timezone.localdate)
    day_error: UserError | None = None

    @property
    def measures(self) -> list[str]:
        """The measures on the chosen topics; all when none is chosen."""
        return [m.id for m in self.release.pack.measures if not self.about or m.subject in self.about]

    @property
    def started(self) -> bool:
        """Whether anything was answered or chosen."""
        return bool(self.about or self.raw)

    def query(self, without: str = "", **more: str) -> str:
        """The address part for these answers, one of them left out."""
        pairs = [("about", topic) for topic in self.about]
        pairs += [(name, value) for name, value in self.raw.items() if name != without]
        if self.on != timezone.localdate():
            pairs.append(("on", self.on.isoformat()))
        return urlencode([*pairs, *((key, value) for key, value in more.items() if value)])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Hidden fields that carry the answers through a form."""
        return [*(("about", topic) for topic in self.about), *self.raw.items()]


def topics(release: LoadedRelease, chosen: Iterable[str]) -> list[asking.Option]:
    """The topics that the city's measures speak of."""
    present = {measure.subject for measure in release.pack.measures}
    kept = set(chosen)
    return [asking.Option(key, str(text), key in kept) for key, text in SUBJECTS.items() if key in present]


def answers(release: LoadedRelease, request: HttpRequest) -> Answers:
    """Read the answers out of the address. Names the catalogue does not have are ignored; values are bounded."""
    data: QueryDict = request.GET
    raw = asking.given({k: v for k, v in data.items() if isinstance(v, str)}, release.facts)
    facts, errors = typed_facts(release, raw)
    skipped = [name for name, value in raw.items() if value == asking.UNKNOWN]
    about = [topic for topic in data.getlist("about") if topic in SUBJECTS]
    found = Answers(release, about, raw, facts, skipped, errors)
    try:
        found.on = days.parse_day(data.get("on"))
    except UserError as error:
        found.day_error = error
    return found


def step(found: Answers, *, asked: str = "", change: str = "") -> dict[str, Any] | None:
    """What the question page shows: an answer to mend first, then one to change, then the next question; or None."""
    release = found.release

    def view(name: str, errors: Iterable[FactError] = ()) -> dict[str, Any]:
        return {"field": asking.fields(release, [name], found.raw, errors, alone=True)[0]}

    if found.errors:
        return view(found.errors[0].fact, found.errors)
    if asked in release.facts and asked not in found.raw:
        empty = FactError(asked, "请回答这一题，或选“不知道”。", "Answer the question, or say that you do not know.")
        return view(asked, [empty])
    if change in release.facts:
        return view(change)
    question = next_question(release, found.facts, found.skipped, found.on, found.measures)
    return None if question is None else {**view(question.fact.id), "question": question}

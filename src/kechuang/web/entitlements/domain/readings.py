"""Open questions of a measure: what each reading costs over the register, and the choice of one by a named person.

A choice is a new release of the pack, so results, receipts and kept addresses of the release before stay as they are;
``kechuang pack export`` writes it back to YAML, and applying the old folder again keeps it (``citypack/decisions.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from kechuang.citypack import models as pack_models
from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain.calculate import explain_measure, typed_facts
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.apply import apply
from kechuang.web.policy.domain.releases import LoadedRelease

LONGEST_REASON = 500
MOST_ROWS = 20_000  # above this the page points to the laboratory instead of computing


#: Who sees the prices: they are sums over the whole city, which may be those of a single firm.
READ = (Role.OFFICER,)


def may_read(user: Any) -> bool:
    """Whether the person may see readings priced over the register."""
    return bool(getattr(user, "is_authenticated", False)) and bool(access.roles(user) & set(READ))


def may_choose(user: Any) -> bool:
    """Whether the person may choose a reading: officers of the city."""
    return bool(getattr(user, "is_authenticated", False)) and Role.OFFICER in access.roles(user)


@dataclass
class Sum:
    """What one reading gives in one realm: ``rows`` with an amount, their sum, and how many lack a fact."""

    realm: str
    rows: int = 0
    amount: Decimal = Decimal("0.00")
    lacking: int = 0


@dataclass
class Priced:
    """One reading with its sums by realm, and the facts that rows lack."""

    record: pack_models.Reading
    sums: dict[str, Sum] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """One open question with its readings; ``priced``: they lead to different amounts."""

    record: pack_models.Ambiguity
    readings: list[Priced]

    @property
    def priced(self) -> bool:
        """Whether the readings lead to different amounts."""
        return any(reading.record.amount is not None for reading in self.readings)


def questions(release: LoadedRelease, measure_id: str, run: Run | None, user: Any) -> list[Question]:
    """The questions of a measure, each reading priced over the qualifying subjects of the last nightly run,
    of the realms that the person may read.

    Only the question itself changes from reading to reading; the others stay as they are shown. Without a run, or
    with more than ``MOST_ROWS`` subjects, nothing is priced.
    """
    measure = queries.measure(release, measure_id)
    found = [Question(a, [Priced(reading) for reading in a.readings]) for a in measure.ambiguities]
    if not any(question.priced for question in found):
        return found
    for row, readings in _explained(release, measure_id, run, user):
        for question in found:
            for reading in question.readings if question.priced else ():
                amount, missing = readings[question.record.id, reading.record.id]
                entry = reading.sums.setdefault(row.realm, Sum(row.realm))
                if amount is None:
                    entry.lacking += 1
                    reading.facts = sorted({*reading.facts, *missing})
                else:
                    entry.rows += 1
                    entry.amount += amount
    return found


def _explained(
    release: LoadedRelease, measure_id: str, run: Run | None, user: Any
) -> Iterator[tuple[Entitlement, dict[tuple[str, str], tuple[Decimal | None, tuple[str, ...]]]]]:
    """Qualifying rows of a run, with amount and missing facts under each reading."""
    rows = Entitlement.objects.filter(access.realm_filter(user), run=run, measure_id=measure_id, status="yes")
    if run is None or rows.count() > MOST_ROWS:
        return
    for row in rows.iterator(chunk_size=500):
        facts, errors = typed_facts(release, row.inputs)
        if errors:
            continue  # the catalogue has changed since that run; the next one has the row again
        explanation = explain_measure(release, measure_id, facts, run.on)
        yield row, {(r.ambiguity, r.reading): (r.amount, r.missing) for r in explanation.readings}


def choose(
    measure_id: str,
    question_id: str,
    reading_id: str,
    *,
    reason: str = "",
    release_seen: str = "",
    actor: Any,
    on: dt.date | None = None,
) -> str:
    """Choose a reading (an empty one takes the choice back) as ``actor``; the digest of the new release in force.

    Raises ``UserError``: 401 or 403 for who may not, 404 for an unknown measure, 422 for an unknown question or
    reading or too long a reason, 409 when another release has come into force since the page was shown.
    """
    access.require(actor, Role.OFFICER)
    release = queries.current_release()
    if release_seen and release_seen != release.digest:
        raise UserError(
            "打开这一页以后，城市包换了版本。请重新看一遍各种读法再决定。",
            "Another release of the pack has come into force since this page was opened. Look at the readings again.",
            code="busy",
            status=409,
        )
    measure = queries.measure(release, measure_id)
    question = next((a for a in measure.ambiguities if a.id == question_id), None)
    known = {reading.id for reading in question.readings} if question else set()
    if question is None or (reading_id and reading_id not in known):
        raise UserError(
            "没有这个问题或这种读法。请从页面上选。",
            "There is no such question or reading. Choose one on the page.",
            field="reading",
            code="unknown",
        )
    words = reason.strip()
    if len(words) > LONGEST_REASON:
        raise UserError(
            f"理由不超过 {LONGEST_REASON} 个字，现在有 {len(words)} 个。",
            f"A reason has at most {LONGEST_REASON} characters; this one has {len(words)}.",
            field="reason",
            code="too_long",
        )
    if not reading_id and question.chosen is None:
        raise UserError(
            "这个问题还没有人决定，没有可撤回的。", "Nobody has decided this question; there is nothing to take back.",
            field="reading", code="undecided",
        )  # fmt: skip
    decided = question.model_copy(
        update={
            "chosen": reading_id or None,
            "by": str(actor) if reading_id else None,
            "date": (on or timezone.localdate()) if reading_id else None,
            "reason": (words or None) if reading_id else None,
        }
    )
    changed = measure.model_copy(
        update={"ambiguities": [decided if a.id == question_id else a for a in measure.ambiguities]}
    )
    pack = release.pack.model_copy(
        update={"measures": [changed if m.id == measure_id else m for m in release.pack.measures]}
    )
    done = apply(
        pack,
        actor=actor,
        role=str(Role.OFFICER),
        action="policy.read_as" if reading_id else "policy.unread",
        about=("reading", f"{measure_id}/{question_id}/{reading_id}"),
        told={
            "reading": reading_id or None,
            "before": question.chosen,
            "reason": words or None,
        },
    )
    return done.digest

"""The nightly run: every measure for every organisation of the register, by the function the calculator uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from kechuang.measures.cumulation import Award, Claim
from kechuang.measures.explanation import Explanation
from kechuang.measures.receipt import make
from kechuang.measures.words import serialise_input
from kechuang.web.audit.domain.record import record
from kechuang.web.entitlements.domain import together
from kechuang.web.entitlements.domain.calculate import explain_measure
from kechuang.web.entitlements.domain.eligibility import group_after, group_of
from kechuang.web.entitlements.domain.funding import ROWS, Queues, fund
from kechuang.web.entitlements.domain.received import received
from kechuang.web.entitlements.domain.subjects import key_of, known_facts, name_of, subjects
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain.facts import Subject
from kechuang.web.registry.models import Organisation, TechnologyContract

ORGANISATIONS = 100  # read at once
KEPT_RUNS = 2
KEPT_FAILURES = 50


def run(*, on: dt.date | None = None, actor: Any = None, role: str = "") -> Run:
    """Compute everything for ``on`` (today) and make it the run that pages show. Older runs are dropped."""
    release = queries.current_release()
    day = on or timezone.localdate()
    current = Run.objects.create(release_id=release.digest, on=day)
    failures: list[dict[str, str]] = []
    waiting: list[Entitlement] = []
    queues = Queues(release, day.year)
    organisations = rows = 0
    for organisation in _organisations():
        organisations += 1
        for subject, entitlement in _results(release, organisation, day, current, failures):
            queues.note(entitlement, subject)
            waiting.append(entitlement)
            if len(waiting) >= ROWS:
                rows += _store(waiting, queues)
    rows += _store(waiting, queues)
    current.budgets = fund(current, queues)
    with transaction.atomic():
        current.organisations, current.rows = organisations, rows
        current.failures = failures[:KEPT_FAILURES]
        current.finished_at = timezone.now()
        current.save()
        record(
            actor=actor,
            role=role,
            action="entitlements.run",
            object_kind="run",
            object_id=str(current.pk),
            after={"release": release.digest, "on": day, "organisations": organisations, "rows": rows},
            result="failed" if failures else "ok",
        )
    _drop_old_runs()
    return current


def _organisations() -> Iterator[Organisation]:
    """All organisations with what their facts are made of, a few at a time."""
    contracts = TechnologyContract.objects.select_related("seller", "buyer")
    rows = Organisation.objects.order_by("pk").prefetch_related(
        "years",
        "qualifications",
        "bases",
        "patents",
        "loans__guarantees",
        "people",
        "supports",
        Prefetch("sales", queryset=contracts),
        Prefetch("purchases", queryset=contracts),
    )
    # By key and not with an open cursor: that would hold SQLite's snapshot, and storing results beside it would fail
    # ("database is locked") as soon as another process has written.
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:ORGANISATIONS]):
        yield from chunk
        last = chunk[-1].pk


def _results(
    release: LoadedRelease, organisation: Organisation, day: dt.date, current: Run, failures: list[dict[str, str]]
) -> Iterator[tuple[Subject, Entitlement]]:
    """The rows of one organisation with their subjects; a measure that fails is noted and the rest goes on."""
    found: list[tuple[Subject, Explanation, Group]] = []
    known = received(release, organisation, day)
    for measure, subject in subjects(release, organisation, day):
        try:
            facts = known_facts(release, measure.id, subject, known)
            explanation = explain_measure(release, measure.id, facts, day)
        except Exception as error:  # noted in the run; one faulty row must not lose the night's work
            failures.append({"measure": measure.id, "uscc": organisation.uscc, "error": str(error)[:300]})
            continue
        found.append((subject, explanation, group_of(explanation, release.facts)))
    claims = [
        Claim(explanation.measure, explanation.amount, key_of(subject), together.day_of(subject.kind, subject.record))
        for subject, explanation, group in found
        if explanation.amount is not None and group == Group.GET
    ]
    awards = together.awards(release, claims, day, known)
    for subject, explanation, group in found:
        award = awards.get((explanation.measure, key_of(subject)))
        yield subject, _row(current, organisation, subject, explanation, group, award)


def _row(
    current: Run,
    organisation: Organisation,
    subject: Subject,
    explanation: Explanation,
    group: Group,
    award: Award | None,
) -> Entitlement:
    return Entitlement(
        run=current,
        measure_id=explanation.measure,
        subject_kind=subject.kind,
        subject_id=str(subject.record.pk),
        subject_name=name_of(subject)[:200],
        uscc=organisation.uscc,
        organisation_name=organisation.name,
        county=organisation.county,
        realm=subject.record.realm,
        status=explanation.status,
        group=group if award is None else group_after(award),
        amount=explanation.amount,
        amount_if=explanation.amount_if,
        awarded=explanation.amount if award is None else award.amount,
        forgone=[
            {"rule": r.group, "kind": r.kind, "taken": f"{r.taken:.2f}", **r.sentence.to_dict()}
            for r in (award.reductions if award else ())
        ],
        received=_received(award),
        depends=list(award.depends) if award else [],
        missing=[missing.fact for missing in explanation.missing],
        inputs={name: serialise_input(value) for name, value in explanation.inputs.items()},
        digest=make(explanation).digest,
    )


def _received(award: Award | None) -> list[dict[str, str]]:
    """The payments on record that a result rests on, each once."""
    found = {g.ref: g for r in (award.reductions if award else ()) for g in r.rests}
    return [
        {"ref": g.ref, "measure": g.measure, "amount": f"{g.amount:.2f}", "year": str(g.counted)}
        for _, g in sorted(found.items())
    ]


def _store(waiting: list[Entitlement], queues: Queues) -> int:
    """Insert and empty ``waiting``; returns how many were written."""
    count = len(waiting)
    if count:
        with transaction.atomic():
            Entitlement.objects.bulk_create(waiting)
        queues.stored()
        waiting.clear()
    return count


def _drop_old_runs() -> None:
    """Keep the last finished runs; drop older and broken-off ones a chunk at a time."""
    kept = list(Run.objects.filter(finished_at__isnull=False).values_list("pk", flat=True)[:KEPT_RUNS])
    if not kept:
        return
    for old in Run.objects.exclude(pk__in=kept).filter(pk__lt=kept[0]):
        while ids := list(Entitlement.objects.filter(run=old).values_list("pk", flat=True)[:2000]):
            Entitlement.objects.filter(pk__in=ids).delete()
        old.delete()

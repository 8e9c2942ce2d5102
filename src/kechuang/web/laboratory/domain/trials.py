"""Verbs: start, run, stop, share and delete a trial."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from kechuang.measures import MeasureError
from kechuang.measures.backends.cleaning import PopulationError
from kechuang.measures.model import Measure
from kechuang.measures.program import compile_measure
from kechuang.web.accounts.access import acting_role
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain.queries import latest_run
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.laboratory import access
from kechuang.web.laboratory.domain import drafting, patterns, population
from kechuang.web.laboratory.domain.meeting import Meeting
from kechuang.web.laboratory.domain.shape import caps_of
from kechuang.web.laboratory.domain.subject import AT
from kechuang.web.laboratory.enums import State
from kechuang.web.laboratory.models import Trial
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.releases import LoadedRelease

if TYPE_CHECKING:
    from kechuang.web.laboratory.domain.compute import Answer

#: Groups with an amount under the law, whether it was paid before or not: a trial looks at the law alone.
DUE = (Group.GET, Group.PAID)
REGISTER_SHARE = 70  # of a hundred: reading the register takes most of the time


class StopError(Exception):
    """The author asked to stop."""


class DraftError(UserError):
    """A draft that cannot be computed; carries every fault with its field."""

    def __init__(self, faults: list[drafting.Fault]) -> None:
        zh = "；".join(f.zh for f in faults)
        super().__init__(zh, "; ".join(f.en for f in faults), field=faults[0].field, code="bad_draft")
        self.faults = faults


def rules_of(release: LoadedRelease, measure_id: str, draft: Mapping[str, Any]) -> tuple[Measure, Measure | None]:
    """The draft and the law it is compared with. Raises ``DraftError`` with every fault."""
    if not measure_id:
        chosen, faults = patterns.conditions(draft, release.facts)
        made, more = drafting.new_measure(draft, release.catalogue, chosen)
        faults += more
        law = None
    else:
        queries.measure(release, measure_id)
        in_force = release.measures[measure_id]
        made, faults = drafting.draft_of(in_force, draft, release.catalogue)
        stated = in_force.amount_is == "stated"
        law = drafting.read_with(in_force, draft.get("readings", {})) if stated else None
    if not faults:
        used = compile_measure(release.measures[measure_id], release.catalogue).facts if measure_id else ()
        entities = {f.id: f.entity for f in release.pack.facts if f.id not in used}
        faults = drafting.strange_facts(made, release.catalogue, entities)
    if faults:
        raise DraftError(faults)
    return made, law


def _settings(draft: Mapping[str, Any]) -> tuple[list[drafting.Fault], dict[str, Any]]:
    """Year, budget and take-up of the form as values."""
    faults = []
    found: dict[str, Any] = {"year": None, "budget": None, "take_up": Decimal(1)}
    if text := str(draft.get("budget", "")).strip():
        found["budget"] = drafting.number(text)
        if found["budget"] is None or found["budget"] != found["budget"].quantize(Decimal("0.01")):
            faults.append(
                drafting.Fault("budget", "预算请写数字，最多到分", "Write the budget as a number, at most to the fen")
            )
    if text := str(draft.get("take_up", "")).strip():
        share = drafting.number(text.rstrip("%％") + "%")
        if share is None or share > 1:
            faults.append(drafting.Fault("take_up", "申报率要在 0 到 100 之间", "The take-up lies between 0 and 100"))
        else:
            found["take_up"] = share
    if text := str(draft.get("year", "")).strip():
        if not (text.isdigit() and 1949 <= int(text) <= 2100):
            faults.append(
                drafting.Fault("year", "年份请写四位数字，例如 2025", "Write the year in four digits, e.g. 2025")
            )
        else:
            found["year"] = int(text)
    return faults, found


def start(actor: Any, measure_id: str, title: str, draft: Mapping[str, Any], on: dt.date) -> Trial:
    """Keep a trial and hand it to the worker. Raises ``DraftError`` when it cannot be computed."""
    access.need_try(actor)
    release = queries.current_release()
    rules_of(release, measure_id, draft)
    faults, _ = _settings(draft)
    if not title.strip():
        faults.append(drafting.Fault("title", "请给这次测算起个名字", "Give the trial a name"))
    if faults:
        raise DraftError(faults)
    with transaction.atomic():
        trial = Trial.objects.create(
            title=title.strip()[:120], measure_id=measure_id, release_id=release.digest, on=on, draft=dict(draft),
            realm=population.realm_in_use(actor), author=actor,
        )  # fmt: skip
        _note(actor, "laboratory.start", trial, after={"measure": measure_id, "draft": dict(draft)})
    from kechuang.web.laboratory.jobs import compute_trial

    compute_trial.enqueue(trial.public_id)
    return trial


def _note(actor: Any, action: str, trial: Trial, result: str = "ok", after: Any = None) -> None:
    role = acting_role(actor) if actor is not None else ""
    record(
        actor=actor,
        role=role,
        action=action,
        object_kind="trial",
        object_id=trial.public_id,
        after=after,
        result=result,
    )


def run(public_id: str) -> str:
    """Compute a waiting trial; the worker calls it. Returns the state it ended in. Run again, it does nothing."""
    taken = Trial.objects.filter(public_id=public_id, state=State.WAITING).update(
        state=State.RUNNING, started_at=timezone.now()
    )
    if not taken:
        return "nothing to do"
    trial = Trial.objects.get(public_id=public_id)
    try:
        answer = _compute(trial)
    except StopError:
        return State.CANCELLED
    except (UserError, PopulationError) as error:
        return _failed(trial, error.zh, error.en)
    except MeasureError as error:
        return _failed(
            trial, "；".join(p.zh for p in error.problems), "; ".join(p.en for p in error.problems)
        )  # fmt: skip
    except Exception as error:  # whatever it is, the author must not wait for ever
        _failed(trial, f"程序出错：{type(error).__name__}", f"The program failed: {type(error).__name__}")
        raise
    return _finish(trial, answer)


def _compute(trial: Trial) -> Answer:
    # Loaded here: the engine of whole populations must not slow down the start of a web worker.
    from kechuang.web.laboratory.domain.compute import Question, compute

    release = queries.release(trial.release_id)
    draft, law = rules_of(release, trial.measure_id, trial.draft)
    _, values = _settings(trial.draft)
    rules = [draft, *([law] if law else [])]
    others = [m for m in release.measures.values() if m.amount_is == "stated" or m.kind != "money"]
    granted = population.granted_facts(release)
    record_ = release.records.get(trial.measure_id)
    kind = population.Kind(
        record_.subject if record_ else draft.subject, record_.party if record_ else trial.draft.get("party") or "buyer"
    )
    facts = [name for name in population.needed(rules, release.catalogue) if name not in granted]

    def tick(done: int, total: int) -> None:
        _progress(trial, REGISTER_SHARE * done // max(total, 1))

    def report(stage: str, done: int, total: int) -> None:
        _progress(trial, REGISTER_SHARE + (100 - REGISTER_SHARE) * done // total)

    found = population.subjects(release, kind, facts, trial.on, trial.realm, tick)
    question = Question(
        draft=draft, law=law, catalogue=release.catalogue, on=trial.on, year=values["year"], budget=values["budget"],
        budget_rule=trial.draft.get("budget_rule") or "queue", take_up=values["take_up"],
        parameter=trial.draft.get("parameter") or (None if law else _first_cap(draft, release)), granted=granted, others=others,
        meeting=_meeting(trial, release, kind.subject),
    )  # fmt: skip
    answer = compute(question, found, report)
    answer.result["together"] = _together(trial, answer)
    return answer


def _first_cap(draft: Measure, release: LoadedRelease) -> str | None:
    """The parameter whose curve is drawn of a new measure, if it has a cap."""
    return next(iter(caps_of(draft, release.catalogue)), None)


def _meeting(trial: Trial, release: LoadedRelease, kind: str) -> Meeting | None:
    """The rules on measures that meet which speak of this one, with what the newest nightly run gives of the others."""
    from kechuang.measures.cumulation import Claim

    rules = tuple(r for r in release.pack.cumulation if trial.measure_id in r.measures)
    if not rules:
        return None
    named = {name for rule in rules for name in (*rule.measures, *rule.against)} - {trial.measure_id}
    claims: dict[str, list[Claim]] = {}
    rows = Entitlement.objects.filter(
        run=latest_run(), realm=trial.realm, group__in=DUE, measure_id__in=named, amount__isnull=False
    )
    for row in rows:
        claims.setdefault(row.uscc, []).append(Claim(row.measure_id, row.amount or Decimal(0), row.subject_key))
    return Meeting(trial.measure_id, kind, release.pack, rules, claims)


def _progress(trial: Trial, percent: int) -> None:
    """Note how far it is, and stop if the author asked for it."""
    still = Trial.objects.filter(pk=trial.pk, state=State.RUNNING).update(done=percent, total=100)
    if not still:
        raise StopError


def _together(trial: Trial, answer: Answer) -> list[dict[str, Any]]:
    """Other measures that the beneficiaries of the draft get in the newest nightly run: how many firms, what sum."""
    latest = latest_run()
    if latest is None:
        return []
    firms = {str(row[AT["organisation"]]) for row in answer.rows if row[AT["scope"]] and row[AT["draft"]]}
    rows = (
        Entitlement.objects.filter(run=latest, realm=trial.realm, group__in=DUE)
        .exclude(measure_id=trial.measure_id)
        .values("measure_id", "uscc")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    found: dict[str, list[Decimal]] = {}
    for row in rows:
        if row["uscc"] in firms:
            found.setdefault(row["measure_id"], []).append(row["sum"] or Decimal(0))
    return [
        {"measure": measure, "organisations": len(sums), "amount": f"{sum(sums, Decimal(0)):.2f}"}
        for measure, sums in sorted(found.items())
    ]


def rows_path(trial: Trial) -> Path:
    """Where the table ``lab`` of a trial is kept."""
    return Path(settings.HOME) / "laboratory" / f"{trial.public_id}.csv"


def _finish(trial: Trial, answer: Answer) -> str:
    from kechuang.web.laboratory.domain.table import write_csv

    path = rows_path(trial)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, answer.rows)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with transaction.atomic():
        done = Trial.objects.filter(pk=trial.pk, state=State.RUNNING).update(
            state=State.DONE, result=answer.result, done=100, total=100, rows_sha256=digest, finished_at=timezone.now()
        )
        if done:
            _note(trial.author, "laboratory.done", trial, after={"rows": digest})
    if not done:
        path.unlink()
        return State.CANCELLED
    return State.DONE


def _failed(trial: Trial, zh: str, en: str) -> str:
    with transaction.atomic():
        Trial.objects.filter(pk=trial.pk, state=State.RUNNING).update(
            state=State.FAILED, error={"zh": zh, "en": en}, finished_at=timezone.now()
        )
        _note(trial.author, "laboratory.done", trial, result="failed", after={"error": en})
    return State.FAILED


def cancel(actor: Any, trial: Trial) -> bool:
    """Stop a trial that waits or runs; False when it was already over."""
    access.need_own(actor, trial)
    with transaction.atomic():
        stopped = Trial.objects.filter(pk=trial.pk, state__in=[State.WAITING, State.RUNNING]).update(
            state=State.CANCELLED, finished_at=timezone.now()
        )
        if stopped:
            _note(actor, "laboratory.cancel", trial)
    return bool(stopped)


def share(actor: Any, trial: Trial, shared: bool) -> None:
    """Open a finished trial to everybody who has its address, or close it again. Firms are never named to them."""
    access.need_own(actor, trial)
    if trial.state != State.DONE:
        raise UserError("算好了才能分享。", "Only a finished trial can be shared.", code="not_done")
    with transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(shared=shared)
        _note(actor, "laboratory.share" if shared else "laboratory.unshare", trial)
    trial.shared = shared


def delete(actor: Any, trial: Trial) -> None:
    """Delete a trial and its rows; one that runs is stopped first."""
    cancel(actor, trial)
    with transaction.atomic():
        _note(actor, "laboratory.delete", trial)
        Trial.objects.filter(pk=trial.pk).delete()
    rows_path(trial).unlink(missing_ok=True)

"""What became different between the last two nightly runs, and which facts made it so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kechuang.citypack import models as pack_models
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain.releases import LoadedRelease, release
from kechuang.web.registry.access import may_see_figures
from kechuang.web.registry.models import Organisation


@dataclass(frozen=True)
class FactChange:
    """A fact used by a result, before and after; None where it was or became unknown."""

    fact: pack_models.Fact | None
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class PaymentChange:
    """A payment on record that a result rests on, in yuan before and after; None where the result did not rest on it."""

    key: int
    measure: str
    year: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class Change:
    """A result that is different: its row before (None: new subject) and after (None: gone), and the facts that moved.

    ``payments`` are the payments on record that moved. ``same_facts`` is True when no fact and no payment moved: another edition
    of the rules, or another day, made the difference.
    """

    measure: pack_models.Measure | None
    before: Entitlement | None
    after: Entitlement | None
    facts: tuple[FactChange, ...]
    payments: tuple[PaymentChange, ...] = ()

    @property
    def row(self) -> Entitlement:
        """The newer of the two rows."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def same_facts(self) -> bool:
        """Whether the facts are the same as before."""
        return self.before is not None and self.after is not None and not self.facts and not self.payments


def _key(row: Entitlement) -> tuple[str, str, str]:
    return row.measure_id, row.subject_kind, row.subject_id


def between(older: Run, newer: Run, uscc: str | None = None) -> list[Change]:
    """Results that differ between two runs, of one organisation or of all."""
    loaded = release(newer.release_id)
    rows = [Entitlement.objects.filter(run=run, **({"uscc": uscc} if uscc else {})) for run in (older, newer)]
    old, new = ({_key(row): row for row in found} for found in rows)
    changed = []
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        facts = _facts(loaded, before, after)
        paid = _payments(before, after)
        shown = [
            (row.group, row.amount, row.amount_if, row.missing, row.awarded, row.depends) if row else None
            for row in (before, after)
        ]
        if shown[0] != shown[1] or facts or paid:
            changed.append(Change(loaded.records.get(key[0]), before, after, facts, paid))
    return changed


def _facts(loaded: LoadedRelease, before: Entitlement | None, after: Entitlement | None) -> tuple[FactChange, ...]:
    if before is None or after is None:
        return ()
    names = sorted(before.inputs.keys() | after.inputs.keys())
    return tuple(
        FactChange(loaded.facts.get(name), name, before.inputs.get(name), after.inputs.get(name))
        for name in names
        if before.inputs.get(name) != after.inputs.get(name)
    )


def _payments(before: Entitlement | None, after: Entitlement | None) -> tuple[PaymentChange, ...]:
    if before is None or after is None:
        return ()
    old, new = ({found["ref"]: found for found in row.received} for row in (before, after))
    moved = []
    for ref in sorted(old.keys() | new.keys()):
        was, now = (Decimal(side[ref]["amount"]) if ref in side else None for side in (old, new))
        if was != now:
            told = new.get(ref) or old[ref]
            moved.append(PaymentChange(int(ref.rpartition("/")[2]), told["measure"], told["year"], was, now))
    return tuple(moved)


def last_changes_for_user(user: Any, uscc: str) -> list[Change]:
    """What the last night made different for an organisation; nothing for who may not see its results."""
    organisation = Organisation.objects.filter(uscc=uscc).first()
    if organisation is None or not may_see_figures(user, organisation):
        return []
    runs = list(Run.objects.filter(finished_at__isnull=False)[:2])
    return between(runs[1], runs[0], uscc) if len(runs) == 2 else []

"""The one way to write a record of the register.

    write("organisation", {"uscc": code, "size": "medium"}, actor=user, source=source, valid_from=dt.date(2024, 1, 1))

A record is recognised by the natural key of its kind. A *change* holds from a day on and leaves the earlier state where
it was; a *correction* says that the earlier state was never true. What was believed before stays on record
(:mod:`.history`), so that every answer given can be given again. One write leaves one audit event in its transaction;
:func:`write_chunk` leaves none, because the import that calls it writes one event for all its rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from kechuang import bitemporal
from kechuang.web.accounts import access
from kechuang.web.audit.domain import record as audit
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError

from ..enums import Why
from ..models import Alias, Source, Version
from .history import State, history, initial, state, versions
from .holding import make_way
from .kinds import KINDS, Kind, kind_of
from .values import EMPTY, FieldError, References, Value, clean, column_of, empty, identity_hash, state_of

__all__ = ["Written", "clean_row", "history", "new_state", "remove", "state", "store", "write"]

Outcome = Literal["created", "changed", "unchanged"]
Mode = Literal["change", "correct"]


@dataclass(frozen=True)
class Written:
    """What a write did: the record, whether it is new, the fields that are different now, the audit event."""

    record: Any
    outcome: Outcome
    changed: tuple[str, ...] = ()
    event: AuditEvent | None = None


@dataclass
class Row:
    """The checked values of one delivery row."""

    values: dict[str, Value] = field(default_factory=dict)
    identity: str = ""

    def key(self, kind: Kind) -> tuple[Any, ...]:
        """Its natural key as columns hold it."""
        return tuple(self.values.get(name, empty(kind.field(name))).column for name in kind.natural_key)


def clean_row(kind: Kind, values: Mapping[str, Any], found: References) -> tuple[Row, list[FieldError]]:
    """Check the values of a row, all of them; a name the kind does not have is an error of the caller (``KeyError``)."""
    row, errors = Row(), []
    for name, value in values.items():
        one = kind.field(name)
        try:
            if one.virtual:
                row.identity = identity_hash(str(value or ""))
            else:
                row.values[name] = clean(one, value, found)
        except FieldError as error:
            errors.append(error)
    return row, errors


def required_errors(kind: Kind, row: Row) -> list[FieldError]:
    """The fields a new record must have and this row has not."""
    return [
        FieldError(
            one,
            f"缺“{one.zh}”，新记录必须填。",
            f"“{one.en}” is missing; a new record must have it.",
            "required",
        )
        for one in kind.stored
        if one.required and row.values.get(one.name, EMPTY).text in (None, "")
    ]


def refuse(errors: list[FieldError]) -> None:
    """Raise the errors of one record as one that a page can show. Does nothing when there are none."""
    if errors:
        first = errors[0]
        raise UserError(
            "".join(error.zh for error in errors),
            " ".join(error.en for error in errors),
            field=first.field.name if first.field else None,
            code=first.code,
        )


def find(kind: Kind, row: Row) -> Any:
    """The record with the row's natural key, a person also by the digest of the identity number; None when there is none.

    Raises:
        UserError: more than one record has this key (409).
    """
    rows = kind.model.everything.select_related(*kind.references)
    if row.identity:
        same = rows.filter(identity_hash=row.identity).first()
        if same is not None:
            return same
    if any(name not in row.values for name in kind.natural_key if kind.field(name).required):
        return None
    query = {}
    for name, column in zip(kind.natural_key, row.key(kind), strict=True):
        attribute = f"{name}_id" if kind.field(name).is_reference else name
        if column is None:
            query[f"{attribute}__isnull"] = True
        else:
            query[attribute] = column
    matches = list(rows.filter(**query)[:2])
    if len(matches) > 1:
        raise UserError(
            f"登记库里有两条以上的{kind.zh}与这一条对得上，请先合并，或打开其中一条来改。",
            f"More than one record ({kind.en}) matches this one; merge them first, or open one of them and change it.",
            code="ambiguous",
            status=409,
        )
    if not matches and kind.id == "organisation":
        alias = Alias.objects.filter(kind=kind.id, field="uscc", value=row.values["uscc"].column).first()
        return rows.filter(pk=alias.record_id).first() if alias else None
    return matches[0] if matches else None


def without_former_code(kind: Kind, record: Any, row: Row) -> Row:
    """A row that names an organisation by the code of a duplicate merged into it says nothing about its code."""
    code = row.values.get("uscc")
    if kind.id != "organisation" or code is None or code.column == record.uscc:
        return row
    return Row({name: value for name, value in row.values.items() if name != "uscc"}, row.identity)


def write(
    kind: Kind | str,
    values: Mapping[str, Any],
    *,
    actor: Any,
    source: Source | None,
    valid_from: dt.date | None = None,
    on_change: Mode = "change",
    event: AuditEvent | None = None,
    record: Any = None,
    realm: str = Realm.REAL,
    import_id: str = "",
) -> Written:
    """Register a record, or change or correct one that is here.

    Args:
        kind: a kind of the catalogue or its id.
        values: typed or written values by field name; fields that are left out stay as they are.
        actor: who writes, for the audit event; None for the system.
        source: where the facts come from.
        valid_from: for kinds with states, the first day of the new state (today when left out); for a correction a day
            of the state that is wrong.
        on_change: ``change`` or ``correct``; kinds without states are always corrected.
        event: an audit event that tells of this write already; none is written then.
        record: the record to write, where the natural key itself changes.
        realm: realm of a new record; a record of the other realm is never touched.
        import_id: the import this write belongs to.

    Raises:
        UserError: a value cannot be taken, a required one is missing (422); the key is ambiguous, the record is of the
            other realm or was written meanwhile (409).
    """
    kind = KINDS[kind] if isinstance(kind, str) else kind
    row, errors = clean_row(kind, values, References(realm if record is None else record.realm))
    refuse(errors)
    with transaction.atomic():
        stored = record or find(kind, row)
        if stored is None:
            refuse(required_errors(kind, row))
            try:
                with transaction.atomic():
                    return _create(kind, row, actor, source, valid_from, event, realm, import_id)
            except IntegrityError as error:  # somebody else registered it at the same moment
                stored = find(kind, row)
                if stored is None:
                    raise UserError(
                        f"这条{kind.zh}与另一条重复，没有保存。请刷新后再试。",
                        f"This record ({kind.en}) repeats another one and was not saved; reload and try again.",
                        code="duplicate",
                        status=409,
                    ) from error
        if record is None:
            row = without_former_code(kind, stored, row)
        return _rewrite(
            kind, stored, row, actor, source, valid_from, on_change, event, record is None, realm, import_id
        )


def new_record(kind: Kind, row: Row, source: Source | None, realm: str, import_id: str, moment: dt.datetime) -> Any:
    """A record made of a row, not stored yet."""
    made = kind.model(realm=realm, source=source, import_id=import_id, recorded_at=moment)
    put(kind, made, {name: value.column for name, value in row.values.items()})
    if row.identity:
        made.identity_hash = row.identity
    return made


def put(kind: Kind, record: Any, columns: Mapping[str, Any]) -> None:
    """Set columns of a record; an empty value of a column with a default leaves the default."""
    for name, column in columns.items():
        model_field = record._meta.get_field(name)
        if column in (None, "") and not model_field.null and model_field.has_default():
            continue
        setattr(record, f"{name}_id" if kind.field(name).is_reference else name, column)


def _create(
    kind: Kind, row: Row, actor: Any, source: Source | None, valid_from: dt.date | None, event: AuditEvent | None,
    realm: str, import_id: str,
) -> Written:  # fmt: skip
    made = new_record(kind, row, source, realm, import_id, timezone.now())
    made.save(force_insert=True)
    after = state_of(kind, made)
    told = event or audit.record(
        actor=actor,
        role=access.acting_role(actor),
        action="registry.create",
        object_kind="registry_record",
        object_id=f"{kind.id}/{made.pk}",
        after=after,
    )
    if valid_from is not None and kind.state_like:
        first = initial(kind, made)
        first.valid_from, first.event_id = valid_from, told.public_id
        first.save()
    return Written(made, "created", tuple(name for name, value in row.values.items() if value.text), told)


@dataclass
class NewState:
    """A write thought through, before it is stored."""

    kind: Kind
    record: Any
    rows: list[Version]
    writing: bitemporal.Writing[State, Version]
    before: State
    after: State
    why: str

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that are different."""
        return tuple(name for name, text in self.after.items() if (text or None) != (self.before.get(name) or None))


def new_state(
    kind: Kind,
    record: Any,
    rows: list[Version],
    row: Row,
    valid_from: dt.date | None,
    on_change: Mode,
    moment: dt.datetime,
) -> NewState | None:
    """What a row changes of a record; None when it says what is on record already.

    Raises:
        FieldError: nothing is on record for the day to be corrected.
    """
    day = valid_from or timezone.localdate()
    correcting = on_change == "correct" or not kind.state_like
    held = bitemporal.as_of(rows, day if kind.state_like else timezone.localdate())
    if held is None and correcting:
        raise FieldError(
            None,
            f"{day} 这一天没有记录，不能更正；请改用“从某日起变更”。",
            f"Nothing is on record for {day}, so there is nothing to correct; enter a change from a day on instead.",
            "no_state",
        )
    before: State = dict(held.values) if held is not None else state_of(kind, record)
    given = {name: value.text for name, value in row.values.items() if _kept(kind, record, name, value)}
    after = {**before, **given}
    if held is not None and all((after[name] or None) == (before.get(name) or None) for name in after):
        return None
    moment = max(moment, next_moment(rows))
    if correcting:
        writing = bitemporal.correct(rows, after, day if kind.state_like else timezone.localdate(), moment)
    else:
        writing = bitemporal.change(rows, after, day, moment)
    return NewState(kind, record, rows, writing, before, after, Why.CORRECT if correcting else Why.CHANGE)


def _kept(kind: Kind, record: Any, name: str, value: Value) -> bool:
    """Whether a value counts: an empty one does not for a column that cannot be empty."""
    column = record._meta.get_field(name)
    return bool(value.text) or column.null or (not column.has_default() and not kind.field(name).required)


def next_moment(rows: Iterable[Version]) -> dt.datetime:
    """Now, or the first moment after everything on record where the clock went back."""
    recorded = [moment for moment in bitemporal.moments(rows) if isinstance(moment, dt.datetime)]
    return max(timezone.now(), *(moment + dt.timedelta(microseconds=1) for moment in recorded))


def rows_of(
    writing: NewState, source: Source | None, event_id: str, import_id: str
) -> tuple[list[Version], list[Version]]:
    """The version rows to insert and those to close (with their moment set); a first state is among the inserted."""
    moment = writing.writing.recorded_at
    inserted: list[Version] = []
    closed: list[Version] = []
    for row in writing.rows:
        if any(row is other for other in writing.writing.superseded):
            row.superseded_at = moment
            (inserted if row.pk is None else closed).append(row)
        elif row.pk is None:
            inserted.append(row)
    for new in writing.writing.inserted:
        kept = new.kept
        inserted.append(
            Version(
                kind=writing.kind.id,
                record_id=writing.record.pk,
                valid_from=new.valid_from,
                valid_to=new.valid_to,
                recorded_at=moment,
                values=new.values,
                why=Why.KEPT if kept is not None and writing.why != Why.UNDO else writing.why,
                source=kept.source if kept is not None else source,
                event_id=event_id,
                import_id=import_id,
            )
        )
    return inserted, closed


def project(kind: Kind, record: Any, inserted: Iterable[Version], found: References) -> list[str]:
    """Bring the row to the state believed for today; returns the columns that are different now (none: already there)."""
    believed = [row for row in inserted if row.superseded_at is None]
    current = bitemporal.as_of(believed, timezone.localdate())
    if current is None:
        return []
    was = state_of(kind, record)
    different = [name for name, text in current.values.items() if (text or None) != (was.get(name) or None)]
    columns = {name: column_of(kind.field(name), current.values[name], found) for name in different}
    for name, column in columns.items():
        setattr(record, f"{name}_id" if kind.field(name).is_reference else name, column)
    if record.source_id != current.source_id and current.why != Why.KEPT:
        record.source = current.source
        different.append("source")
    return different


def store(writing: NewState, source: Source | None, event_id: str, import_id: str) -> None:
    """Store a write that was thought through: versions and row. Inside a transaction."""
    inserted, closed = rows_of(writing, source, event_id, import_id)
    Version.objects.bulk_create(inserted)
    Version.objects.bulk_update(closed, ["superseded_at"])
    if columns := project(writing.kind, writing.record, inserted, References()):
        writing.record.save(update_fields=columns)


def other_realm(kind: Kind, record: Any, realm: str) -> FieldError | None:
    """The error of a write that would mix real and generated data; None when the realms agree."""
    if record.realm == realm:
        return None
    return FieldError(
        None,
        f"这条{kind.zh}是{record.get_realm_display()}，这次写入的不是；两者不能混。",
        f"This record ({kind.en}) is of the realm “{record.realm}” and the write is of “{realm}”; they are never mixed.",
        "realm",
    )


def _rewrite(
    kind: Kind, stored: Any, row: Row, actor: Any, source: Source | None, valid_from: dt.date | None, on_change: Mode,
    event: AuditEvent | None, check_realm: bool, realm: str, import_id: str,
) -> Written:  # fmt: skip
    locked = kind.model.everything.select_for_update().get(pk=stored.pk)
    if check_realm and (error := other_realm(kind, locked, realm)):
        refuse([error])
    moment = timezone.now()
    rows = versions_locked(kind, locked)
    try:
        writing = new_state(kind, locked, rows, row, valid_from, on_change, moment)
    except FieldError as error:
        refuse([error])
        raise
    new_identity = bool(row.identity and row.identity != locked.identity_hash)
    if writing is None and not new_identity:
        return Written(locked, "unchanged")
    before = writing.before if writing else state_of(kind, locked)
    told = event or audit.record(
        actor=actor,
        role=access.acting_role(actor),
        action="registry.correct" if writing and writing.why == Why.CORRECT else "registry.change",
        object_kind="registry_record",
        object_id=f"{kind.id}/{locked.pk}",
        before=before,
        after=writing.after if writing else {**before, "identity": row.identity},
    )
    changed: tuple[str, ...] = ()
    try:
        with transaction.atomic():
            if new_identity:
                locked.identity_hash, changed = row.identity, ("identity_number",)
                locked.save(update_fields=["identity_hash"])
            if writing is not None:
                store(writing, source, told.public_id, import_id)
                changed += writing.changed
    except IntegrityError as error:
        raise UserError(
            f"改后的{kind.zh}与另一条重复，没有保存。若是同一家，请用“合并”。",
            f"The changed record ({kind.en}) would repeat another one and was not saved. If they are the same, merge them.",
            code="duplicate",
            status=409,
        ) from error
    return Written(locked, "changed", changed, told)


def versions_locked(kind: Kind, record: Any) -> list[Version]:
    """All states of a record that is locked and about to be written, the first one unsaved where it was never changed."""
    make_way(kind, [record.pk])
    return versions(record)


def remove(record: Any, *, actor: Any) -> AuditEvent:
    """Take a record out of the register that should never have been in it; its states stay in the history.

    Raises:
        UserError: other records depend on it (409).
    """
    kind = kind_of(record)
    with transaction.atomic():
        locked = kind.model.everything.select_for_update().get(pk=record.pk)
        if blocking := dependants(locked):
            names = "、".join(sorted({str(row._meta.verbose_name) for row in blocking}))
            raise UserError(
                f"还有别的记录挂在它上面（{names}），不能删。若是重复登记，请用“合并”。",
                f"Other records depend on it ({names}), so it cannot be removed. If it is a duplicate, merge it.",
                code="in_use",
                status=409,
            )
        event = audit.record(
            actor=actor,
            role=access.acting_role(actor),
            action="registry.remove",
            object_kind="registry_record",
            object_id=f"{kind.id}/{locked.pk}",
            before=state_of(kind, locked),
        )
        close_all(kind, [locked], event.public_id, "")
        locked.delete()
    return event


def close_all(kind: Kind, gone: list[Any], event_id: str, import_id: str) -> None:
    """Keep the states of records that are about to go, closed now, so that earlier answers can be given again."""
    moment = timezone.now()
    keys = [record.pk for record in gone]
    make_way(kind, keys)
    known = set(Version.objects.filter(kind=kind.id, record_id__in=keys).values_list("record_id", flat=True))
    Version.objects.filter(kind=kind.id, record_id__in=keys, superseded_at=None).update(superseded_at=moment)
    rows = []
    for record in gone:
        if record.pk not in known:
            row = initial(kind, record)
            row.superseded_at, row.event_id = moment, event_id
            row.import_id = import_id or row.import_id
            rows.append(row)
    Version.objects.bulk_create(rows)


def dependants(record: Any) -> list[Any]:
    """One record of each relation that leads to this one."""
    found = []
    for relation in record._meta.related_objects:
        manager: models.Manager[Any] = relation.related_model._base_manager
        other = manager.filter(**{relation.field.name: record.pk}).first()
        if other is not None:
            found.append(other)
    return found

"""Merging duplicates, and taking a merge back exactly.

The record that goes is kept as data in the merge: every column, every row that pointed at it, rows that would be double
(figures of the same year) and were set aside. Its code and name stay findable as aliases of the record that stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Grant
from kechuang.web.audit.domain import record as audit
from kechuang.web.core.errors import UserError

from ..enums import Why
from ..models import Alias, Attribute, Merge, Version
from .holding import make_way
from .kinds import KINDS, Kind, kind_of
from .record import close_all, dependants, next_moment
from .values import state_of

ALIASED = ("uscc", "name")


def merge(kept: Any, gone: Any, *, actor: Any) -> Merge:
    """Make two records one: everything that pointed at ``gone`` points at ``kept``, and ``gone`` goes.

    Raises:
        UserError: they are the same, of different kinds or realms (422), or a row that would be double has others hanging
            on it (409).
    """
    kind = kind_of(kept)
    _check(kind, kept, gone)
    with transaction.atomic():
        rows = kind.model.everything.select_for_update().in_bulk([kept.pk, gone.pk])
        if len(rows) != 2:
            raise _missing()
        kept, gone = rows[kept.pk], rows[gone.pk]
        make_way(kind, [kept.pk, gone.pk])
        before = {"kept": state_of(kind, kept), "merged": state_of(kind, gone)}
        made = Merge.objects.create(kind=kind.id, kept_id=kept.pk, merged_id=gone.pk, merged_name=str(gone)[:200])
        details: dict[str, Any] = {"row": freeze(gone), "moved": [], "removed": [], "cleared": []}
        for model, column in _pointers(kind):
            _move(model, column, kept, gone, details)
        _move_attributes(kind, kept, gone, details)
        if kind.id == "organisation":
            _move_grants(kept, gone, details)
        event = audit.record(
            actor=actor,
            role=access.acting_role(actor),
            action="registry.merge",
            object_kind="registry_record",
            object_id=f"{kind.id}/{kept.pk}",
            before=before,
            after={"kept": before["kept"], "merge": made.public_id},
        )
        _alias(kind, kept, gone, made)
        close_all(kind, [gone], event.public_id, "")
        kind.model.everything.filter(pk=gone.pk).delete()
        made.details = details
        made.save(update_fields=["details"])
    return made


def _check(kind: Kind, kept: Any, gone: Any) -> None:
    if type(kept) is not type(gone) or kept.pk == gone.pk:
        raise UserError(
            f"合并要两条不同的{kind.zh}。", f"A merge takes two different records of one kind ({kind.en}).", code="same"
        )
    if kept.realm != gone.realm:
        raise UserError("真实数据和演示数据不能合并。", "Real and generated records are never merged.", code="realm")


def _missing() -> UserError:
    return UserError(
        "其中一条已经不在登记库里，请刷新后再试。",
        "One of the two is no longer in the register; reload and try again.",
        code="gone",
        status=409,
    )


def _pointers(kind: Kind) -> Iterator[tuple[type[Any], str]]:
    """Every column that can lead to a record of the kind: model and column."""
    for relation in kind.model._meta.related_objects:
        yield relation.related_model, relation.field.attname


def _move(model: type[Any], column: str, kept: Any, gone: Any, details: dict[str, Any]) -> None:
    """Let rows point at the record that stays; a row that would be double is set aside."""
    label, moved = model._meta.label_lower, []
    for row in model._base_manager.filter(**{column: gone.pk}).order_by("pk"):
        if model is type(kept) and row.pk == kept.pk:  # the record that stays pointed at the other
            details["cleared"].append({"column": column})
            model._base_manager.filter(pk=row.pk).update(**{column: None})
            continue
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{column: kept.pk})
            moved.append(row.pk)
        except IntegrityError:
            if dependants(row):
                raise UserError(
                    f"两边都有“{row}”，而且都挂着别的记录，先处理其中一条再合并。",
                    f"Both sides have “{row}” with other records hanging on it; settle one of them first.",
                    code="double",
                    status=409,
                ) from None
            details["removed"].append({"model": label, "row": freeze(row)})
            model._base_manager.filter(pk=row.pk).delete()
    if moved:
        details["moved"].append({"model": label, "column": column, "keys": moved})


def _move_attributes(kind: Kind, kept: Any, gone: Any, details: dict[str, Any]) -> None:
    """Dated attributes go along where the record that stays has none of the same name; others stay with the old key."""
    has = Attribute.objects.filter(record_id=kept.pk, definition__kind=kind.id).values("definition")
    rows = Attribute.objects.filter(record_id=gone.pk, definition__kind=kind.id).exclude(definition__in=has)
    keys = list(rows.values_list("pk", flat=True))
    Attribute.objects.filter(pk__in=keys).update(record_id=kept.pk)
    details["attributes"] = keys
    aliases = Alias.objects.filter(kind=kind.id, record_id=gone.pk)
    details["aliases"] = list(aliases.values_list("pk", flat=True))
    aliases.update(record_id=kept.pk)


def _move_grants(kept: Any, gone: Any, details: dict[str, Any]) -> None:
    """People who acted for the duplicate act for the organisation that stays."""
    moved = []
    for grant in Grant.objects.filter(organisation=gone.uscc):
        try:
            with transaction.atomic():
                Grant.objects.filter(pk=grant.pk).update(organisation=kept.uscc)
            moved.append(grant.pk)
        except IntegrityError:  # the person has this grant for the other one already
            continue
    details["grants"] = moved


def _alias(kind: Kind, kept: Any, gone: Any, made: Merge) -> None:
    for name in ALIASED:
        if name in kind.by_name and getattr(gone, name) != getattr(kept, name):
            Alias.objects.create(kind=kind.id, record_id=kept.pk, field=name, value=getattr(gone, name), merge=made)


def undo(made: Merge, *, actor: Any) -> Any:
    """Take a merge apart again: the record comes back under its key, with everything that pointed at it.

    What was changed on purpose since (a row that points elsewhere now, or is gone) is left as it is.

    Returns the record that came back.

    Raises:
        UserError: the merge was undone already, its code was given to another record since, or its person was
            erased (409).
    """
    kind = KINDS[made.kind]
    with transaction.atomic():
        made = Merge.objects.select_for_update().get(pk=made.pk)
        kept = kind.model.everything.select_for_update().filter(pk=made.kept_id).first()
        if made.undone_at is not None or kept is None:
            raise _missing()
        details = made.details
        if not details:
            raise UserError(
                "合并掉的记录已经按个人信息删除请求清空，不能恢复。",
                "The merged record was emptied by a request for erasure of personal data; it cannot come back.",
                code="erased",
                status=409,
            )
        try:
            with transaction.atomic():
                back = thaw(kind.model, details["row"])
        except IntegrityError as error:
            raise UserError(
                f"“{made.merged_name}”的代码已经登记给另一条记录，不能撤销合并。",
                f"The code of “{made.merged_name}” has been registered for another record; the merge stays.",
                code="taken",
                status=409,
            ) from error
        for moved in details["moved"]:
            model = apps.get_model(moved["model"])
            rows = model._base_manager.filter(pk__in=moved["keys"], **{moved["column"]: kept.pk})
            rows.update(**{moved["column"]: back.pk})
        for removed in details["removed"]:
            thaw(apps.get_model(removed["model"]), removed["row"])
        for cleared in details["cleared"]:
            rows = kind.model.everything.filter(pk=kept.pk, **{f"{cleared['column']}__isnull": True})
            rows.update(**{cleared["column"]: back.pk})
        Attribute.objects.filter(pk__in=details["attributes"]).update(record_id=back.pk)
        made.aliases.all().delete()
        Alias.objects.filter(pk__in=details["aliases"]).update(record_id=back.pk)
        Grant.objects.filter(pk__in=details.get("grants", [])).update(organisation=getattr(back, "uscc", ""))
        event = audit.record(
            actor=actor,
            role=access.acting_role(actor),
            action="registry.unmerge",
            object_kind="registry_record",
            object_id=f"{kind.id}/{kept.pk}",
            before={"kept": state_of(kind, kept), "merge": made.public_id},
            after={"kept": state_of(kind, kept), "merged": state_of(kind, back)},
        )
        _believe_again(kind, back, event.public_id)
        made.undone_at = timezone.now()
        made.save(update_fields=["undone_at"])
    return back


def _believe_again(kind: Kind, back: Any, event_id: str) -> None:
    """The states that the merge closed are believed again from now on; what was told in between stays as it was told."""
    rows = list(Version.objects.filter(kind=kind.id, record_id=back.pk))
    moment = next_moment(rows)
    last = max((row.superseded_at for row in rows if row.superseded_at is not None), default=None)
    again = [
        Version(
            kind=kind.id, record_id=back.pk, valid_from=row.valid_from, valid_to=row.valid_to, recorded_at=moment,
            values=row.values, why=Why.UNDO, source_id=row.source_id, event_id=event_id,
        )
        for row in rows
        if row.superseded_at == last
    ]  # fmt: skip
    Version.objects.bulk_create(again)


def freeze(row: Any) -> dict[str, str | None]:
    """Every column of a row as text, without loss."""
    return {
        field.attname: None if getattr(row, field.attname) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }


def thaw(model: type[Any], columns: dict[str, str | None]) -> Any:
    """Put a frozen row back under its own key."""
    values = {
        field.attname: None if columns[field.attname] is None else field.to_python(columns[field.attname])
        for field in model._meta.concrete_fields
        if field.attname in columns
    }
    row = model(**values)
    row.save(force_insert=True)
    return row

"""Dated attributes: facts about a record that no column holds, each with a name, a type and a unit from its definition.

A pack's fact names one as its origin: ``enterprise.attribute[rd_accounts_kept]``. The definition is made from the fact,
so that the register asks for it in the pack's words. Values are bitemporal as all facts are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from kechuang import bitemporal
from kechuang.citypack.models import Fact
from kechuang.web.accounts import access
from kechuang.web.audit.domain import record as audit
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import current_digest, current_release

from ..models import Attribute, AttributeDefinition, Source
from .kinds import Field, Kind, kind_of
from .record import Mode, next_moment, refuse
from .values import FieldError, References, clean

#: The entity of a fact -> the kind of record.
ENTITIES = {
    "enterprise": "organisation",
    "institution": "base",
    "contract": "contract",
    "patent": "patent",
    "loan": "loan",
    "person": "person",
    "project": "project",
}
TYPES = {
    "money": "money",
    "rate": "number",
    "count": "integer",
    "date": "date",
    "enum": "choice",
    "text": "text",
    "boolean": "boolean",
}
_PATH = re.compile(r"([a-z]+)\.attribute\[([a-z][a-z0-9_]*)\]")


def attribute_path(path: str) -> tuple[str, str] | None:
    """Entity and code of an attribute that a fact names as its origin; None for another path."""
    found = _PATH.fullmatch(path)
    return (found[1], found[2]) if found and found[1] in ENTITIES else None


def define(facts: Iterable[Fact]) -> int:
    """Make the definitions of all attributes a pack's facts name; returns how many are new. Titles follow the pack."""
    new = 0
    with transaction.atomic():
        for fact in facts:
            named = attribute_path(fact.origin.path or "")
            if named is None:
                continue
            wanted = {
                "zh": fact.id,
                "en": fact.en,
                "type": TYPES[fact.type],
                "unit": fact.unit or "",
                "choices": [{"value": item.value, "en": item.en} for item in fact.values],
            }
            made, created = AttributeDefinition.objects.get_or_create(
                kind=ENTITIES[named[0]], code=named[1], defaults=wanted
            )
            if created or any(getattr(made, name) != value for name, value in wanted.items()):
                for name, value in wanted.items():
                    setattr(made, name, value)
                made.save()
                new += created
                audit.record(
                    actor=None,
                    role="system",
                    action="registry.define",
                    object_kind="registry_attribute",
                    object_id=str(made),
                    after=wanted,
                )
    return new


def offered(kind: Kind) -> list[Fact]:
    """Facts of the pack in force that are attributes of this kind of record."""
    if current_digest() is None:
        return []
    named = ((fact, attribute_path(fact.origin.path or "")) for fact in current_release().pack.facts)
    return [fact for fact, found in named if found and ENTITIES[found[0]] == kind.id]


def field_of(definition: AttributeDefinition) -> Field:
    """The definition as a field of the catalogue: the same checks and messages."""
    kind: Any = definition.type
    digits = {"money": (18, 2), "number": (18, 6), "integer": (15, 0)}.get(definition.type)
    return Field(
        definition.code,
        definition.zh,
        kind,
        unit=definition.unit,
        choices=tuple((item["value"], item["value"]) for item in definition.choices),
        max_length=500 if kind == "text" else None,
        digits=digits,
        minimum=0 if kind in ("money", "integer") else None,
    )


def put(
    record: Any,
    code: str,
    value: Any,
    *,
    actor: Any,
    source: Source | None,
    valid_from: dt.date | None = None,
    on_change: Mode = "change",
) -> AuditEvent | None:
    """Give an attribute of a record a value from a day on (None: since ever), or correct the value that held on it.

    Returns the audit event; None when the value is on record already.

    Raises:
        UserError: no attribute of this name (404), or a value it cannot take (422).
    """
    kind = kind_of(record)
    wanted = AttributeDefinition.objects.filter(kind=kind.id, code=code)
    definition = wanted.first()
    if definition is None and current_digest() is not None:
        define(current_release().pack.facts)
        definition = wanted.first()
    if definition is None:
        raise UserError(
            f"{kind.zh}没有“{code}”这个属性；属性由城市包的事实目录定义。",
            f"Records of this kind ({kind.en}) have no attribute “{code}”; the fact catalogue of the city pack defines them.",
            code="no_attribute",
            status=404,
        )
    try:
        checked = clean(field_of(definition), value, References())
    except FieldError as error:
        refuse([error])
        raise
    if checked.text in (None, ""):
        raise UserError("请填写值。", "Enter a value.", field="value", code="empty")
    with transaction.atomic():
        kind.model.everything.select_for_update().get(pk=record.pk)
        rows = list(Attribute.objects.filter(definition=definition, record_id=record.pk))
        held = bitemporal.as_of(rows, valid_from or dt.date.min)
        if held is not None and held.text == checked.text:
            return None
        moment = next_moment(rows) if rows else timezone.now()
        if on_change == "correct" and held is not None:
            writing = bitemporal.correct(rows, checked.text, valid_from or dt.date.min, moment)
        else:
            writing = bitemporal.change(rows, checked.text, valid_from, moment)
        event = audit.record(
            actor=actor,
            role=access.acting_role(actor),
            action="registry.attribute",
            object_kind="registry_record",
            object_id=f"{kind.id}/{record.pk}",
            before=None if held is None else {code: held.text},
            after={code: checked.text, "from": valid_from},
        )
        for row in writing.superseded:
            row.superseded_at = moment
            row.save(update_fields=["superseded_at"])
        for new in writing.inserted:
            Attribute.objects.create(
                definition=definition,
                record_id=record.pk,
                text=new.values,
                number=_number(definition, new.values),
                valid_from=new.valid_from,
                valid_to=new.valid_to,
                recorded_at=moment,
                source=source if new.kept is None else new.kept.source,
                event_id=event.public_id,
            )
    record.__dict__.pop("_attributes", None)
    return event


def _number(definition: AttributeDefinition, text: str) -> Decimal | None:
    return Decimal(text) if definition.type in ("money", "number", "integer") else None


def attributes_on(record: Any, day: dt.date, known_on: dt.datetime | None = None) -> dict[str, str]:
    """The values of a record's attributes that held on ``day``, as known at ``known_on`` (now), by code."""
    rows: list[Attribute] | None = record.__dict__.get("_attributes")
    if rows is None:
        kind = kind_of(record)
        query = Attribute.objects.filter(record_id=record.pk, definition__kind=kind.id).select_related("definition")
        rows = record.__dict__["_attributes"] = list(query)
    held = [row for row in bitemporal.believed(rows, known_on) if bitemporal.holds_on(row, day)]
    return {row.definition.code: row.text for row in held}


def fact_value(fact: Fact, text: str | None) -> Any:
    """An attribute's text as a value of the fact that names it; None when there is none."""
    if text is None:
        return None
    if fact.type == "boolean":
        return text == "true"
    if fact.type == "date":
        return dt.date.fromisoformat(text)
    return Decimal(text) if fact.type in ("money", "rate", "count") else text

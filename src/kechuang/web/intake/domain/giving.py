"""What leaves the register: which records and fields, for whom, with personal data masked; streamed.

Restricted fields never leave in bulk. Personal fields are shown in full to officers and to the organisation they belong
to, masked to everybody else. Every row says whether it is real or demo data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet

from kechuang.tabular import writing
from kechuang.web.accounts import access as roles
from kechuang.web.accounts.access import acting_role
from kechuang.web.accounts.domain.tokens import READS_PRIVATE
from kechuang.web.accounts.models import ApiToken, Role
from kechuang.web.audit.domain.record import record
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.registry.access import PUBLIC_FIELDS, visible
from kechuang.web.registry.domain.kinds import KINDS, Field, Kind, in_chinese, in_english
from kechuang.web.registry.domain.values import text_of

MASK = "**"
FORMATS = {
    "xlsx": writing.XLSX, "csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8",
}  # fmt: skip
CHUNK = 2000


@dataclass(frozen=True)
class Reader:
    """Who asks: a person (or visitor), or another system by its token."""

    user: Any = None
    token: ApiToken | None = None

    @property
    def answers(self) -> Any:
        """Who answers for the reading: the person, or the administrator who made the token."""
        return self.user if self.token is None else self.token.created_by

    @property
    def key(self) -> str:
        """What request limits are counted by."""
        if self.token is not None:
            return f"token:{self.token.pk}"
        return f"user:{self.user.pk}" if getattr(self.user, "is_authenticated", False) else ""


def mask(text: str) -> str:
    """``张三丰`` becomes ``张**``; dates and codes vanish altogether."""
    return text[:1] + MASK if text and not text[0].isdigit() else MASK


def kind_for(reader: Reader, name: str) -> Kind:
    """A kind that may leave in bulk.

    Raises:
        UserError: there is no such kind (404), or nothing of it is open to the reader (401, 403).
    """
    kind = KINDS.get(name)
    if kind is None or kind.restricted:
        raise UserError(f"没有“{name}”这种记录。", f"There is no kind of record “{name}”.", field="kind", status=404)
    if not kind.public and not _may_ask(reader):
        status = 403 if reader.token is not None or getattr(reader.user, "is_authenticated", False) else 401
        raise UserError(
            "这种记录只给本单位、经办人和有权限的系统看。",
            "Records of this kind are open to their organisation, to officers, and to systems with the right scope.",
            code="forbidden", status=status,
        )  # fmt: skip
    return kind


def _may_ask(reader: Reader) -> bool:
    if reader.token is not None:
        return READS_PRIVATE in reader.token.scopes
    user = reader.user
    return bool(roles.has_role(user, Role.OFFICER) or roles.organisations(user) or roles.counties(user))


def _whole(reader: Reader) -> bool:
    """Whether the reader sees every field of every record it may see."""
    if reader.token is not None:
        return READS_PRIVATE in reader.token.scopes
    return roles.has_role(reader.user, Role.OFFICER)


def rows_for(reader: Reader, kind: Kind) -> QuerySet[Any]:
    """The records of a kind that a reader may see, in a stable order."""
    if reader.token is not None:
        rows = kind.model.objects.all() if _whole(reader) else visible(AnonymousUser(), kind)
    else:
        rows = visible(reader.user, kind)
    if _whole(reader):  # with every field, so that what a demo person, or its token, takes away is generated
        rows = rows.filter(roles.realm_filter(reader.answers))
    return rows.select_related(*kind.references).order_by("pk")


def fields_for(reader: Reader, kind: Kind) -> list[Field]:
    """The fields of a kind that leave for a reader."""
    open_to_all = PUBLIC_FIELDS.get(kind.id, frozenset())
    return [
        field for field in kind.stored
        if not field.restricted and (not kind.public or _whole(reader) or field.name in open_to_all)
    ]  # fmt: skip


def sees_people(reader: Reader) -> bool:
    """Whether personal fields are shown in full."""
    if reader.token is not None:
        return False
    held = roles.roles(reader.user)
    return Role.OFFICER in held or Role.COUNTY not in held


def narrowed(rows: QuerySet[Any], kind: Kind, fields: list[Field], wanted: Mapping[str, str]) -> QuerySet[Any]:
    """Records filtered by equality of open fields, ``realm`` and (for text) ``q``.

    Raises:
        UserError: a filter names no field of the kind, or its value cannot be read.
    """
    known = {field.name: field for field in fields if not field.personal}
    for name, value in wanted.items():
        if not value:
            continue
        if name == "realm" and value in Realm.values:
            rows = rows.filter(realm=value)
        elif name == "q":
            texts = [f.name for f in known.values() if f.type == "text"]
            query = models.Q(pk__in=[])
            for text in texts:
                query |= models.Q(**{f"{text}__icontains": value})
            rows = rows.filter(query)
        elif name in known:
            field = known[name]
            column = f"{name}__uscc" if field.type == "organisation" else name
            sought = value.lower() in ("true", "1", "是") if field.type == "boolean" else value
            try:
                rows = rows.filter(**{column: sought})
            except (ValueError, TypeError, ValidationError):
                raise UserError(
                    f"筛选条件 {name} 的值“{value}”不对。",
                    f"The filter {name} has a wrong value: “{value}”.",
                    field=name,
                ) from None
        else:
            raise UserError(f"不能按“{name}”筛选。", f"Records cannot be filtered by “{name}”.", field=name)
    return rows


def value_of(field: Field, record_: Any, people: bool) -> str | None:
    """A value as it leaves: canonical text, masked where it is personal."""
    text = text_of(field, record_)
    if field.is_reference and field.type != "organisation" and text is not None:
        other = getattr(record_, field.name)
        text = str(getattr(other, KINDS[field.to].reference, "") or text)
    return mask(text) if text and field.personal and not people else text


def item(kind: Kind, fields: list[Field], record_: Any, people: bool) -> dict[str, Any]:
    """A record as JSON: its number, realm and fields; amounts and numbers are strings."""
    return {
        "id": record_.pk, "realm": record_.realm,
        **{field.name: value_of(field, record_, people) for field in fields},
    }  # fmt: skip


def _shown(field: Field, text: str | None, language: str) -> str:
    """A value as people read it in a table."""
    if text is None:
        return ""
    if field.type == "boolean":
        return {"true": ("是", "yes"), "false": ("否", "no")}[text][language == "en"]
    if field.type == "choice":
        label = dict(field.choices).get(text, text)
        return in_english(label) if language == "en" else in_chinese(label)
    return text


def export(reader: Reader, name: str, form: str, wanted: Mapping[str, str], language: str) -> Iterator[bytes]:
    """All records that fit, streamed as .xlsx, CSV or JSON. What is not public leaves an audit event.

    Raises:
        UserError: an unknown kind or form (404), no right (401, 403), a wrong filter (422).
    """
    kind = kind_for(reader, name)
    if form not in FORMATS:
        raise UserError(f"没有“{form}”这种格式。", f"There is no format “{form}”.", field="format", status=404)
    fields, people = fields_for(reader, kind), sees_people(reader)
    rows = narrowed(rows_for(reader, kind), kind, fields, wanted)
    if not kind.public or _whole(reader):
        record(
            actor=reader.user, role=acting_role(reader.user), action="export.make", object_kind="export", object_id=kind.id,
            after={"format": form, "filters": dict(wanted), "fields": [f.name for f in fields], "people": people},
        )  # fmt: skip
    return _stream(kind, fields, rows, form, people, language)


def _stream(
    kind: Kind, fields: list[Field], rows: QuerySet[Any], form: str, people: bool, language: str
) -> Iterator[bytes]:
    walk = rows.iterator(chunk_size=CHUNK)
    if form == "json":
        yield b'{"kind":"' + kind.id.encode() + b'","items":[\n'
        for place, one in enumerate(walk):
            text = json.dumps(item(kind, fields, one, people), ensure_ascii=False)
            yield (",\n" if place else "").encode() + text.encode()
        yield b"\n]}\n"
        return
    zh = language != "en"
    heading = ["数据性质" if zh else "Realm", *(_heading(f, zh) for f in fields)]
    realms = {Realm.REAL.value: "真实数据" if zh else "real", Realm.DEMO.value: "演示数据" if zh else "demo data"}

    def cells() -> Iterator[list[str]]:
        for one in walk:
            yield [realms[one.realm], *(_shown(f, value_of(f, one, people), language) for f in fields)]

    if form == "csv":
        for line in writing.csv_rows(heading, cells()):
            yield line.encode()
    else:
        yield from writing.xlsx_bytes(kind.zh if zh else kind.en, heading, cells())


def _heading(field: Field, zh: bool) -> str:
    unit = field.unit_zh if zh else field.unit_en
    title = field.zh if zh else field.en
    return f"{title}（{unit}）" if unit and zh else f"{title} ({unit})" if unit else title

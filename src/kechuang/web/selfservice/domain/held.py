"""Everything that is held about a person: found by walking all relations to the account, so that nothing is forgotten.

The Personal Information Protection Law (个人信息保护法) gives people the right to see and copy their data (article 45).
Of official records that only name the person (a draft, an import, a decision) it holds the number and the days: what is in
them belongs to the office and to others. Secrets by which somebody logs in (passwords, keys of the second factor, session
keys) are not given out: they protect the person, and a copy of them would endanger what they protect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import QuerySet

from kechuang.web.accounts.domain.personas import is_persona
from kechuang.web.audit.domain.queries import own_events
from kechuang.web.audit.domain.record import plain
from kechuang.web.core.models import StoredFile
from kechuang.web.registry.models import HeldChange, Version

SECRET = {"password", "session_key", "data", "digest", "hint", "key", "identity_hash", "lease_owner", "nonce"}
#: Tables whose rows are about the person only, by table and column: a copy holds them whole, an erasure deletes them.
PERSONAL = {
    "accounts.grant.user",
    "accounts.identity.user",
    "accounts.login.user",
    "accounts.delegation.giver",
    "accounts.delegation.receiver",
    "account.emailaddress.user",
    "mfa.authenticator.user",
    "selfservice.claim.user",
    "selfservice.consent.user",
    "usersessions.usersession.user",
}
OWN = PERSONAL | {"selfservice.personalrequest.user"}
PROOF = "selfservice.proof"
"""Rule of the files that people hand in about themselves; see ``proofs.py``."""
MOST_ROWS = 5000
"""Of one table; what is more is counted, and given out on request."""


def relations(model: type[models.Model]) -> list[Any]:
    """Every foreign key of the site that leads to a model."""
    fields = [one for one in model._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete]
    return [one for one in fields if not (one.many_to_many or one.related_model._meta.auto_created)]


def key_of(relation: Any) -> str:
    """Table and column of a foreign key, as :data:`PERSONAL` names them."""
    return f"{relation.related_model._meta.label_lower}.{relation.field.name}"


def row(record: models.Model) -> dict[str, Any]:
    """The columns of a record in plain types, secrets left out."""
    return {
        field.attname: plain(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.name not in SECRET
    }


def reference(record: models.Model) -> dict[str, Any]:
    """What a copy says of an official record that names the person: its number and its days, never what is in it."""
    days = {f.attname: plain(getattr(record, f.attname)) for f in record._meta.concrete_fields if _is_day(f)}
    number = {"public_id": record.public_id} if hasattr(record, "public_id") else {}
    return {"id": record.pk, **number, **days}


def _is_day(field: Any) -> bool:
    return isinstance(field, models.DateField)  # moments are days too


def _section(title: str, rows: QuerySet[Any], tell: Callable[[Any], dict[str, Any]] = row) -> dict[str, Any]:
    listed = [tell(record) for record in rows[:MOST_ROWS]]
    return {"title": title, "count": len(listed) if len(listed) < MOST_ROWS else rows.count(), "rows": listed}


def _pointing(record: models.Model, own: set[str] | None = None) -> Iterable[tuple[str, dict[str, Any]]]:
    """Rows of every table that lead to a record, by table and column; whole those of ``own``, references to the others."""
    for relation in relations(type(record)):
        model, column = relation.related_model, relation.field.name
        key = key_of(relation)
        tell = row if own is None or key in own else reference
        section = _section(str(model._meta.verbose_name), model._base_manager.filter(**{column: record.pk}), tell)
        if section["rows"]:
            yield key, section


def held_about(user: Any, person: Any = None) -> dict[str, Any]:
    """A machine-readable copy of everything held about an account and, where it was matched, the person's record."""
    user = get_user_model().objects.get(pk=user.pk)  # what a request carries is a wrapper around it
    copy: dict[str, Any] = {"account": row(user), "tables": dict(_pointing(user, OWN))}
    if is_persona(user):  # shared: nobody may see where the others log in from
        for table in ("accounts.login.user", "usersessions.usersession.user"):
            copy["tables"].pop(table, None)
    files = _section(
        str(StoredFile._meta.verbose_name), StoredFile.objects.filter(created_by=str(user.pk)),
        lambda file: (row if file.rule == PROOF else reference)(file),
    )  # fmt: skip
    if files["rows"]:
        copy["tables"]["core.storedfile.created_by"] = files
    copy["tables"]["audit.auditevent.actor_id"] = _section("audit", own_events(user))
    if person is not None:
        states = Version.objects.filter(kind="person", record_id=person.pk)
        copy["person"] = {
            "record": row(person),
            "tables": dict(_pointing(person)),
            "history": [row(version) for version in states],
            "held_changes": [row(held) for held in HeldChange.objects.filter(kind="person", record_id=person.pk)],
        }
    return copy

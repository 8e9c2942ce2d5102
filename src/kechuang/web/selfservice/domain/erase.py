"""Erasing a person: what law and audit need stays without the name, everything else goes.

The Personal Information Protection Law (个人信息保护法) asks for erasure when the purpose is over or consent is taken back
(article 47). Decisions a person took for the administration, and the audit log, have to be kept; they point at an account
that has no name any more.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session

from kechuang.web.accounts import access as roles
from kechuang.web.accounts.domain.personas import is_persona
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.intake.models import ImportRow
from kechuang.web.registry.domain.holding import make_way
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.models import Alias, Attribute, HeldChange, Merge, Version

from . import proofs
from .held import PERSONAL, key_of, relations

FACTS = tuple(field.name for field in KINDS["person"].fields if field.personal and not field.virtual)


def pseudonym(record: Any) -> str:
    """The name that stands for an erased person: the same for the same one, and nobody can count back from it."""
    message = f"{record._meta.label_lower}:{record.pk}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:10].upper()


def require_erasable(user: Any) -> None:
    """Refuse where erasure has to wait or cannot be.

    Raises:
        UserError: a demo persona, which everybody shares (403); a role of the administration is still held (409).
    """
    if is_persona(user):
        raise UserError(
            "演示身份大家共用，不能删除。",
            "A demo persona is shared by everybody and cannot be erased.",
            code="persona",
            status=403,
        )
    if roles.is_staff_role(user):
        raise UserError(
            "还有机关角色，先请安全管理员收回角色，再申请删除。",
            "A role of the administration is held; the security administrator has to take it away first.",
            code="staff",
            status=409,
        )


def erase_account(user: Any) -> str:
    """Delete what is about the account only, and take the name from the rest; inside the transaction of the decision."""
    for claim in user.claims.select_related("proof"):
        proofs.discard(claim)
    Session.objects.filter(session_key__in=user.usersession_set.values("session_key")).delete()
    for log in (AccessAttempt, AccessLog):
        log.objects.filter(username__iexact=user.username).delete()
    for relation in relations(type(user)):
        if key_of(relation) in PERSONAL:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    user.personal_requests.update(text="")
    name = pseudonym(user)
    user.username, user.display_name = f"erased-{name.lower()}", f"已注销用户 {name}"
    user.email = user.first_name = user.last_name = ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    roles.forget(user)
    return name


def erase_person(person: Any) -> None:
    """Take name and personal facts from the person's record, all its earlier states and what was copied from it.

    Earlier states are also those of records that were found to be the same person and merged into this one.
    """
    name = f"已删除 {pseudonym(person)}"
    empty = {field: None if person._meta.get_field(field).null else "" for field in FACTS} | {"name": name}
    type(person).everything.filter(pk=person.pk).update(**empty, identity_hash="")
    keys = _with_merged(person.pk)
    make_way(KINDS["person"], keys)  # what an import has shown goes into the history first
    HeldChange.objects.filter(kind="person", record_id__in=keys).delete()  # what it has not shown, it brings not back
    for version in Version.objects.filter(kind="person", record_id__in=keys):
        version.values = {field: None if field in FACTS else value for field, value in version.values.items()}
        version.values["name"] = name
        version.save(update_fields=["values"])
    Alias.objects.filter(kind="person", record_id__in=keys).delete()
    Attribute.objects.filter(definition__kind="person", record_id__in=keys).delete()
    Merge.objects.filter(kind="person", kept_id__in=keys).update(merged_name=name, details={})
    Entitlement.objects.filter(subject_kind="person", subject_id__in=[str(key) for key in keys]).update(
        subject_name=name
    )
    ImportRow.objects.filter(imported__kind="person", record_id__in=keys).update(values={}, written={}, findings=[])


def _with_merged(key: int) -> list[int]:
    """Keys of a person's record and of all that were merged into it, or into one of those."""
    found, last = [key], {key}
    while last:
        rows = Merge.objects.filter(kind="person", kept_id__in=last, undone_at=None).exclude(merged_id__in=found)
        last = set(rows.values_list("merged_id", flat=True))
        found += sorted(last)
    return found

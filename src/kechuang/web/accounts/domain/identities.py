"""Links between accounts and the city's identity provider.

The rule of linking: an identity logs in the account it was linked to, and no other. Only the person makes the link: logged
in here (with the second factor where one is needed) and, in the same quarter of an hour, there. No account is ever
made, found by name or e-mail, or given a right because a provider says so.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Identity, Role, User
from kechuang.web.audit.domain.record import record, state_digest
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError


def account_of(issuer: str, subject: str) -> User | None:
    """The account an identity was linked to; None where there is none, or it is a shared demo account."""
    found = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    return None if found is None or found.user.realm == Realm.DEMO else found.user


def of(user: Any) -> QuerySet[Identity]:
    """Identities that a person has linked."""
    return Identity.objects.filter(user=user)


def link(user: User, issuer: str, subject: str) -> Identity:
    """Link an identity that the provider has just vouched for; one audit event.

    Raises:
        UserError: a shared demo account (403); the identity belongs to another account, or the account has one (409).
    """
    if user.realm == Realm.DEMO:
        raise UserError(
            "演示身份大家共用，不能关联。", "A demo persona is shared by everybody and cannot be linked.", status=403
        )
    try:
        with transaction.atomic():
            made = Identity.objects.create(user=user, issuer=issuer, subject=subject)
            _tell(user, "account.identity_link", made)
    except IntegrityError:
        raise UserError(
            "这个身份已经关联了别的账号，或者你的账号已经关联了一个身份。先解除原来的，再关联。",
            "This identity is linked to another account, or your account has one already. Remove that link first.",
            code="linked",
            status=409,
        ) from None
    return made


def unlink(user: User, *, actor: Any) -> int:
    """Remove the links of an account, its own or (for a security administrator) anybody's; returns how many.

    Raises:
        UserError: somebody else's account, and the actor is no security administrator (401, 403).
    """
    if actor.pk != user.pk:
        access.require(actor, Role.SECURITY_ADMIN)
    with transaction.atomic():
        found = list(Identity.objects.select_for_update().filter(user=user))
        if found:
            _tell(actor, "account.identity_unlink", found[0])
            Identity.objects.filter(user=user).delete()
    return len(found)


def _tell(actor: Any, action: str, identity: Identity) -> None:
    """The event holds a digest of the number, not the number: it is personal data."""
    record(
        actor=actor, role=access.acting_role(actor), action=action, object_kind="user",
        object_id=identity.user.username, after=state_digest({"issuer": identity.issuer, "subject": identity.subject}),
    )  # fmt: skip

"""Lending a right: a person lets another named person act on their behalf until a day.

The limits, each tried in ``tests/web/accounts/test_delegations.py``:

* one grant, the giver's own, valid itself; never an administrator's or auditor's;
* rights of the administration for 30 days at most, those of an organisation for 90, and not beyond the grant's own end;
* rights of the administration only to people with a role there, those of an organisation only to people without one;
  administrators and auditors take none: they are kept apart from what they watch;
* who acts on behalf of somebody cannot lend anything on, and has that one right only, not the own ones beside it;
* either side and a security administrator take it back; it ends by itself with its day, the grant, or either account;
* where two people are needed, the giver and the one who acts on their behalf count as one (``access.same_hands``).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from kechuang.web.accounts import access
from kechuang.web.accounts.models import APART, STAFF_ROLES, Delegation, Grant, Role, User
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError, require_login

STAFF_DAYS = 30
ORGANISATION_DAYS = 90
MOST_LISTED = 100


def longest(role: str) -> int:
    """For how many days a right of this role can be lent."""
    return STAFF_DAYS if role in STAFF_ROLES else ORGANISATION_DAYS


def lendable(user: Any) -> list[Grant]:
    """The grants that a person can lend: the own ones that are valid today, without those kept apart."""
    if access.acting(user) is not None:
        return []
    return list(access.grants(user).exclude(role__in=APART).order_by("role", "pk"))


def give(giver: User, grant_id: int, receiver_name: str, *, until: dt.date | None, reason: str) -> Delegation:
    """Lend one of the own grants; one audit event.

    Args:
        receiver_name: the user name of who is to act, letter by letter.
        until: the last day on which the right holds.
        reason: why, for instance a journey; both sides and the security administrator read it.

    Raises:
        UserError: the giver acts on somebody's behalf or the role can never be lent (403); it is not theirs (404); the
            person cannot take it, the day or the reason is missing or too far (422); it is lent to them already (409).
    """
    if access.acting(giver) is not None:
        raise UserError(
            "你正在代别人办事，别人委托的权限不能再委托。",
            "You are acting on somebody's behalf; what was lent to you cannot be lent on.",
            code="lent_on",
            status=403,
        )
    grant = access.grants(giver).filter(pk=grant_id).first()
    if grant is None:
        raise UserError("没有这个角色，或者已经失效。", "You do not hold this role, or it has ended.",
                        field="grant", code="unknown", status=404)  # fmt: skip
    if grant.role in APART:
        raise UserError(
            "系统管理员、安全管理员、审计员的权限不能委托。",
            "The rights of system administrators, security administrators and auditors cannot be lent.",
            field="grant",
            code="never",
            status=403,
        )
    receiver = _receiver(giver, grant, receiver_name)
    last = min(filter(None, (timezone.localdate() + dt.timedelta(days=longest(grant.role)), grant.valid_to)))
    if until is None or not timezone.localdate() <= until <= last:
        raise UserError(
            f"有效期至要在今天到 {last.isoformat()} 之间。",
            f"The last day lies between today and {last.isoformat()}.",
            field="until",
        )
    if not reason.strip():
        raise UserError("请写明事由。", "Say why.", field="reason")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=giver.pk)  # two clicks at once: the second sees the first
        if any(in_force(one) for one in _all().filter(grant=grant, receiver=receiver)):
            raise UserError(
                "这项权限已经委托给这个人。要改日期，先收回。",
                "This right is lent to this person already. To change the day, take it back first.",
                code="twice",
                status=409,
            )
        made = Delegation.objects.create(
            giver=giver, receiver=receiver, grant=grant, role=grant.role, until=until, reason=reason.strip()[:200],
            reach=grant.reach,
        )  # fmt: skip
        _tell(giver, "delegation.give", made)
    return made


def _receiver(giver: User, grant: Grant, name: str) -> User:
    """Who is named, if they can take it. One answer for all that cannot: it does not tell which names exist."""
    found = User.objects.filter(username__iexact=name.strip()).exclude(pk=giver.pk).first()
    if found is None or found.realm != giver.realm or not _fits(found, grant.role):
        raise UserError(
            "这个人不能接受这项委托。要写对用户名，账号在用；机关的权限只能委托给有机关角色的人（管理员、审计员除外），"
            "单位的权限只能委托给没有机关角色的人。",
            "This person cannot take it. The user name has to be right and the account in use; rights of the administration "
            "go to people with a role there (not to administrators and auditors), those of an organisation to people "
            "without one.",
            field="receiver",
        )
    return found


def _fits(receiver: User, role: str) -> bool:
    """Whether a person can take a right of that role, by the own grants."""
    if not receiver.is_active:
        return False
    held = {grant.role for grant in receiver.grants.all() if grant.valid}
    return bool(held & STAFF_ROLES) == (role in STAFF_ROLES) and not held & APART


def in_force(one: Delegation) -> bool:
    """Whether a delegation gives its right today: nothing that it hangs on has ended."""
    grant = one.grant
    return bool(
        one.withdrawn_at is None
        and one.until >= timezone.localdate()
        and grant is not None
        and grant.user_id == one.giver_id
        and grant.role == one.role
        and grant.role not in APART
        and grant.valid
        and one.giver.is_active
        and one.giver.realm == one.receiver.realm
        and _fits(one.receiver, one.role)
    )


def begin(user: Any, public_id: str) -> Delegation:
    """Start to act on the giver's behalf; one audit event. The caller keeps the number in the session.

    Raises:
        Http404: there is no such delegation to this person.
        UserError: it has ended (409).
    """
    one = _all().filter(public_id=public_id, receiver=user.pk).first()
    if one is None:
        raise Http404("no such delegation")
    if not in_force(one):
        raise UserError("这项委托已经到期或收回。", "This delegation has ended.", code="ended", status=409)
    with transaction.atomic():
        act_as(user, one)
        _tell(user, "delegation.begin", one)
    return one


def resume(user: Any, public_id: str) -> bool:
    """Let a person go on acting on somebody's behalf, as the session says; False where that has ended."""
    one = _all().filter(public_id=public_id, receiver=user.pk).first()
    if one is None or not in_force(one):
        return False
    act_as(user, one)
    return True


def act_as(user: Any, one: Delegation | None) -> None:
    """From now on this user object has the right of the delegation, and nothing else; None: the own rights again."""
    user.kc_acting = one
    access.forget(user)


def finish(user: Any) -> None:
    """Stop acting on somebody's behalf; one audit event."""
    one = access.acting(user)
    if one is not None:
        with transaction.atomic():
            _tell(user, "delegation.finish", one)
        act_as(user, None)


def withdraw(actor: Any, public_id: str) -> Delegation:
    """Take a delegation back, or give it back; one audit event. It ends at once, also in open sessions.

    Raises:
        Http404: there is none that this person may end.
        UserError: a visitor (401).
    """
    require_login(actor)
    with transaction.atomic():
        one = Delegation.objects.select_for_update().filter(public_id=public_id).first()
        guard = access.has_role(actor, Role.SECURITY_ADMIN)
        if one is None or not (guard or actor.pk in (one.giver_id, one.receiver_id)):
            raise Http404("no such delegation")
        if one.withdrawn_at is None:
            one.withdrawn_at = timezone.now()
            one.save(update_fields=["withdrawn_at"])
            _tell(actor, "delegation.withdraw", one)
    return one


def given_by(user: Any) -> list[tuple[Delegation, bool]]:
    """What a person has lent, newest first, each with whether it is in force."""
    return _with_state(_all().filter(access.realm_filter(user, "receiver__realm"), giver=user.pk))


def lent_to(user: Any) -> list[tuple[Delegation, bool]]:
    """What was lent to a person, newest first, each with whether it is in force."""
    return _with_state(_all().filter(access.realm_filter(user, "giver__realm"), receiver=user.pk))


def everybodys_for_user(actor: Any) -> list[tuple[Delegation, bool]]:
    """The newest delegations of all people.

    Raises:
        UserError: the person is no security administrator (401, 403).
    """
    access.require(actor, Role.SECURITY_ADMIN)
    both = access.realm_filter(actor, "giver__realm") & access.realm_filter(actor, "receiver__realm")
    return _with_state(_all().filter(both))


def _all() -> QuerySet[Delegation]:
    """With what :func:`in_force` looks at."""
    return Delegation.objects.select_related("giver", "receiver", "grant").prefetch_related("receiver__grants")


def _with_state(rows: QuerySet[Delegation]) -> list[tuple[Delegation, bool]]:
    return [(one, in_force(one)) for one in rows[:MOST_LISTED]]


def _tell(actor: Any, action: str, one: Delegation) -> None:
    record(
        actor=actor, role=access.acting_role(actor), action=action, object_kind="delegation", object_id=one.public_id,
        after={
            "giver": one.giver_id, "receiver": one.receiver_id, "role": one.role, "reach": one.reach, "until": one.until,
            "reason": one.reason, "withdrawn_at": one.withdrawn_at,
        },
    )  # fmt: skip

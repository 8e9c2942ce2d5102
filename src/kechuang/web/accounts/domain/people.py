"""Verbs on accounts and grants. Each writes one audit event in its transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kechuang.codes import uscc
from kechuang.web.accounts import access
from kechuang.web.accounts.models import APART, Grant, Role, User
from kechuang.web.audit.domain.record import record
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError

ORGANISATION_ROLES = {Role.ENTERPRISE, Role.UNIVERSITY}


def _require(actor: User | None, role: Role) -> None:
    """Only this administrator; None stands for the operator at the command line.

    Accounts are the system administrator's, rights the security administrator's: neither gets anybody in alone.
    """
    if actor is not None:
        access.require(actor, role)


def create_user(
    username: str, *, display_name: str = "", email: str = "", password: str | None = None, actor: User | None
) -> User:
    """Make an account without any right. Without a password its owner sets one by the password-reset mail.

    Raises:
        UserError: the name is taken or the password is weak.
    """
    _require(actor, Role.SYSTEM_ADMIN)
    username = username.strip()
    if not username or User.objects.filter(username__iexact=username).exists():
        raise UserError(
            f"用户名“{username}”是空的或已经有人用。",
            f"The user name “{username}” is empty or taken.",
            field="username",
        )
    realm = Realm.REAL if actor is None else actor.realm  # a demo administrator makes demo people, and sees no others
    user = User(username=username, display_name=display_name, email=email.strip(), realm=realm)
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(password, user)
        except ValidationError as error:
            text = " ".join(error.messages)
            raise UserError(f"口令不合要求：{text}", f"The password is too weak: {text}", field="password") from error
        user.set_password(password)
    with transaction.atomic():
        user.save()
        record(
            actor=actor, role=access.acting_role(actor), action="account.create", object_kind="user",
            object_id=username, after={"display_name": display_name, "email": email},
        )  # fmt: skip
    return user


def _keep_duties_apart(user: User, role: Role, actor: User | None) -> None:
    """Who manages accounts does not audit, and nobody gives roles to themselves (GB/T 22239-2019: 三员分立)."""
    if actor is not None and actor.pk == user.pk:
        raise UserError(
            "不能给自己角色，请另一位管理员来给。", "You cannot give yourself a role; ask another administrator."
        )
    if role not in APART:
        return
    held = access.grants(user).filter(role__in=APART - {role}).first()
    if held is not None:
        zh, en = access.ROLE_NAMES[Role(held.role)]
        raise UserError(
            f"这个人已经是{zh}。系统管理员、安全管理员、审计员要由三个不同的人担任；先收回原来的角色，或选别人。",
            f"This person is {en} already. System administrator, security administrator and auditor are three different "
            "people: take the other role away first, or choose somebody else.",
            field="role",
        )


def give_role(
    user: User,
    role: Role,
    *,
    organisation: str = "",
    county: str = "",
    department: str = "",
    valid_to: dt.date | None = None,
    actor: User | None,
) -> Grant:
    """Give a role, bound to what it reaches.

    Raises:
        UserError: duties must be kept apart, the credit code is wrong, or the role needs an organisation, a county or
            a department that is not given.
    """
    _require(actor, Role.SECURITY_ADMIN)
    if organisation:
        try:
            organisation = uscc.validate(organisation)
        except uscc.UsccError as error:
            raise UserError(error.zh, error.en, field="organisation") from error
    if role in ORGANISATION_ROLES and not organisation:
        raise UserError("这个角色要写明单位的统一社会信用代码。", "This role needs the credit code of an organisation.",
                        field="organisation")  # fmt: skip
    if role == Role.COUNTY and not county:
        raise UserError("县市区经办人要写明县市区代码。", "A county officer needs a county code.", field="county")
    if role == Role.DEPARTMENT and not department:
        raise UserError("部门填报人要写明部门。", "A department reporter needs a department.", field="department")
    with transaction.atomic():
        User.objects.select_for_update().get(
            pk=user.pk
        )  # two administrators at once: the second sees the first's grant
        _keep_duties_apart(user, role, actor)
        grant, _made = Grant.objects.update_or_create(
            user=user, role=role, organisation=organisation, county=county, department=department,
            defaults={"valid_to": valid_to},
        )  # fmt: skip
        access.forget(user)
        record(
            actor=actor, role=access.acting_role(actor), action="grant.give", object_kind="user",
            object_id=user.username, after=grant,
        )  # fmt: skip
    return grant


def take_role(grant: Grant, *, actor: User | None) -> None:
    """Take a role away.

    Raises:
        UserError: an administrator tries to give up the own administrator's role, which could leave nobody to give rights.
    """
    _require(actor, Role.SECURITY_ADMIN)
    if actor is not None and actor.pk == grant.user_id and grant.role == Role.SECURITY_ADMIN:
        raise UserError("不能收回自己的安全管理员角色。", "You cannot take your own administrator role away.")
    with transaction.atomic():
        record(
            actor=actor, role=access.acting_role(actor), action="grant.take", object_kind="user",
            object_id=grant.user.username, before=grant,
        )  # fmt: skip
        grant.delete()


def set_active(user: User, active: bool, *, actor: User | None) -> None:
    """Disable an account or enable it again; a disabled account has no right and cannot log in.

    Raises:
        UserError: an administrator tries to disable the own account.
    """
    _require(actor, Role.SYSTEM_ADMIN)
    if actor is not None and actor.pk == user.pk:
        raise UserError("不能停用自己的账号。", "You cannot disable your own account.", field="active")
    with transaction.atomic():
        before = user.is_active
        user.is_active = active
        user.save(update_fields=["is_active"])
        record(
            actor=actor, role=access.acting_role(actor), action="account.enable" if active else "account.disable",
            object_kind="user", object_id=user.username, before={"active": before}, after={"active": active},
        )  # fmt: skip


def end_sessions(user: User, *, actor: User) -> int:
    """Log a person out everywhere, at once; returns how many sessions ended. For security administrators.

    Raises:
        UserError: the actor is no security administrator.
    """
    _require(actor, Role.SECURITY_ADMIN)
    with transaction.atomic():
        found = list(UserSession.objects.filter(user=user))
        for session in found:
            session.end()
        record(
            actor=actor, role=access.acting_role(actor), action="account.sessions_end", object_kind="user",
            object_id=user.username, before={"sessions": len(found)}, after={"sessions": 0},
        )  # fmt: skip
    return len(found)


def note(user: Any, action: str, *, result: str = "ok", object_id: str = "") -> None:
    """Write the audit event of something a person did to their own account (log-in, password, second factor)."""
    record(
        actor=user, role=access.acting_role(user), action=action, object_kind="user",
        object_id=object_id or getattr(user, "username", ""), result=result,
    )  # fmt: skip

"""Verbs on accounts and grants. Each writes one audit event in its transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kechuang.codes import uscc
from kechuang.web.accounts import access
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError

ORGANISATION_ROLES = {Role.ENTERPRISE, Role.UNIVERSITY}


def _require_admin(actor: User | None) -> None:
    """Only a system administrator changes accounts; None stands for the operator at the command line."""
    if actor is not None:
        access.require(actor, Role.SYSTEM_ADMIN)


def create_user(
    username: str, *, display_name: str = "", email: str = "", password: str | None = None, actor: User | None
) -> User:
    """Make an account without any right. Without a password its owner sets one by the password-reset mail.

    Raises:
        UserError: the name is taken or the password is weak.
    """
    _require_admin(actor)
    username = username.strip()
    if not username or User.objects.filter(username__iexact=username).exists():
        raise UserError(
            f"用户名“{username}”是空的或已经有人用。",
            f"The user name “{username}” is empty or taken.",
            field="username",
        )
    user = User(username=username, display_name=display_name, email=email.strip())
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
    apart = {Role.SYSTEM_ADMIN: Role.AUDITOR, Role.AUDITOR: Role.SYSTEM_ADMIN}
    if role in apart and access.grants(user).filter(role=apart[role]).exists():
        raise UserError(
            "系统管理员和审计员不能是同一个人。",
            "System administrator and auditor cannot be the same person.",
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
    _require_admin(actor)
    _keep_duties_apart(user, role, actor)
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
        UserError: an administrator tries to give up the own administrator's role, which could leave nobody to manage.
    """
    _require_admin(actor)
    if actor is not None and actor.pk == grant.user_id and grant.role == Role.SYSTEM_ADMIN:
        raise UserError("不能收回自己的系统管理员角色。", "You cannot take your own administrator role away.")
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
    _require_admin(actor)
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


def note(user: Any, action: str, *, result: str = "ok", object_id: str = "") -> None:
    """Write the audit event of something a person did to their own account (log-in, password, second factor)."""
    record(
        actor=user, role=access.acting_role(user), action=action, object_kind="user",
        object_id=object_id or getattr(user, "username", ""), result=result,
    )  # fmt: skip

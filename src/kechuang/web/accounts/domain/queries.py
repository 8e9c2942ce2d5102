"""Reads of accounts; only system and security administrators see other people's."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from kechuang.web.accounts import access
from kechuang.web.accounts.models import APART, Grant, Role, User, valid_grants

MAX_LISTED = 200


def people_for_user(actor: Any, text: str = "") -> QuerySet[User]:
    """Accounts whose name holds the text, at most 200.

    Raises:
        UserError: the person is no system or security administrator.
    """
    access.require(actor, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    found = User.objects.filter(access.realm_filter(actor)).prefetch_related("grants").order_by("username")
    if text:
        found = found.filter(Q(username__icontains=text) | Q(display_name__icontains=text) | Q(email__iexact=text))
    return found[:MAX_LISTED]


def person_for_user(actor: Any, pk: int) -> User:
    """One account.

    Raises:
        UserError: the person is no system or security administrator.
    """
    access.require(actor, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    return get_object_or_404(User, access.realm_filter(actor), pk=pk)


def somebody_gives_roles() -> bool:
    """Whether there is a security administrator; without one roles can be given at the command line only."""
    return Grant.objects.filter(valid_grants(), role=Role.SECURITY_ADMIN, user__is_active=True).exists()


def holding_two() -> list[str]:
    """User names of people who hold two of the three roles that are kept apart."""
    rows = Grant.objects.filter(valid_grants(), role__in=APART).values("user__username")
    return sorted(row["user__username"] for row in rows.annotate(n=Count("role", distinct=True)).filter(n__gt=1))

"""Reads of accounts; only system administrators see other people's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role, User

MAX_LISTED = 200


def people_for_user(actor: Any, text: str = "") -> QuerySet[User]:
    """Accounts whose name holds the text, at most 200.

    Raises:
        UserError: the person is no system administrator.
    """
    access.require(actor, Role.SYSTEM_ADMIN)
    found = User.objects.prefetch_related("grants").order_by("username")
    if text:
        found = found.filter(Q(username__icontains=text) | Q(display_name__icontains=text) | Q(email__iexact=text))
    return found[:MAX_LISTED]


def person_for_user(actor: Any, pk: int) -> User:
    """One account.

    Raises:
        UserError: the person is no system administrator.
    """
    access.require(actor, Role.SYSTEM_ADMIN)
    return get_object_or_404(User, pk=pk)

"""Accounts from the command line of the server."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role, User
from kechuang.web.audit.models import AuditEvent

PASSWORD = "correct horse battery"


def test_makes_an_officer(db, monkeypatch):
    monkeypatch.setenv("KECHUANG_PASSWORD", PASSWORD)
    call_command("account", "li", role="officer", name="李工")
    user = User.objects.get(username="li")
    assert user.check_password(PASSWORD)
    assert access.roles(user) == {Role.OFFICER}
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == ["account.create", "grant.give"]


def test_a_county_officer_needs_a_county(db, monkeypatch):
    monkeypatch.setenv("KECHUANG_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="县市区"):
        call_command("account", "wang", role="county")


def test_a_weak_password_is_refused_and_nothing_is_made(db, monkeypatch):
    monkeypatch.setenv("KECHUANG_PASSWORD", "123")
    with pytest.raises(CommandError):
        call_command("account", "wang", role="officer")
    assert not User.objects.exists()

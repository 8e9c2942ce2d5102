"""Audit events for what allauth, axes and Django do with accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from kechuang.web.accounts.domain.logins import tell
from kechuang.web.accounts.domain.people import note
from kechuang.web.accounts.models import LogInResult, User


def known(name: str | None) -> User | None:
    """The account of that name. Other names are not logged: people type passwords into the name field."""
    return User.objects.filter(username__iexact=name or "").first() or (
        User.objects.filter(email__iexact=name).first() if name else None
    )


@receiver(user_logged_in)
def _logged_in(user: Any, request: Any = None, **_: Any) -> None:
    tell(request, user, LogInResult.OK)


@receiver(user_logged_out)
def _logged_out(user: Any, **_: Any) -> None:
    if user is not None:
        note(user, "account.logout")


@receiver(user_login_failed)
def _login_failed(credentials: dict[str, Any], request: Any = None, **_: Any) -> None:
    tell(request, known(credentials.get("username") or credentials.get("email")), LogInResult.REFUSED)


@receiver(authentication_failed)
def _code_failed(request: Any, user: Any, **_: Any) -> None:
    """A wrong second factor is a failed log-in: it is recorded, and counts towards the lock."""
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)


@receiver(user_locked_out)
def _locked_out(username: str | None = None, request: Any = None, **_: Any) -> None:
    tell(request, known(username), LogInResult.LOCKED)


@receiver([password_changed, password_set, password_reset])
def _password(user: Any, **_: Any) -> None:
    note(user, "account.password")


@receiver(post_save, sender=Authenticator)
def _factor_added(instance: Authenticator, created: bool, **_: Any) -> None:
    """Inside the transaction of the change; allauth's own signal comes after it."""
    if created:
        note(instance.user, "account.factor_add", object_id=f"{instance.user.username} {instance.type}")


@receiver(post_delete, sender=Authenticator)
def _factor_removed(instance: Authenticator, **_: Any) -> None:
    note(instance.user, "account.factor_remove", object_id=f"{instance.user.username} {instance.type}")

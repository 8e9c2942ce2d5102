"""Template tools of the accounts app."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from kechuang.web.accounts.domain.personas import Persona, persona_users
from kechuang.web.accounts.oidc.config import provider

register = template.Library()


@register.simple_tag
def identity_provider() -> str:
    """What people call the city's identity provider; empty where there is none."""
    found = provider()
    return "" if found is None else found.name or gettext("统一身份认证")


@register.simple_tag
def demo_personas() -> list[Persona]:
    """Demo personas that exist in this city."""
    return [persona for persona, _user in persona_users()]

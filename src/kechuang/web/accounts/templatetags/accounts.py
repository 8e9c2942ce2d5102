"""Template tools of the accounts app."""

from __future__ import annotations

from django import template

from kechuang.web.accounts.domain.personas import Persona, persona_users

register = template.Library()


@register.simple_tag
def demo_personas() -> list[Persona]:
    """Demo personas that exist in this city."""
    return [persona for persona, _user in persona_users()]

"""Template filters of the audit pages."""

from __future__ import annotations

from django import template

from kechuang.web.audit import words

register = template.Library()
register.filter("action_words", words.action_words)
register.filter("kind_words", words.kind_words)
register.filter("result_words", words.result_words)


@register.filter
def short(digest: str) -> str:
    """The first twelve digits of a digest, enough to compare by eye."""
    return f"{digest[:12]}…" if digest else ""

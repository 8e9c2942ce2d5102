"""Template filters of the operations page."""

from __future__ import annotations

from django import template

from kechuang.web.operations.words import job_words

register = template.Library()
register.filter("job_words", job_words)


@register.filter
def megabytes(size: int | None) -> str:
    """Bytes as decimal megabytes with one place, gigabytes from a thousand of them on: ``12.3 MB``."""
    if size is None:
        return ""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"

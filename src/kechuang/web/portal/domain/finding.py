"""The one box of the home page: a credit code, a name, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from kechuang.codes.uscc import UsccError, compact, validate
from kechuang.web.core.errors import UserError
from kechuang.web.registry.models import Organisation

# What looks like a code and is meant as one: capitals and digits only, mostly digits, about the right length.
_CODE = re.compile(r"[0-9A-Z]{15,20}")


@dataclass(frozen=True)
class Way:
    """Where the words lead."""

    address: str


def _eligibility(uscc: str) -> str:
    try:
        return f"{reverse('entitlements:eligibility')}?{urlencode({'uscc': uscc})}"
    except NoReverseMatch:
        return reverse("registry:organisation", args=[uscc])


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text)) and sum(c.isdigit() for c in text) >= 8


def find(text: str) -> Way:
    """Where to go with what was typed.

    A valid credit code or the exact name of a registered organisation leads to what it can get; anything else to
    search. Raises ``UserError`` when it is plainly a credit code with a mistake in it: searching for it would only
    say "nothing found".
    """
    words = text.strip()
    code = compact(words)
    if _is_code(code):
        try:
            return Way(_eligibility(validate(code)))
        except UsccError as error:
            raise UserError(error.zh, error.en, field="q", code=error.code) from None
    organisation = Organisation.objects.filter(name=words).first() if words else None
    if organisation is not None:
        return Way(_eligibility(organisation.uscc))
    return Way(f"{reverse('portal:search')}?{urlencode({'q': words})}")

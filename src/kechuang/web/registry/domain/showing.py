"""Values of records as a page shows them: in the page's language, with the name and address of what they lead to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.web.core.templatetags.kc import money, number
from kechuang.web.core.templatetags.kc import t as bilingual
from kechuang.web.policy.domain.queries import current_release

from ..models import Organisation
from .history import Difference, Entry
from .kinds import KINDS, Field, Kind


@dataclass(frozen=True)
class Shown:
    """One value for a page. ``numeric`` ones stand right; ``chinese`` ones are texts of the data, not of the page."""

    field: Field
    text: str
    url: str = ""
    numeric: bool = False
    chinese: bool = False

    @property
    def label(self) -> str:
        """The field's heading."""
        return str(self.field.label)


def address(kind_id: str, key: int) -> str:
    """The page of a record."""
    return reverse("registry:record", args=[kind_id, key])


def place_names() -> dict[str, str]:
    """Names of the city's divisions by code, in the page's language."""
    return {region.code: bilingual(region.name) for region in current_release().pack.city.regions}


class Names:
    """Turns texts of the history into words; names of organisations are looked up once for all of them."""

    def __init__(self, texts: Iterable[tuple[Field, str | None]] = ()) -> None:
        self.places = place_names()
        codes = {text for field, text in texts if field.type == "organisation" and text}
        rows = Organisation.everything.filter(uscc__in=codes).values_list("uscc", "name", "pk") if codes else ()
        self.organisations: Mapping[str, tuple[str, int]] = {code: (name, pk) for code, name, pk in rows}

    def show(self, field: Field, text: str | None) -> Shown:
        """One text of the history in words; an empty one stays empty."""
        if not text:
            return Shown(field, "")
        if field.type == "organisation":
            name, key = self.organisations.get(text, (text, 0))
            return Shown(field, name, address("organisation", key) if key else "", chinese=True)
        if field.is_reference:
            row = KINDS[field.to].model.everything.filter(pk=int(text)).first()
            return Shown(
                field, str(row) if row else f"#{text}", address(field.to, int(text)) if row else "", chinese=True
            )
        return Shown(field, self.words(field, text), "", field.type in ("money", "number", "integer"), _is_data(field))

    def words(self, field: Field, text: str) -> str:
        """A text that leads to no other record."""
        if field.type == "choice":
            return field.choice_label(text)
        if field.type == "boolean":
            return _("是") if text == "true" else _("否")
        if field.type == "money":
            return str(money(text))
        if field.type == "number":
            return str(number(f"{Decimal(text).normalize():f}"))
        if field.name == "county":
            return self.places.get(text, text)
        return text


def _is_data(field: Field) -> bool:
    return field.type in ("text", "code") and field.name != "county"


def values_of(kind: Kind, record: Any, fields: Iterable[Field], names: Names | None = None) -> list[Shown]:
    """The values of a record; linked records are read from it (select them with it)."""
    names = names or Names()
    found = []
    for field in fields:
        if field.is_reference:
            other = getattr(record, field.name)
            url = address(field.to, other.pk) if other is not None else ""
            found.append(Shown(field, str(other) if other is not None else "", url, chinese=True))
        else:
            from .values import text_of

            found.append(names.show(field, text_of(field, record)))
    return found


@dataclass(frozen=True)
class Line:
    """One line of a history for a page."""

    entry: Entry
    changes: list[tuple[Shown, Shown]]

    @property
    def day(self) -> dt.datetime:
        """When it was recorded."""
        return self.entry.recorded_at


def lines(entries: list[Entry]) -> list[Line]:
    """A history in words. The values a record was registered with are on its page already and are not told again."""
    texts = [(d.field, text) for e in entries for d in e.differences for text in (d.before, d.after)]
    names = Names(texts)

    def pair(difference: Difference) -> tuple[Shown, Shown]:
        return names.show(difference.field, difference.before), names.show(difference.field, difference.after)

    return [Line(e, [] if e.why == "initial" else [pair(d) for d in e.differences]) for e in entries]

"""Words of choice columns, quick enough for every row of a list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str


@cache
def labels_of(field: models.Field[Any, Any]) -> Mapping[Any, Any]:
    """The words of a column's choices by value, not yet in a language."""
    return dict(field.flatchoices)


class Labelled(models.Model):
    """Base of models that lists show: ``get_…_display`` as Django has it, without building the choices again for each row.

    Django makes a dictionary of all choices, and with it translates every label twice, for each value it shows.
    """

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> Any:  # noqa: N802  Django's name
        value = getattr(self, field.attname)
        return force_str(labels_of(field).get(value, value), strings_only=True)

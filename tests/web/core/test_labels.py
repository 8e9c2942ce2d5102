"""Words of choice columns: what Django says itself, in both languages, for every such column of the site."""

from __future__ import annotations

from itertools import chain

import pytest
from django.apps import apps
from django.db import models
from django.utils import translation

from kechuang.web.core.labels import Labelled

COLUMNS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in apps.get_models()
    if issubclass(model, Labelled)
    for field in model._meta.fields
    if field.choices
]


def test_the_models_that_lists_show_are_here():
    assert {"Organisation", "YearlyFigures", "AuditEvent", "Entitlement"} <= {one.values[0].__name__ for one in COLUMNS}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("model", "field"), COLUMNS)
def test_every_value_has_the_words_that_django_gives_it(model, field, language):
    with translation.override(language):
        for value in chain((value for value, _label in field.flatchoices), ["of an older program", "", None]):
            row = model()
            setattr(row, field.attname, value)
            assert getattr(row, f"get_{field.name}_display")() == models.Model._get_FIELD_display(row, field)

"""Filter form of the audit log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.web.audit import words
from kechuang.web.audit.domain.queries import actions
from kechuang.web.audit.models import Result


class FilterForm(forms.Form):
    """Everything is optional; every filter stands in the address."""

    q = forms.CharField(label=_("对象、操作人或编号"), required=False, max_length=200)
    action = forms.ChoiceField(label=_("动作"), required=False)
    result = forms.ChoiceField(label=_("结果"), required=False, choices=[("", _("全部")), *Result.choices])
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((action, words.action_words(action)) for action in actions())
        self.fields["action"].choices = [("", _("全部")), *known]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"

    def clean(self) -> dict[str, Any]:
        """The first day lies before the last."""
        values = super().clean() or {}
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", _("结束日期早于开始日期。"))
        return values

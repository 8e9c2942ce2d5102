"""The form of a record, made from the catalogue of its kind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .domain.kinds import Field, Kind
from .domain.record import clean_row, required_errors
from .domain.values import References, text_of

YES_NO = [("", _("不知道")), ("true", _("是")), ("false", _("否"))]


def _widget(field: Field) -> forms.Widget:
    attributes: dict[str, Any] = {"class": "form-control", "autocomplete": "off"}
    if field.type in ("choice", "boolean"):
        choices = YES_NO if field.type == "boolean" else [("", "—"), *field.choices]
        return forms.Select({"class": "form-select"}, choices)
    if field.type == "date":
        return forms.DateInput({**attributes, "type": "date"}, format="%Y-%m-%d")
    if field.type in ("money", "number"):
        attributes["inputmode"] = "decimal"
    if field.type in ("integer", "year"):
        attributes["inputmode"] = "numeric"
    if (field.max_length or 0) > 500:
        return forms.Textarea({**attributes, "rows": 4})
    return forms.TextInput(attributes)


def _help(field: Field) -> Any:
    if field.type == "organisation":
        return _("填统一社会信用代码")
    if field.is_reference:
        return _("填编号、名称，或 # 加记录号")
    return field.explanation


class SourceForm(forms.Form):
    """Where the facts come from; every form of the register ends with it."""

    source_title = forms.CharField(
        label=_("资料来源"), max_length=200, help_text=_("凭哪份材料：文件、证书、报表的名称"),
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    source_department = forms.CharField(
        label=_("出具部门"), max_length=100, required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    source_date = forms.DateField(
        label=_("材料日期"), required=False, widget=forms.DateInput({"class": "form-control", "type": "date"})
    )

    def source(self) -> dict[str, Any]:
        """Title, department and date of the source."""
        day: dt.date | None = self.cleaned_data["source_date"]
        return {
            "title": self.cleaned_data["source_title"],
            "department": self.cleaned_data["source_department"],
            "date": day,
        }


class RecordForm(SourceForm):
    """Fields of a kind, then the source. Values are checked by the catalogue, not by the form's own fields."""

    def __init__(self, kind: Kind, record: Any = None, data: Any = None, seen: str = "") -> None:
        initial = {} if record is None else {field.name: text_of(field, record) for field in kind.stored}
        if record is not None:
            initial |= {
                field.name: f"#{initial[field.name]}"
                for field in kind.stored
                if field.type in ("person", "record") and initial[field.name]
            }
        super().__init__(data, initial={**initial, "seen": seen}, prefix=None)
        self.kind, self.record, self.was = kind, record, initial
        own = {}
        for field in kind.fields:
            own[field.name] = forms.CharField(
                label=field.label, required=False, widget=_widget(field), help_text=_help(field), strip=True
            )
        if record is not None:
            own["seen"] = forms.CharField(widget=forms.HiddenInput, required=False)
        if record is not None and kind.state_like:
            own["mode"] = forms.ChoiceField(
                label=_("这次是"), choices=[("change", _("情况变了，从某一天起")), ("correct", _("以前登记错了，更正"))],
                initial="change", widget=forms.Select({"class": "form-select"}),
            )  # fmt: skip
            own["valid_from"] = forms.DateField(
                label=_("从哪一天起"), initial=timezone.localdate,
                widget=forms.DateInput({"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
                help_text=_("变更：新情况的第一天。更正：错的那段时间里的任意一天。"),
            )  # fmt: skip
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any]:
        """Check the values by the catalogue and put each message at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        values = self.values()
        row, errors = clean_row(self.kind, values, References())
        if self.record is None:
            wrong = {error.field.name for error in errors if error.field}
            errors += [e for e in required_errors(self.kind, row) if e.field and e.field.name not in wrong]
        else:
            missing = [self.kind.field(n) for n, v in values.items() if not v and self.kind.field(n).required]
            for field in missing:
                self.add_error(field.name, forms.ValidationError(_("不能清空")))
        for error in errors:
            from kechuang.web.core.templatetags.kc import is_english

            self.add_error(error.field.name if error.field else None, error.en if is_english() else error.zh)
        return cleaned

    def values(self) -> dict[str, Any]:
        """The values that were entered; of a stored record only those that are different."""
        found = {}
        for field in self.kind.fields:
            text = self.cleaned_data.get(field.name, "")
            if self.record is None or field.virtual:
                if text:
                    found[field.name] = text
            elif text != (self.was.get(field.name) or ""):
                found[field.name] = text or None
        return found


class AttributeForm(SourceForm):
    """A dated attribute: which, its value, from which day on, and the source."""

    field_order = ("code", "value", "valid_from", "source_title", "source_department", "source_date")
    code = forms.ChoiceField(label=_("属性"), widget=forms.Select({"class": "form-select"}))
    value = forms.CharField(
        label=_("值"), max_length=500, help_text=_("是否类填“是”或“否”；金额以元为单位，最多两位小数"),
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=_("从哪一天起"), required=False, help_text=_("一直如此的不填"),
        widget=forms.DateInput({"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["code"].choices = choices

"""Forms of the app. What a form cannot know (units, years, shares) is checked by the domain."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.indicators.tables import read_decimal
from kechuang.web.core.errors import UserError

from .domain.submit import read_number
from .domain.trial import OPERATORS
from .enums import SourceTrust

_TEXT = {"class": "form-control"}


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Set the choices of a field that are known with the request only."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class TrialForm(forms.Form):
    """A target to try on an indicator; read from the address, so that a result can be passed on."""

    region = forms.ChoiceField(
        label=_("地区"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("没有这个地区的数据。")},
    )
    op = forms.ChoiceField(
        label=_("怎样算达到"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("请选怎样算达到。"), "invalid_choice": _("请从列出的几种里选。")},
    )
    value = forms.CharField(
        label=_("目标的数值"),
        max_length=60,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "decimal"}),
        error_messages={"required": _("请写目标值，例如 2.5。")},
    )
    year = forms.IntegerField(
        label=_("期限（年底）"),
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric"}),
        error_messages={"required": _("请写年份，例如 2030。"), "invalid": _("年份要写成四位数，例如 2030。")},
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], language: str, unit: str, **kwargs: Any) -> None:
        """``regions``: codes and names to choose from; ``unit``: the unit the value is read in."""
        super().__init__(*args, **kwargs)
        _offer(self, "region", regions)
        _offer(self, "op", [(key, words.of(language)) for key, (_aim, words) in OPERATORS.items()])
        self.fields["value"].help_text = unit

    def clean_value(self) -> Any:
        """The number as people write it."""
        number = read_decimal(self.cleaned_data["value"])
        if number is None or abs(number) >= 10**15 or number != round(number, 8):
            raise forms.ValidationError(_("请写一个数，例如 2.5：整数部分最多 15 位，小数最多 8 位，不带单位。"))
        return number


class SubmissionForm(forms.Form):
    """Offer a value with its source."""

    region = forms.ChoiceField(label=_("地区"), widget=forms.Select(attrs={"class": "form-select"}))
    year = forms.IntegerField(
        label=_("年份"),
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric"}),
        error_messages={"required": _("请写年份，例如 2015。"), "invalid": _("年份要写成四位数，例如 2015。")},
    )
    value = forms.CharField(
        label=_("数值"),
        max_length=60,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "decimal"}),
        error_messages={"required": _("请写数值。")},
    )
    unit = forms.CharField(
        label=_("计量单位"),
        max_length=40,
        widget=forms.TextInput(attrs=_TEXT),
        error_messages={"required": _("请写单位。")},
    )
    source_title = forms.CharField(
        label=_("来源名称"),
        max_length=300,
        widget=forms.TextInput(attrs=_TEXT),
        help_text=_("公报、年鉴、文件或网页的名称"),
        error_messages={"required": _("没有来源的数不能采用，请写来源名称。")},
    )
    source_url = forms.URLField(
        label=_("来源网址（可不填）"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "url"}),
        error_messages={"invalid": _("网址不完整，要以 http:// 或 https:// 开头。")},
    )
    source_date = forms.DateField(
        label=_("发布日期（可不填）"),
        required=False,
        widget=forms.DateInput(attrs={**_TEXT, "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("日期要写成 2016-03-01 这样。")},
    )
    note = forms.CharField(
        label=_("说明（可不填）"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={**_TEXT, "rows": 2}),
        help_text=_("统计范围、是不是全年数、初步数还是修订数"),
    )
    submitter = forms.CharField(
        label=_("你的单位（可不填）"), max_length=100, required=False, widget=forms.TextInput(attrs=_TEXT)
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "region", regions)

    def clean_value(self) -> Any:
        """The number as people write it."""
        try:
            return read_number(self.cleaned_data["value"])
        except UserError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_source_url(self) -> str:
        """Only web addresses: the list shows them as links."""
        url: str = self.cleaned_data["source_url"]
        if url and not url.startswith(("http://", "https://")):
            raise forms.ValidationError(_("网址要以 http:// 或 https:// 开头。"))
        return url


class DecisionForm(forms.Form):
    """Confirm or refuse a value."""

    trust = forms.ChoiceField(
        label=_("来源等级"),
        required=False,
        choices=[("", _("请选择")), *SourceTrust.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    note = forms.CharField(
        label=_("处理意见"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={**_TEXT, "rows": 2}),
        help_text=_("不采用时必须写明理由"),
    )

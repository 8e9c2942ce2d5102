"""The form of an upload."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .enums import OnChange


class UploadForm(forms.Form):
    """What has to be known of a table before it is read."""

    file = forms.FileField(label=_("表格文件"), help_text=_(".xlsx 或 CSV（UTF-8 或 GB 18030）。"))
    source_title = forms.CharField(
        label=_("数据来源"), max_length=200, help_text=_("例如“2025 年企业年报”。每条记录都会写明它。")
    )
    source_department = forms.CharField(label=_("提供部门"), max_length=100, required=False)
    source_date = forms.DateField(
        label=_("资料日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    on_change = forms.ChoiceField(
        label=_("登记库里已有的记录"), choices=OnChange.choices, initial=OnChange.CHANGE, widget=forms.RadioSelect
    )
    valid_from = forms.DateField(
        label=_("从哪天起"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("表里的情况从这一天起成立；空着就是今天。"),
    )  # fmt: skip

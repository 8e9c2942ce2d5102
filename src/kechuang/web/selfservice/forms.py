"""Forms of self-service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .enums import Position, RequestKind


class Styled(forms.Form):
    """Fields in the look of the site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            plain = not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect | forms.HiddenInput)
            if plain:
                select = isinstance(field.widget, forms.Select)
                field.widget.attrs.setdefault("class", "form-select" if select else "form-control")


class ClaimForm(Styled):
    """As what a person acts for the organisation, with the proof."""

    position = forms.ChoiceField(label=_("我在单位的身份"), choices=Position.choices)
    proof = forms.FileField(
        label=_("证明材料"),
        help_text=_("盖了公章的授权书，或营业执照上写着你的名字。请遮住身份证号。PDF、JPG 或 PNG，不超过 10 MB。"),
        widget=forms.ClearableFileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    remark = forms.CharField(
        label=_("补充说明（可不填）"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    agree = forms.BooleanField(
        label=_("我看过上面的说明，同意"),
        error_messages={"required": _("要先同意，才能核实。不同意就不用提出。")},
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )


class ReasonForm(Styled):
    """Why something is refused or ended."""

    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("对方看得到。写清缺什么、怎么补。"),
    )  # fmt: skip


class ConfirmForm(Styled):
    """Until when the right holds."""

    valid_to = forms.DateField(
        label=_("有效期至"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("授权书写了期限的，照填；不填为长期。"),
    )  # fmt: skip


class RequestForm(Styled):
    """What a person asks for about the own data."""

    kind = forms.ChoiceField(label=_("要办什么"), choices=RequestKind.choices)
    text = forms.CharField(
        label=_("说明"), max_length=1000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text=_("更正要写明哪一项错了、应该是什么。不要写身份证号。"),
    )  # fmt: skip
    sure = forms.CharField(
        label=_("申请删除的，再写一遍你的用户名"), max_length=150, required=False,
        help_text=_("删除以后账号不能再用，也恢复不了。"),
    )  # fmt: skip

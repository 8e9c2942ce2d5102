"""Forms of the library: what a person may change of an item, and uploads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.chinese.money import MoneyError, parse_yuan
from kechuang.citypack.draftrules import KIND_WORDS, number
from kechuang.citypack.draftstatements import STATEMENT_WORDS
from kechuang.citypack.instruments import INSTRUMENTS
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.library.enums import ItemKind

_RATE = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)\s*[%％]?")


def _money(text: str) -> str | None:
    """``20万元`` or ``200,000`` as exact yuan."""
    if not text.strip():
        return None
    try:
        return f"{parse_yuan(text).normalize():f}"
    except MoneyError as error:
        raise forms.ValidationError(error.en if is_english() else error.zh) from error


def _rate(text: str) -> str | None:
    """``5%`` or ``5`` (percent) as a fraction."""
    if not text.strip():
        return None
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise forms.ValidationError(_("写成百分数，例如 5%。"))
    return f"{(Decimal(found.group(1)) / 100).normalize():f}"


def _shown_money(value: Any) -> str:
    amount = number(value)
    return "" if amount is None else f"{amount.normalize():,f}"


def _shown_rate(value: Any) -> str:
    rate = number(value)
    return "" if rate is None else f"{(rate * 100).normalize():f}%"


class ItemForm(forms.Form):
    """Title and summary in both languages; the rest comes with the kind of item."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title_zh = forms.CharField(label=gettext_lazy("标题（中文）"), max_length=120, required=False)
    title_en = forms.CharField(label=gettext_lazy("标题（英文）"), max_length=200, required=False)
    summary_zh = forms.CharField(label=gettext_lazy("用自己的话概括（中文）"), required=False, max_length=600,
                                 widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip
    summary_en = forms.CharField(label=gettext_lazy("用自己的话概括（英文）"), required=False, max_length=900,
                                 widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.HiddenInput):
                field.widget.attrs["class"] = (
                    "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                )

    @classmethod
    def initial_of(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What the form shows of an item's fields."""
        texts = {}
        for key in ("title", "summary"):
            own = fields.get(key)
            for language in ("zh", "en"):
                texts[f"{key}_{language}"] = own.get(language, "") if isinstance(own, Mapping) else ""
        return {**{key: fields.get(key) or "" for key in cls.base_fields if key in fields}, **texts}

    def result(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the item after the change."""
        data = self.cleaned_data
        made = dict(fields)
        for key in ("title", "summary"):
            pair = {lang: data[f"{key}_{lang}"].strip() for lang in ("zh", "en") if data[f"{key}_{lang}"].strip()}
            if pair:
                made[key] = pair
            else:
                made.pop(key, None)
        for key in self.own:
            made[key] = data[key] if data[key] not in ("", None) else None
        return made

    own: tuple[str, ...] = ()


class MeasureForm(ItemForm):
    """The rule of a measure, as the reading contract has it; amounts and rates as people write them."""

    own = ("beneficiary", "beneficiary_en", "instrument", "condition", "kind", "amount_yuan", "rate", "rate_max", "base", "cap_yuan",
           "cap_period", "refers_to", "tiers")  # fmt: skip

    beneficiary = forms.CharField(label=gettext_lazy("受益对象"), max_length=80, required=False)
    beneficiary_en = forms.CharField(label=gettext_lazy("受益对象（英文）"), max_length=160, required=False)
    condition = forms.CharField(
        label=gettext_lazy("条件"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("用逗号分开；写成“营业收入5000万元以上”的，会成为可以计算的门槛。"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("算法"), choices=())
    instrument = forms.ChoiceField(
        label=gettext_lazy("政策工具"), choices=(), required=False,
        help_text=gettext_lazy("经合组织 STIP 的代码，用来和别处比较；不选就用按文字提出的。"),
    )  # fmt: skip
    amount_yuan = forms.CharField(
        label=gettext_lazy("金额"), required=False, max_length=40, help_text=gettext_lazy("例如 20万元")
    )
    rate = forms.CharField(label=gettext_lazy("比例"), required=False, max_length=20, help_text=gettext_lazy("例如 5%"))
    rate_max = forms.CharField(label=gettext_lazy("比例上限（区间时）"), required=False, max_length=20)
    base = forms.CharField(label=gettext_lazy("按什么算"), required=False, max_length=80,
                           help_text=gettext_lazy("比例的基数，或按数量时的单位"))  # fmt: skip
    cap_yuan = forms.CharField(label=gettext_lazy("最高"), required=False, max_length=40)
    cap_period = forms.CharField(label=gettext_lazy("封顶按"), required=False, max_length=30,
                                 help_text=gettext_lazy("例如 每年、三年累计；文中没有写就空着"))  # fmt: skip
    refers_to = forms.CharField(label=gettext_lazy("金额看哪份文件"), required=False, max_length=120)
    tiers = forms.CharField(
        label=gettext_lazy("分档"), required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("每行一档：档名 | 金额或比例 | 最高（可空）"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, en if is_english() else zh) for key, (zh, en) in KIND_WORDS.items()]
        tool = self.fields["instrument"]
        assert isinstance(tool, forms.ChoiceField)
        tool.choices = [
            ("", _("按文字提出")),
            *((code, f"{code} {en if is_english() else zh}") for code, (zh, en) in INSTRUMENTS.items()),
        ]

    @classmethod
    def initial_of(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Amounts and rates as people write them, tiers one a line."""
        lines = []
        for tier in fields.get("tiers") or []:
            middle = _shown_rate(tier.get("rate")) or _shown_money(tier.get("amount_yuan"))
            lines.append(
                " | ".join([str(tier.get("when") or ""), middle, _shown_money(tier.get("cap_yuan"))]).rstrip(" |")
            )
        return {
            **super().initial_of(fields),
            **{key: _shown_money(fields.get(key)) for key in ("amount_yuan", "cap_yuan")},
            **{key: _shown_rate(fields.get(key)) for key in ("rate", "rate_max")},
            "tiers": "\n".join(lines),
        }

    def clean_amount_yuan(self) -> str | None:
        """Exact yuan."""
        return _money(self.cleaned_data["amount_yuan"])

    def clean_cap_yuan(self) -> str | None:
        """Exact yuan."""
        return _money(self.cleaned_data["cap_yuan"])

    def clean_rate(self) -> str | None:
        """A fraction."""
        return _rate(self.cleaned_data["rate"])

    def clean_rate_max(self) -> str | None:
        """A fraction."""
        return _rate(self.cleaned_data["rate_max"])

    def clean_tiers(self) -> list[dict[str, str | None]]:
        """Tiers, one of each line."""
        tiers: list[dict[str, str | None]] = []
        for line in self.cleaned_data["tiers"].splitlines():
            if not line.strip():
                continue
            when, middle, cap = [*(part.strip() for part in re.split(r"[|｜]", line)), "", ""][:3]
            rate = _rate(middle) if middle.endswith(("%", "％")) else None
            tiers.append(
                {"when": when, "rate": rate, "amount_yuan": None if rate else _money(middle), "cap_yuan": _money(cap)}
            )
        return tiers

    def result(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A rate that is no ceiling any more loses that mark when it was edited."""
        made = super().result(fields)
        made["tiers"] = self.cleaned_data["tiers"]
        if made.get("rate_max"):
            made.pop("rate_is_cap", None)
        return made


class TargetForm(ItemForm):
    """What a target says."""

    own = ("indicator", "comparator", "value", "value_max", "unit", "deadline")

    indicator = forms.CharField(label=gettext_lazy("哪个指标"), max_length=120)
    comparator = forms.ChoiceField(
        label=gettext_lazy("比较"), choices=[(s, s) for s in (">=", ">", "<=", "<", "=", "~")]
    )
    value = forms.DecimalField(
        label=gettext_lazy("值"), max_digits=24, decimal_places=6, required=False, widget=forms.TextInput
    )
    value_max = forms.DecimalField(label=gettext_lazy("上限（区间时）"), max_digits=24, decimal_places=6, required=False,
                                   widget=forms.TextInput)  # fmt: skip
    unit = forms.CharField(label=gettext_lazy("计量单位"), max_length=30, required=False)
    deadline = forms.RegexField(r"^\d{4}(-\d{2}(-\d{2})?)?$", label=gettext_lazy("完成期限"), required=False,
                                help_text=gettext_lazy("例如 2027 或 2027-06-30"))  # fmt: skip

    def result(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Numbers as texts, so that no digit is lost."""
        made = super().result(fields)
        for key in ("value", "value_max"):
            made[key] = None if made[key] is None else f"{made[key].normalize():f}"
        return made


class TaskForm(ItemForm):
    """What a task says."""

    own = ("actor", "action", "object", "deadline")

    actor = forms.CharField(label=gettext_lazy("谁"), max_length=120, required=False)
    action = forms.CharField(label=gettext_lazy("做什么"), max_length=200)
    object = forms.CharField(label=gettext_lazy("对什么"), max_length=300, required=False)
    deadline = forms.RegexField(r"^\d{4}(-\d{2}(-\d{2})?)?$", label=gettext_lazy("完成期限"), required=False)


class ReferenceForm(ItemForm):
    """Which document is named."""

    own = ("title", "number")
    title_zh = title_en = summary_zh = summary_en = None

    title = forms.CharField(label=gettext_lazy("文件名"), max_length=200, required=False)
    number = forms.CharField(label=gettext_lazy("文号"), max_length=60, required=False)

    @classmethod
    def initial_of(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Title and number as they were read."""
        return {key: fields.get(key) or "" for key in cls.own}

    def clean(self) -> dict[str, Any]:
        """One of the two has to be there."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("title") and not data.get("number"):
            raise forms.ValidationError(_("写文件名，或者写文号。"))
        return data

    def result(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Title without its brackets."""
        title = self.cleaned_data["title"].strip().removeprefix("《").removesuffix("》")
        return {**fields, "title": title or None, "number": self.cleaned_data["number"].strip() or None}


class StatementForm(ItemForm):
    """Why a sentence becomes no record."""

    own = ("kind",)
    title_zh = title_en = summary_zh = summary_en = None

    kind = forms.ChoiceField(label=gettext_lazy("为什么不是条目"), choices=())
    reason_zh = forms.CharField(label=gettext_lazy("理由（中文）"), max_length=200)
    reason_en = forms.CharField(label=gettext_lazy("理由（英文）"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = statement_choices()

    @classmethod
    def initial_of(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The kind and the reason in both languages."""
        reason = fields.get("reason")
        said: Mapping[str, Any] = reason if isinstance(reason, Mapping) else {}
        return {"kind": fields.get("kind"), "reason_zh": said.get("zh", ""), "reason_en": said.get("en", "")}

    def result(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The statement as a pack keeps it."""
        data = self.cleaned_data
        reason = {"zh": data["reason_zh"].strip(), "en": data["reason_en"].strip()}
        return {**fields, "kind": data["kind"], "reason": reason}


def statement_choices() -> list[tuple[str, str]]:
    """Kinds of statement for a select, in the active language."""
    return [(key, en if is_english() else zh) for key, (zh, en) in STATEMENT_WORDS.items()]


FORMS: dict[str, type[ItemForm]] = {
    ItemKind.MEASURE: MeasureForm,
    ItemKind.TARGET: TargetForm,
    ItemKind.TASK: TaskForm,
    ItemKind.REFERENCE: ReferenceForm,
    ItemKind.STATEMENT: StatementForm,
}

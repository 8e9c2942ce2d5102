"""The catalogue of records: every kind the register holds, its fields, how one record is recognised, whom it belongs to.

One place for headings, explanations, types and units. Import templates, export, forms, pages and messages are made from
it; it is itself made from the models, so that a column exists once.

    KINDS["organisation"].field("size").zh      -> "规模"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from .. import models as records

FieldType = Literal[
    "text",
    "code",
    "date",
    "year",
    "money",
    "number",
    "integer",
    "boolean",
    "choice",
    "organisation",
    "person",
    "record",
]
CODES = {"uscc", "county", "industry", "ipc", "number", "code", "identity_number"}
UNITS: dict[str, str | Promise] = {"share": "%", "area": _("平方米"), "score": _("分")}
PEOPLE = {"staff", "st_staff", "rd_staff"}


@dataclass(frozen=True)
class Field:
    """A field of a kind.

    ``choices`` are (code, label); ``max_length`` counts characters; ``digits`` are all digits and those behind the point;
    ``to`` names the kind a reference leads to. ``personal`` fields are masked in exports unless the reader may see the
    person, ``restricted`` ones are left out. ``virtual`` ones are taken in and never given out.
    """

    name: str
    label: str | Promise
    type: FieldType
    unit: str | Promise = ""
    required: bool = False
    explanation: str | Promise = ""
    personal: bool = False
    restricted: bool = False
    virtual: bool = False
    choices: tuple[tuple[str, str | Promise], ...] = ()
    max_length: int | None = None
    digits: tuple[int, int] | None = None
    minimum: int | None = None
    maximum: int | None = None
    to: str = ""

    @property
    def zh(self) -> str:
        """The Chinese heading."""
        return in_chinese(self.label)

    @property
    def en(self) -> str:
        """The English heading."""
        return in_english(self.label)

    @property
    def unit_zh(self) -> str:
        """The unit in Chinese, empty where there is none."""
        return in_chinese(self.unit)

    @property
    def unit_en(self) -> str:
        """The unit in English."""
        return in_english(self.unit)

    @property
    def explanation_zh(self) -> str:
        """What to write into the field, in Chinese."""
        return in_chinese(self.explanation)

    @property
    def explanation_en(self) -> str:
        """The same in English."""
        return in_english(self.explanation)

    @property
    def is_reference(self) -> bool:
        """Whether the value is another record."""
        return self.type in ("organisation", "person", "record")

    def choice_label(self, value: str) -> str:
        """The label of a code in the page's language; a code that is not listed is given back."""
        return str(dict(self.choices).get(value, value))


def in_chinese(text: str | Promise) -> str:
    """A text of the interface in Chinese, whatever language the page is in."""
    with override("zh-hans"):
        return str(text)


def in_english(text: str | Promise) -> str:
    """The same in English."""
    with override("en"):
        return str(text)


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    ``natural_key`` are the fields by which a delivery recognises a record that is here already. ``owners`` are the
    paths to the organisations the record belongs to. ``public`` kinds are seen by everybody. ``reference`` is the field
    by which other kinds name a record of this one. ``personal`` kinds are about people.
    """

    id: str
    model: type[Any]
    natural_key: tuple[str, ...]
    owners: tuple[str, ...]
    fields: tuple[Field, ...]
    reference: str = ""
    public: bool = False
    restricted: bool = False
    personal: bool = False

    @property
    def title(self) -> str:
        """Its name in the page's language."""
        return str(self.model._meta.verbose_name)

    @property
    def zh(self) -> str:
        """Its Chinese name."""
        return in_chinese(self.model._meta.verbose_name)

    @property
    def en(self) -> str:
        """Its English name."""
        return in_english(self.model._meta.verbose_name)

    @property
    def state_like(self) -> bool:
        """Whether a state holds from a day until the next; else a record tells of one event or period of its own."""
        return bool(self.model.STATE_LIKE)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields that are columns."""
        return tuple(field for field in self.fields if not field.virtual)

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Names of the fields that lead to other records."""
        return tuple(field.name for field in self.stored if field.is_reference)

    def field(self, name: str) -> Field:
        """One field. Raises ``KeyError`` when there is none of this name."""
        return self.by_name[name]


def _type(column: Any) -> FieldType:
    if isinstance(column, models.ForeignKey):
        target = column.related_model
        return "organisation" if target is records.Organisation else "person" if target is records.Person else "record"
    if column.choices:
        return "choice"
    if column.name == "year":
        return "year"
    if isinstance(column, models.DateField):
        return "date"
    if isinstance(column, models.BooleanField):
        return "boolean"
    if isinstance(column, models.DecimalField):
        return "money" if (column.max_digits, column.decimal_places) == (18, 2) else "number"
    if isinstance(column, models.IntegerField):
        return "integer"
    return "code" if column.name in CODES else "text"


def _limits(column: Any) -> dict[str, Any]:
    """Smallest and largest value out of the column's validators (types without limits have none)."""
    found: dict[str, Any] = {}
    for validator in getattr(column, "_validators", ()):
        code = getattr(validator, "code", "")
        if code in ("min_value", "max_value"):
            found["minimum" if code == "min_value" else "maximum"] = int(validator.limit_value)
    if isinstance(column, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        found.setdefault("minimum", 0)
    return found


def _field(column: Any) -> Field:
    kind = _type(column)
    unit: str | Promise = UNITS.get(column.name, "")
    if kind == "money":
        unit = _("元")
    elif column.name in PEOPLE:
        unit = _("人")
    return Field(
        column.name,
        column.verbose_name,
        kind,
        unit=unit,
        required=not column.null and not column.blank and not column.has_default(),
        explanation=column.help_text,
        choices=tuple((str(value), label) for value, label in column.choices or ()),
        max_length=column.max_length if kind in ("text", "code") else None,
        digits=(column.max_digits, column.decimal_places) if kind in ("money", "number") else None,
        to=KIND_OF[column.related_model] if kind == "record" else kind if kind in ("organisation", "person") else "",
        **_limits(column),
    )


HIDDEN = {"id", "realm", "recorded_at", "source", "import_id", "identity_hash"}
KIND_OF: dict[type[Any], str] = {
    records.Organisation: "organisation",
    records.Qualification: "qualification",
    records.YearlyFigures: "yearly_figures",
    records.Shareholding: "shareholding",
    records.BankAccount: "bank_account",
    records.Person: "person",
    records.Employment: "employment",
    records.Base: "base",
    records.BaseReport: "base_report",
    records.BaseEvaluation: "base_evaluation",
    records.TechnologyContract: "contract",
    records.Patent: "patent",
    records.Achievement: "achievement",
    records.Demand: "demand",
    records.Agreement: "agreement",
    records.AgreementParty: "agreement_party",
    records.Project: "project",
    records.Prize: "prize",
    records.Loan: "loan",
    records.Pledge: "pledge",
    records.Guarantee: "guarantee",
    records.Investment: "investment",
    records.InvestmentProject: "investment_project",
    records.Support: "support",
}


def _kind(
    model: type[Any],
    key: str,
    owners: str,
    *,
    personal: str = "",
    extra: tuple[Field, ...] = (),
    **more: Any,
) -> Kind:
    fields = [_field(column) for column in model._meta.concrete_fields if column.name not in HIDDEN]
    marked = set(personal.split())
    restricted = bool(more.get("restricted"))
    fields = [replace(f, personal=f.name in marked, restricted=restricted) for f in fields]
    return Kind(KIND_OF[model], model, tuple(key.split()), tuple(owners.split()), (*fields, *extra), **more)


IDENTITY = Field(
    "identity_number",
    _("居民身份证号"),
    "code",
    explanation=_("只用来认出同一个人；存的是带密钥的摘要，原号不保存、不导出"),
    personal=True,
    restricted=True,
    virtual=True,
    max_length=18,
)

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        _kind(records.Organisation, "uscc", "", reference="uscc", public=True),
        _kind(records.Qualification, "organisation kind valid_from", "organisation", public=True),
        _kind(records.YearlyFigures, "organisation year", "organisation"),
        _kind(records.Shareholding, "company holder_name held_from", "company", personal="holder_name"),
        _kind(records.BankAccount, "organisation number", "organisation", restricted=True),
        _kind(
            records.Person,
            "name employer",
            "employer",
            reference="name",
            personal="name degree title discipline talent_class since",
            extra=(IDENTITY,),
        ),
        _kind(records.Employment, "person organisation started_on", "organisation", personal="person position"),
        _kind(records.Base, "kind name", "host", reference="name", public=True),
        _kind(records.BaseReport, "base year", "base__host"),
        _kind(records.BaseEvaluation, "base evaluated_on", "base__host"),
        _kind(records.TechnologyContract, "number", "seller buyer", reference="number"),
        _kind(records.Patent, "number", "owner", reference="number", public=True),
        _kind(records.Achievement, "number", "owner", reference="number"),
        _kind(records.Demand, "number", "organisation", reference="number"),
        _kind(records.Agreement, "number", "leader parties__organisation", reference="number"),
        _kind(records.AgreementParty, "agreement organisation", "organisation agreement__leader"),
        _kind(records.Project, "number", "organisation", reference="number", personal="leader"),
        _kind(records.Prize, "organisation award title year", "organisation", personal="person"),
        _kind(records.Loan, "borrower lender granted_on number", "borrower", reference="number"),
        _kind(records.Pledge, "loan pledgor kind description", "pledgor"),
        _kind(records.Guarantee, "guarantor borrower given_on", "guarantor borrower"),
        _kind(records.Investment, "company investor_name invested_on", "company investor"),
        _kind(records.InvestmentProject, "code", "organisation", reference="code"),
        _kind(
            records.Support,
            # instalments differ by day, payments under one paper by what they are for
            "organisation measure level year paid_on number contract base patent loan person",
            "organisation",
            personal="person",
        ),
    )
}


def kind_of(record: Any) -> Kind:
    """The kind of a record. Raises ``KeyError`` for something that is no registry record."""
    return KINDS[KIND_OF[type(record)]]

"""The records of a city pack.

Each YAML file of a pack is a list (or, for ``city.yaml`` and a document, one record) of the models below. They
carry what a city decides; nothing here is true of one city alone. Unknown keys are refused, so that a
misspelt field is an error and never silently without effect.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kechuang.citypack.documents import Clause, Document, MetadataField, NamedDocument, Paragraph, Sentence, Statement
from kechuang.citypack.records import Exact, Record, Slug, Status, Text

#: Records and types of the two modules above that are taken from here like all others.
__all__ = [
    "Clause", "Document", "Exact", "MetadataField", "NamedDocument", "Paragraph", "Record", "Sentence", "Slug",
    "Statement", "Status", "Text",
]  # fmt: skip

# ---- city ------------------------------------------------------------------------------------


class Region(Record):
    """An administrative division (GB/T 2260) or a region used for comparison."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    name: Text
    kind: Literal["city", "county", "peer", "province", "nation"]


class Department(Record):
    """A unit that answers for targets, measures and tasks."""

    id: Slug
    name: Text


class Theme(Record):
    """Words of the header and footer. Empty footer fields mean: not filled by the city yet."""

    site_name: Text
    mark: str = Field(max_length=2, description="one or two characters in the red mark of the header")
    host_unit: str | None = None
    operator_unit: str | None = None
    contact: str | None = None
    site_code: str | None = None
    icp: str | None = None
    police_record: str | None = None


class City(Record):
    """``city.yaml``: the city itself."""

    id: Slug
    name: Text
    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    version: str
    theme: Theme
    regions: list[Region]
    departments: list[Department]
    invented: bool = Field(False, description="an invented example city: said on every page")
    home_figures: list[str] = Field(default_factory=list, description="indicators shown on the home page, in order")
    platforms_clause: str | None = None
    support_complete_since: dt.date | None = Field(
        None, description="from this day on every payment under the pack's measures is in the register; null: not said"
    )


# ---- sources in documents ----------------------------------------------------------------------


class Source(Record):
    """Where an item stands in a document: the paragraph id and the number of the sentence in it."""

    document: Slug | None = Field(None, description="left out when the pack has one document")
    clause: str
    span: int = Field(1, ge=1)


# ---- facts -----------------------------------------------------------------------------------


class EnumValue(Record):
    """One allowed value of an enumerated fact."""

    value: str
    en: str


class FactOrigin(Record):
    """Where a fact comes from: a register column, a relation over records, or a question to the person."""

    kind: Literal["column", "relation", "derived", "question"]
    path: str | None = Field(None, description="e.g. contract.amount; null for a question")


class Fact(Record):
    """One name that expressions may use (``facts.yaml``)."""

    id: str = Field(description="the Chinese name used in expressions")
    en: str
    entity: Literal["enterprise", "contract", "institution", "person", "project", "loan", "patent", "city"]
    type: Literal["money", "rate", "count", "date", "enum", "text", "boolean", "relation"]
    unit: str | None = None
    values: list[EnumValue] = Field(default_factory=list)
    elements: list[str] = Field(
        default_factory=list, description="for a relation (a list of records): the facts that each record has"
    )
    minimum: Exact | None = None
    maximum: Exact | None = None
    scale: int | None = Field(None, ge=0, le=6, description="decimals kept; default: money 2, rate 4, count 0")
    origin: FactOrigin
    ask: Text
    help: Text | None = None
    cost: int = Field(1, ge=1, le=9, description="how hard it is to find out: 1 known by heart, 9 needs a document")
    example: str | None = None
    changeable: bool = Field(True, description="false: nobody can make it otherwise (a founding date, a past award)")


class DepartmentRole(Record):
    """A department and whether the text names it or we inferred it."""

    id: Slug
    basis: Literal["named", "implied"]


# ---- measures --------------------------------------------------------------------------------


class Condition(Record):
    """One condition of a measure; an assumption names who decided it, or null when nobody has."""

    test: str
    title: Text
    origin: Literal["text", "assumption"]
    decided_by: str | None = None
    source: Source | None = None


class Reading(Record):
    """One way to read an unclear sentence. ``amount`` null = the measure's own ``amount``."""

    id: Slug
    title: Text
    note: Text | None = None
    amount: str | None = None


class Ambiguity(Record):
    """A question the text leaves open. ``shown`` is computed first; that does not mean it was chosen."""

    id: Slug
    question: Text
    readings: list[Reading] = Field(default_factory=list)
    shown: Slug | None = None
    chosen: Slug | None = None
    by: str | None = None
    date: dt.date | None = None
    reason: str | None = Field(None, max_length=500, description="why this reading was chosen")


class Period(Record):
    """Both days are inside the period, as 有效期至 is."""

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    model_config = ConfigDict(populate_by_name=True)


class Delegation(Record):
    """The document that sets the amount; ``known`` says whether its text is at hand."""

    title: Text
    number: str | None = None
    known: bool = False


class Expectation(Record):
    """What a case must give. Fields left out are not compared.

    ``amount`` is in yuan; ``bit`` says whether a cap or floor changed the amount; ``missing`` lists the facts that
    must be asked for, in any order.
    """

    status: Literal["yes", "no", "unknown", "delegated", "unstated", "not_in_force"]
    amount: Exact | None = None
    amount_if: Exact | None = None
    bit: bool | None = None
    missing: list[str] | None = None


GivenFact = str | bool | int | None


class Case(Record):
    """A worked example of a measure, computed by ``kechuang pack check``: the test of the rule beside the rule.

    ``facts`` are written as on a form: texts and whole numbers, ``true``/``false``, or null for "not known"; a relation is
    a list with the facts of each record.
    """

    title: Text
    on: dt.date
    facts: dict[str, GivenFact | list[dict[str, GivenFact]]] = Field(default_factory=dict)
    expect: Expectation


class Measure(Record):
    """A money or recognition rule (``measures.yaml``)."""

    id: Slug
    source: Source
    also: list[Source] = Field(default_factory=list)
    title: Text
    summary: Text
    instrument: Annotated[str, StringConstraints(pattern=r"^PI\d{3}$")] | None = Field(
        None, description="OECD STIP Compass code of the instrument; may be open in a draft only"
    )
    amount_is: Literal["stated", "delegated", "unstated"]
    kind: Literal["money", "recognition", "priority", "service"] = "money"
    delegated_to: Delegation | None = None
    subject: Literal["enterprise", "contract", "institution", "person", "project", "loan", "patent"]
    beneficiary: Text
    party: Literal["buyer", "seller"] | None = Field(
        None, description="for a contract: which party the money goes to; the nightly results are listed under it"
    )
    departments: list[DepartmentRole] = Field(default_factory=list)
    effective: Period
    parameters: dict[str, dict[dt.date, Exact]] = Field(default_factory=dict)
    parameter_titles: dict[str, Text] = Field(default_factory=dict)
    applies: list[Condition] = Field(default_factory=list)
    amount: str | None = None
    ambiguities: list[Ambiguity] = Field(default_factory=list)
    industries: list[Slug] = Field(default_factory=list)
    cases: list[Case] = Field(default_factory=list)
    status: Status = "confirmed"


# ---- measures that meet, and the money for them ------------------------------------------------


class CumulationClaim(Record):
    """A claim of a worked case: what a measure gives by itself, for one subject, on a day (left out: the case's)."""

    measure: Slug
    amount: Exact
    subject: str = ""
    day: dt.date | None = None


class CumulationGrant(Record):
    """An earlier grant of a worked case: under a measure, or a programme of another level (``province:NAME``)."""

    measure: str
    amount: Exact
    on: dt.date
    subject: str = ""
    year: int | None = Field(None, description="the year it counts in; left out: the year of the day")
    same_as: str = Field("", description="of another programme: the measure that pays for the same thing")


class CumulationCase(Record):
    """A worked example, computed by ``kechuang pack check``: ``pays`` lists what is left of each claim, in yuan."""

    title: Text
    on: dt.date
    claims: list[CumulationClaim] = Field(min_length=1)
    history: list[CumulationGrant] = Field(default_factory=list)
    pays: list[Exact] = Field(min_length=1)


class Cumulation(Record):
    """What happens when measures meet (``cumulation.yaml``); the rules apply in the order of the file.

    ``take_higher`` (就高不重复), ``ceiling`` (合计不超过), ``exclude`` (不得同时享受), ``offset`` (扣除上级补助),
    ``upgrade`` (升级补差), ``once`` (只享受一次). ``scope``: all claims of one organisation together, or each subject
    (contract, project) apart. ``origin`` assumption: which measures the sentence means was judged, by ``decided_by``.
    """

    id: Slug
    title: Text
    source: Source
    kind: Literal["take_higher", "ceiling", "exclude", "offset", "upgrade", "once"]
    measures: list[Slug] = Field(min_length=1)
    against: list[str] = Field(
        default_factory=list,
        description="measures, or programmes of other levels as province:NAME; province:* is every programme of the level",
    )
    scope: Literal["whole", "subject"] = "whole"
    ceiling: dict[dt.date, Exact] = Field(default_factory=dict, description="yuan, by the day from which it holds")
    ceiling_parameter: str | None = Field(None, description="or: this parameter of the first measure")
    period: Literal["ever", "year"] | int = Field("ever", description="ever, year, or a number of years back")
    reduce: Literal["last_first", "pro_rata"] = "last_first"
    origin: Literal["text", "assumption"] = "text"
    decided_by: str | None = None
    note: Text | None = None
    cases: list[CumulationCase] = Field(default_factory=list)
    status: Status = "confirmed"


class LevelShare(Record):
    """A level of government that pays, and its share; null: the text names the level and no share.

    ``benefiting``: 受益财政, the treasury that gains from the activity, whichever level that is.
    """

    level: Literal["state", "province", "city", "county", "benefiting"]
    share: Exact | None = None


class Budget(Record):
    """Money set aside for measures (``budgets.yaml``). What the text does not state stays empty and is shown so."""

    id: Slug
    title: Text
    source: Source
    measures: list[Slug] = Field(min_length=1)
    amounts: dict[int, Exact] = Field(default_factory=dict, description="yuan by calendar year")
    when_short: Literal["queue", "rank", "pro_rata"] | None = Field(
        None, description="by date of application, by score, or all in proportion; null: not stated"
    )
    order_by: str | None = Field(
        None,
        description="the fact that orders: a date for queue (left out: the day the claim arose), a number for rank",
    )
    levels: list[LevelShare] = Field(default_factory=list)
    origin: Literal["text", "assumption"] = "text"
    decided_by: str | None = None
    note: Text | None = None
    status: Status = "confirmed"

    @property
    def shares(self) -> dict[str, Exact]:
        """What each level of government pays of the whole; empty where no shares are stated."""
        return {level.level: level.share for level in self.levels if level.share is not None}


# ---- indicators, targets ---------------------------------------------------------------------


class SeriesBreak(Record):
    """From ``year`` on a series is not comparable with the years before, unless ``link_factor`` is given."""

    year: int = Field(ge=1949, le=2100)
    why: Text
    region: str | None = Field(None, description="left out: everywhere")
    link_factor: Exact | None = None


class NearIndicator(Record):
    """A near indicator: its value may be shown beside this one, never compared with it; ``why`` says the difference."""

    indicator: str
    why: Text


class Indicator(Record):
    """A statistical indicator: what it measures, in which unit, who holds it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Text
    unit: str
    unit_en: str
    definition: Text
    holder: Slug | None = Field(None, description="the department that holds the figure")
    due: Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$")] | None = Field(
        None, description="month and day (MM-DD) of the next year by which a year's figure is to be in; default 06-30"
    )
    better: Literal["higher", "lower", "neither"] = "higher"
    decimals: int = Field(2, ge=0, le=6)
    notes: list[Text] = Field(default_factory=list)
    breaks: list[SeriesBreak] = Field(default_factory=list)
    near: list[NearIndicator] = Field(default_factory=list)
    formula: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None = Field(
        None,
        description="how it is computed from other indicators, e.g. rd_expenditure / gdp: fills cells nobody published, "
        "and turns targets round (docs/indicators.md)",
    )


class Relation(Record):
    """A target that relates two indicators, e.g. one growth rate above another."""

    left: str
    right: str


class Target(Record):
    """A target or duty (``targets.yaml``).

    ``comparator`` is the surface form of the text, ``operator`` what counts as reached. ``value`` null with ``kind``
    reference or qualitative means: the text gives no number, and none is made up.
    """

    id: Slug
    source: Source
    title: Text
    kind: Literal["level", "relation", "reference", "qualitative", "duty"]
    indicator: str | None = None
    value: Exact | None = None
    value_max: Exact | None = None
    unit: str | None = None
    comparator: Literal[">=", ">", "<=", "<", "=", "~"] | None = None
    operator: Literal[">=", ">", "<=", "<", "~", "range", "judged"] = "judged"
    deadline: dt.date | None = None
    nested_in: Slug | None = None
    relation: Relation | None = None
    reference: Text | None = None
    aspiration: str | None = Field(None, description="the word that softens the target, e.g. 力争")
    departments: list[DepartmentRole] = Field(default_factory=list)
    note: Text | None = None
    status: Status = "confirmed"


# ---- tasks, services, industries -------------------------------------------------------------


class Task(Record):
    """Something a department has to do (``tasks.yaml``)."""

    id: Slug
    sources: list[Source] = Field(min_length=1)
    title: Text
    action: Text
    departments: list[DepartmentRole] = Field(default_factory=list)
    counties: list[str] = Field(default_factory=list)
    deadline: dt.date | None = None
    evidence: Text | None = None
    mission: list[str] = Field(default_factory=list)
    status: Status = "confirmed"


class Service(Record):
    """A service, platform, base or information system that people can use (``services.yaml``)."""

    id: Slug
    sources: list[Source] = Field(min_length=1)
    kind: Literal["platform", "base", "zone", "system", "service", "fund", "award"]
    title: Text
    summary: Text
    departments: list[DepartmentRole] = Field(default_factory=list)
    main: bool = Field(False, description="one of the public service platforms of the home page")
    icon: str | None = None
    status: Status = "confirmed"


class Industry(Record):
    """An industry the policy names (``industries.yaml``), mapped to GB/T 4754 and IPC prefixes."""

    id: Slug
    sources: list[Source] = Field(min_length=1)
    name: Text
    group: Literal["pillar", "leading", "traditional", "agriculture", "service"]
    gbt4754: list[str] = Field(default_factory=list)
    ipc: list[str] = Field(default_factory=list)


# ---- observations ----------------------------------------------------------------------------


class ObservationSource(Record):
    """Where observations were published (``data/sources.csv``)."""

    id: str
    title: str
    url: str | None = None
    trust: Literal["official", "republished", "secondary"] | None = Field(
        None, description="left out: guessed from the title and shown as such"
    )
    released: dt.date | None = None


class Observation(Record):
    """One published value (``data/observations.csv``); several sources for a cell are all kept."""

    region: str
    indicator: str
    year: int = Field(ge=1949, le=2100)
    value: Exact
    unit: str
    source: str
    note: str | None = None


class Pack(Record):
    """A whole, loaded city pack."""

    city: City
    documents: list[Document]
    facts: list[Fact] = Field(default_factory=list)
    indicators: list[Indicator] = Field(default_factory=list)
    targets: list[Target] = Field(default_factory=list)
    measures: list[Measure] = Field(default_factory=list)
    cumulation: list[Cumulation] = Field(default_factory=list)
    budgets: list[Budget] = Field(default_factory=list)
    tasks: list[Task] = Field(default_factory=list)
    services: list[Service] = Field(default_factory=list)
    industries: list[Industry] = Field(default_factory=list)
    sources: list[ObservationSource] = Field(default_factory=list)
    observations: list[Observation] = Field(default_factory=list)

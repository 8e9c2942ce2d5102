"""The demo city: a seeded generator of organisations that look like a prefecture's, and are none.

Everything is made from the pack's own counties and industries, carries ``realm = demo``, a name that begins with 演示
and a code whose organisation part begins with ``DEM0`` (no such part is issued), so that nothing can be taken
for a real firm. The shapes of the distributions are described in ``docs/demo-city.md``; they are plausible, not
measured.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any

from django.db import models, transaction

from kechuang.citypack.models import Pack
from kechuang.codes import uscc
from kechuang.web.audit.domain.record import record
from kechuang.web.core.enums import Realm

from ..enums import (
    BaseKind,
    BaseLevel,
    ContractKind,
    OrganisationKind,
    Ownership,
    PatentKind,
    QualificationKind,
    SizeClass,
    Trust,
)
from ..models import (
    Alias,
    Attribute,
    Base,
    HeldChange,
    Loan,
    Merge,
    Organisation,
    Patent,
    Person,
    Qualification,
    Source,
    TechnologyContract,
    Version,
    YearlyFigures,
)
from . import bulk, demo_more
from .kinds import KINDS

YEARS = 5
SOURCE = "演示数据生成器"
CHUNK = 400
FEN = Decimal("0.01")
WORDS = ("清江 芙蓉 云岭 星河 启明 远山 华屏 恒川 金沙 瑞林 同源 新桥 天合 泰安 博远 东麓 南屏 汇丰 宏图 立新").split()
GOODS = {
    "C": ["制造", "科技", "材料", "装备", "电子", "新材料"],
    "I": ["软件", "信息", "数据", "网络"],
    "M": ["技术服务", "检测", "设计"],
    "A": ["农业", "生态农业", "种业"],
}
TOPICS = (
    "冶炼烟气 尾矿综合利用 石墨材料 光学镜片 锂电回收 茶叶加工 水质监测 智能装备 稀贵金属 显示模组 农机 中药提取"
).split()


@dataclass(frozen=True)
class DemoCity:
    """The organisations that the demo log-ins belong to."""

    firm: str
    second_firm: str
    university: str


def _yuan(value: float) -> Decimal:
    return Decimal(repr(round(value, 2))).quantize(FEN, ROUND_HALF_UP)


def _chunks(rows: Iterable[models.Model]) -> Iterator[list[models.Model]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _insert(kind: type[models.Model], rows: Iterable[Any]) -> int:
    """Insert in short transactions, so that other writers never wait long. Every row names the generator as its source."""
    count = 0
    source = Source.objects.filter(realm=Realm.DEMO, title=SOURCE).first()
    for chunk in _chunks(rows):
        for row in chunk:
            row.source = source
        with transaction.atomic():
            kind._default_manager.bulk_create(chunk)
        count += len(chunk)
    return count


def _lognormal(rng: random.Random, median: float, sigma: float, low: float, high: float) -> float:
    return min(high, max(low, median * rng.lognormvariate(0, sigma)))


def size_class(staff: int, revenue: Decimal) -> str:
    """Size class of an industrial enterprise (统计上大中小微型企业划分办法 (2017): staff and revenue together)."""
    if staff >= 1000 and revenue >= 400_000_000:
        return SizeClass.LARGE
    if staff >= 300 and revenue >= 20_000_000:
        return SizeClass.MEDIUM
    if staff >= 20 and revenue >= 3_000_000:
        return SizeClass.SMALL
    return SizeClass.MICRO


def rd_threshold(revenue: float) -> float:
    """R&D share of sales that recognition as a high-tech enterprise asks for (国科发火〔2016〕32号)."""
    return 0.05 if revenue <= 50e6 else 0.04 if revenue <= 200e6 else 0.03


class _Maker:
    """Draws all records of one demo city from one seeded stream."""

    def __init__(self, pack: Pack, seed: int, today: dt.date) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - generated examples, nothing secret
        self.today = today
        self.pack = pack
        self.counties = [region.code for region in pack.city.regions if region.kind == "county"] or [pack.city.code]
        self.short = {region.code: region.name.zh.rstrip("市县区") for region in pack.city.regions}
        self.weights = [1 / (1 + 0.35 * rank) for rank in range(len(self.counties))]
        self.codes = [code for industry in pack.industries for code in industry.gbt4754] or ["C39"]
        self.ipc = [code for industry in pack.industries for code in industry.ipc] or ["G06F"]
        self.serial = 0

    def county(self) -> str:
        return self.rng.choices(self.counties, self.weights)[0]

    def code(self, county: str, kind: str = "91") -> str:
        self.serial += 1
        number, digits = self.serial, ""
        for _ in range(5):  # in the characters of the code itself: 31 ** 5 organisations have room
            number, place = divmod(number, len(uscc.ALPHABET))
            digits = uscc.ALPHABET[place] + digits
        return uscc.make(f"{kind}{county}DEM0{digits}")

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.rng.randrange((last - first).days + 1))

    def organisation(self, kind: str, name: str, county: str, prefix: str = "91", **more: object) -> Organisation:
        return Organisation(
            realm=Realm.DEMO, uscc=self.code(county, prefix), name=name, kind=kind, county=county, **more
        )

    # ---- organisations -----------------------------------------------------------------------

    def enterprise(self) -> tuple[Organisation, list[YearlyFigures], list[Qualification]]:
        rng, county = self.rng, self.county()
        industry = rng.choice(self.codes)
        goods = rng.choice(GOODS.get(industry[0], ["实业", "贸易", "科技"]))
        name = f"演示{self.short.get(county, '')}{rng.choice(WORDS)}{goods}{self.serial + 1:04d}有限公司"
        founded = self.day(dt.date(1992, 1, 1), dt.date(self.today.year - 2, 12, 31))
        revenue = _lognormal(rng, 16e6, 1.4, 2e5, 8e9)
        if rng.random() < 0.06:  # firms like to be just over the line of 规模以上 (20 million yuan)
            revenue = 20e6 * (1 + rng.random() * 0.04)
        high_tech = rng.random() < (0.16 if industry[0] in "CIM" else 0.03)
        organisation = self.organisation(
            OrganisationKind.ENTERPRISE,
            name,
            county,
            industry=industry,
            founded_on=founded,
            ownership=rng.choices(
                [Ownership.PRIVATE, Ownership.STATE, Ownership.FOREIGN, Ownership.COLLECTIVE], [86, 6, 6, 2]
            )[0],
        )
        years = self.figures(organisation, revenue, high_tech)
        latest = years[0]
        organisation.size = size_class(latest.staff or 0, latest.revenue or Decimal(0))
        organisation.above_scale = None if latest.revenue is None else latest.revenue >= 20_000_000
        return organisation, years, self.qualifications(organisation, latest, high_tech)

    def figures(self, organisation: Organisation, revenue: float, high_tech: bool) -> list[YearlyFigures]:
        """Newest year first; each earlier year is the later one without its growth."""
        rng, rows = self.rng, []
        intensity = self.intensity(revenue, high_tech)
        per_head = _lognormal(rng, 8e5, 0.35, 2.5e5, 3e6)
        for back in range(YEARS):
            year = self.today.year - 1 - back
            if organisation.founded_on and year < organisation.founded_on.year:
                break
            staff = max(3, round(revenue / per_head))
            share = rng.choice([0.1, rng.uniform(0.1, 0.35)]) if high_tech else rng.uniform(0, 0.12)
            sales = _yuan(revenue)
            research: Decimal | None = _yuan(
                float(sales) * intensity * rng.uniform(0.9, 1.1) if back else float(sales) * intensity
            )
            if rng.random() < 0.05 and revenue < 20e6:
                research = None  # small firms do not always keep the account
            total = (sales * _yuan(1 + rng.random() * 0.05)).quantize(FEN, ROUND_HALF_UP)
            product_share = rng.choice([0.6, rng.uniform(0.6, 0.95)]) if high_tech else rng.uniform(0, 0.5)
            rows.append(
                YearlyFigures(
                    realm=Realm.DEMO,
                    organisation=organisation,
                    year=year,
                    revenue=sales,
                    rd_expense=research,
                    total_income=total,
                    high_tech_income=_yuan(float(total) * product_share),
                    tax_paid=_yuan(float(sales) * rng.uniform(0.01, 0.06)),
                    staff=staff,
                    st_staff=round(staff * share),
                )
            )
            revenue = max(1e5, revenue / (1 + max(-0.5, rng.gauss(0.06, 0.16))))
            intensity = max(0.0, intensity * rng.uniform(0.85, 1.12))
        return rows

    def intensity(self, revenue: float, high_tech: bool) -> float:
        """R&D share of sales; an eighth of the high-tech firms stands exactly on its threshold or a hair above."""
        rng = self.rng
        if high_tech:
            line = rd_threshold(revenue)
            return line + rng.choice([0, 0.0001, 0.0012]) if rng.random() < 0.125 else line + rng.expovariate(1 / 0.018)
        return 0.0 if rng.random() < 0.55 else min(0.12, rng.expovariate(1 / 0.012))

    def qualifications(self, organisation: Organisation, latest: YearlyFigures, high_tech: bool) -> list[Qualification]:
        rng, rows = self.rng, []
        kinds = [QualificationKind.HIGH_TECH] if high_tech and rng.random() < 0.75 else []
        if latest.revenue and latest.revenue < 200_000_000 and rng.random() < (0.5 if high_tech else 0.05):
            kinds.append(QualificationKind.TECH_SME)
        if high_tech and rng.random() < 0.2:
            kinds.append(QualificationKind.SPECIALISED)
        for kind in kinds:
            start = self.day(dt.date(self.today.year - 3, 9, 1), self.today - dt.timedelta(days=30))
            years = 1 if kind == QualificationKind.TECH_SME else 3
            rows.append(
                Qualification(
                    realm=Realm.DEMO,
                    organisation=organisation,
                    kind=kind,
                    valid_from=start,
                    valid_to=start.replace(year=start.year + years, day=min(start.day, 28)) - dt.timedelta(days=1),
                )
            )
        return rows

    def others(self) -> list[Organisation]:
        """Universities, institutes, hospitals, cooperatives, family farms and brokers."""
        kinds: list[tuple[str, str, int, str]] = [
            (OrganisationKind.UNIVERSITY, "演示理工大学", 5, "12"),
            (OrganisationKind.INSTITUTE, "演示应用技术研究院", 8, "12"),
            (OrganisationKind.HOSPITAL, "演示人民医院", 4, "12"),
            (OrganisationKind.COOPERATIVE, "演示农民专业合作社", 60, "93"),
            (OrganisationKind.FAMILY_FARM, "演示家庭农场", 40, "92"),
            (OrganisationKind.BROKER, "演示技术转移中心", 8, "91"),
        ]
        return [
            self.organisation(kind, f"{name}{number:02d}", self.county(), prefix)
            for kind, name, count, prefix in kinds
            for number in range(1, count + 1)
        ]

    # ---- records of organisations ------------------------------------------------------------

    def contracts(
        self, buyers: Sequence[Organisation], sellers: Sequence[Organisation], count: int
    ) -> Iterator[TechnologyContract]:
        rng = self.rng
        academic = [s for s in sellers if s.kind in (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE)]
        for number in range(1, count + 1):
            signed = self.day(dt.date(self.today.year - YEARS, 1, 1), self.today - dt.timedelta(days=14))
            amount = _yuan(_lognormal(rng, 280e3, 1.3, 5e3, 6e7))
            if rng.random() < 0.04:  # contracts gather where a 2 % subsidy meets a cap of 200,000 yuan
                amount = Decimal("10000000.00") - rng.choice([0, 1, 37]) * FEN
            person = rng.random() < 0.05
            seller = None if person else rng.choice(academic) if rng.random() < 0.8 else rng.choice(buyers)
            buyer = rng.choice(buyers)
            if seller is not None and seller.pk == buyer.pk:
                seller = academic[0]
            yield TechnologyContract(
                realm=Realm.DEMO,
                number=f"演示{signed.year}{number:05d}",
                signed_on=signed,
                amount=amount,
                title=f"演示·{rng.choice(TOPICS)}技术{rng.choice(['开发', '转让', '服务'])}合同",
                kind=rng.choices(list(ContractKind), [40, 20, 8, 8, 24])[0],
                seller=seller,
                seller_is_person=person,
                buyer=buyer,
                registered_on=min(signed + dt.timedelta(days=rng.randrange(5, 60)), self.today)
                if rng.random() < 0.8
                else None,
                converted=rng.choices([True, False, None], [50, 20, 30])[0],
            )

    def bases(self, hosts: Sequence[Organisation], per_kind: int) -> Iterator[Base]:
        for kind in BaseKind:
            for number in range(1, per_kind + 1):
                yield Base(
                    realm=Realm.DEMO,
                    kind=kind,
                    name=f"演示{kind.label}{number:02d}",
                    level=self.rng.choices(list(BaseLevel), [60, 33, 7])[0],
                    host=self.rng.choice(hosts),
                    recognised_on=self.day(dt.date(2013, 5, 1), self.today - dt.timedelta(days=60)),
                )

    def patents(self, owners: Sequence[Organisation], count: int) -> Iterator[Patent]:
        rng = self.rng
        for number in range(1, count + 1):
            granted = self.day(dt.date(self.today.year - YEARS, 1, 1), self.today - dt.timedelta(days=20))
            yield Patent(
                realm=Realm.DEMO,
                number=f"演示ZL{granted.year}{number:06d}",
                ipc=rng.choice(self.ipc),
                title=f"演示·一种{rng.choice(TOPICS)}方法",
                kind=rng.choices(list(PatentKind), [22, 60, 18])[0],
                granted_on=granted,
                owner=owners[min(int(rng.paretovariate(1.1)) - 1, len(owners) - 1)],
            )

    def people(self, employers: Sequence[Organisation], count: int) -> Iterator[Person]:
        rng = self.rng
        for number in range(1, count + 1):
            yield Person(
                realm=Realm.DEMO,
                name=f"演示人员{number:04d}",
                employer=rng.choice(employers),
                degree=rng.choices(["博士", "硕士", "本科"], [12, 38, 50])[0],
                title=rng.choice(["正高级", "副高级", "中级", "高级技师"]),
                discipline=rng.choice(TOPICS),
                since=self.day(dt.date(2008, 1, 1), self.today - dt.timedelta(days=30)),
            )

    def loans(self, borrowers: Sequence[Organisation], count: int) -> Iterator[Loan]:
        rng = self.rng
        for _ in range(count):
            amount = _yuan(_lognormal(rng, 3e6, 0.9, 1e5, 8e7))
            yield Loan(
                realm=Realm.DEMO,
                borrower=rng.choice(borrowers),
                lender=f"演示银行{rng.randrange(1, 6)}",
                amount=amount,
                interest_paid=_yuan(float(amount) * rng.uniform(0.02, 0.055)),
                pledged_ip=rng.random() < 0.12,
                granted_on=self.day(dt.date(self.today.year - 3, 1, 1), self.today - dt.timedelta(days=30)),
            )

    def main_characters(self, university: Organisation) -> tuple[Organisation, Organisation, list[models.Model]]:
        """Two firms with a story, for the demo log-ins and the tour."""
        first, last = self.counties[0], self.counties[-1]
        firm = self.organisation(
            OrganisationKind.ENTERPRISE,
            "演示芯光电子科技有限公司",
            first,
            industry=self.codes[0],
            size=SizeClass.SMALL,
            ownership=Ownership.PRIVATE,
            founded_on=dt.date(2011, 6, 8),
            above_scale=True,
        )
        second = self.organisation(
            OrganisationKind.ENTERPRISE,
            "演示云岭新材料有限公司",
            last,
            industry=self.codes[-1],
            size=SizeClass.MICRO,
            ownership=Ownership.PRIVATE,
            founded_on=dt.date(2019, 3, 1),
            above_scale=False,
        )
        year = self.today.year - 1
        rows: list[models.Model] = []
        for back, (sales, research) in enumerate(
            [("48600000.00", "2117687.59"), ("42350000.00", "1736000.00"), ("36900000.00", "1402000.00")]
        ):
            rows.append(
                YearlyFigures(
                    realm=Realm.DEMO,
                    organisation=firm,
                    year=year - back,
                    revenue=Decimal(sales),
                    rd_expense=Decimal(research),
                    total_income=Decimal(sales),
                    high_tech_income=Decimal("31000000.00"),
                    tax_paid=Decimal("1460000.00"),
                    staff=86,
                    st_staff=19,
                )
            )
        rows.append(
            YearlyFigures(
                realm=Realm.DEMO,
                organisation=second,
                year=year,
                revenue=Decimal("3150000.00"),
                rd_expense=None,
                total_income=Decimal("3150000.00"),
                high_tech_income=None,
                tax_paid=Decimal("71000.00"),
                staff=12,
                st_staff=3,
            )
        )
        for buyer, amount, converted, day in (
            (firm, "12345678.90", True, dt.date(year, 9, 16)),
            (firm, "1234567.85", None, dt.date(self.today.year, 3, 4)),
            (second, "480000.00", True, dt.date(year, 11, 2)),
        ):
            rows.append(
                TechnologyContract(
                    realm=Realm.DEMO,
                    number=f"演示合同{len(rows)}",
                    title="演示·显示模组贴合技术转让合同",
                    kind=ContractKind.TRANSFER,
                    amount=Decimal(amount),
                    signed_on=day,
                    registered_on=day + dt.timedelta(days=20),
                    seller=university,
                    buyer=buyer,
                    converted=converted,
                )
            )
        rows.append(
            Base(
                realm=Realm.DEMO,
                kind=BaseKind.ENGINEERING_CENTRE,
                level=BaseLevel.PROVINCE,
                host=firm,
                name="演示光电显示工程技术研究中心",
                recognised_on=dt.date(year, 5, 20),
            )
        )
        return firm, second, rows


def generate(pack: Pack, *, seed: int = 20130418, enterprises: int = 2000, today: dt.date) -> DemoCity:
    """Make the demo city; the same seed, pack, size and day give the same city. Returns the log-ins' organisations."""
    maker = _Maker(pack, seed, today)
    more = demo_more.More(maker, seed)
    Source.objects.get_or_create(title=SOURCE, realm=Realm.DEMO, defaults={"trust": Trust.SECONDARY})
    others = maker.others()
    _insert(Organisation, others)
    university = others[0]
    firm, second, story = maker.main_characters(university)
    firm.size = SizeClass.MICRO  # it grew: see its history
    _insert(Organisation, [firm, second])
    more.fill_figures([row for row in story if isinstance(row, YearlyFigures)])
    for kind in (YearlyFigures, TechnologyContract, Base):
        _insert(kind, [row for row in story if isinstance(row, kind)])
    firms: list[Organisation] = [firm, second]
    years: list[YearlyFigures] = []
    qualifications: list[Qualification] = []
    for _ in range(enterprises - 2):
        organisation, figures, recognitions = maker.enterprise()
        firms.append(organisation)
        years += figures
        qualifications += recognitions
    rest = firms[2:]
    changes = more.yesterday(rest)
    more.fill_figures(years)
    _insert(Organisation, rest)
    _insert(YearlyFigures, years)
    _insert(Qualification, qualifications)
    innovators = [row.organisation for row in qualifications if row.kind == QualificationKind.HIGH_TECH] or rest
    key = [
        Qualification(
            realm=Realm.DEMO,
            organisation=o,
            kind=QualificationKind.KEY_INNOVATIVE,
            valid_from=dt.date(today.year - 2, 1, 1),
        )
        for o in innovators[:24]
    ]
    _insert(Qualification, key)
    counts = {
        "organisations": len(firms) + len(others),
        "contracts": _insert(TechnologyContract, maker.contracts(rest, others, max(3, enterprises * 7 // 10))),
        "bases": _insert(Base, _filled(more, list(maker.bases(innovators, max(2, enterprises // 70))))),
        "patents": _insert(Patent, maker.patents(innovators, enterprises * 3 // 2)),
        "people": _insert(Person, maker.people([*innovators, *others[:13]], enterprises * 2 // 5)),
        "loans": _insert(Loan, maker.loans(rest, enterprises // 4)),
    }
    counts |= demo_more.make(more, _insert, firms, others, innovators, TOPICS, enterprises)
    source = Source.objects.get(title=SOURCE, realm=Realm.DEMO)
    _grow(source, [{"uscc": firm.uscc, "size": str(SizeClass.SMALL)}], dt.date(2018, 1, 1))
    _grow(source, changes, dt.date(today.year - 1, 1, 1))
    with transaction.atomic():
        record(
            actor=None,
            role="system",
            action="demo.generate",
            object_kind="realm",
            object_id=Realm.DEMO,
            after={"seed": seed, "enterprises": enterprises, "today": today.isoformat(), **counts},
        )
    return DemoCity(firm.uscc, second.uscc, university.uscc)


def _grow(source: Source, changes: list[dict[str, Any]], day: dt.date) -> None:
    """Organisations change their size on a day, by the way every import changes records."""
    for start in range(0, len(changes), CHUNK):
        bulk.write_chunk(
            "organisation",
            changes[start : start + CHUNK],
            source=source,
            import_id="",
            valid_from=day,
            realm=Realm.DEMO,
        )


def _filled(more: demo_more.More, rows: list[Base]) -> list[Base]:
    more.fill_bases(rows)
    return rows


def remove() -> int:
    """Remove every generated record; returns how many organisations went. Real records are not touched."""
    count = Organisation.everything.filter(realm=Realm.DEMO).count()
    for kind in reversed(KINDS.values()):
        rows = kind.model.everything.filter(realm=Realm.DEMO)
        while keys := list(rows.values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                Version.objects.filter(kind=kind.id, record_id__in=keys).delete()
                HeldChange.objects.filter(kind=kind.id, record_id__in=keys).delete()
                Attribute.objects.filter(definition__kind=kind.id, record_id__in=keys).delete()
                Alias.objects.filter(kind=kind.id, record_id__in=keys).delete()
                Merge.objects.filter(kind=kind.id, kept_id__in=keys).delete()
                kind.model.everything.filter(pk__in=keys).delete()
    with transaction.atomic():
        Source.objects.filter(realm=Realm.DEMO, title=SOURCE).delete()
        record(
            actor=None,
            role="system",
            action="demo.remove",
            object_kind="realm",
            object_id=Realm.DEMO,
            before={"organisations": count},
        )
    return count

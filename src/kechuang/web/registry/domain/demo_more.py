"""The rest of the demo city: holdings, accounts, careers, projects, finance, agreements, reports, and a little history.

Drawn from a stream of its own, so that the organisations, contracts and figures of :mod:`.demo` stay what they are.
Everything says 演示, accounts begin with ``DEMO``; nothing is taken from a real record.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from kechuang.web.core.enums import Realm

from ..enums import (
    AchievementStage,
    AgreementKind,
    DemandState,
    EvaluationResult,
    HolderKind,
    InvestmentRound,
    OrganisationKind,
    PledgeKind,
    ProjectLevel,
    ProjectState,
    ReserveState,
    SizeClass,
    SupportLevel,
)
from ..models import (
    Achievement,
    Agreement,
    AgreementParty,
    BankAccount,
    Base,
    BaseEvaluation,
    BaseReport,
    Demand,
    Employment,
    Guarantee,
    Investment,
    InvestmentProject,
    Loan,
    Organisation,
    Patent,
    Person,
    Pledge,
    Prize,
    Project,
    Shareholding,
    Support,
    TechnologyContract,
    YearlyFigures,
)

if TYPE_CHECKING:
    from .demo import _Maker

FEN = Decimal("0.01")
DEMO = Realm.DEMO
SMALLER = {SizeClass.LARGE: SizeClass.MEDIUM, SizeClass.MEDIUM: SizeClass.SMALL, SizeClass.SMALL: SizeClass.MICRO}
INCUBATING = ("incubator", "maker_space")


def _part(whole: Decimal | None, share: float) -> Decimal | None:
    """A part of an amount, cut to the fen, so that parts never exceed their whole."""
    return None if whole is None else (whole * Decimal(repr(round(share, 4)))).quantize(FEN, ROUND_DOWN)


def _yuan(value: float) -> Decimal:
    return Decimal(repr(round(value, 2))).quantize(FEN, ROUND_HALF_UP)


class More:
    """Draws the further records of one demo city."""

    def __init__(self, maker: _Maker, seed: int) -> None:
        self.rng = random.Random(f"{seed}-more")  # noqa: S311 - generated examples, nothing secret
        self.maker, self.today = maker, maker.today

    def day(self, first: dt.date, last: dt.date | None = None) -> dt.date:
        """A day between two days (the second: a month ago)."""
        end = last or self.today - dt.timedelta(days=30)
        return first + dt.timedelta(days=self.rng.randrange(max(1, (end - first).days + 1)))

    # ---- what stands on records that are there already ----------------------------------------

    def fill_figures(self, rows: Sequence[YearlyFigures]) -> None:
        """R&D by kind of activity, commissioned R&D, R&D staff and the two large taxes, all parts of what is there."""
        rng = self.rng
        for row in rows:
            basic, applied = rng.choice([0.0, 0.0, 0.01, 0.03]), rng.uniform(0.02, 0.2)
            row.rd_basic, row.rd_applied = _part(row.rd_expense, basic), _part(row.rd_expense, applied)
            row.rd_development = _part(row.rd_expense, 0.9 - basic - applied)
            row.rd_outsourced = _part(row.rd_expense, rng.choice([0.0, 0.0, 0.05, 0.1]))
            row.tax_vat, row.tax_income = _part(row.tax_paid, 0.55), _part(row.tax_paid, 0.3)
            row.rd_staff = None if row.st_staff is None or row.rd_expense is None else row.st_staff * 3 // 5

    def fill_bases(self, rows: Sequence[Base]) -> None:
        """Paper of recognition, area of incubators; one in twenty-five withdrawn."""
        rng = self.rng
        for row in rows:
            row.recognised_by = (
                f"演示认定〔{row.recognised_on.year}〕{rng.randrange(1, 90)}号" if row.recognised_on else ""
            )
            if row.kind in INCUBATING:
                row.area = Decimal(rng.randrange(10, 300) * 100)
            if row.recognised_on and rng.random() < 0.04:
                row.withdrawn_on = self.day(row.recognised_on)
                row.withdrawn_reason = "演示·连续两年未报年报"

    def yesterday(self, rows: Sequence[Organisation]) -> list[dict[str, Any]]:
        """Let some organisations begin a size smaller; returns the changes that bring them to what they are now."""
        changes = []
        for row in rows:
            if row.size in SMALLER and self.rng.random() < 0.01:
                changes.append({"uscc": row.uscc, "size": str(row.size)})
                row.size = SMALLER[SizeClass(row.size)]
        return changes

    # ---- further records ---------------------------------------------------------------------

    def organisations(self) -> list[Organisation]:
        """Banks, guarantee companies, investors, incubator operators and associations."""
        kinds = [
            (OrganisationKind.BANK, "演示银行", 3, "91"),
            (OrganisationKind.GUARANTOR, "演示融资担保公司", 2, "91"),
            (OrganisationKind.INVESTOR, "演示创业投资公司", 3, "91"),
            (OrganisationKind.INCUBATOR_OPERATOR, "演示孵化器运营公司", 4, "91"),
            (OrganisationKind.ASSOCIATION, "演示行业协会", 4, "51"),
        ]
        return [
            self.maker.organisation(
                kind, f"{name}{number:02d}", self.maker.counties[number % len(self.maker.counties)], prefix
            )
            for kind, name, count, prefix in kinds
            for number in range(1, count + 1)
        ]

    def shareholdings(self, firms: Sequence[Organisation]) -> Iterator[Shareholding]:
        rng = self.rng
        for number, firm in enumerate(firms):
            left = Decimal(100)
            for place in range(rng.choice([1, 1, 2, 3])):
                parent = rng.choice(firms) if rng.random() < 0.05 else None
                if parent is not None and parent.pk == firm.pk:
                    parent = None
                share = left if place == 2 else (left * Decimal(rng.randrange(40, 90)) / 100).quantize(Decimal("0.01"))
                left -= share
                yield Shareholding(
                    realm=DEMO, company=firm, holder=parent, share=share, held_from=firm.founded_on,
                    holder_name=parent.name if parent else f"演示股东{number:05d}-{place + 1}",
                    holder_kind=HolderKind.ORGANISATION if parent else HolderKind.PERSON,
                )  # fmt: skip

    def accounts(self, firms: Sequence[Organisation]) -> Iterator[BankAccount]:
        for number, firm in enumerate(firms):
            if self.rng.random() < 0.3:
                bank = f"演示银行{self.rng.randrange(1, 4):02d}"
                yield BankAccount(
                    realm=DEMO, organisation=firm, bank=bank, holder=firm.name, number=f"DEMO{number:012d}"
                )

    def careers(self, people: Sequence[Person], employers: Sequence[Organisation]) -> Iterator[Employment]:
        rng = self.rng
        posts = ["研究员", "工程师", "研发部经理", "总工程师", "教师", "技术员"]
        for person in people:
            if person.employer is None:
                continue
            yield Employment(
                realm=DEMO,
                person=person,
                organisation=person.employer,
                position=rng.choice(posts),
                started_on=person.since,
            )
            if person.since and rng.random() < 0.4:
                start = self.day(dt.date(2000, 1, 1), person.since - dt.timedelta(days=30))
                yield Employment(
                    realm=DEMO, person=person, organisation=rng.choice(employers), position=rng.choice(posts),
                    started_on=start, ended_on=person.since - dt.timedelta(days=1),
                )  # fmt: skip

    def reports(self, bases: Sequence[Base]) -> Iterator[BaseReport]:
        rng = self.rng
        for base in bases:
            for year in (self.today.year - 2, self.today.year - 1):
                if base.recognised_on is None or base.recognised_on.year > year:
                    continue
                late = base.withdrawn_on is not None
                incubating = base.kind in INCUBATING
                yield BaseReport(
                    realm=DEMO, base=base, year=year, staff=rng.randrange(5, 120),
                    submitted_on=None if late else self.day(dt.date(year + 1, 1, 5), dt.date(year + 1, 3, 31)),
                    rd_expense=None if incubating else _yuan(rng.lognormvariate(14.5, 0.8)),
                    projects=rng.randrange(0, 12), patents=rng.randrange(0, 9),
                    tenants=rng.randrange(8, 90) if incubating else None,
                    graduates=rng.randrange(0, 12) if incubating else None,
                )  # fmt: skip

    def evaluations(self, bases: Sequence[Base]) -> Iterator[BaseEvaluation]:
        for base in bases:
            if base.recognised_on and base.recognised_on.year < self.today.year - 2 and self.rng.random() < 0.5:
                score = self.rng.randrange(520, 980)
                result = (
                    EvaluationResult.EXCELLENT if score >= 900 else EvaluationResult.GOOD if score >= 800
                    else EvaluationResult.PASSED if score >= 600 else EvaluationResult.FAILED
                )  # fmt: skip
                yield BaseEvaluation(
                    realm=DEMO, base=base, evaluated_on=dt.date(self.today.year - 1, 10, 15), result=result,
                    score=Decimal(score) / 10, evaluator="演示评价机构",
                )  # fmt: skip

    def achievements(self, owners: Sequence[Organisation], topics: Sequence[str], count: int) -> Iterator[Achievement]:
        rng = self.rng
        for number in range(1, count + 1):
            done = self.day(dt.date(self.today.year - 4, 1, 1))
            topic = rng.choice(topics)
            yield Achievement(
                realm=DEMO, number=f"演示成果{done.year}{number:05d}", title=f"演示·{topic}关键技术", owner=rng.choice(owners),
                stage=rng.choice(list(AchievementStage)), field=topic, completed_on=done,
                converted=rng.choices([True, False, None], [35, 40, 25])[0],
            )  # fmt: skip

    def demands(self, firms: Sequence[Organisation], topics: Sequence[str], count: int) -> Iterator[Demand]:
        rng = self.rng
        for number in range(1, count + 1):
            posted = self.day(dt.date(self.today.year - 1, 1, 1))
            topic = rng.choice(topics)
            yield Demand(
                realm=DEMO, number=f"演示需求{posted.year}{number:05d}", title=f"演示·求{topic}工艺改进方案",
                organisation=rng.choice(firms), field=topic, budget=_yuan(rng.randrange(5, 400) * 1e4), posted_on=posted,
                deadline=posted + dt.timedelta(days=365), state=rng.choices(list(DemandState), [60, 20, 12, 8])[0],
            )  # fmt: skip

    def agreements(self, leaders: Sequence[Organisation], topics: Sequence[str], count: int) -> Iterator[Agreement]:
        rng = self.rng
        for number in range(1, count + 1):
            signed = self.day(dt.date(self.today.year - 5, 1, 1))
            alliance = rng.random() < 0.3
            name = "产业技术创新联盟" if alliance else "产学研合作协议"
            yield Agreement(
                realm=DEMO, number=f"演示协议{signed.year}{number:04d}", title=f"演示·{rng.choice(topics)}{name}",
                kind=AgreementKind.ALLIANCE if alliance else AgreementKind.COOPERATION, leader=rng.choice(leaders),
                signed_on=signed, ends_on=None if alliance else signed.replace(year=signed.year + 3, day=min(signed.day, 28)),
            )  # fmt: skip

    def parties(
        self, agreements: Sequence[Agreement], academic: Sequence[Organisation], firms: Sequence[Organisation]
    ) -> Iterator[AgreementParty]:
        for agreement in agreements:
            chosen = {agreement.leader.pk: agreement.leader, (u := self.rng.choice(academic)).pk: u}
            if agreement.kind == AgreementKind.ALLIANCE:
                chosen |= {firm.pk: firm for firm in self.rng.sample(list(firms), min(4, len(firms)))}
            for organisation in chosen.values():
                yield AgreementParty(
                    realm=DEMO, agreement=agreement, organisation=organisation, joined_on=agreement.signed_on,
                    role="牵头" if organisation.pk == agreement.leader.pk else "成员",
                )  # fmt: skip

    def projects(
        self, owners: Sequence[Organisation], people: Sequence[Person], topics: Sequence[str], count: int
    ) -> Iterator[Project]:
        rng = self.rng
        of: dict[int, list[Person]] = {}
        for person in people:
            if person.employer_id is not None:
                of.setdefault(person.employer_id, []).append(person)
        for number in range(1, count + 1):
            start = self.day(dt.date(self.today.year - 5, 1, 1))
            end = start.replace(year=start.year + 2, day=min(start.day, 28))
            owner = rng.choice(owners)
            level = rng.choices(list(ProjectLevel), [20, 55, 20, 5])[0]
            state = (
                ProjectState.RUNNING if end > self.today else rng.choice([ProjectState.ACCEPTED, ProjectState.CLOSED])
            )
            yield Project(
                realm=DEMO, number=f"演示项目{start.year}{number:05d}", title=f"演示·{rng.choice(topics)}技术研究", level=level,
                programme="演示·科技创新计划", organisation=owner, leader=rng.choice(of[owner.pk]) if owner.pk in of else None,
                granted=_yuan(rng.randrange(5, 100) * 1e4), own_funds=_yuan(rng.randrange(5, 300) * 1e4),
                started_on=start, ends_on=end, state=state,
            )  # fmt: skip

    def prizes(self, achievements: Sequence[Achievement]) -> Iterator[Prize]:
        given: set[tuple[Any, str]] = set()  # nobody gets the same prize twice for work of the same name in one year
        for achievement in achievements:
            if self.rng.random() < 0.12:
                level = self.rng.choices(list(ProjectLevel), [10, 70, 18, 2])[0]
                grade = self.rng.choices(["一等奖", "二等奖", "三等奖"], [10, 30, 60])[0]
                if (key := (achievement.owner_id, achievement.title)) in given:
                    continue
                given.add(key)
                yield Prize(
                    realm=DEMO, title=achievement.title, award="演示·科学技术进步奖", organisation=achievement.owner,
                    level=level, achievement=achievement, grade=grade, year=self.today.year - 1,
                )  # fmt: skip

    def pledges(self, loans: Sequence[Loan], patents: Sequence[Patent]) -> Iterator[Pledge]:
        of = {patent.owner_id: patent for patent in patents}
        for loan in loans:
            if loan.pledged_ip:
                patent = of.get(loan.borrower_id)
                yield Pledge(
                    realm=DEMO, loan=loan, pledgor=loan.borrower, kind=PledgeKind.PATENT, patent=patent,
                    description=patent.title if patent else "演示·专利权一组", value=_part(loan.amount, 1.6),
                    registered_on=loan.granted_on,
                )  # fmt: skip

    def guarantees(self, loans: Sequence[Loan], guarantors: Sequence[Organisation]) -> Iterator[Guarantee]:
        for loan in loans:
            if self.rng.random() < 0.25:
                yield Guarantee(
                    realm=DEMO, guarantor=self.rng.choice(guarantors), borrower=loan.borrower, loan=loan, amount=loan.amount,
                    fee=_part(loan.amount, 0.01), given_on=loan.granted_on,
                )  # fmt: skip

    def investments(
        self, firms: Sequence[Organisation], investors: Sequence[Organisation], count: int
    ) -> Iterator[Investment]:
        for _ in range(count):
            investor = self.rng.choice(investors)
            yield Investment(
                realm=DEMO, investor=investor, investor_name=investor.name, company=self.rng.choice(firms),
                round=self.rng.choice(list(InvestmentRound)), amount=_yuan(self.rng.randrange(50, 3000) * 1e4),
                share=Decimal(self.rng.randrange(100, 3000)) / 100, invested_on=self.day(dt.date(self.today.year - 4, 1, 1)),
            )  # fmt: skip

    def reserve(self, firms: Sequence[Organisation], topics: Sequence[str], count: int) -> Iterator[InvestmentProject]:
        rng = self.rng
        for number in range(1, count + 1):
            firm, filed = rng.choice(firms), self.day(dt.date(self.today.year - 3, 1, 1))
            state = rng.choice(list(ReserveState))
            begun = state in (ReserveState.BUILDING, ReserveState.COMPLETED)
            yield InvestmentProject(
                realm=DEMO, code=f"演示{filed.year}-{number:05d}", title=f"演示·{rng.choice(topics)}生产线建设", organisation=firm,
                industry=firm.industry, county=firm.county, total_investment=_yuan(rng.randrange(200, 80000) * 1e4),
                state=state, filed_on=None if state == ReserveState.RESERVE else filed,
                approved_on=filed if state == ReserveState.APPROVED else None,
                started_on=min(self.today, filed + dt.timedelta(days=90)) if begun else None,
                completed_on=self.today - dt.timedelta(days=20) if state == ReserveState.COMPLETED else None,
            )  # fmt: skip

    def supports(self, contracts: Sequence[TechnologyContract], count: int) -> Iterator[Support]:
        """Payments of earlier years for contracts: by the city under a measure of its pack, or by the province."""
        rng = self.rng
        stated = [
            m.id for m in self.maker.pack.measures
            if m.subject == "contract" and m.amount_is == "stated" and m.party != "seller"
        ]  # fmt: skip
        for contract in rng.sample(list(contracts), min(count, len(contracts))):
            day = self.day(contract.signed_on + dt.timedelta(days=60), dt.date(self.today.year - 1, 12, 20))
            own = bool(stated) and rng.random() < 0.7
            yield Support(
                realm=DEMO, organisation=contract.buyer, contract=contract, year=day.year, paid_on=day,
                measure=stated[-1] if own else "演示·省级成果转化资金",
                level=SupportLevel.CITY if own else SupportLevel.PROVINCE,
                same_as="" if own or not stated else stated[-1],
                amount=_part(contract.amount, 0.01) or Decimal("0.00"), number=f"演示拨款〔{day.year}〕{rng.randrange(1, 90)}号",
            )  # fmt: skip


def make(
    more: More, insert: Any, firms: Sequence[Organisation], others: Sequence[Organisation], innovators: Sequence[Organisation],
    topics: Sequence[str], size: int,
) -> dict[str, int]:  # fmt: skip
    """Insert the further records with ``insert(model, rows)``; returns how many of each."""

    def stored(model: type[models.Model], rows: Iterator[Any]) -> list[Any]:
        kept = list(rows)
        insert(model, kept)
        return kept

    helpers = stored(Organisation, iter(more.organisations()))
    academic = [o for o in others if o.kind in (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE)]
    demo = {"realm": DEMO}
    people = list(Person.objects.filter(**demo).select_related("employer").order_by("pk"))
    bases = list(Base.objects.filter(**demo).order_by("pk"))
    loans = list(Loan.objects.filter(**demo).select_related("borrower").order_by("pk"))
    patents = list(Patent.objects.filter(**demo).order_by("pk")[: size * 2])
    owners = [*innovators, *academic]
    counts: dict[str, list[Any]] = {}
    counts["helpers"] = helpers
    counts["shareholdings"] = stored(Shareholding, more.shareholdings(firms))
    counts["accounts"] = stored(BankAccount, more.accounts(firms))
    counts["employments"] = stored(Employment, more.careers(people, firms))
    counts["reports"] = stored(BaseReport, more.reports(bases))
    counts["evaluations"] = stored(BaseEvaluation, more.evaluations(bases))
    achievements = counts["achievements"] = stored(Achievement, more.achievements(owners, topics, max(4, size // 10)))
    counts["demands"] = stored(Demand, more.demands(firms, topics, max(4, size // 12)))
    agreements = stored(Agreement, more.agreements(owners, topics, max(3, size // 25)))
    counts["agreements"] = agreements
    counts["parties"] = stored(AgreementParty, more.parties(agreements, academic, firms))
    counts["projects"] = stored(Project, more.projects(owners, people, topics, max(4, size // 8)))
    counts["prizes"] = stored(Prize, more.prizes(achievements))
    counts["pledges"] = stored(Pledge, more.pledges(loans, patents))
    guarantors = [o for o in helpers if o.kind == OrganisationKind.GUARANTOR]
    counts["guarantees"] = stored(Guarantee, more.guarantees(loans, guarantors))
    investors = [o for o in helpers if o.kind == OrganisationKind.INVESTOR]
    counts["investments"] = stored(Investment, more.investments(firms, investors, max(3, size // 40)))
    counts["reserve"] = stored(InvestmentProject, more.reserve(firms, topics, max(4, size // 20)))
    earlier = TechnologyContract.objects.filter(**demo, signed_on__year__lt=more.today.year - 1)
    paid = earlier.exclude(buyer__in=firms[:2]).select_related("buyer").order_by("pk")
    counts["supports"] = stored(Support, more.supports(paid, max(2, size // 25)))
    return {name: len(rows) for name, rows in counts.items()}

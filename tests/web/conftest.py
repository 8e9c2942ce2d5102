"""The cast of the web tests, their rights, and the cities they live in.

| name | acts as | may see the private record of |
|---|---|---|
| firm_a | 演示甲公司, an enterprise in the first county | firm A |
| firm_b | 演示乙公司, an enterprise in the second county | firm B |
| university | 演示大学 | the university |
| officer | officer of the city S&T bureau | every organisation |
| county_officer | officer of the first county | organisations of that county (firm A) |
| auditor | auditor of the city | nobody: auditors read events |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from kechuang import citypack
from kechuang.citypack.models import Pack

CITIES = Path(__file__).resolve().parents[2] / "cities"


@pytest.fixture(scope="session")
def chenzhou_pack() -> Pack:
    """The pack of Chenzhou, loaded once."""
    return citypack.load(CITIES / "chenzhou")


@pytest.fixture(scope="session")
def shili_pack() -> Pack:
    """The pack of the invented example city, loaded once."""
    return citypack.load(CITIES / "shili")


@pytest.fixture
def chenzhou(db, chenzhou_pack):
    """Chenzhou's pack in force."""
    from kechuang.web.policy.domain.apply import apply

    apply(chenzhou_pack)
    return chenzhou_pack


@pytest.fixture
def shili(db, shili_pack):
    """The example city's pack in force."""
    from kechuang.web.policy.domain.apply import apply

    apply(shili_pack)
    return shili_pack


@dataclass(frozen=True)
class Cast:
    """Users and organisations of the tests; counties are the first two of the pack in force."""

    firm_a: object
    firm_b: object
    university: object
    officer: object
    county_officer: object
    auditor: object
    company_a: object
    company_b: object
    school: object


@pytest.fixture
def cast(db) -> Cast:
    """Six people with their grants and three organisations with figures; apply a pack first."""
    return make_cast()


def make_cast() -> Cast:
    """The cast of :func:`cast`, for a fixture that lives longer than a test."""
    from kechuang.codes import uscc
    from kechuang.web.accounts.models import Grant, Role, User
    from kechuang.web.policy.domain.queries import current_release
    from kechuang.web.registry.models import Base, Organisation, TechnologyContract, YearlyFigures

    city = current_release().pack.city
    counties = [region.code for region in city.regions if region.kind == "county"]
    first, second = counties[0], counties[-1]

    def organisation(name: str, kind: str, county: str, serial: int, **more: object) -> Organisation:
        return Organisation.objects.create(
            uscc=uscc.make(f"91{county}DEM9{serial:05d}"), name=name, kind=kind, county=county, realm="demo", **more
        )

    company_a = organisation("演示甲公司", "enterprise", first, 1, industry="C39", size="small", above_scale=True)
    company_b = organisation("演示乙公司", "enterprise", second, 2, industry="C32", size="micro", above_scale=False)
    school = organisation("演示大学", "university", first, 3)
    for company, revenue, research in ((company_a, "48000000.00", "2400000.00"), (company_b, "3000000.00", None)):
        YearlyFigures.objects.create(
            organisation=company, year=2025, revenue=Decimal(revenue), total_income=Decimal(revenue),
            rd_expense=None if research is None else Decimal(research), staff=50, st_staff=9, realm="demo",
        )  # fmt: skip
    TechnologyContract.objects.create(
        number="演示1", title="演示·转让合同", kind="transfer", amount=Decimal("12345678.90"), realm="demo",
        signed_on=dt.date(2025, 9, 16), registered_on=dt.date(2025, 10, 6), seller=school, buyer=company_a,
        converted=True,
    )  # fmt: skip
    Base.objects.create(
        name="演示工程技术研究中心", kind="engineering_centre", level="province", host=company_a, realm="demo",
        recognised_on=dt.date(2025, 5, 20),
    )  # fmt: skip

    def person(name: str, role: str, **grant: str) -> User:
        user = User.objects.create_user(username=name, password="correct horse battery", display_name=name)
        Grant.objects.create(user=user, role=role, **grant)
        return user

    return Cast(
        firm_a=person("firm_a", Role.ENTERPRISE, organisation=company_a.uscc),
        firm_b=person("firm_b", Role.ENTERPRISE, organisation=company_b.uscc),
        university=person("university", Role.UNIVERSITY, organisation=school.uscc),
        officer=person("officer", Role.OFFICER),
        county_officer=person("county_officer", Role.COUNTY, county=first),
        auditor=person("auditor", Role.AUDITOR),
        company_a=company_a,
        company_b=company_b,
        school=school,
    )


@pytest.fixture
def client_for() -> Callable[[object], Client]:
    """A client logged in as a person of the cast; None = a visitor. Staff count as having passed the second factor."""
    return log_in


def log_in(user: object | None) -> Client:
    """The client of :func:`client_for`."""
    from allauth.mfa.models import Authenticator

    from kechuang.web.accounts.access import is_staff_role

    client = Client()
    if user is not None:
        if is_staff_role(user):
            Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashing a password takes half a second on purpose; tests need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _chinese_first():
    """A request leaves its language to the thread: each test begins in Chinese, whatever ran before it."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _uncollected_static(settings):
    """Pages name static files by their plain address; tests need no collected, hashed copies."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _every_change_leaves_one_event(monkeypatch):
    """No request of any web test changes data without leaving exactly one audit event."""
    from tests.web import changes

    plain = Client.request

    def request(self, **asked):
        method = asked.get("REQUEST_METHOD", "GET")
        if method in changes.SAFE:
            return plain(self, **asked)
        with changes.watching() as watched:
            response = plain(self, **asked)
        if "Idempotency-Replayed" not in response:  # what a repeated submission wrote was rolled back
            changes.check(method, response.wsgi_request.path, response.status_code, watched)
        return response

    monkeypatch.setattr(Client, "request", request)

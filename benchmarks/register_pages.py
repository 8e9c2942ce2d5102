"""Pages of the register at city size: 100,000 organisations, 500,000 yearly rows.

    python benchmarks/register_pages.py [--organisations 100000] [--rounds 60]

Builds a database of its own in a temporary folder, opens lists, filters, searches, late pages and records through the whole
stack (test client, one after the other), and prints median and 95th percentile of the service time in milliseconds. The
last column is the number of queries. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("KECHUANG_HOME", tempfile.mkdtemp(prefix="kechuang-bench-"))
os.environ["KECHUANG_DEMO"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "kechuang.web.settings"


def fill(count: int) -> None:
    """Organisations with five years of figures each, straight into the tables."""
    from kechuang.codes import uscc
    from kechuang.web.registry.models import Organisation, Qualification, YearlyFigures

    rng = random.Random(1)
    counties = [
        "431002",
        "431003",
        "431021",
        "431022",
        "431023",
        "431024",
        "431025",
        "431026",
        "431027",
        "431028",
        "431081",
    ]
    digits = uscc.ALPHABET
    for start in range(0, count, 2000):
        rows = []
        for n in range(start, min(count, start + 2000)):
            tail = "".join(digits[n // 31**k % 31] for k in range(5))
            county = rng.choice(counties)
            rows.append(
                Organisation(
                    uscc=uscc.make(f"91{county}DEM8{tail}"), name=f"演示{rng.choice('东南西北中')}{rng.randrange(10**6):06d}公司",
                    kind="enterprise" if n % 20 else "cooperative", county=county, realm="demo", size="small",
                    industry="C39", ownership="private", above_scale=n % 9 == 0,
                )
            )  # fmt: skip
        made = Organisation.everything.bulk_create(rows)
        years = [
            YearlyFigures(organisation=row, year=year, revenue=Decimal(rng.randrange(10**9)), staff=9, realm="demo")
            for row in made
            for year in range(2021, 2026)
        ]
        YearlyFigures.everything.bulk_create(years, batch_size=2000)
        held = [
            Qualification(organisation=row, kind="high_tech", valid_from="2025-01-01", realm="demo")
            for row in made[::40]
        ]
        Qualification.everything.bulk_create(held)


def measure(rounds: int) -> None:
    """Open the pages and print their times."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

    from kechuang.web.accounts.models import Grant, Role, User
    from kechuang.web.core.paging import encode
    from kechuang.web.registry.models import Organisation, YearlyFigures

    firm = Organisation.everything.order_by("pk")[Organisation.everything.count() // 2]
    people = {"visitor": None}
    for name, role, grant in (
        ("officer", Role.OFFICER, {}),
        ("county", Role.COUNTY, {"county": "431028"}),
        ("firm", Role.ENTERPRISE, {"organisation": firm.uscc}),
    ):
        people[name], _new = User.objects.get_or_create(username=name, realm="demo")
        Grant.objects.get_or_create(user=people[name], role=role, **grant)
    clients = {}
    for name, user in people.items():
        clients[name] = Client()
        if user is not None:
            from allauth.mfa.models import Authenticator

            Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
            clients[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    late = Organisation.everything.order_by("name", "pk")[Organisation.everything.count() * 9 // 10]
    base, years = "/enterprises/", "/enterprises/records/yearly_figures/"
    middle = YearlyFigures.everything.order_by("pk")[YearlyFigures.everything.count() // 2]
    pages = [
        ("visitor", "first page", base),
        ("visitor", "page after 90 %", f"{base}?after={encode('a', (late.name, late.pk))}"),
        ("visitor", "one county", f"{base}?county=431028"),
        ("visitor", "one kind", f"{base}?kind=cooperative"),
        ("visitor", "valid recognition", f"{base}?qualification=high_tech"),
        ("visitor", "words, many hits", f"{base}?text=东"),
        ("visitor", "words, one hit", f"{base}?text={late.name}"),
        ("visitor", "words, no hit", f"{base}?text=没有这家"),
        ("county", "own county", f"{base}?mine=1"),
        ("officer", "yearly rows, first page", years),
        ("officer", "yearly rows, page in the middle", f"{years}?after={encode('a', (middle.pk,))}"),
        ("officer", "yearly rows of a firm", f"{years}?of={firm.uscc}"),
        ("officer", "yearly rows of a year", f"{years}?year=2023"),
        ("county", "yearly rows of the county", years),
        ("firm", "own yearly rows", years),
        ("officer", "an organisation", f"{base}{firm.uscc}/"),
        ("officer", "its record", f"{base}records/organisation/{firm.pk}/"),
    ]
    print(f"{'who':8} {'page':34} {'median':>8} {'p95':>8} {'queries':>8}")
    quiet = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
             "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # fmt: skip
    with override_settings(STORAGES=quiet):
        for who, name, address in pages:
            client, times = clients[who], []
            answer = client.get(address)
            assert answer.status_code == 200, (name, answer.status_code)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            for _ in range(rounds):
                start = time.perf_counter()
                client.get(address)
                times.append((time.perf_counter() - start) * 1000)
            p95 = statistics.quantiles(times, n=20)[-1]
            print(f"{who:8} {name:34} {statistics.median(times):8.1f} {p95:8.1f} {len(queries):8}", flush=True)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--organisations", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0, interactive=False)
    from kechuang import citypack
    from kechuang.web.policy.domain.apply import apply
    from kechuang.web.registry.models import Organisation

    if not Organisation.everything.exists():
        apply(citypack.load(ROOT / "cities" / "chenzhou"))
        start = time.perf_counter()
        fill(options.organisations)
        print(f"filled in {time.perf_counter() - start:.0f} s", flush=True)
    measure(options.rounds)


if __name__ == "__main__":
    main()

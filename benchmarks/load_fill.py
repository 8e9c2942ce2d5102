"""Fills a home with a city of generated records (演示数据) for ``benchmarks/load.py``; see there.

Rows go straight into the tables, without verbs and without history. What the visitors of the load test ask for
(codes, keys, addresses of late pages) is written to ``load.json`` in the home, so that they need no database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COUNTIES = "431002 431003 431021 431022 431023 431024 431025 431026 431027 431028 431081".split()
YEARS = range(2021, 2026)
CHUNK = 5000


def say(text: str) -> None:
    """Progress goes to stderr."""
    print(text, file=sys.stderr, flush=True)


def insert(model: Any, columns: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Write rows given as tuples of the named fields, the others with their defaults; how many there were."""
    from django.db import connection, transaction

    fields = [model._meta.get_field(name) for name in columns.split()]
    others = [f for f in model._meta.concrete_fields if f not in fields and not f.primary_key and not f.null]
    rest = tuple(f.get_default() for f in others)
    fields += others
    quote = connection.ops.quote_name
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(f.column) for f in fields)}) "
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    made, iterator = 0, iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        ready = [[f.get_db_prep_save(v, connection) for f, v in zip(fields, row + rest, strict=True)] for row in chunk]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, ready)
        made += len(chunk)
    return made


def organisations(count: int) -> Iterator[tuple[Any, ...]]:
    """Seeded organisations with their codes."""
    from django.utils import timezone

    from kechuang.codes import uscc

    chance, now, alphabet = random.Random(20130418), timezone.now(), uscc.ALPHABET
    for number in range(count):
        county = chance.choice(COUNTIES)
        tail = "".join(alphabet[number // 31**place % 31] for place in range(5))
        yield (
            uscc.make(f"91{county}DEM8{tail}"), f"演示{chance.choice('东南西北中')}{chance.choice('鑫华盛泰裕')}{number:06d}公司",
            "enterprise" if number % 20 else "cooperative", county, chance.choice(["C3985", "A0111", "I6510"]),
            chance.choice(["small", "micro", "medium"]), "private", "active", number % 9 == 0, "demo", now, "",
        )  # fmt: skip


def events(count: int) -> Iterator[tuple[Any, ...]]:
    """Sealed audit events of three years, written in order; their digests are made up, nothing verifies them."""
    from django.utils import timezone

    chance = random.Random(7)
    start, step = timezone.now() - dt.timedelta(days=3 * 365), dt.timedelta(days=3 * 365) / count
    actions = ["record.change"] * 60 + ["import.mend"] * 25 + ["account.login"] * 14 + ["account.lock"]
    for number in range(1, count + 1):
        digest = hashlib.sha256(b"%d" % number).hexdigest()
        who = chance.randrange(400)
        yield (
            f"01BENCH{number:019d}", start + number * step, str(1000 + who), f"演示经办人{who}", "officer",
            chance.choice(actions), "organisation", str(chance.randrange(100_000)), "", digest,
            "refused" if number % 5000 == 0 else "ok", f"r{number}", digest[:32], number, digest, digest, digest,
        )  # fmt: skip


def results(run: Any, measures: list[str], firms: list[tuple[str, str, str]]) -> Iterator[tuple[Any, ...]]:
    """One nightly row of each measure for each organisation."""
    from decimal import Decimal

    from django.utils import timezone

    from kechuang.web.entitlements.enums import Group

    chance, now = random.Random(3), timezone.now()
    for measure in measures:
        for code, name, county in firms:
            group = chance.choice([Group.GET, Group.NEARLY, Group.ASK, Group.NOT, Group.NOT])
            due = Decimal(chance.randrange(1, 10**7)) if group == Group.GET else None
            status = {Group.GET: "yes", Group.ASK: "unknown"}.get(group, "no")
            yield (
                run.pk, measure, "organisation", code, "", code, name, county, "demo", status, group, due, None, due,
                [], [], [], {}, "0" * 64, now,
            )  # fmt: skip


def fill(home: Path, count: int, event_count: int) -> None:
    """Make the city: pack, organisations, five yearly rows each, recognitions, nightly results, audit events, personas."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from kechuang import citypack
    from kechuang.web import serving
    from kechuang.web.accounts.domain.personas import ensure_personas
    from kechuang.web.audit.models import AuditEvent
    from kechuang.web.core.ids import new_id
    from kechuang.web.entitlements.models import Entitlement, Run
    from kechuang.web.policy.domain.apply import apply
    from kechuang.web.policy.domain.queries import current_digest
    from kechuang.web.registry.domain import names
    from kechuang.web.registry.models import Organisation, Qualification, Source, YearlyFigures

    began = time.perf_counter()
    call_command("migrate", interactive=False, verbosity=0)
    pack = citypack.load(ROOT / "cities" / "chenzhou")
    insert(
        AuditEvent,
        "public_id time actor_id actor_name role action object_kind object_id before after result request_id nonce "
        "seq content prev digest",
        events(event_count),
    )
    say(f"{event_count} events, {time.perf_counter() - began:.0f} s")
    apply(pack)
    insert(
        Organisation,
        "uscc name kind county industry size ownership status above_scale realm recorded_at import_id",
        organisations(count),
    )
    say(f"{count} organisations, {time.perf_counter() - began:.0f} s")
    names.rebuild()
    say(f"index of names, {time.perf_counter() - began:.0f} s")
    source = Source.objects.create(public_id=new_id(), title="负载测试生成的数据", realm="demo")
    keys = list(Organisation.everything.order_by("pk").values_list("pk", flat=True))
    chance, now = random.Random(5), timezone.now()
    insert(
        YearlyFigures,
        "organisation year revenue rd_expense staff realm recorded_at source import_id",
        (
            (key, year, chance.randrange(10**9), chance.randrange(10**7), chance.randrange(500), "demo", now, source.pk, "")
            for key in keys
            for year in YEARS
        ),
    )  # fmt: skip
    insert(
        Qualification,
        "organisation kind valid_from valid_to number issuer realm recorded_at import_id",
        ((key, "high_tech", dt.date(2025, 1, 1), None, "", "", "demo", now, "") for key in keys[::40]),
    )
    say(f"{len(keys) * len(YEARS)} yearly rows, {time.perf_counter() - began:.0f} s")
    measures = [m.id for m in pack.measures if m.amount_is == "stated"][:4]
    run = Run.objects.create(release_id=current_digest() or "", on=timezone.localdate(), organisations=count)
    firms = list(Organisation.everything.order_by("pk").values_list("uscc", "name", "county"))
    rows = insert(
        Entitlement,
        "run measure_id subject_kind subject_id subject_name uscc organisation_name county realm status group amount "
        "amount_if awarded forgone depends missing inputs digest computed_at",
        results(run, measures, firms),
    )
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now(), rows=rows)
    say(f"{rows} nightly results, {time.perf_counter() - began:.0f} s")
    ensure_personas(firms[0][0], firms[1][0], firms[2][0])
    serving._collect_static()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    (home / "load.json").write_text(json.dumps(samples(measures), ensure_ascii=False))
    say(f"filled in {time.perf_counter() - began:.0f} s")


def ready(home: Path, count: int, event_count: int) -> None:
    """Fill a new home; bring an earlier one up to the program's tables."""
    import django
    from django.core.management import call_command

    django.setup()
    if not (home / "load.json").exists():
        fill(home, count, event_count)
        return
    from kechuang.web import serving

    call_command("migrate", interactive=False, verbosity=0)
    serving._collect_static()


def samples(measures: list[str]) -> dict[str, Any]:
    """What the people of the load test ask for: organisations, yearly rows and pages far down the lists."""
    from kechuang.web.audit.models import AuditEvent
    from kechuang.web.core.paging import encode
    from kechuang.web.entitlements.models import Entitlement
    from kechuang.web.registry.models import Organisation, YearlyFigures

    chance = random.Random(11)
    keys = list(Organisation.everything.order_by("name", "pk").values_list("pk", "uscc", "name"))
    some = chance.sample(keys, min(500, len(keys)))
    years = YearlyFigures.everything.order_by("-pk").first()
    last_event = AuditEvent.objects.order_by("-pk").first()
    last_row = Entitlement.objects.filter(measure_id=measures[0]).order_by("pk").first()
    assert years and last_event and last_row
    deep = range(1, 10)
    return {
        "counties": COUNTIES,
        "firms": [(pk, code, name) for pk, code, name in some],
        "late": [encode("a", (keys[len(keys) * n // 10][2], keys[len(keys) * n // 10][0])) for n in deep],
        "late_years": [encode("a", (years.pk * n // 10,)) for n in deep],
        "late_events": [encode("a", (last_event.pk * n // 10,)) for n in deep],
        "measures": measures,
        "late_results": [encode("a", (last_row.pk + len(keys) * n // 10,)) for n in deep],
    }

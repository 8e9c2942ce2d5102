"""Finding organisations by a part of their name: the answer of a look at every name, however the names were written."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.codes import uscc
from kechuang.web.registry.domain import names
from kechuang.web.registry.domain.bulk import undo, write_many
from kechuang.web.registry.domain.names import named, named_or_coded
from kechuang.web.registry.models import NamePair, Organisation, Source

pytestmark = pytest.mark.django_db
NAMES = [
    "郴州东鑫酒业",
    "郴州鑫东酒业",
    "东鑫",
    "鑫",
    "A-Tech 科技 (郴州)",
    "a-tech",
    "%_\\酒",
    "𠮷东鑫有限公司",
    "东东鑫鑫",
]


def code(number):
    return uscc.make(f"91431002MA{number:06d}")


def make(texts, start=0):
    return [
        Organisation(uscc=code(start + n), name=name, kind="enterprise", realm="demo") for n, name in enumerate(texts)
    ]


def found(text):
    return sorted(row.name for row in named(Organisation.objects.all(), text))


@pytest.fixture
def register():
    Organisation.objects.bulk_create(make(NAMES))


def test_by_part(register):
    assert found("东鑫") == sorted(["郴州东鑫酒业", "东鑫", "𠮷东鑫有限公司", "东东鑫鑫"])
    assert found("鑫") == sorted(name for name in NAMES if "鑫" in name)
    assert found("TECH") == sorted(["A-Tech 科技 (郴州)", "a-tech"])
    assert found("%_\\") == ["%_\\酒"]
    assert found("没有") == found("") == found(" \x00") == []


@pytest.mark.parametrize(("many", "many_pairs"), [(0, 0), (1, 1), (2, 3), (2000, 20000)])
@pytest.mark.parametrize(("few", "used"), [(1, 1), (1, 3), (2, 2), (300, 3)])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(alphabet="东鑫酒aA-% ", min_size=1, max_size=6), min_size=1, max_size=8),
    part=st.text(alphabet="东鑫酒aA-% ", min_size=1, max_size=4),
)
def test_every_way_of_looking_gives_what_a_look_at_every_name_gives(
    monkeypatch, many, many_pairs, few, used, texts, part
):
    with monkeypatch.context() as patched:
        patched.setattr(names, "MANY", many)
        patched.setattr(names, "MANY_PAIRS", many_pairs)
        patched.setattr(names, "FEW", few)
        patched.setattr(names, "USED", used)
        Organisation.everything.all().delete()
        NamePair.objects.all().delete()
        Organisation.objects.bulk_create(make(texts))
        part = part.strip()
        expected = (
            sorted(Organisation.objects.filter(name__icontains=part).values_list("pk", flat=True)) if part else []
        )
        assert sorted(named(Organisation.objects.all(), part).values_list("pk", flat=True)) == expected


def test_a_code_leads_to_its_organisation(register):
    rows = Organisation.objects.all()
    one = rows.get(name="东鑫")
    assert [*named_or_coded(rows, f" {one.uscc.lower()} ")] == [one]
    assert [*named_or_coded(rows, code(999))] == []
    assert {row.name for row in named_or_coded(rows, "a-tech")} == {"A-Tech 科技 (郴州)", "a-tech"}


def test_names_are_indexed_however_they_are_written(register):
    row = Organisation.objects.create(uscc=code(50), name="保存甲乙", kind="enterprise")
    assert found("存甲") == ["保存甲乙"]
    row.name = "改名丙丁"
    row.save(update_fields=["name"])
    assert (found("名丙"), found("存甲")) == (["改名丙丁"], [])
    row.name = "成批戊己"
    Organisation.everything.bulk_update([row], ["name"])
    assert (found("批戊"), found("名丙")) == (["成批戊己"], [])
    Organisation.objects.filter(pk=row.pk).update(name="直接庚辛")
    assert (found("接庚"), found("批戊")) == (["直接庚辛"], [])
    Organisation.objects.bulk_create(make(["重复壬癸"], 50), ignore_conflicts=True)
    assert found("壬癸") == []
    Organisation.objects.bulk_create(make(["另有子丑"], 51), ignore_conflicts=True)
    assert found("有子") == ["另有子丑"]


def test_a_write_that_names_nothing_leaves_the_index_alone(register):
    row = Organisation.objects.get(name="东鑫")
    with CaptureQueriesContext(connection) as seen:
        row.save(update_fields=["county"])
        Organisation.objects.filter(pk=row.pk).update(county="431002")
    assert not [query for query in seen.captured_queries if "namepair" in query["sql"]]


def test_an_import_is_found_and_gone_after_it_was_taken_back(chenzhou, cast):
    source = Source.objects.create(title="演示", realm="demo")
    rows = [{"uscc": code(70), "name": "演示导入寅卯", "kind": "enterprise"}]
    results = [
        one for part in write_many("organisation", rows, source=source, import_id="i1", realm="demo") for one in part
    ]
    assert [one.outcome for one in results] == ["created"]
    assert found("入寅") == ["演示导入寅卯"]
    undo("i1", actor=cast.officer)
    assert found("入寅") == []


def test_building_anew_covers_every_name_and_forgets_old_ones(register, capsys):
    Organisation.objects.filter(name="东鑫").update(name="新名")
    kept = NamePair.objects.filter(first="东", second="鑫").count()
    NamePair.objects.filter(first="郴").delete()
    assert found("郴州") == []
    call_command("index_names")
    assert capsys.readouterr().err.startswith(f"单位名称索引已重建，共 {len(NAMES)} 家。")
    assert found("郴州") == sorted(["郴州东鑫酒业", "郴州鑫东酒业", "A-Tech 科技 (郴州)"])
    assert NamePair.objects.filter(first="东", second="鑫").count() == kept - 1


def test_looking_up_reads_the_indexes(register):
    """Neither the pairs nor the organisations are read as a whole."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    with CaptureQueriesContext(connection) as seen:
        list(named(Organisation.objects.all(), "东鑫有限").order_by("name", "pk")[:31])
    assert len(seen.captured_queries) == 4
    for query in seen.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            plan = [row[3] for row in cursor.fetchall()]
        assert not [step for step in plan if step.startswith("SCAN registry_")], plan

"""Statistics of the planner."""

from __future__ import annotations

import pytest
from django.db import connection

from kechuang.web.core import statistics
from kechuang.web.registry.models import Organisation

pytestmark = pytest.mark.django_db


def test_the_planner_learns_which_index_tells_rows_apart():
    if connection.vendor != "sqlite":
        assert not statistics.refresh()
        return
    Organisation.objects.bulk_create(
        Organisation(uscc=f"91431002MA0000{i:04d}", name=f"示例{i}", kind="enterprise") for i in range(50)
    )
    assert statistics.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = %s", [Organisation._meta.db_table])
        seen = {name: int(stat.split()[1]) for name, stat in cursor.fetchall() if name}
    assert min(seen.values()) == 1  # the code
    assert max(seen.values()) == 50  # the realm

"""The nasty file of 1,000 rows through the whole import: kept exactly in the register, or refused clearly."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kechuang.web.intake.enums import RowState
from kechuang.web.registry.models import Organisation
from tests.tabular.made import RARE, nasty_rows, write_nasty

pytestmark = pytest.mark.django_db
HEADING = ["统一社会信用代码", "名称", "成立日期", "注册资本", "没有的列", "规模以上", "规模", "类别"]
RENAMED = {"revenue": "registered_capital"}


def test_every_row_is_kept_exactly_or_refused_clearly(applied, tmp_path):
    wanted = nasty_rows(count=980)
    again = [row for row in wanted if not row.refused][:20]  # the same records once more: duplicate keys
    path = write_nasty(tmp_path / "nasty.xlsx", [*wanted, *again], HEADING, ("企业",))
    one = applied(SimpleUploadedFile("恶意.xlsx", path.read_bytes()))
    assert one.unknown_columns == ["没有的列"]
    staged = {row.line: row for row in one.rows.all()}
    assert sorted(staged) == list(range(3, 1003))
    stored = {made.uscc: made for made in Organisation.objects.filter(import_id=one.public_id)}
    taken = 0
    for line, nasty in enumerate(wanted, 3):
        row, refused = staged[line], {RENAMED.get(name, name) for name in nasty.refused if name != "staff"}
        assert {finding["column"] for finding in row.findings} == refused, (line, row.findings)
        if refused:
            assert row.state == RowState.BAD
            assert all(finding["zh"] and finding["en"] for finding in row.findings)
            continue
        taken += 1
        assert row.state == RowState.APPLIED
        if not nasty.kept:  # refused only for a column that organisations do not have
            continue
        made = stored[nasty.kept["uscc"]]
        assert made.name == nasty.kept["name"]
        assert (made.founded_on.isoformat() if made.founded_on else None) == nasty.kept.get("founded_on")
        assert (f"{made.registered_capital:f}" if made.registered_capital is not None else None) == nasty.kept.get(
            "revenue"
        )
        assert made.size == nasty.kept.get("size", "")
    for line in range(983, 1003):
        assert staged[line].state == RowState.BAD
        assert "是同一条记录" in staged[line].findings[0]["zh"]
    assert taken == len(stored) == one.created
    assert {character for made in stored.values() for character in made.name} >= set(RARE)

"""The page that says who may see what is made from the declarations, and says the same as they."""

from __future__ import annotations

import csv
import io

import pytest

from kechuang.web.accounts.domain import overview
from kechuang.web.core.may import CITY, EVERYBODY, LOGGED_IN, NOBODY, STAFF, Who, declared, methods

pytestmark = pytest.mark.django_db


def test_an_auditor_reads_who_sees_the_figures_of_a_firm(chenzhou, cast, client_for):
    page = client_for(cast.auditor).get("/accounts/who-may/").content.decode()
    assert "单位页：公开信息人人能看，财务、合同、贷款、人员不公开" in page
    assert "本企业、市科技局经办人（本人经手）、市科技局经办人（别人经手）、县市区经办人（本县市区）</td>" in page
    assert "registry:organisation" in page


def test_the_page_can_be_narrowed_to_one_kind_of_person(chenzhou, cast, client_for):
    client = client_for(cast.auditor)
    visitor = client.get("/accounts/who-may/?who=visitor").content.decode()
    assert "audit:heads" in visitor
    assert "audit:events<" not in visitor
    assert client.get("/accounts/who-may/?who=nonsense").status_code == 200


def test_the_table_has_a_line_for_every_cell(chenzhou, cast, client_for):
    answer = client_for(cast.officer).get("/accounts/who-may/table.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    expected = [(key, method) for table in declared().values() for key, row in table.items() for method, _ in methods(key, row)]  # fmt: skip
    assert [(row[2], row[3]) for row in rows[1:]] == expected
    line = next(row for row in rows if row[2] == "registry:organisation")
    marks = dict(zip(Who, line[4:], strict=True))
    assert {who: marks[who] for who in (Who.VISITOR, Who.ENTERPRISE_OWN, Who.ENTERPRISE_OTHER)} == {
        Who.VISITOR: "1", Who.ENTERPRISE_OWN: "2", Who.ENTERPRISE_OTHER: "1",
    }  # fmt: skip


def test_every_app_has_a_title():
    assert set(declared()) <= set(overview.APPS)


def test_groups_are_said_in_a_word():
    assert [overview.in_words(people) for people in (EVERYBODY, LOGGED_IN, STAFF, NOBODY)] == [
        "所有人", "登录的人", "各机关角色", "没有人",
    ]  # fmt: skip
    assert overview.in_words(CITY).endswith("市科技局经办人（别人经手）")

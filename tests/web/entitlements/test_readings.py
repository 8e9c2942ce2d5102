"""Open questions: readings priced over the register, and a choice with a name, a day and a way back to YAML."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang import citypack
from kechuang.citypack.exporting import export
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import readings
from kechuang.web.entitlements.domain.calculate import explain_measure, typed_facts
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.policy.domain import queries

ON = dt.date(2026, 11, 24)
URL = "/measures/receiver-subsidy/readings/"
CONTRACT = {
    "技术合同交易额": "12345678.90", "受让方类型": "企业", "出让方类型": "高校", "已转化": True, "受让方在本市": True,
    "合同已登记": True, "合同技术部分金额": "1000000",
}  # fmt: skip


def test_every_reading_is_priced_over_the_register(chenzhou, cast):
    found = {
        q.record.id: q for q in readings.questions(queries.current_release(), "receiver-subsidy", run(on=ON), None)
    }
    contract, year, lifetime = found["cap-period"].readings
    assert (contract.sums["demo"].amount, contract.sums["demo"].rows) == (Decimal("200000.00"), 1)
    assert (year.sums["demo"].rows, year.sums["demo"].lacking, year.facts) == (0, 1, ["本年已获该项补助"])
    assert lifetime.facts == ["历年已获该项补助"]
    assert not found["proof"].priced
    assert readings.questions(queries.current_release(), "receiver-subsidy", None, None)[0].readings[0].sums == {}


def test_a_choice_has_a_name_a_day_and_comes_back_from_yaml(chenzhou, cast, tmp_path):
    before = queries.current_release()
    digest = readings.choose(
        "receiver-subsidy", "base", "technology-only", reason="按技术交易额统计口径", actor=cast.officer, on=ON
    )
    release = queries.current_release()
    assert (release.digest, release.digest != before.digest) == (digest, True)
    chosen = next(a for a in release.records["receiver-subsidy"].ambiguities if a.id == "base")
    assert (chosen.chosen, chosen.by, chosen.date, chosen.reason) == (
        "technology-only", "officer", ON, "按技术交易额统计口径",
    )  # fmt: skip
    facts, errors = typed_facts(release, CONTRACT)
    assert errors == []
    assert explain_measure(release, "receiver-subsidy", facts, ON).amount == Decimal("20000.00")
    # The release before still gives what it gave.
    assert explain_measure(queries.release(before.digest), "receiver-subsidy", facts, ON).amount == Decimal("200000.00")
    export(release.pack, tmp_path / "pack")
    assert citypack.digest(citypack.load(tmp_path / "pack")) == digest
    event = AuditEvent.objects.get(action="policy.read_as")
    assert (event.actor_id, event.object_id) == (str(cast.officer.pk), "receiver-subsidy/base/technology-only")
    assert AuditEvent.objects.filter(action="policy.apply").count() == 1  # the pack itself, by the fixture


def test_taking_a_choice_back_opens_the_question_again(chenzhou, cast):
    before = queries.current_digest()
    readings.choose("receiver-subsidy", "base", "whole", actor=cast.officer)
    readings.choose("receiver-subsidy", "base", "", actor=cast.officer)
    assert queries.current_digest() == before
    assert AuditEvent.objects.filter(action="policy.unread").count() == 1
    with pytest.raises(UserError) as caught:
        readings.choose("receiver-subsidy", "base", "", actor=cast.officer)
    assert caught.value.code == "undecided"


@pytest.mark.parametrize(
    ("question", "reading", "more", "status"),
    [
        ("base", "nothing", {}, 422),
        ("nothing", "whole", {}, 422),
        ("base", "whole", {"reason": "长" * 501}, 422),
        ("base", "whole", {"release_seen": "0" * 64}, 409),
    ],
)
def test_what_cannot_be_chosen(chenzhou, cast, question, reading, more, status):
    with pytest.raises(UserError) as caught:
        readings.choose("receiver-subsidy", question, reading, actor=cast.officer, **more)
    assert caught.value.status == status
    assert not AuditEvent.objects.filter(action="policy.read_as").exists()


def test_the_page_prices_and_records(chenzhou, cast, client_for):
    run(on=ON)
    officer = client_for(cast.officer)
    page = officer.get(URL).content.decode()
    assert "200,000.00" in page
    assert "演示数据" in page
    form = {
        "question": "cap-period",
        "reading": "firm-year",
        "reason": "市财政局意见",
        "release": queries.current_digest(),
    }
    assert officer.post(URL, form).status_code == 302
    shown = officer.get("/measures/receiver-subsidy/").content.decode()
    assert "officer" in shown
    assert "市财政局意见" in shown
    stale = officer.post(URL, form)
    assert stale.status_code == 409
    assert "市财政局意见" in stale.content.decode()


def test_only_officers_choose(chenzhou, cast, client_for):
    form = {"question": "base", "reading": "whole"}
    assert client_for(cast.auditor).post(URL, form).status_code == 403
    # Sums of the whole city can be those of one firm, so an officer of one county does not see them either.
    for user in (cast.county_officer, cast.firm_a, cast.university, cast.auditor):
        assert client_for(user).get(URL).status_code == 403
        assert URL not in client_for(user).get("/measures/receiver-subsidy/").content.decode()
    assert URL in client_for(cast.officer).get("/measures/receiver-subsidy/").content.decode()

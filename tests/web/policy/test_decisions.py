"""Applying the folder of a pack again keeps the readings that officers have chosen on pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kechuang.citypack import digest, load
from kechuang.citypack.planning import items
from kechuang.web.audit.models import AuditEvent
from kechuang.web.entitlements.domain import readings
from kechuang.web.policy.domain import queries
from kechuang.web.policy.models import Release

CITIES = Path(__file__).resolve().parents[3] / "cities"
SHILI = str(CITIES / "shili")
WHERE = "results-subsidy/proof"


@pytest.fixture
def decided(shili, cast):
    """An officer has chosen a reading that the folder does not know."""
    readings.choose("results-subsidy", "proof", "invoice", reason="发票可核对", actor=cast.officer)
    return queries.current_digest()


def chosen() -> str | None:
    measure = queries.current_release().records["results-subsidy"]
    return measure.ambiguities[0].chosen


def said(capsys, *arguments: str) -> str:
    capsys.readouterr()
    call_command(*arguments)
    return capsys.readouterr().out


def test_the_plan_names_it_and_applying_keeps_it(decided, cast, capsys):
    plan = said(capsys, "pack_plan", SHILI)
    assert f"会撤销 {WHERE} 的读法“invoice”（{cast.officer}" in plan
    assert "pack apply --drop-decisions" in plan
    out = said(capsys, "pack_apply", SHILI)
    assert f"保留 {WHERE} 的读法“invoice”" in out
    assert "没有变化" in out
    assert (chosen(), queries.current_digest()) == ("invoice", decided)


def test_a_new_edition_of_the_folder_carries_it_along(decided, shili, capsys, tmp_path):
    from kechuang.citypack.exporting import export

    edition = shili.model_copy(update={"city": shili.city.model_copy(update={"version": "2031.1"})})
    export(edition, tmp_path / "pack")
    assert "2031.1" in said(capsys, "pack_apply", str(tmp_path / "pack"))
    assert (chosen(), queries.current_release().version) == ("invoice", "2031.1")
    assert AuditEvent.objects.filter(action="policy.apply").count() == 2  # the first apply and this one
    assert len(list(items(queries.current_release().pack))) == len(list(items(shili)))


def test_dropping_takes_a_word_of_its_own(decided, capsys):
    assert "保留" not in said(capsys, "pack_apply", SHILI, "--drop-decisions")
    assert chosen() is None


def test_the_merged_export_is_the_same_release(decided, capsys, tmp_path):
    call_command("pack_export", "--out", str(tmp_path / "merged"))
    assert "会撤销" not in said(capsys, "pack_plan", str(tmp_path / "merged"))
    assert "没有变化" in said(capsys, "pack_apply", str(tmp_path / "merged"), "--drop-decisions")
    assert chosen() == "invoice"


def test_an_older_release_is_exported_by_its_digest(decided, shili, tmp_path):
    """So that a receipt can be replayed years later with the rules it was made with."""
    first = Release.objects.order_by("applied_at").first()
    assert first is not None and first.digest != queries.current_digest()
    call_command("pack_export", "--out", str(tmp_path / "old"), "--release", first.digest[:12])
    assert digest(load(tmp_path / "old")) == first.digest
    with pytest.raises(CommandError, match="No release begins with zz"):
        call_command("pack_export", "--out", str(tmp_path / "none"), "--release", "zz")
    assert not (tmp_path / "none").exists()


def test_a_decision_that_cannot_be_kept_stops_the_apply(decided, shili, capsys, tmp_path):
    from kechuang.citypack.exporting import export

    measure = shili.measures[0]
    question = measure.ambiguities[0].model_copy(update={"readings": measure.ambiguities[0].readings[1:]})
    other = measure.model_copy(update={"ambiguities": [question]})
    export(shili.model_copy(update={"measures": [other, *shili.measures[1:]]}), tmp_path / "pack")
    assert "保留不了" in said(capsys, "pack_plan", str(tmp_path / "pack"))
    with pytest.raises(CommandError, match="没有应用") as caught:
        call_command("pack_apply", str(tmp_path / "pack"))
    assert "--drop-decisions" in str(caught.value)
    assert (chosen(), queries.current_digest()) == ("invoice", decided)
    call_command("pack_apply", str(tmp_path / "pack"), "--drop-decisions")
    assert chosen() is None


def test_starting_the_city_again_keeps_it_too(decided, settings, monkeypatch):
    from kechuang.web import serving

    settings.PACK_DIR, settings.DEMO = Path(SHILI), False
    monkeypatch.setattr(serving, "call_command", lambda *_, **__: None)
    monkeypatch.setattr(serving, "_collect_static", lambda: None)
    serving.prepare()
    assert chosen() == "invoice"
    assert queries.current_digest() == decided

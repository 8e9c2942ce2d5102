"""Attaching official texts: kept only when the sentences agree, shown only while the hash agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kechuang.citypack.models import Source
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.apply import apply
from kechuang.web.policy.domain.attach import attach
from kechuang.web.policy.models import OfficialText

CITIES = Path(__file__).resolve().parents[3] / "cities"
TEXT = CITIES / "shili" / "texts" / "shili-2030-12.txt"


@pytest.fixture
def text() -> str:
    return TEXT.read_text(encoding="utf-8")


def _first_measure_sentence(text: str):
    release = queries.current_release()
    source = release.pack.measures[0].source
    place = release.index.place(source)
    return release, source, text[place.sentence.start : place.sentence.end]


def test_every_sentence_agrees_and_is_shown(shili, text):
    release, source, sentence = _first_measure_sentence(text)
    assert queries.official_sentence(release, source) is None
    done = attach(text, file_name="shili.txt")
    assert done.record.agreed == done.record.total == len(done.result.matches)
    assert queries.official_sentence(release, source) == sentence
    assert AuditEvent.objects.filter(action="policy.attach", object_id=done.record.document_id).count() == 1


def test_a_changed_sentence_is_named_and_nothing_is_stored(shili, text):
    _, _, sentence = _first_measure_sentence(text)
    with pytest.raises(UserError) as caught:
        attach(text.replace(sentence, sentence.replace("补助", "补贴")), file_name="changed.txt")
    place = queries.current_release().index.place(shili.measures[0].source)
    assert place.clause.label in caught.value.zh
    assert place.clause.label in caught.value.en
    assert caught.value.field == "file"
    assert OfficialText.objects.count() == 0
    assert AuditEvent.objects.filter(action="policy.attach").count() == 0


def test_partial_keeps_and_shows_only_what_agrees(shili, text):
    release, source, sentence = _first_measure_sentence(text)
    done = attach(text.replace(sentence, sentence.replace("补助", "补贴")), file_name="changed.txt", partial=True)
    assert done.record.agreed == done.record.total - 1
    assert queries.official_sentence(release, source) is None
    other = next(p for p in release.index.places(done.record.document_id) if p.key in done.record.matches)
    assert queries.official_sentence(release, Source(clause=other.paragraph.id, span=other.sentence.n))


def test_a_text_of_another_document_is_refused(shili):
    with pytest.raises(UserError, match="另一份文件"):
        attach("一、别的事。今天天气很好。", file_name="other.txt")


def test_a_later_release_with_another_hash_hides_the_sentence(shili, text):
    _, source, _sentence = _first_measure_sentence(text)
    attach(text, file_name="shili.txt")
    content = shili.model_dump(mode="json", by_alias=True)
    for clause in content["documents"][0]["clauses"]:
        for paragraph in clause["paragraphs"]:
            for item in paragraph["sentences"]:
                if (paragraph["id"], item["n"]) == (source.clause, source.span):
                    item["sha256"] = "0" * 64
    apply(type(shili).model_validate(content))
    assert queries.official_sentence(queries.current_release(), source) is None


def test_attach_command(shili, tmp_path, capsys):
    call_command("policy_attach", str(TEXT))
    assert "一致" in capsys.readouterr().out
    changed = tmp_path / "changed.txt"
    changed.write_text(TEXT.read_text(encoding="utf-8").replace("万元", "元"), encoding="utf-8")
    with pytest.raises(CommandError, match="没有存"):
        call_command("policy_attach", str(changed))
    with pytest.raises(CommandError, match="No such file"):
        call_command("policy_attach", str(tmp_path / "absent.txt"), "--lang", "en")

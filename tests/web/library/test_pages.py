"""Pages of the library: upload, list, search, document, review without a script, export, comparison, trying."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kechuang.citypack import check_folder
from kechuang.web.library.domain import review
from kechuang.web.library.models import SourceDocument


def _say(client, name, *args, **data):
    return client.get(reverse(f"library:{name}", args=args), data)


def test_many_files_at_once_each_with_its_result(shili, cast, text, client_for, settings, tmp_path):
    settings.FILES_DIR, settings.INDEX_DIR = tmp_path / "files", tmp_path / "index"
    client = client_for(cast.officer)
    files = [
        SimpleUploadedFile("云河.txt", text.encode("gb18030")),
        SimpleUploadedFile("坏.pdf", b"%PDF-1.4 broken"),
        SimpleUploadedFile("空.txt", b""),
        SimpleUploadedFile(
            "别的.html", "<html><body><p>二、对认定的孵化器，给予奖励10万元。</p></body></html>".encode()
        ),
    ]
    page = client.post(reverse("library:upload"), {"files": files}).content.decode()
    assert SourceDocument.objects.count() == 2
    kept = SourceDocument.objects.order_by("pk").first()
    assert (kept.city, kept.kind, kept.incentives, kept.number) == ("云河市", "measures", 5, "云政发〔2031〕5号")
    assert "坏.pdf" in page and "空.txt" in page and page.count("没有收进来") == 2
    again = client.post(
        reverse("library:upload"), {"files": [SimpleUploadedFile("重复.txt", text.replace("\n", "\n\n").encode())]}
    )
    assert "一字不差" in again.content.decode()


def test_nothing_chosen_is_said_at_the_field(shili, cast, client_for):
    page = client_for(cast.officer).post(reverse("library:upload"), {})
    assert page.status_code == 422
    assert "请选一个或几个文件" in page.content.decode()


def test_the_list_filters_and_searches(document, cast, client_for):
    client = client_for(cast.officer)
    assert document.title in _say(client, "documents").content.decode()
    found = _say(client, "documents", q="科技企业孵化器").content.decode()
    assert document.title in found and "<mark>" in found
    for wanted in ({"year": "2031"}, {"money": "1"}, {"targets": "1"}, {"city": "云河市"}, {"kind": "measures"}):
        assert document.title in _say(client, "documents", **wanted).content.decode(), wanted
    for wanted in ({"year": "1999"}, {"city": "别处"}, {"kind": "plan"}, {"q": "量子计算机"}):
        assert document.title not in _say(client, "documents", **wanted).content.decode(), wanted


@pytest.mark.parametrize("name", ["document", "review"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_show_numbered_marks_and_items(document, cast, client_for, name, language):
    client = client_for(cast.officer)
    client.cookies["kc_lang"] = "zh-hans" if language == "zh" else "en"
    page = _say(client, name, document.public_id).content.decode()
    assert 'id="m1"' in page and 'id="c1"' in page
    assert "min(half_up(研发费用 * rate), cap)" in page
    assert ("演示数据" if language == "zh" else "Demo data") in page or language == "en"


def test_review_works_without_a_script(document, measure, cast, second, client_for):
    act = reverse("library:act", args=[document.public_id, measure.pk])
    answer = client_for(cast.officer).post(act, {"verb": "confirm", "version": "1"})
    assert answer.status_code == 302 and answer["Location"].endswith(f"#i{measure.pk}")
    page = client_for(cast.officer).get(reverse("library:review", args=[document.public_id])).content.decode()
    assert "请另一位经办人第二次确认" in page
    client_for(second).post(act, {"verb": "confirm", "version": "2"})
    measure.refresh_from_db()
    assert measure.settled
    late = client_for(second).post(act, {"verb": "reject", "version": "1"}, follow=True)
    assert "刚被别人改过" in late.content.decode()


def test_a_script_gets_the_card_and_the_progress(document, measure, cast, client_for):
    act = reverse("library:act", args=[document.public_id, measure.pk])
    script = {"HTTP_X_REQUESTED_WITH": "kechuang-review"}
    client = client_for(cast.officer)
    done = client.post(act, {"verb": "reject"}, **script).json()
    assert f'id="i{measure.pk}"' in done["card"] and "已审 1 /" in done["progress"]
    client.post(act, {"verb": "confirm"}, **script)
    refused = client.post(act, {"verb": "confirm"}, **script)
    assert refused.status_code == 409 and "两个人" in refused.json()["error"]
    assert client.post(act, {"verb": "delete"}).status_code == 404


def test_editing_in_the_form(document, measure, cast, client_for):
    client = client_for(cast.officer)
    address = reverse("library:edit", args=[document.public_id, measure.pk])
    page = client.get(address).content.decode()
    assert 'value="5%"' in page and 'value="1,000,000"' in page
    data = {"kind": "rate", "beneficiary": "企业", "condition": "营业收入超过1亿元", "rate": "6%", "base": "研发费用",
            "cap_yuan": "120万元", "title_zh": "研发补助", "version": "1", "tiers": ""}  # fmt: skip
    assert client.post(address, {**data, "rate": "很多"}).status_code == 422
    assert client.post(address, data).status_code == 302
    measure.refresh_from_db()
    assert (measure.fields["rate"], measure.fields["cap_yuan"], measure.status) == ("0.06", "1200000", "edited")
    assert (
        "营业收入 &gt; 100000000" in client.get(reverse("library:review", args=[document.public_id])).content.decode()
    )


def test_splitting_merging_and_adding_through_forms(document, measure, cast, client_for):
    client = client_for(cast.officer)
    divide = reverse("library:divide", args=[document.public_id, measure.pk])
    at = measure.start + measure.quote.index("每家企业")
    before = document.draft.items.count()
    client.post(divide, {"verb": "split", "at": str(at), "version": "1"})
    assert document.draft.items.count() == before + 1
    client.post(divide, {"verb": "merge", "version": "2"})
    measure.refresh_from_db()
    assert "每家企业每年最高100万元" in measure.quote
    add = reverse("library:add", args=[document.public_id])
    assert client.post(add, {"kind": "measure", "quote": "没有这样的话"}).status_code == 422
    assert client.post(add, {"kind": "task", "quote": "每年更新一次"}).status_code == 302


def test_the_export_is_a_pack_that_loads_and_the_next_says_what_changed(document, cast, second, client_for, tmp_path):
    client = client_for(cast.officer)
    address = reverse("library:export", args=[document.public_id])
    assert "还没有导出过" in client.get(address).content.decode()
    for item in document.draft.items.filter(kind="measure"):
        review.confirm(item.pk, document.public_id, actor=cast.officer)
        review.confirm(item.pk, document.public_id, actor=second)
    answer = client.post(address)
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    folder = tmp_path / names[0].split("/")[0]
    assert any(name.endswith("README.txt") for name in names)  # a generated document says so in its pack
    report = check_folder(folder)
    assert {problem.code for problem in report.problems} == {"uncovered"}
    assert sum(note.code == "draft" and "measure" in note.where for note in report.notes) == 0
    first = document.draft.items.filter(kind="measure").first()
    review.edit(first.pk, document.public_id, {**first.fields, "amount_yuan": "250000"}, actor=second)
    page = client.get(address).content.decode()
    assert "250000" in page and "200000" in page


def test_only_settled_items_on_request(document, measure, cast, second, client_for):
    review.confirm(measure.pk, document.public_id, actor=cast.officer)
    review.confirm(measure.pk, document.public_id, actor=second)
    answer = client_for(cast.officer).post(reverse("library:export", args=[document.public_id]), {"only": "settled"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = {name.split("/", 1)[1] for name in archive.namelist()}
    assert "measures.yaml" in held and "tasks.yaml" not in held


def test_comparing_one_instrument_and_its_csv(document, cast, client_for):
    client = client_for(cast.officer)
    page = _say(client, "compare", q="高新技术企业 认定").content.decode()
    assert "20 万元" in page and document.title in page
    listed = _say(client, "compare", q="高新技术企业 认定", format="csv").content.decode("utf-8-sig").splitlines()
    assert len(listed) == 2
    assert "200000" in listed[1] and listed[1].endswith("演示数据")
    assert "300" in _say(client, "compare", q="高新技术企业", kind="target").content.decode()
    assert "没有一份文件里有" in _say(client, "compare", q="航天员").content.decode()


def test_trying_a_measure(document, measure, cast, client_for):
    client = client_for(cast.officer)
    given = {"年营业收入": "5000万元", "建有省级研发机构的企业": "是", "研发费用": "12,345,678.90"}
    page = _say(client, "try", document.public_id, measure.pk, **given).content.decode()
    assert "617,283.95" in page and "还没有确认完" in page
    assert "还不知道" in _say(client, "try", document.public_id, measure.pk, 研发费用="100").content.decode()
    wrong = _say(client, "try", document.public_id, measure.pk, 研发费用="很多")
    assert wrong.status_code == 422


def test_a_document_without_items_says_what_to_do(shili, cast, client_for, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    client = client_for(cast.officer)
    client.post(reverse("library:upload"), {"text": "这里什么也没有写。"})
    found = SourceDocument.objects.get()
    assert "没有读出条目，可以选中文字手工添加" in _say(client, "review", found.public_id).content.decode()


def test_a_review_page_asks_the_database_a_fixed_number_of_times(
    document, cast, client_for, django_assert_max_num_queries
):
    client = client_for(cast.officer)
    _say(client, "review", document.public_id)
    with django_assert_max_num_queries(12):
        _say(client, "review", document.public_id)
    with django_assert_max_num_queries(12):
        _say(client, "documents")


def test_what_was_not_read_is_listed_and_added_by_one_button(document, cast, client_for):
    client = client_for(cast.officer)
    page = _say(client, "review", document.public_id).content.decode()
    assert "没有读成的句子" in page and "本年度安排专项资金3000万元。" in page
    at = document.text.index("本年度安排")
    data = {"kind": "target", "start": str(at), "end": str(at + 16)}
    assert client.post(reverse("library:add", args=[document.public_id]), data).status_code == 302
    after = _say(client, "review", document.public_id).content.decode()
    assert "有金额或比例的 0" in after and "没有归类的全部 1" in after

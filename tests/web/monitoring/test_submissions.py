"""A value offered by somebody counts only after another person has confirmed it."""

import pytest
from django.test import Client

from kechuang.web.core.errors import UserError

pytestmark = pytest.mark.django_db

GOOD = {
    "region": "431000",
    "year": "2015",
    "value": "1.05",
    "unit": "%",
    "source_title": "2015 年统计公报",
    "source_url": "https://example.org/2015",
    "source_date": "2016-03-01",
    "note": "",
    "submitter": "统计局",
}
URL = "/indicators/rd_intensity/provide/"


def events(action: str):
    from kechuang.web.audit.models import AuditEvent

    return AuditEvent.objects.filter(action=action)


def offer(client: Client, **changes: str):
    return client.post(URL, GOOD | changes)


def test_form_is_prefilled(chenzhou):
    page = Client().get(URL + "?year=2015").content.decode()
    assert 'value="2015"' in page and "研发投入强度" in page


def test_offer_confirm_and_see_the_verdict_change(chenzhou, cast, client_for, settings):
    from kechuang.web.monitoring.models import Submission

    settings.DEMO = True

    response = offer(Client())
    assert response.status_code == 302
    row = Submission.objects.get()
    assert response["Location"] == f"/provided/{row.pk}/"
    assert (row.status, str(row.value.normalize())) == ("pending", "1.05")
    assert events("observation.submit").count() == 1
    assert "2015 年没有可用的观测值" in Client().get("/targets/").content.decode()

    officer = client_for(cast.officer)
    assert "2015 年统计公报" in officer.get("/submissions/").content.decode()
    assert "现在是空的" in officer.get(f"/submissions/{row.pk}/").content.decode()
    done = officer.post(f"/submissions/{row.pk}/decide/", {"decision": "confirm", "trust": "official"})
    assert done.status_code == 302
    assert events("observation.confirm").count() == 1
    page = Client().get("/targets/").content.decode()
    assert "2015 年为 1.05%，比目标 1.6% 低 0.55 个百分点" in page
    assert "演示数据" in page  # offered in a demo city, so labelled on every page that shows it
    assert "已采用" in Client().get(f"/provided/{row.pk}/").content.decode()
    again = officer.post(f"/submissions/{row.pk}/decide/", {"decision": "confirm", "trust": "official"})
    assert again.status_code == 409


def test_refusal_needs_a_reason(chenzhou, cast, client_for):
    from kechuang.web.monitoring.models import Submission

    offer(Client())
    row, officer = Submission.objects.get(), client_for(cast.officer)
    bare = officer.post(f"/submissions/{row.pk}/decide/", {"decision": "reject"})
    assert bare.status_code == 422 and "不采用要写明理由" in bare.content.decode()
    officer.post(f"/submissions/{row.pk}/decide/", {"decision": "reject", "note": "查不到这份公报"})
    row.refresh_from_db()
    assert row.status == "rejected"
    assert events("observation.reject").count() == 1
    assert "2015 年没有可用的观测值" in Client().get("/targets/").content.decode()


def test_nobody_confirms_a_value_of_their_own(chenzhou, cast, client_for):
    from kechuang.web.monitoring.domain.submit import decide
    from kechuang.web.monitoring.models import Submission

    offer(client_for(cast.officer))
    row = Submission.objects.get()
    assert row.submitted_by == cast.officer
    with pytest.raises(UserError) as error:
        decide(user=cast.officer, submission_id=row.pk, accept=True, trust="official")
    assert error.value.status == 403


@pytest.mark.parametrize("who", ["firm_a", "university", "county_officer"])
def test_others_see_no_list(chenzhou, cast, client_for, who):
    assert client_for(getattr(cast, who)).get("/submissions/").status_code == 403


def test_visitor_and_auditor(chenzhou, cast, client_for):
    from kechuang.web.monitoring.models import Submission

    offer(Client())
    row = Submission.objects.get()
    assert Client().get("/submissions/").status_code in (302, 401)
    auditor = client_for(cast.auditor)
    assert auditor.get("/submissions/").status_code == 200
    assert "核对无误，采用" not in auditor.get(f"/submissions/{row.pk}/").content.decode()
    assert (
        auditor.post(f"/submissions/{row.pk}/decide/", {"decision": "confirm", "trust": "official"}).status_code == 403
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "大约一"}, "请写数字"),
        ({"value": "NaN"}, "请写数字"),
        ({"value": "1e400"}, "数字最多"),
        ({"value": "-1.2"}, "不会是负数"),
        ({"value": "250"}, "占比不会超过 100%"),
        ({"unit": "亿元"}, "不能换算"),
        ({"unit": "%/"}, "读不懂"),
        ({"year": "2099"}, "年份应在 1949 到"),
        ({"year": "去年"}, "四位数"),
        ({"source_title": ""}, "没有来源的数不能采用"),
        ({"source_url": "javascript:alert(1)"}, "网址"),
        ({"source_date": "昨天"}, "2016-03-01"),
        ({"region": "999999"}, ""),
    ],
)
def test_bad_input_is_told_at_the_field(chenzhou, changes, message):
    from kechuang.web.monitoring.models import Submission

    response = offer(Client(), **changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page and "kc-err" in page
    assert "2015 年统计公报" in page or "source_title" in changes
    assert not Submission.objects.exists()


def test_full_width_digits_and_separators_are_read(chenzhou):
    from kechuang.web.monitoring.models import Submission

    Client().post("/indicators/gdp/provide/", GOOD | {"value": "２,０１２.０７", "unit": "亿元"})
    assert str(Submission.objects.get().value.normalize()) == "2012.07"


def test_same_offer_twice_is_one(chenzhou):
    from kechuang.web.monitoring.models import Submission

    assert offer(Client())["Location"] == offer(Client())["Location"]
    assert Submission.objects.count() == 1


def test_messages_in_english(chenzhou):
    client = Client()
    client.cookies["kc_lang"] = "en"
    assert "Write a number such as 1.21" in offer(client, value="x").content.decode()


def test_officer_sees_what_the_gate_would_find(chenzhou, cast, client_for):
    from kechuang.web.monitoring.models import Submission

    offer(Client(), value="1.6", year="2015", source_title="某网页")
    row = Submission.objects.get()
    page = client_for(cast.officer).get(f"/submissions/{row.pk}/").content.decode()
    assert "与 2015 年的目标值相同，可能是目标而不是实绩" in page


def test_the_list_goes_page_by_page_newest_first(chenzhou, cast, client_for):
    """Every value once, forth and back; a later page starts at its row, without an offset."""
    import re

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kechuang.web.monitoring.models import Submission

    made = [
        Submission(
            id=f"01J{n:023d}", region="431000", indicator="rd_intensity", year=2015, value="1.05", unit="%",
            source_title=f"报表{n:03d}号", release="x", realm="real", status="confirmed",
        )
        for n in range(65)
    ]  # fmt: skip
    Submission.objects.bulk_create(made)
    officer = client_for(cast.officer)
    address, seen, starts = "/submissions/?status=confirmed", [], []
    while address:
        with CaptureQueriesContext(connection) as queries:
            page = officer.get(address).content.decode()
        assert not any("OFFSET" in q["sql"] for q in queries)
        starts.append(re.findall(r"报表(\d+)号", page))
        seen += starts[-1]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/submissions/{found[1].replace('&amp;', '&')}" if found else ""
    assert seen == [f"{n:03d}" for n in range(64, -1, -1)] and [len(s) for s in starts] == [30, 30, 5]
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back and "status=confirmed" in back[1]
    assert (
        re.findall(r"报表(\d+)号", officer.get(f"/submissions/{back[1].replace('&amp;', '&')}").content.decode())
        == starts[1]
    )

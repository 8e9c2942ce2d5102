"""A whole table: good rows wait for confirmation, bad ones are named, one audit event with a Merkle root."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kechuang.web.monitoring.models import Submission

pytestmark = pytest.mark.django_db
URL = "/submissions/upload/"
HEADER = "region,indicator,year,value,unit,source,note,released\n"
GOOD = (
    HEADER
    + "431000,rd_intensity,2015,1.05,%,2015 年统计公报,,2016-03-01\n郴州市,地区生产总值,2023,3110.8,亿元,2023 年统计公报,,\n"
)


@pytest.fixture
def reporter(db):
    from kechuang.web.accounts.models import Grant, Role, User

    user = User.objects.create_user(username="reporter", password="correct horse battery")
    Grant.objects.create(user=user, role=Role.DEPARTMENT, department="statistics")
    return user


def send(client: Client, data: bytes | str, name: str = "values.csv"):
    content = data if isinstance(data, bytes) else data.encode()
    return client.post(URL, {"file": SimpleUploadedFile(name, content)})


def imports():
    from kechuang.web.audit.models import AuditEvent

    return AuditEvent.objects.filter(action="observation.import")


def test_good_rows_wait_for_an_officer(chenzhou, reporter, client_for, cast):
    page = send(client_for(reporter), GOOD).content.decode()
    assert "2 行已收下" in page
    rows = {(r.region, r.indicator, r.year): r for r in Submission.objects.all()}
    assert set(rows) == {("431000", "rd_intensity", 2015), ("431000", "gdp", 2023)}
    assert {r.status for r in rows.values()} == {"pending"}
    assert rows["431000", "rd_intensity", 2015].source_date.isoformat() == "2016-03-01"
    assert imports().count() == 1
    officer = client_for(cast.officer)
    done = officer.post(f"/submissions/{rows['431000', 'rd_intensity', 2015].pk}/decide/",
                        {"decision": "confirm", "trust": "official"})  # fmt: skip
    assert done.status_code == 302
    assert "2015 年为 1.05%" in Client().get("/targets/").content.decode()


def test_bad_rows_are_named_and_good_ones_kept(chenzhou, reporter, client_for):
    bad = GOOD + "431000,rd_intensity,2016,很多,%,公报,,\n月球,gdp,2020,5,亿元,公报,,\n431000,没有,2020,5,亿元,公报,,\n" \
        "431000,gdp,2020,5,家,公报,,\n431000,gdp,2099,5,亿元,公报,,\n"  # fmt: skip
    page = send(client_for(reporter), bad).content.decode()
    assert "2 行已收下" in page and "5 处没有收" in page
    for line, message in (
        (4, "“很多”不是数字"),
        (5, "没有地区“月球”"),
        (6, "没有指标“没有”"),
        (7, "不能换算"),
        (8, "年份应在"),
    ):
        assert f"第 {line} 行：" in page and message in page
    assert Submission.objects.count() == 2


def test_the_same_file_twice_is_taken_once(chenzhou, reporter, client_for):
    client = client_for(reporter)
    send(client, GOOD)
    assert "2 行以前送过" in send(client, GOOD).content.decode()
    assert Submission.objects.count() == 2
    assert imports().count() == 1


def test_gb18030_of_old_spreadsheets(chenzhou, reporter, client_for):
    assert "2 行已收下" in send(client_for(reporter), GOOD.encode("gb18030")).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 and so on", "损坏或加了密码"),
        (b"\xd0\xcf\x11\xe0 and so on", "另存为不加密码的 .xlsx"),
        (b"\xff\xfe\x00\x00\x80\x81\xff", "不是文本文件"),
        ("a,b\n1,2\n", "表头缺"),
        ("x" * 2_000_001, "超过 2 MB"),
        ("", "表头缺"),
    ],
)
def test_wrong_files(chenzhou, reporter, client_for, data, message):
    response = send(client_for(reporter), data if data else " ")
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Submission.objects.exists()


def test_no_file(chenzhou, reporter, client_for):
    response = client_for(reporter).post(URL)
    assert response.status_code == 422
    assert "请选一个 .xlsx 或 CSV 文件" in response.content.decode()


@pytest.mark.parametrize("who", ["firm_a", "auditor"])
def test_others_may_not_send(chenzhou, cast, client_for, who):
    assert client_for(getattr(cast, who)).get(URL).status_code == 403


def test_visitor_is_sent_to_log_in(chenzhou):
    assert Client().get(URL).status_code in (302, 401)

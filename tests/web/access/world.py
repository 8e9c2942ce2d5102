"""The city in which every cell of the matrix is tried: a person for each ``Who``, and objects that hold canaries.

A new address needs a sample for each argument of its path and its query. Add it to :func:`build`: under
``app:argument`` (or the whole name of the address) where a common name such as ``public_id`` means different things.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kechuang.web.core.may import Who, route

DRAFTS = Path(__file__).resolve().parents[2] / "citypack" / "texts"
PRIVATE_TEXT = "金丝雀草案\n\n一、对金丝雀条款企业，给予一次性奖励77万元。\n二、对首次认定的企业，按研发费用的3%给予补助，最高20万元。\n"
# What stands in private records, and what is computed from it: 1313131.31 yuan x 2 % = 26262.63 yuan.
CANARIES = (
    "8484848.48", "7777777.77", "5555551.11", "1313131.31", "26262.63", "机密银行", "机密人员", "机密合同",  # firm A's record
    "6222020404040404",  # its bank account
    "金丝雀草案", "金丝雀条款", "金丝雀文稿",  # a draft of officer A that is for its author only, and its file
    "金丝雀试算",  # a trial of officer A
    "金丝雀来源",  # a value somebody has offered, not yet confirmed
    "金丝雀导入",  # a row of a table that is not yet written
    "机密认领", "机密填报", "机密申请",  # what firm A said with a claim and with its figures
    "3939393.93", "演示机密计划",  # what firm A was paid before
    "203.0.113.77",  # where that person logged in from
    "机密委托事由",  # why a right was lent
    "机密身份编号",  # which person that is at the identity provider
    "canary@example.org",  # how to reach a person
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """People by ``Who``, samples for the arguments of addresses."""

    people: Mapping[Who, Any]
    samples: Mapping[str, Any]
    cast: Any

    def sent(self, key: str) -> dict[str, Any]:
        """What is sent with a POST: enough to get past the form of the request to the question who may."""
        return dict(self.samples.get(f"{key}:sent", {}))

    def sample(self, name: str, argument: str) -> Any:
        """The sample for an argument of an address: for that address, for its app, or for all.

        Raises:
            LookupError: there is none; the text says where to add it.
        """
        for key in (
            f"{name}:{argument}",
            f"{route(name)}:{argument}",
            f"{name.split(':', maxsplit=1)[0]}:{argument}",
            argument,
        ):
            if key in self.samples:
                return self.samples[key]
        raise LookupError(
            f"{name} takes “{argument}”, for which there is no sample object: add samples[{name.split(':', maxsplit=1)[0]}:{argument}]"
            f" in tests/web/access/world.py, an object that belongs to firm A or was made by officer A."
        )


def build(cast: Any) -> World:
    """Fill the city of the cast with one of everything; call it with a pack in force."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from kechuang.codes import uscc
    from kechuang.web.accounts.access import is_staff_role
    from kechuang.web.accounts.domain import tokens
    from kechuang.web.accounts.domain.personas import ensure_personas
    from kechuang.web.accounts.models import Delegation, Grant, Identity, LogIn, Role, User
    from kechuang.web.audit.domain.record import record_bulk
    from kechuang.web.audit.domain.seal import seal_and_publish
    from kechuang.web.audit.models import AuditEvent
    from kechuang.web.core import files
    from kechuang.web.core.enums import Realm
    from kechuang.web.entitlements.domain.nightly import run
    from kechuang.web.intake.domain import feeds
    from kechuang.web.laboratory.domain import trials
    from kechuang.web.library.domain import upload
    from kechuang.web.monitoring.models import Submission
    from kechuang.web.policy.domain.queries import current_release
    from kechuang.web.registry.domain.merge import merge
    from kechuang.web.registry.models import (
        BankAccount,
        Loan,
        Organisation,
        Person,
        Support,
        TechnologyContract,
        YearlyFigures,
    )
    from kechuang.web.selfservice.domain import figures
    from kechuang.web.selfservice.domain.claims import file_claim
    from kechuang.web.selfservice.domain.personal import file_request
    from kechuang.web.selfservice.models import Claim, YearReport

    def person(name: str, role: str = "", **grant: str) -> User:
        user = User.objects.create_user(username=name, password="correct horse battery", display_name=name)
        if role:
            Grant.objects.create(user=user, role=role, **grant)
        return user

    company = cast.company_a
    company.registered_capital = Decimal("8484848.48")
    company.save(update_fields=["registered_capital"])
    YearlyFigures.objects.filter(organisation=company).update(
        revenue=Decimal("7777777.77"), total_income=Decimal("7777777.77"), rd_expense=Decimal("5555551.11")
    )
    TechnologyContract.objects.filter(buyer=company).update(
        amount=Decimal("1313131.31"), title="演示·机密合同", seller=None, seller_is_person=True
    )
    loan = Loan.objects.create(
        borrower=company, lender="演示机密银行", amount=Decimal("5555551.11"), granted_on=dt.date(2025, 3, 1)
    )
    support = Support.objects.create(
        organisation=company,
        measure="演示机密计划",
        level="province",
        amount=Decimal("3939393.93"),
        year=2024,
        realm="demo",
    )
    account = BankAccount.objects.create(
        organisation=company, bank="演示银行", holder="演示甲公司", number="6222020404040404", realm="demo",
    )  # fmt: skip
    Person.objects.create(employer=company, name="演示机密人员", since=dt.date(2025, 3, 1))
    run()

    people: dict[Who, Any] = {
        Who.VISITOR: None,
        Who.MEMBER: person("member"),
        Who.ENTERPRISE_OWN: cast.firm_a,
        Who.ENTERPRISE_OTHER: cast.firm_b,
        Who.UNIVERSITY: cast.university,
        Who.OFFICER_OWN: cast.officer,
        Who.OFFICER_OTHER: person("officer_b", Role.OFFICER),
        Who.COUNTY_OWN: cast.county_officer,
        Who.COUNTY_OTHER: person("county_b", Role.COUNTY, county=cast.company_b.county),
        Who.DEPARTMENT: person("reporter", Role.DEPARTMENT, department="statistics"),
        Who.FINANCE: person("payer", Role.DEPARTMENT, department="finance"),
        Who.AUDITOR: cast.auditor,
        Who.SECURITY_ADMIN: person("security_admin", Role.SECURITY_ADMIN),
        Who.SYSTEM_ADMIN: person("system_admin", Role.SYSTEM_ADMIN),
    }
    for user in filter(is_staff_role, people.values()):
        RecoveryCodes.activate(user)
    ensure_personas(company.uscc, cast.company_b.uscc, cast.school.uscc)
    listed = person("listed")
    listed.email = "canary@example.org"
    listed.save(update_fields=["email"])
    grant = Grant.objects.create(user=listed, role=Role.ENTERPRISE, organisation=cast.company_b.uscc)

    choices = upload.Choices(visibility="private", realm="demo")
    lent = Delegation.objects.create(
        giver=cast.county_officer, receiver=people[Who.COUNTY_OTHER], grant=cast.county_officer.grants.get(),
        role=Role.COUNTY, reach=company.county, reason="机密委托事由", until=timezone.localdate() + dt.timedelta(days=7),
    )  # fmt: skip
    Identity.objects.create(user=listed, issuer="https://id.example.org", subject="机密身份编号")

    first = upload.add_document(PRIVATE_TEXT, "金丝雀文稿.txt", choices, actor=cast.officer, role="officer")
    document = upload.add_document(
        PRIVATE_TEXT.replace("77万元", "78万元"), "金丝雀文稿二.txt", choices, actor=cast.officer, role="officer"
    )
    document.amends, document.edition = first, 2
    document.save(update_fields=["amends", "edition"])
    item = document.draft.items.filter(kind="measure").last()
    offered = Submission.objects.create(
        region="431000", indicator="rd_intensity", year=2015, value="1.05", unit="%", realm=Realm.REAL,
        source_title="金丝雀来源", release="0" * 64,
    )  # fmt: skip
    trial = trials.start(
        cast.officer, "receiver-subsidy", "金丝雀试算", {"parameters": {"rate": "2", "cap": "200000"}, "year": "2025"},
        dt.date(2026, 6, 1),
    )  # fmt: skip
    waiting = trials.start(
        cast.officer, "receiver-subsidy", "金丝雀试算", {"parameters": {"rate": "2", "cap": "200000"}, "year": "2025"},
        dt.date(2026, 6, 1),
    )  # fmt: skip
    assert trials.run(trial.public_id) == "done"
    trial.refresh_from_db()
    taken = _import(cast.officer, f"{uscc.make('91431000T0000001')},金丝雀导入公司,企业\n,金丝雀导入错行,企业\n")
    written = _import(cast.officer, f"{uscc.make('91431000T0000002')},演示导入公司,企业\n", confirmed=True)
    gone = Organisation.objects.create(
        uscc=uscc.make("91431000T0000009"), name="演示重复公司", kind="enterprise", county=company.county, realm="demo"
    )
    double = Organisation.objects.create(
        uscc=uscc.make("91431000T0000008"),
        name="演示另一重复公司",
        kind="enterprise",
        county=company.county,
        realm="demo",
    )
    merged = merge(company, gone, actor=cast.officer)
    feed = feeds.declare(
        code="tax-yearly", title="税务年度", department="税务局", kind="organisation", actor=cast.officer
    )
    token, _key = tokens.issue(
        title="演示", holder="演示", scopes=["registry:read"], actor=people[Who.SECURITY_ADMIN],
        expires_on=timezone.localdate() + dt.timedelta(days=30),
    )  # fmt: skip
    # Firm A claims a real organisation of its county and has filled in its own year; neither gives it another right.
    near = Organisation.objects.create(
        uscc=uscc.make("91431000T0000018"), name="示例被认领公司", kind="enterprise", county=company.county
    )
    free = Organisation.objects.create(uscc=uscc.make("91431000T0000017"), name="示例公司", kind="enterprise")
    claim = file_claim(
        cast.firm_a, near, position="agent", remark="机密认领说明", agreed=True,
        proof=SimpleUploadedFile("机密认领材料.pdf", b"\x89PNG\r\n\x1a\n" + "机密认领材料".encode()),
    )  # fmt: skip
    Claim.objects.update(state="confirmed")
    asked = file_request(cast.firm_a, "correction", text="机密申请说明")
    YearReport.objects.create(
        organisation=company, year=figures.years()[0], state="submitted", remark="机密填报说明", revision=0,
        submitted_at=timezone.now(),
    )  # fmt: skip
    LogIn.objects.create(user=listed, address="203.0.113.77", device="Firefox", result="ok")
    bulk = record_bulk(actor=cast.officer, action="demo.generate", object_kind="demo", rows=[{"row": 1}])
    seal_and_publish()
    assert files.is_intact(document.file)
    release = current_release()
    samples = {
        "uscc": company.uscc,
        "registry:uscc": company.uscc,
        "county": company.county,
        "measure_id": "receiver-subsidy",
        "document_id": "chenzhou-2013-4",
        "clause_id": "3.10",
        "indicator_id": "rd_intensity",
        "target_id": release.pack.targets[0].id,
        "digest": release.digest,
        "submission_id": offered.pk,
        "item_id": item.pk,
        "library:public_id": document.public_id,
        "POST /library/documents:sent": {"text": PRIVATE_TEXT},
        "POST /library/documents/{public_id}/items:sent": {"kind": "measure", "quote": "首次认定"},
        "PUT /library/documents/{public_id}/items/{item_id}:sent": {"fields": item.fields},
        "library:act:sent": {"verb": "confirm"},
        "laboratory:public_id": trial.public_id,
        "laboratory:cancel:public_id": waiting.public_id,
        "figure": "totals",
        "core:public_id": document.file.public_id,
        "audit:public_id": AuditEvent.objects.latest("pk").public_id,
        "kind": "organisation",
        "intake:public_id": taken.public_id,
        "intake:line": taken.rows.filter(state="bad").get().line,
        "intake:act:sent": {"do": "cancel"},
        "intake:proof:public_id": written.public_id,
        "intake:proof:line": written.rows.get().line,
        "POST /library/files:sent": {"files": SimpleUploadedFile("金丝雀文稿三.txt", PRIVATE_TEXT.encode())},
        "POST /library/documents/{public_id}/editions:sent": {"text": PRIVATE_TEXT.replace("77万元", "79万元")},
        "PUT /library/documents/{public_id}/visibility:sent": {"visibility": "private"},
        "POST /library/documents/{public_id}/items/{item_id}/split:sent": {"at": 1},
        "selfservice:public_id": claim.public_id,
        "selfservice:claim_act:sent": {"do": "end", "reason": "离职"},
        "selfservice:consent_withdraw:public_id": claim.consent.public_id,
        "selfservice:claim_new:uscc": free.uscc,
        "selfservice:request:public_id": asked.public_id,
        "selfservice:request_act:public_id": asked.public_id,
        "selfservice:request_act:sent": {"do": "take"},
        "selfservice:number": figures.years()[0],
        "selfservice:year:sent": {"do": "save"},
        "core:download#proof:public_id": claim.proof.public_id,
        "registry:attribute:kind_id": "organisation",
        "registry:attribute:key": company.pk,
        "registry:kind_id": "loan",
        "registry:key": loan.pk,
        "registry:record#public:kind_id": "organisation",
        "registry:record#public:key": company.pk,
        "registry:records#support:kind_id": "support",
        "registry:record#support:kind_id": "support",
        "registry:record#support:key": support.pk,
        "registry:records#bank:kind_id": "bank_account",
        "registry:record#bank:kind_id": "bank_account",
        "registry:record#bank:key": account.pk,
        "registry:new#bank:kind_id": "bank_account",
        "registry:edit#bank:kind_id": "bank_account",
        "registry:edit#bank:key": account.pk,
        "registry:merge:kind_id": "organisation",
        "registry:merge:key": company.pk,
        "registry:merge:sent": {"other": double.uscc},
        "registry:unmerge:public_id": merged.public_id,
        "registry:kind": "loan",
        "registry:number": loan.pk,
        "registry#bank:kind": "bank_account",
        "registry#bank:number": account.pk,
        "intake:code": feed.code,
        "feeds:code": feed.code,
        "feeds:delivery": written.public_id,
        "accounts:revoke:public_id": token.public_id,
        "audit:bulk:public_id": bulk.public_id,
        "portal:task:item_id": "talent-plan",
        "portal:service:item_id": "platform-ip",
        "portal:industry:item_id": "electronics",
        "code": "en",
        "mode": "elder",
        "pk": listed.pk,
        "grant": grant.pk,
        "accounts:public_id": lent.public_id,
        "accounts:delegation_act:sent": {"do": "withdraw"},
        "accounts:delegation_act#begin:sent": {"do": "begin"},
        "accounts:become:key": "firm",
        "uidb36": "1",
        "key": "set-password",
    }
    return World(people, samples, cast)


def _import(officer: Any, rows: str, *, confirmed: bool = False) -> Any:
    """A table of organisations, read as the worker does; written only if it is confirmed."""
    from kechuang.web.intake.domain.applying import confirm
    from kechuang.web.intake.domain.receive import receive
    from kechuang.web.intake.domain.working import advance
    from kechuang.web.intake.models import Import

    upload = SimpleUploadedFile("企业.csv", f"统一社会信用代码,名称,类别\n{rows}".encode(), content_type="text/csv")
    made = receive(upload, kind="organisation", actor=officer, source_title="测试年报")
    advance(made.pk)
    if confirmed:
        confirm(Import.objects.get(pk=made.pk), actor=officer)
        advance(made.pk)
    return Import.objects.get(pk=made.pk)


def arguments(path: str) -> list[str]:
    """Names of the arguments in a path such as ``/documents/{document_id}``."""
    return re.findall(r"\{(\w+)\}", path)

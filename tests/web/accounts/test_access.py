"""Rights come from valid grants; everything else is denied."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.core.errors import UserError

pytestmark = pytest.mark.django_db
FIRM = "91430000000000001X"


def person(name: str, *grants: dict) -> User:
    user = User.objects.create_user(username=name, display_name=name)
    for grant in grants:
        Grant.objects.create(user=user, **grant)
    return User.objects.get(pk=user.pk)


def test_an_officer_of_a_county_sees_the_county():
    user = person("county", {"role": Role.COUNTY, "county": "431002"})
    assert access.roles(user) == {Role.COUNTY}
    assert access.counties(user) == {"431002"}
    assert access.organisations(user) == set()
    assert access.is_staff_role(user)
    assert access.acting_role(user) == "county"
    assert access.may_see_organisation(user, FIRM, "431002")
    assert not access.may_see_organisation(user, FIRM, "431003")
    assert not access.may_see_organisation(user, FIRM)


def test_a_firm_sees_itself_only():
    user = person("firm", {"role": Role.ENTERPRISE, "organisation": FIRM})
    assert access.organisations(user) == {FIRM}
    assert not access.is_staff_role(user)
    assert access.may_see_organisation(user, FIRM, "431002")
    assert not access.may_see_organisation(user, "914300000000000020", "431002")


def test_an_auditor_reads_events_and_no_figures():
    user = person("auditor", {"role": Role.AUDITOR})
    assert access.is_staff_role(user)
    assert not access.may_see_organisation(user, FIRM, "431002")


def test_a_visitor_has_nothing():
    visitor = AnonymousUser()
    assert access.roles(visitor) == access.organisations(visitor) == access.counties(visitor) == set()
    assert not access.may_see_organisation(visitor, FIRM, "431002")
    with pytest.raises(UserError) as caught:
        access.require(visitor, Role.OFFICER)
    assert (caught.value.status, caught.value.zh) == (401, "请先登录。")


def test_an_expired_grant_and_a_disabled_account_count_for_nothing():
    yesterday = timezone.localdate() - timedelta(days=1)
    user = person(
        "old", {"role": Role.OFFICER, "valid_to": yesterday}, {"role": Role.AUDITOR, "valid_to": timezone.localdate()}
    )
    assert access.roles(user) == {Role.AUDITOR}
    user.is_active = False
    access.forget(user)
    assert access.roles(user) == set()


def test_require_names_the_missing_role():
    user = person("firm", {"role": Role.ENTERPRISE, "organisation": FIRM})
    access.require(user, Role.OFFICER, Role.ENTERPRISE)
    with pytest.raises(UserError) as caught:
        access.require(user, Role.OFFICER, Role.AUDITOR)
    assert caught.value.status == 403
    assert caught.value.en == "This page needs the role: city science officer, auditor. Ask your administrator for it."


def test_only_auditors_may_read_the_audit_log():
    assert person("auditor", {"role": Role.AUDITOR}).has_perm("audit.read_events")
    assert not person("officer", {"role": Role.OFFICER}).has_perm("audit.read_events")
    assert not AnonymousUser().has_perm("audit.read_events")


def test_a_superuser_without_a_grant_has_no_role():
    user = User.objects.create_superuser(username="root", password="x")
    assert access.roles(user) == set()

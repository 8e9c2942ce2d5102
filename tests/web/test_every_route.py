"""Every address that can change something is exercised by a test, and leaves exactly one audit event per change.

Driven by the URL configuration: a new page or operation that takes a POST (or PUT, PATCH, DELETE) fails here until it is
put into ``WRITES`` with a test that makes the change, or into ``READS`` with the reason why it changes nothing.
The tests named here are run, and what they did to the database is looked at (``tests/web/changes.py``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.web import changes

ROOT = Path(__file__).resolve().parents[2]
LENT = "accounts/test_delegations.py"
OIDC = "accounts/test_oidc.py"
PEOPLE = "accounts/test_people.py::test_every_change_leaves_an_event"
LIBRARY = "library/test_api.py::test_from_a_text_to_a_computed_measure"
EDITIONS = "library/test_api.py::test_files_editions_and_visibility"
SPLITTING = "library/test_api.py::test_split_merge_and_sentences_that_became_nothing"

# address: a test that makes its change (below tests/web/)
WRITES: dict[str, str] = {
    "account_change_password": f"{PEOPLE}[account_change_password]",
    "account_login": f"{PEOPLE}[account_login]",
    "account_logout": f"{PEOPLE}[account_logout]",
    "account_reset_password": f"{PEOPLE}[account_reset_password]",
    "account_reset_password_from_key": "accounts/test_login.py::test_password_reset_reveals_nothing_and_works",
    "accounts:activate": f"{PEOPLE}[accounts:activate]",
    "accounts:become": f"{PEOPLE}[accounts:become]",
    "accounts:end": f"{PEOPLE}[accounts:end]",
    "accounts:delegations": f"{LENT}::test_the_pages_lend_act_finish_and_take_back",
    "accounts:delegation_act": f"{LENT}::test_the_pages_lend_act_finish_and_take_back",
    "accounts:delegation_finish": f"{LENT}::test_the_pages_lend_act_finish_and_take_back",
    "accounts:oidc_link": f"{OIDC}::test_a_person_links_the_own_identity_and_takes_the_link_away",
    "accounts:oidc_unlink": f"{OIDC}::test_a_person_links_the_own_identity_and_takes_the_link_away",
    "accounts:unlink": f"{OIDC}::test_a_security_administrator_takes_a_link_away_and_others_do_not",
    "accounts:people": f"{PEOPLE}[accounts:people]",
    "accounts:person": f"{PEOPLE}[accounts:person]",
    "accounts:revoke": "intake/test_giving.py::test_the_page_of_tokens",
    "accounts:take": f"{PEOPLE}[accounts:take]",
    "accounts:tokens": "intake/test_giving.py::test_the_page_of_tokens",
    "audit:events_export": f"{PEOPLE}[audit:events_export]",
    "entitlements:readings": "entitlements/test_readings.py::test_the_page_prices_and_records",
    "intake:feed_act": "test_route_changes.py::test_a_feed_is_closed",
    "intake:new": "test_route_changes.py::test_a_table_is_sent",
    "registry:attribute": "registry/test_attributes.py::test_the_form",
    "intake:act": "intake/test_imports.py::test_the_pages_lead_through",
    "intake:feeds": "intake/test_feeds.py::test_only_officers_declare_and_look",
    "intake:row": "intake/test_imports.py::test_the_pages_lead_through",
    "laboratory:cancel": "laboratory/test_trials.py::test_waiting_page_refreshes_and_can_be_stopped",
    "laboratory:delete": "laboratory/test_trials.py::test_delete",
    "laboratory:draft": "laboratory/test_trials.py::test_again_with_the_same_values",
    "laboratory:share": "laboratory/test_trials.py::test_sharing_opens_the_address_without_names",
    "library:act": "library/test_pages.py::test_a_script_gets_the_card_and_the_progress",
    "library:add": "library/test_pages.py::test_what_was_not_read_is_listed_and_added_by_one_button",
    "library:divide": "library/test_pages.py::test_splitting_merging_and_adding_through_forms",
    "library:edit": "library/test_browsing.py::test_a_reference_is_edited_and_added",
    "library:export": "library/test_pages.py::test_only_settled_items_on_request",
    "library:new_edition": "library/test_editions.py::test_a_new_edition_through_the_form_and_only_one",
    "library:show_to": "library/test_access.py::test_staff_and_the_public",
    "library:upload": "library/test_pages.py::test_many_files_at_once_each_with_its_result",
    "mfa_activate_totp": "accounts/test_login.py::test_staff_without_a_second_factor_is_led_to_set_it_up_before_anything_else",
    "mfa_authenticate": "accounts/test_login.py::test_with_a_second_factor_the_password_alone_does_not_log_in",
    "mfa_deactivate_totp": f"{PEOPLE}[mfa_deactivate_totp]",
    "mfa_generate_recovery_codes": f"{PEOPLE}[mfa_generate_recovery_codes]",
    "monitoring:provide": "monitoring/test_submissions.py::test_full_width_digits_and_separators_are_read",
    "monitoring:submission_decide": "monitoring/test_submissions.py::test_offer_confirm_and_see_the_verdict_change",
    "monitoring:submissions_upload": "monitoring/test_sheet.py::test_a_percentage_format_is_per_cent",
    "policy:attach": "policy/test_pages.py::test_officer_attaches_and_everybody_compares",
    "registry:edit": "registry/test_writing_pages.py::test_a_change_from_a_day_on",
    "registry:merge": "registry/test_merge.py::test_pages_of_merging",
    "registry:new": "registry/test_writing_pages.py::test_a_new_record",
    "registry:unmerge": "registry/test_merge.py::test_pages_of_merging",
    "selfservice:claim_act": "selfservice/test_claims.py::test_a_claim_is_made_confirmed_and_opens_the_organisation",
    "selfservice:claim_new": "selfservice/test_claims.py::test_a_claim_is_made_confirmed_and_opens_the_organisation",
    "selfservice:consent_withdraw": "selfservice/test_claims.py::test_a_consent_is_taken_back_once_by_its_owner",
    "selfservice:personal": "selfservice/test_personal.py::test_a_copy_with_the_matched_record",
    "selfservice:request_act": "selfservice/test_personal.py::test_a_copy_with_the_matched_record",
    "selfservice:year": "selfservice/test_figures.py::test_figures_are_submitted_once_and_keep_their_history",
    "usersessions_list": f"{PEOPLE}[usersessions_list]",
    "POST /api/v1/feeds/{code}/deliveries": "intake/test_feeds.py::test_a_repeated_delivery_is_one",
    "POST /api/v1/library/documents": LIBRARY,
    "POST /api/v1/library/documents/{public_id}/items": LIBRARY,
    "POST /api/v1/library/documents/{public_id}/items/{item_id}/confirm": LIBRARY,
    "POST /api/v1/library/documents/{public_id}/items/{item_id}/undo": LIBRARY,
    "POST /api/v1/library/documents/{public_id}/export": LIBRARY,
    "PUT /api/v1/library/documents/{public_id}/items/{item_id}": LIBRARY,
    "PUT /api/v1/library/documents/{public_id}/visibility": EDITIONS,
    "POST /api/v1/library/documents/{public_id}/editions": EDITIONS,
    "POST /api/v1/library/files": EDITIONS,
    "POST /api/v1/library/documents/{public_id}/items/{item_id}/split": SPLITTING,
    "POST /api/v1/library/documents/{public_id}/items/{item_id}/merge": SPLITTING,
    "POST /api/v1/library/documents/{public_id}/items/{item_id}/reject": (
        "test_route_changes.py::test_an_item_is_rejected_by_the_interface"
    ),
}
# Addresses that take a POST and change nothing that anybody else could see, and why.
READS: dict[str, str] = {
    "portal:reading": "reads a text and shows what it found; nothing is kept",
    "accounts:discard": "forgets a form kept in the visitor's own session",
    "account_signup": "answers that accounts are made by an administrator",
    "account_reauthenticate": "asks for the password again; notes in the own session that it was right",
    "account_set_password": "leads on: every account has a password",
    "mfa_reauthenticate": "asks for a code again; notes in the own session that it was right",
    "mfa_index": "a page; a POST shows the same",
    "mfa_view_recovery_codes": "a page; a POST shows the same",
    "mfa_download_recovery_codes": "a file; a POST gives the same",
    "POST /api/v1/measures/{measure_id}/explain": "computes and answers; nothing is kept",
    "POST /api/v1/library/documents/{public_id}/items/{item_id}/explain": "computes and answers; nothing is kept",
}
VALUES = {"int": 1, "str": "x", "slug": "x"}


def walk(patterns: list[Any], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """All addresses with a name, those of the programming interface left out."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif entry.name and not space.startswith("api:"):
            yield space + entry.name, entry


def pages() -> dict[str, str]:
    """Name and a sample address of every page; one whose pattern is no path cannot be made up and stays empty."""
    found = {}
    for name, entry in walk(get_resolver().url_patterns):
        converters = getattr(entry.pattern, "converters", {})
        kinds = {key: type(value).__name__.removesuffix("Converter").lower() for key, value in converters.items()}
        try:
            found[name] = reverse(
                name, kwargs={key: VALUES.get(kind.replace("ing", ""), "x") for key, kind in kinds.items()}
            )
        except NoReverseMatch:
            found[name] = ""
    return found


def operations() -> set[str]:
    """Every operation of the programming interface that is no GET."""
    from kechuang.web.api import api

    schema = api.get_openapi_schema()
    return {
        f"{method.upper()} {path}" for path, verbs in schema["paths"].items() for method in verbs if method != "get"
    }


@pytest.mark.django_db
def test_every_address_that_takes_a_post_is_known():
    visitor = Client(raise_request_exception=False)
    here = pages()
    taking = {name for name, address in here.items() if not address or visitor.post(address).status_code != 405}
    known = {name for name in WRITES | READS if " " not in name}
    assert taking - known == set(), "put new addresses into WRITES with a test of the change, or into READS"
    assert known - set(here) == set(), "these are gone"  # one may take a POST with a query only: that is known, too


def test_every_operation_of_the_interface_is_known():
    known = {name for name in WRITES | READS if " " in name}
    assert operations() - known == set(), "put new operations into WRITES with a test of the change, or into READS"
    assert known - operations() == set()


@pytest.mark.django_db
def test_pages_know_no_other_verbs(chenzhou, cast, client_for):
    """PUT, PATCH and DELETE on pages change nothing, whoever sends them."""
    for client in (client_for(None), client_for(cast.officer)):
        for name, address in pages().items():
            for method in ("put", "patch", "delete"):
                with changes.watching() as watched:
                    getattr(client, method)(address or "/")
                assert watched.tables == set(), (method, name)


def test_each_change_is_made_by_its_test_and_leaves_its_event(tmp_path):
    log = tmp_path / "changes.jsonl"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {changes.LOG: str(log)}
    tests = sorted({f"tests/web/{name}" for name in WRITES.values()})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    seen = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    made = {
        entry["route"] if not entry["route"].startswith("/api/") else f"{entry['method']} {entry['route']}"
        for entry in seen
        if entry["status"] < 400 and (entry["events"] == 1 or (entry["route"] in changes.SEVERAL and entry["events"]))
    }
    assert set(WRITES) - made == set(), "the tests named for these did not make a change with its event"
    reading = {entry["route"]: entry["tables"] for entry in seen if entry["route"] in READS and entry["tables"]}
    assert reading == {}


@pytest.mark.django_db
def test_a_change_without_an_event_fails_its_test(rf):
    """The watch itself: it sees a write, and says so."""
    from kechuang.web.accounts.models import User
    from kechuang.web.audit.domain.record import record

    with changes.watching() as watched:
        User.objects.create(username="silent")
    assert watched.tables == {"accounts_user"}
    with pytest.raises(AssertionError, match="left 0 audit events"):
        changes.check("POST", "/accounts/people/", 302, watched)
    with changes.watching() as watched:
        User.objects.filter(username="silent").update(display_name="x")
        record(actor=None, action="account.create", object_kind="user")
        record(actor=None, action="account.create", object_kind="user")
    with pytest.raises(AssertionError, match="left 2 audit events"):
        changes.check("POST", "/accounts/people/", 302, watched)
    changes.check("POST", "/accounts/people/", 422, watched)

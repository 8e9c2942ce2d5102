"""The migration that takes over claims of the time when imports kept them."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.utils import timezone

from kechuang.web.accounts.models import Grant, Role
from kechuang.web.core import files
from kechuang.web.selfservice.models import Claim

from .conftest import PDF


def test_claims_move_with_their_proofs(town, client_for):
    module = import_module("kechuang.web.selfservice.migrations.0001_self_service")
    grant = Grant.objects.create(user=town.newcomer, role=Role.ENTERPRISE, organisation=town.near.uscc)
    stored = files.store(PDF, rule="intake.proof", name="a.pdf", created_by=town.newcomer)
    moment = timezone.now() - dt.timedelta(days=3)

    def old(number: str, state: str, organisation: str, **more):
        given = {"public_id": number, "user_id": town.newcomer.pk, "uscc": organisation, "post": "财务", "proof_id": None,
                 "state": state, "created_at": moment, "decided_by_id": None, "decided_at": None, "reason": ""}  # fmt: skip
        return SimpleNamespace(**given | more)

    rows = [
        old("A", "accepted", town.near.uscc, proof_id=stored.pk, decided_by_id=town.cast.officer.pk, decided_at=moment),
        old("B", "rejected", town.far.uscc, reason="没有盖章"),
        old("C", "pending", town.college.uscc),
        old("D", "pending", "gone"),
    ]
    manager = SimpleNamespace(objects=SimpleNamespace(order_by=lambda _key: rows))
    past = SimpleNamespace(get_model=lambda app, name: manager if app == "intake" else apps.get_model(app, name))
    module.take_over(past, None)
    found = {claim.public_id: claim for claim in Claim.objects.all()}
    assert {number: claim.state for number, claim in found.items()} == {
        "A": "confirmed",
        "B": "refused",
        "C": "pending",
    }
    assert (found["A"].grant, found["A"].proof, found["A"].remark, found["A"].filed_at) == (
        grant,
        stored,
        "财务",
        moment,
    )
    assert (found["B"].grant, found["B"].reason) == (None, "没有盖章")
    address = f"/files/{stored.public_id}/"
    assert client_for(town.cast.officer).get(address).status_code == 200
    assert client_for(town.newcomer).get(address).status_code == 200
    assert client_for(town.second).get(address).status_code == 404

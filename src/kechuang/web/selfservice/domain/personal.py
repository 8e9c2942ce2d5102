"""Requests of people about their own data: a copy, a correction, erasure; each a case with a day and a person in charge.

Personal Information Protection Law (个人信息保护法): copy (article 45), correction (article 46), erasure (article 47), reasons
of a refusal (article 50). The limit of 15 working days is the one that the joint method of 2019 for judging apps
(App违法违规收集使用个人信息行为认定方法, section 6) sets for answers that a person has to work on.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from kechuang.chinese.workdays import add_workdays
from kechuang.web.accounts import access as roles
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.registry.models import Person

from ..access import handles_requests, may_handle_request, may_see_request
from ..enums import RequestKind, RequestState
from ..models import PersonalRequest
from .erase import erase_account, erase_person, require_erasable
from .held import held_about

WORKDAYS = 15
OPEN = (RequestState.FILED, RequestState.TAKEN)


def file_request(user: Any, kind: str, *, text: str = "", sure: str = "") -> PersonalRequest:
    """Ask for something about the own data.

    Raises:
        UserError: a visitor (401); a shared demo persona asks for erasure (403); a correction does not say what is wrong,
            an erasure is not confirmed by the user name (422); such a request is open, or a role of the administration is
            still held (409).
    """
    require_login(user)
    if kind not in RequestKind.values:
        raise UserError("请选要办什么。", "Choose what you ask for.", field="kind")
    if kind == RequestKind.CORRECTION and not text.strip():
        raise UserError("请写明哪一项错了、应该是什么。", "Say which item is wrong and what is right.", field="text")
    if kind == RequestKind.ERASURE:
        require_erasable(user)
        if sure.strip() != user.username:
            raise UserError(
                "请再写一遍你的用户名，确认删除。", "Write your user name to confirm the erasure.", field="sure"
            )
    try:
        with transaction.atomic():
            made = PersonalRequest.objects.create(
                user=user, realm=user.realm, kind=kind, text=text.strip()[:1000],
                due_on=add_workdays(timezone.localdate(), WORKDAYS).day,
            )  # fmt: skip
            _tell(user, "personal.file", made)
    except IntegrityError:
        raise UserError(
            "同样的申请还在办，不用再提。", "Such a request is open already.", code="duplicate", status=409
        ) from None
    return made


def act(actor: Any, request: PersonalRequest, verb: str, *, reason: str = "", person: str = "") -> PersonalRequest:
    """Take, match, grant or refuse a request, or withdraw the own one; one audit event.

    Args:
        verb: ``take``, ``match`` (with the number of a person's record, empty for none), ``grant``, ``refuse``, ``withdraw``.
        reason: why it is refused; or what was done.
        person: number of the person's record in the register.

    Raises:
        UserError: no right (403), decided already or not possible in this state (409), no reason or no such person (422).
    """
    require_login(actor)
    own = verb == "withdraw"
    if (own and actor.pk != request.user_id) or (not own and not may_handle_request(actor, request)):
        raise UserError(
            "申请由市科技局经办人处理，本人只能撤回自己的。",
            "Requests are handled by officers of the city; a person can only withdraw the own one.",
            code="forbidden",
            status=403,
        )
    with transaction.atomic():
        locked = (
            PersonalRequest.objects.select_for_update(of=("self",)).select_related("user", "person").get(pk=request.pk)
        )
        if locked.state not in OPEN:
            raise UserError("这份申请已经办完。", "This request is decided already.", code="state", status=409)
        if verb == "take":
            locked.state, locked.in_charge = RequestState.TAKEN, actor
        elif verb == "match":
            locked.person = _person(locked, person)
        elif verb == "withdraw":
            locked.state, locked.decided_at = RequestState.WITHDRAWN, timezone.now()
        elif verb in ("grant", "refuse"):
            _decide(actor, locked, verb, reason)
        else:
            raise Http404("no such verb")
        locked.save()
        erased = verb == "grant" and locked.kind == RequestKind.ERASURE
        _tell(actor, "personal.erase" if erased else f"personal.{verb}", locked)
    return locked


def _decide(actor: Any, locked: PersonalRequest, verb: str, reason: str) -> None:
    needs = verb == "refuse" or locked.kind == RequestKind.CORRECTION
    if needs and not reason.strip():
        raise UserError("请写明理由，或写明改了什么。", "Give the reason, or say what was corrected.", field="reason")
    locked.state = RequestState.GRANTED if verb == "grant" else RequestState.REFUSED
    locked.in_charge, locked.decided_at, locked.reason = actor, timezone.now(), reason.strip()[:500]
    if verb == "grant" and locked.kind == RequestKind.ERASURE:
        require_erasable(locked.user)
        if locked.person is not None:
            erase_person(locked.person)
        erase_account(locked.user)
        locked.text = locked.reason = ""


def _person(locked: PersonalRequest, number: str) -> Person | None:
    """The person's record an officer has found, of the same realm."""
    text = number.strip().lstrip("#")
    if not text:
        return None
    rows = Person.objects.filter(realm=locked.realm)
    found = rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 16 else None
    if found is None:
        raise UserError("人才库里没有这个记录号。", "There is no person's record of this number.", field="person")
    return found


def _tell(actor: Any, action: str, request: PersonalRequest) -> None:
    record(
        actor=actor, role=roles.acting_role(actor), action=action, object_kind="personal_request",
        object_id=request.public_id,
        after={"kind": request.kind, "state": request.state, "person": request.person_id, "due_on": request.due_on},
    )  # fmt: skip


def own_requests(user: Any) -> QuerySet[PersonalRequest]:
    """A person's own requests, newest first. Raises ``UserError`` (401)."""
    require_login(user)
    return PersonalRequest.objects.filter(user=user).select_related("in_charge")


def requests_for_user(user: Any) -> QuerySet[PersonalRequest]:
    """Open requests of the realm by their day, for officers. Raises ``UserError`` (401, 403)."""
    require_login(user)
    if not handles_requests(user):
        raise UserError(
            "个人信息申请由市科技局经办人处理。",
            "Requests about personal data are handled by officers of the city.",
            code="forbidden",
            status=403,
        )
    rows = PersonalRequest.objects.filter(realm=user.realm, state__in=OPEN).exclude(user=user)
    return rows.select_related("user", "in_charge").order_by("due_on", "id")


def request_for_user(user: Any, public_id: str) -> PersonalRequest:
    """One request; 404 when there is none or it is closed to the person. Raises ``UserError`` (401)."""
    require_login(user)
    found = PersonalRequest.objects.filter(public_id=public_id).select_related("user", "in_charge", "person").first()
    if found is None or not may_see_request(user, found):
        raise Http404("no such request")
    return found


def copy_for_user(user: Any) -> dict[str, Any]:
    """The person's own copy: the account always, the person's record once an officer has matched and granted it.

    Raises:
        UserError: a visitor (401).
    """
    require_login(user)
    granted = PersonalRequest.objects.filter(user=user, kind=RequestKind.COPY, state=RequestState.GRANTED)
    matched = granted.exclude(person=None).select_related("person").order_by("-decided_at").first()
    copy = held_about(user, matched.person if matched else None)
    with transaction.atomic():
        record(actor=user, action="personal.copy", object_kind="user", object_id=str(user.pk))
    return copy

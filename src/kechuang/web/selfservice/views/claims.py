"""Claims: look for an organisation, claim it, follow the claim; handle claims as an officer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import limit

from ..consent import CLAIM, current
from ..domain import claims as verbs
from ..domain import queries
from ..enums import ClaimState
from ..forms import ClaimForm, ConfirmForm, ReasonForm
from ..models import Claim

PER_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@limit("claim", per_minute=30)
def new(request: HttpRequest) -> HttpResponse:
    """Look for an organisation (``?q=``); with ``?uscc=`` claim it."""
    code = request.GET.get("uscc", "")
    if not code and request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not code:
        text = request.GET.get("q", "")
        found, more = queries.organisations_to_claim(request.user, text)
        context = {"q": text, "found": found, "more": more, "demo_data": request.user.realm == Realm.DEMO}
        return render(request, "selfservice/claim_find.html", context)
    organisation = queries.organisation_to_claim(request.user, code)
    verbs.require_may_claim(request.user, organisation)
    form = ClaimForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            made = verbs.file_claim(
                request.user, organisation, position=sent["position"], proof=sent["proof"], remark=sent["remark"],
                agreed=sent["agree"],
            )  # fmt: skip
            messages.success(request, _("已提出。核实以后，结果会出现在这一页。"))
            return redirect("selfservice:claim", made.public_id)
        except UserError as error:
            if error.status >= 500 or error.status in (401, 403):
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "organisation": organisation,
        "form": form,
        "wording": current(CLAIM),
        "contested": bool(verbs.acting_for(organisation)),
        "demo_data": organisation.realm == Realm.DEMO,
    }
    return render(request, "selfservice/claim_new.html", context, status=422 if form.errors else 200)


@require_safe
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    """One claim, for who made it and for who handles it."""
    return _page(request, queries.claim_for_user(request.user, public_id))


def _page(
    request: HttpRequest, opened: queries.OpenedClaim, refusing: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "opened": opened,
        "claim": opened.claim,
        "confirming": ConfirmForm(),
        "refusing": refusing or ReasonForm(),
        "role": verbs.role_for(opened.claim.organisation).label,
        "demo_data": opened.claim.realm == Realm.DEMO,
    }
    return render(request, "selfservice/claim.html", context, status=status)


@require_POST
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw, confirm, refuse or end a claim."""
    opened = queries.claim_for_user(request.user, public_id)
    one, wanted = opened.claim, request.POST.get("do", "")
    if wanted == "withdraw":
        verbs.withdraw(request.user, one)
        messages.success(request, _("申请已撤回，证明材料已删除。"))
    elif wanted == "confirm":
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            raise UserError("有效期要写成 2027-06-30 的样子。", "Write the day like 2027-06-30.", field="valid_to")
        verbs.confirm(request.user, one, valid_to=form.cleaned_data["valid_to"])
        messages.success(request, _("已核实，对方现在能代表这家单位。"))
    elif wanted in ("refuse", "end"):
        return _with_reason(request, opened, one, wanted)
    else:
        raise Http404("no such verb")
    return redirect("selfservice:claim", public_id)


def _with_reason(request: HttpRequest, opened: queries.OpenedClaim, one: Claim, wanted: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not opened.own and not form.is_valid():
        return _page(request, opened, form, 422)
    reason = request.POST.get("reason", "")
    if wanted == "refuse":
        verbs.refuse(request.user, one, reason=reason)
        messages.success(request, _("已退回，理由对方看得到。"))
    else:
        verbs.end(request.user, one, reason=reason)
        messages.success(request, _("已终止，权限和证明材料都已删除。"))
    return redirect("selfservice:claim", one.public_id)


@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """Claims that wait for an officer, or that were decided."""
    state = request.GET.get("state", ClaimState.PENDING)
    rows = queries.claims_for_user(request.user, state)
    context = {
        "claims": rows[:PER_PAGE],
        "count": rows.count(),
        "most": PER_PAGE,
        "state": state if state in ClaimState.values else "",
        "states": ClaimState.choices,
        "demo_data": request.user.realm == Realm.DEMO,
    }
    return render(request, "selfservice/claim_list.html", context)

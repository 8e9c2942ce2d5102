"""Where a person sees everything of the own, and the consents that were given."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kechuang.web.accounts import access as roles
from kechuang.web.core.enums import Realm
from kechuang.web.registry.models import Organisation

from ..access import decides_claims, follows_reports, handles_requests
from ..domain import consents as consent_verbs
from ..domain import personal, queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Own organisations, claims and consents; for officers what waits for them."""
    mine = queries.own_claims(request.user)
    decides = decides_claims(request.user)
    context = {
        "claims": mine,
        "organisations": Organisation.objects.filter(uscc__in=roles.organisations(request.user)),
        "staff": roles.is_staff_role(request.user),
        "decides": decides,
        "handles": (handles := handles_requests(request.user)),
        "asked": personal.requests_for_user(request.user).count() if handles else 0,
        "follows": follows_reports(request.user),
        "waiting": queries.claims_for_user(request.user).count() if decides else 0,
        "demo_data": request.user.realm == Realm.DEMO,
    }
    return render(request, "selfservice/home.html", context)


@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """What a person agreed to, in the words that were shown."""
    return render(request, "selfservice/consents.html", {"consents": consent_verbs.consents_for_user(request.user)})


@require_POST
def withdraw_consent(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a consent back."""
    consent_verbs.withdraw(request.user, public_id)
    messages.success(request, _("已撤回。撤回以前办过的事不受影响。"))
    return redirect("selfservice:consents")

"""Own personal data: see it, take a copy, ask for correction or erasure; handle such requests as an officer."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import limit

from ..access import may_handle_request
from ..domain import personal as verbs
from ..domain.readable import parts
from ..forms import RequestForm


@require_http_methods(["GET", "HEAD", "POST"])
@limit("personal", per_minute=20, methods=("POST",))
def personal(request: HttpRequest) -> HttpResponse:
    """Own requests; POST makes one."""
    mine = verbs.own_requests(request.user)
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            made = verbs.file_request(request.user, sent["kind"], text=sent["text"], sure=sent["sure"])
            messages.success(request, _("已提出，办理期限写在下面。"))
            return redirect("selfservice:request", made.public_id)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {"requests": mine, "form": form, "demo_data": request.user.realm == Realm.DEMO}
    return render(request, "selfservice/personal.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@limit("personal_copy", per_minute=10)
def copy(request: HttpRequest) -> HttpResponse:
    """Everything held about the person: a page to read, or JSON (``?format=json``)."""
    found = verbs.copy_for_user(request.user)
    if request.GET.get("format") == "json":
        response = HttpResponse(json.dumps(found, ensure_ascii=False, indent=1), content_type="application/json")
        response["Content-Disposition"] = 'attachment; filename="personal-data.json"'
        return response
    account, person, rest = parts(found)
    context = {"account": account, "person": person, "rest": rest, "demo_data": request.user.realm == Realm.DEMO}
    return render(request, "selfservice/copy.html", context)


@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One request, for who made it and for who handles it."""
    found = verbs.request_for_user(request.user, public_id)
    context = {
        "one": found,
        "own": found.user_id == request.user.pk,
        "handles": may_handle_request(request.user, found),
        "open": found.state in verbs.OPEN,
        "late": found.state in verbs.OPEN and found.due_on < timezone.localdate(),
        "demo_data": found.realm == Realm.DEMO,
    }
    return render(request, "selfservice/request.html", context)


@require_POST
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take, match, grant, refuse or withdraw a request."""
    found = verbs.request_for_user(request.user, public_id)
    verbs.act(
        request.user, found, request.POST.get("do", ""), reason=request.POST.get("reason", ""),
        person=request.POST.get("person", ""),
    )  # fmt: skip
    messages.success(request, _("已办。"))
    return redirect("selfservice:request", public_id)


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Open requests, for officers."""
    rows = verbs.requests_for_user(request.user)
    context = {
        "requests": rows[:100],
        "today": timezone.localdate(),
        "demo_data": request.user.realm == Realm.DEMO,
    }
    return render(request, "selfservice/request_list.html", context)

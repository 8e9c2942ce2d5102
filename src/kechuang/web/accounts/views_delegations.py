"""Pages of delegations: what one has lent and was lent, acting on somebody's behalf, and the list of all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.web.accounts import access, kept
from kechuang.web.accounts.domain import delegations as verbs
from kechuang.web.accounts.forms import DelegationForm
from kechuang.web.accounts.landing import landing
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError, require_login


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delegations(request: HttpRequest) -> HttpResponse:
    """What one has lent and was lent; POST lends."""
    grants = verbs.lendable(request.user)
    form = DelegationForm(request.POST or None, grants=grants)
    if request.method == "POST":
        if not grants:
            verbs.give(request.user, 0, "", until=None, reason="")  # says why not
        if form.is_valid():
            values = form.cleaned_data
            try:
                verbs.give(
                    request.user, int(values["grant"]), values["receiver"], until=values["until"], reason=values["reason"]
                )  # fmt: skip
                messages.success(request, _("已委托。到期自动失效，随时可以收回。"))
                return redirect("accounts:delegations")
            except UserError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "form": form,
        "grants": grants,
        "given": verbs.given_by(request.user),
        "lent": verbs.lent_to(request.user),
        "staff_days": verbs.STAFF_DAYS,
        "organisation_days": verbs.ORGANISATION_DAYS,
    }
    return render(request, "accounts/delegations.html", context, status=422 if form.errors else 200)


@require_POST
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back (``do=withdraw``), or start to act on the giver's behalf (``do=begin``)."""
    require_login(request.user)
    if request.POST.get("do") == "begin":
        one = verbs.begin(request.user, public_id)
        request.session[kept.ACTING] = one.public_id
        return redirect(landing(request.user))
    if request.POST.get("do") != "withdraw":
        raise Http404("no such verb")
    one = verbs.withdraw(request.user, public_id)
    messages.success(request, _("委托已收回。"))
    mine = request.user.pk in (one.giver_id, one.receiver_id)
    return redirect("accounts:delegations" if mine else "accounts:all_delegations")


@require_POST
@login_required
def finish(request: HttpRequest) -> HttpResponse:
    """Back to the own rights."""
    verbs.finish(request.user)
    request.session.pop(kept.ACTING, None)
    messages.success(request, _("已回到你自己的身份。"))
    return redirect("accounts:delegations")


@require_safe
def all_delegations(request: HttpRequest) -> HttpResponse:
    """Delegations of everybody, for security administrators."""
    access.require(request.user, Role.SECURITY_ADMIN)
    return render(request, "accounts/all_delegations.html", {"rows": verbs.everybodys_for_user(request.user)})

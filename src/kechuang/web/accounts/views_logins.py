"""Pages of log-ins: one's own, and those of all accounts for security administrators."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kechuang.web.accounts.domain import logins as reads
from kechuang.web.accounts.domain import people as verbs
from kechuang.web.accounts.domain import queries
from kechuang.web.accounts.models import LogIn, LogInResult
from kechuang.web.core.paging import Cut, cut

PER_PAGE = 30
ORDER = ("-id",)  # they are stored as they happen


@require_safe
@login_required
def logins(request: HttpRequest) -> HttpResponse:
    """Where and when one has logged in."""
    page = cut(reads.own(request.user), ORDER, request.GET.get("after", ""), PER_PAGE)
    return render(request, "accounts/logins.html", {"page": page, "rows": _rows(page)})


@require_safe
def all_logins(request: HttpRequest) -> HttpResponse:
    """Log-ins of everybody, to be searched by name or address."""
    text, result = request.GET.get("q", "").strip()[:100], request.GET.get("result", "")
    found = reads.everybody_for_user(request.user, text=text, result=result)
    page = cut(found, ORDER, request.GET.get("after", ""), PER_PAGE)
    context = {"page": page, "rows": _rows(page), "q": text, "result": result, "results": LogInResult.choices}
    return render(request, "accounts/all_logins.html", context)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Log a person out everywhere."""
    person = queries.person_for_user(request.user, pk)
    count = verbs.end_sessions(person, actor=request.user)
    messages.success(request, _("已退出 %(count)s 处登录。") % {"count": count})
    return redirect("accounts:person", pk)


def _rows(page: Cut) -> list[tuple[LogIn, str]]:
    """Each log-in with its device in words."""
    return [(row, reads.device_words(row.device)) for row in page.rows]

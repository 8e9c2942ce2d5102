"""The page of keys for other systems."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.web.accounts import access
from kechuang.web.accounts.domain import tokens as verbs
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError


class TokenForm(forms.Form):
    """What a key is for."""

    title = forms.CharField(label=gettext_lazy("用途"), max_length=120)
    holder = forms.CharField(label=gettext_lazy("使用单位"), max_length=120)
    expires_on = forms.DateField(label=gettext_lazy("有效期至"), help_text=gettext_lazy("最长一年。"))
    feed = forms.SlugField(
        label=gettext_lazy("可以投递的数据源代号"), max_length=40, required=False,
        help_text=gettext_lazy("只给投递数据的系统填，例如 tax-yearly。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """All keys; POST makes one and shows it this once."""
    access.require(request.user, Role.SECURITY_ADMIN)
    form = TokenForm(request.POST or None)
    chosen = [scope for scope in verbs.SCOPES if scope in request.POST.getlist("scopes")]
    made = key = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        feed = values.pop("feed")
        scopes = chosen + ([f"deliver:{feed}"] if feed else [])
        try:
            made, key = verbs.issue(scopes=scopes, actor=request.user, **values)
            form, chosen = TokenForm(), []
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "form": form, "scopes": [(scope, label, scope in chosen) for scope, label in verbs.SCOPES.items()],
        "tokens": verbs.tokens_for_user(request.user), "made": made, "key": key, "today": timezone.localdate(),
        "words": verbs.SCOPES,
    }  # fmt: skip
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a key."""
    verbs.revoke(verbs.token_for_user(request.user, public_id), actor=request.user)
    messages.success(request, _("令牌已吊销，马上失效。"))
    return redirect("accounts:tokens")

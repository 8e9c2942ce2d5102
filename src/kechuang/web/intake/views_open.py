"""Pages of exports, and of the deliveries of other departments."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.web.accounts.access import realm_filter
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import limit
from kechuang.web.registry.domain.kinds import KINDS

from . import access
from .domain import feeds as verbs
from .domain import giving
from .domain.kinds import columns, importable, kind_named
from .enums import Channel
from .models import Feed

MOST_LISTED = 100


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """What can be taken out of the register: kinds, filters, format."""
    reader = giving.Reader(request.user)
    kinds = []
    for name in KINDS:
        try:
            kinds.append(giving.kind_for(reader, name))
        except UserError:
            continue
    chosen = request.GET.get("kind", "")
    kind = next((one for one in kinds if one.id == chosen), kinds[0])
    context = {
        "kinds": kinds,
        "kind": kind,
        "filters": [f for f in giving.fields_for(reader, kind) if f.type in ("choice", "year", "boolean")],
        "searchable": any(f.type == "text" and not f.personal for f in giving.fields_for(reader, kind)),
        "shown": giving.fields_for(reader, kind),
        "people": giving.sees_people(reader),
        "realms": Realm.choices,
        "formats": [("xlsx", "Excel (.xlsx)"), ("csv", "CSV"), ("json", "JSON")],
    }
    return render(request, "intake/data.html", context)


@require_GET
@limit("export", per_minute=10)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The records that fit, as a file."""
    form, kind = request.GET.get("format", "xlsx"), request.GET.get("kind", "")
    wanted = {k: v for k, v in request.GET.items() if k not in ("format", "kind")}
    pieces = giving.export(giving.Reader(request.user), kind, form, wanted, _language())
    response = StreamingHttpResponse(pieces, content_type=giving.FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{kind}-{timezone.localdate().isoformat()}.{form}"'
    return response


class FeedForm(forms.Form):
    """What has to be known of a feed."""

    code = forms.SlugField(
        label=gettext_lazy("代号"), max_length=40, help_text=gettext_lazy("小写字母、数字和连字符，例如 tax-yearly。"),
        error_messages={"invalid": gettext_lazy("只能写小写字母、数字和连字符，例如 tax-yearly")},
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    department = forms.CharField(label=gettext_lazy("提供部门"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    every_days = forms.IntegerField(
        label=gettext_lazy("几天一次"), min_value=1, max_value=1000, required=False,
        help_text=gettext_lazy("到时没有来，清单上会标出来；不定期就空着。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """All feeds: what came, since when silent, how much is in quarantine; POST opens a new one."""
    listed = verbs.feeds_for_user(request.user)
    form = FeedForm(request.POST or None)
    form.fields["kind"].choices = [(name, kind.title) for name, kind in importable().items()]  # type: ignore[attr-defined]
    if request.method == "POST":
        access.require_import(request.user)
        if form.is_valid():
            try:
                made = verbs.declare(**form.cleaned_data, actor=request.user)
                return redirect("intake:feed", made.code)
            except UserError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "feeds": [(state, KINDS[state.feed.kind].title) for state in listed],
        "form": form,
    }
    return render(request, "intake/feeds.html", context, status=422 if form.errors else 200)


def _feed(request: HttpRequest, code: str) -> Feed:
    """A feed of a realm that the person reads."""
    return get_object_or_404(Feed, realm_filter(request.user), code=code)


@require_GET
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """One feed: its deliveries, how to deliver."""
    access.require_import(request.user)
    found = _feed(request, code)
    state = next(one for one in verbs.feeds_for_user(request.user) if one.feed.pk == found.pk)
    context = {
        "feed": found,
        "state": state,
        "kind": kind_named(found.kind),
        "columns": columns(found.kind),
        "deliveries": found.deliveries.all()[:MOST_LISTED],
        "page_channel": Channel.PAGE.value,
        "address": request.build_absolute_uri(f"/api/v1/feeds/{found.code}/deliveries"),
        "demo_data": found.realm == Realm.DEMO,
    }
    return render(request, "intake/feed.html", context)


@require_POST
def feed_act(request: HttpRequest, code: str) -> HttpResponse:
    """Close a feed or open it again."""
    access.require_import(request.user)
    found = _feed(request, code)
    verbs.set_active(found, request.POST.get("active") == "1", actor=request.user)
    messages.success(request, _("已改。"))
    return redirect("intake:feed", code)

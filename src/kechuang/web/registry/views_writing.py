"""Forms of the register: register, change or correct a record; merge duplicates and take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.codes import uscc
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.templatetags.kc import is_english

from .access import require_write, visible
from .domain import attributes, duplicates, manage, records, showing
from .domain.kinds import Kind
from .forms import AttributeForm, RecordForm, SourceForm
from .models import Merge


def _open(request: HttpRequest, kind: Kind, key: int) -> Any:
    """A record the person sees and may write."""
    record = visible(request.user, kind).filter(pk=key).select_related(*kind.references).first()
    if record is None:
        require_write(request.user, kind)
        raise Http404("no such record")
    require_write(request.user, kind, record)
    return record


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind_id: str) -> HttpResponse:
    """Register a record."""
    kind = records.kind_or_404(kind_id)
    require_write(request.user, kind)
    form = RecordForm(kind, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        written = manage.register(request.user, kind, form.values(), manage.From(**form.source()))
        messages.success(request, _("已登记。"))
        return redirect("registry:record", kind.id, written.record.pk)
    return render(request, "registry/edit.html", {"kind": kind, "form": form, "record": None}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind_id: str, key: int) -> HttpResponse:
    """Change or correct a record."""
    kind = records.kind_or_404(kind_id)
    record = _open(request, kind, key)
    data = request.POST if request.method == "POST" else None
    form = RecordForm(kind, record, data, seen=manage.mark(kind, record))
    if request.method == "POST" and form.is_valid():
        written = manage.rewrite(
            request.user, kind, record, form.values(), manage.From(**form.source()),
            valid_from=form.cleaned_data.get("valid_from"), mode=form.cleaned_data.get("mode", "correct"),
            seen=form.cleaned_data["seen"],
        )  # fmt: skip
        messages.success(request, _("已保存。") if written.outcome == "changed" else _("没有不同，什么也没改。"))
        return redirect("registry:record", kind.id, record.pk)
    context = {"kind": kind, "form": form, "record": record, "demo_data": record.realm == Realm.DEMO}
    return render(request, "registry/edit.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def attribute(request: HttpRequest, kind_id: str, key: int) -> HttpResponse:
    """Give a record a dated attribute that the city's fact catalogue defines."""
    kind = records.kind_or_404(kind_id)
    record = _open(request, kind, key)
    offered = attributes.offered(kind)
    if not offered:
        raise Http404("no attributes of this kind")
    choices = [
        (str(attributes.attribute_path(f.origin.path or "")[1]), f.en if is_english() else f.id) for f in offered
    ]  # type: ignore[index]
    form = AttributeForm(choices, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            event = manage.describe(
                request.user, kind, record, form.cleaned_data["code"], form.cleaned_data["value"],
                manage.From(**form.source()), valid_from=form.cleaned_data["valid_from"],
            )  # fmt: skip
        except UserError as error:
            if error.status != 422:
                raise
            form.add_error("value", str(error))
        else:
            messages.success(request, _("已保存。") if event else _("没有不同，什么也没改。"))
            return redirect("registry:record", kind.id, record.pk)
    context = {"kind": kind, "form": form, "record": record, "attribute": True, "demo_data": record.realm == Realm.DEMO}
    return render(request, "registry/edit.html", context, status=_status(form))


def _status(form: SourceForm) -> int:
    return 422 if form.is_bound and form.errors else 200


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, kind_id: str, key: int) -> HttpResponse:
    """Compare a record with another one, and merge the other into it."""
    kind = records.kind_or_404(kind_id)
    kept = _open(request, kind, key)
    text = (request.POST if request.method == "POST" else request.GET).get("other", "").strip()[:40]
    other = _other(request, kind, text) if text else None
    if request.method == "POST":
        if other is None:
            raise Http404("no such record")
        manage.join(request.user, kind, kept, other)
        messages.success(request, _("已合并。可以在这一页撤销。"))
        return redirect("registry:record", kind.id, kept.pk)
    rows = []
    if other is not None:
        names = showing.Names()
        left = showing.values_of(kind, kept, kind.stored, names)
        right = showing.values_of(kind, other, kind.stored, names)
        rows = [(a, b, a.text != b.text) for a, b in zip(left, right, strict=True)]
    same = other is not None and other.pk == kept.pk
    context = {"kind": kind, "record": kept, "other": None if same else other, "text": text, "rows": rows, "same": same}
    context["demo_data"] = kept.realm == Realm.DEMO
    context["likely"] = [] if other else duplicates.likely(visible(request.user, kind), kind, kept)
    return render(request, "registry/merge.html", context)


def _other(request: HttpRequest, kind: Kind, text: str) -> Any:
    """The other record, by its code or by its number."""
    rows = visible(request.user, kind).select_related(*kind.references)
    if text.lstrip("#").isascii() and text.lstrip("#").isdigit() and len(text) < 16:
        return rows.filter(pk=int(text.lstrip("#"))).first()
    if kind.id == "organisation":
        return rows.filter(uscc=uscc.compact(text)).first() or rows.filter(name=text).first()
    return rows.filter(**{kind.reference: text}).first() if kind.reference else None


@require_POST
def unmerge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a merge apart again."""
    made = get_object_or_404(Merge, public_id=public_id)
    kind = records.kind_or_404(made.kind)
    kept = _open(request, kind, made.kept_id)
    back = manage.part(request.user, kind, kept, made)
    messages.success(request, _("合并已撤销。"))
    return redirect("registry:record", kind.id, back.pk)

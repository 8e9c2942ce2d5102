"""Pages of the audit log: public heads, the auditor's list, the tampering demonstration."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from kechuang.proofs import verify_audit
from kechuang.proofs.chain import content_digest, link_digest
from kechuang.web.audit.domain import browsing, queries
from kechuang.web.audit.domain.record import record
from kechuang.web.audit.domain.tamper import How, sandbox, tamper
from kechuang.web.audit.forms import FilterForm
from kechuang.web.core.errors import UserError
from kechuang.web.core.paging import cut
from kechuang.web.core.ratelimit import limit

PER_PAGE = 30
JSONL = "application/x-ndjson; charset=utf-8"


@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """Heads of the chain, for everybody, and how to verify it."""
    page = queries.heads(request.GET.get("after", ""), PER_PAGE)
    context = {"state": queries.chain_state(), "page": page, "may_read": queries.may_read_events(request.user)}
    return render(request, "audit/heads.html", context)


@require_safe
def heads_json(_request: HttpRequest) -> JsonResponse:
    """Published heads as the verifier reads them."""
    return JsonResponse(queries.heads_document(), json_dumps_params={"indent": 1})


@require_safe
@limit("chain", per_minute=10)
def chain_export(_request: HttpRequest) -> StreamingHttpResponse:
    """The whole chain for everybody: digests, no contents."""
    response = StreamingHttpResponse(queries.export_lines(), content_type=JSONL)
    response["Content-Disposition"] = 'attachment; filename="chain.jsonl"'
    return response


@require_safe
def verifier(_request: HttpRequest) -> FileResponse:
    """The stand-alone verifier as a file."""
    path = Path(verify_audit.__file__)
    return FileResponse(path.open("rb"), as_attachment=True, filename="verify_audit.py", content_type="text/x-python")


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The log for auditors, filtered by the address."""
    found = queries.events_for_user(request.user)
    form = FilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    listing = browsing.browse(found, wanted, request.GET.get("after", ""), PER_PAGE)
    queries.named(listing.page.rows)
    context = {"form": form, "listing": listing, "page": listing.page, "state": queries.chain_state()}
    return render(request, "audit/events.html", context)


@require_safe
def event(request: HttpRequest, public_id: str) -> HttpResponse:
    """One event with its link, recomputed on the spot."""
    found = get_object_or_404(queries.events_for_user(request.user), public_id=public_id)
    body = found.body()
    intact = found.seq is None or (content_digest(body) == found.content and link_digest(found.link()) == found.digest)
    context = {"event": found, "body": json.dumps(body, ensure_ascii=False, indent=1), "intact": intact}
    return render(request, "audit/event.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the person did, as the log has it."""
    page = cut(queries.own_events(request.user), ("-id",), request.GET.get("after", ""), PER_PAGE)
    queries.named(page.rows)
    return render(request, "audit/mine.html", {"page": page})


@require_safe
def bulk(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leaf hashes of a bulk change, or with ``?row=`` the proof of one row, for the verifier; for auditors."""
    found = get_object_or_404(queries.events_for_user(request.user), public_id=public_id, rows__isnull=False)
    if number := request.GET.get("row", ""):
        document = queries.row_proof(found, int(number) if number.isdecimal() and len(number) < 10 else 0)
        name = f"proof-{public_id}-{number}.json"
    else:
        document, name = queries.bulk_document(found), f"bulk-{public_id}.json"
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def events_export(request: HttpRequest) -> HttpResponseBase:
    """The whole chain with contents, for auditors; taking it out is itself an event."""
    found = queries.events_for_user(request.user)
    with transaction.atomic():
        record(actor=request.user, role="auditor", action="audit.export", object_kind="chain")
    response = StreamingHttpResponse(queries.export_lines(found), content_type=JSONL)
    response["Content-Disposition"] = 'attachment; filename="chain-with-events.jsonl"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def tampering(request: HttpRequest) -> HttpResponse:
    """Tamper with a copy and see it found; in demo mode only."""
    if not settings.DEMO:
        raise Http404
    upto, seq = request.GET.get("upto", ""), request.GET.get("seq", "")
    box = sandbox(int(upto) if upto.isdecimal() and len(upto) < 15 else None)
    outcome, error = None, ""
    if request.GET.get("how") in How.values and seq.isdecimal() and len(seq) < 15:
        try:
            outcome = tamper(box, How(request.GET["how"]), int(seq))
        except UserError as problem:
            error = str(problem)
    language = "en" if request.LANGUAGE_CODE.startswith("en") else "zh"  # type: ignore[attr-defined]
    context = {
        "box": box,
        "how": How.choices,
        "chosen": {"how": request.GET.get("how", How.EDIT.value), "seq": seq or str(box.start + len(box.records) // 2)},
        "outcome": outcome,
        "shown": outcome.records if outcome else box.records,
        "finding": outcome.verdict.text(language) if outcome else "",
        "error": error,
        "demo_data": True,
    }
    return render(request, "audit/tamper.html", context, status=422 if error else 200)

"""REST API of the register and of deliveries. Public records are open; the rest needs a log-in or a token.

``Authorization: Bearer kc_…`` names another system. Pages follow a cursor in the order of the records' numbers, so that
no page costs more than the first. ``ETag`` and ``If-None-Match`` spare what has not changed. Amounts are strings.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from ninja import Query, Router

from kechuang.tabular.records import schema as schema_of
from kechuang.web.accounts.access import realm_filter
from kechuang.web.accounts.domain.tokens import recognise
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import seconds_to_wait, visitor
from kechuang.web.registry.domain.kinds import KINDS

from .domain import giving, queries
from .domain.feeds import deliver
from .domain.giving import Reader
from .domain.kinds import columns
from .domain.working import work_on
from .enums import MOVING, Channel, RowState
from .models import Feed, Import

router = Router(tags=["registry"])
PER_MINUTE = 120
MAX_PAGE = 500


def reader_of(request: HttpRequest) -> Reader:
    """Who asks, by token or session; counts the request.

    Raises:
        UserError: the token is unknown, expired or revoked (401); too many requests (429).
    """
    header = request.headers.get("Authorization", "")
    token = None
    if header:
        token = recognise(header.removeprefix("Bearer ").strip())
        if token is None:
            raise UserError(
                "令牌不对、已到期或已吊销。", "The token is unknown, expired or revoked.", code="token", status=401
            )
    reader = Reader(None if token else request.user, token)
    wait = seconds_to_wait(f"limit:api:{reader.key or visitor(request)}", PER_MINUTE)
    if wait:
        raise UserError(
            f"请求太频繁，请过 {wait} 秒再来。", f"Too many requests; wait {wait} seconds.", code="too_many", status=429
        )
    return reader


def answer(request: HttpRequest, body: Any, status: int = 200) -> HttpResponse:
    """JSON with an ``ETag``; 304 without a body where the asker has it already."""
    content = json.dumps(body, ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if request.method in ("GET", "HEAD") and (tag in known or "*" in known):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type="application/json; charset=utf-8", status=status)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Authorization", "Cookie"))
    return response


def _cursor(text: str) -> int:
    try:
        number = int(base64.urlsafe_b64decode(text.encode("ascii")).decode("ascii").removeprefix("after:"))
    except (ValueError, UnicodeError):
        number = -1
    if not 0 <= number < 2**63:
        raise UserError(
            "cursor 不对，请用上一页给出的 next。", "Wrong cursor; use the “next” of the page before.", field="cursor"
        )
    return number


@router.get("/registry", summary="登记库有哪些种类 / kinds of record")
def kinds(request: HttpRequest) -> HttpResponse:
    """Kinds of record with their fields, in both languages."""
    reader_of(request)
    listed = [
        {
            "id": kind.id, "title": {"zh": kind.zh, "en": kind.en}, "public": kind.public,
            "natural_key": list(kind.natural_key),
            "fields": [
                {"name": f.name, "title": {"zh": f.zh, "en": f.en}, "type": f.type, "unit": f.unit_zh or None,
                 "required": f.required, "personal": f.personal,
                 "explanation": {"zh": f.explanation_zh, "en": f.explanation_en}}
                for f in kind.stored if not f.restricted
            ],
        }
        for kind in KINDS.values() if not kind.restricted
    ]  # fmt: skip
    return answer(request, {"kinds": listed})


@router.get("/registry/{kind}", summary="一种记录 / records of a kind")
def records(
    request: HttpRequest, kind: str, cursor: str = "", limit: int = Query(100, ge=1, le=MAX_PAGE)
) -> HttpResponse:
    """Records of a kind; any open field, ``realm`` and ``q`` filter by their name in the address."""
    reader = reader_of(request)
    chosen = giving.kind_for(reader, kind)
    fields, people = giving.fields_for(reader, chosen), giving.sees_people(reader)
    wanted = {k: v for k, v in request.GET.items() if k not in ("cursor", "limit")}
    rows = giving.narrowed(giving.rows_for(reader, chosen), chosen, fields, wanted)
    if cursor:
        rows = rows.filter(pk__gt=_cursor(cursor))
    found = list(rows[: limit + 1])
    following = None
    if len(found) > limit:
        following = base64.urlsafe_b64encode(f"after:{found[limit - 1].pk}".encode()).decode()
    items = [giving.item(chosen, fields, one, people) for one in found[:limit]]
    return answer(request, {"kind": kind, "items": items, "next": following})


@router.get("/registry/{kind}/{number}", summary="一条记录 / one record")
def one_record(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One record by its number here."""
    reader = reader_of(request)
    chosen = giving.kind_for(reader, kind)
    found = giving.rows_for(reader, chosen).filter(pk=number).first()
    if found is None:
        raise UserError("没有这条记录。", "There is no such record.", code="unknown", status=404)
    return answer(request, giving.item(chosen, giving.fields_for(reader, chosen), found, giving.sees_people(reader)))


# ---- deliveries ------------------------------------------------------------------------------


def _feed_of(request: HttpRequest, code: str) -> tuple[Feed, Reader]:
    """The feed, for a system whose token may deliver to it."""
    reader = reader_of(request)
    if reader.token is None:
        raise UserError("投递要用令牌。", "Deliveries need a token.", code="token", status=401)
    if f"deliver:{code}" not in reader.token.scopes:
        raise UserError("这个令牌不能投递到这里。", "This token may not deliver here.", code="forbidden", status=403)
    feed = Feed.objects.filter(realm_filter(reader.answers), code=code).first()
    if feed is None:
        raise UserError("没有这个数据源。", "There is no such feed.", code="unknown", status=404)
    return feed, reader


@router.get("/feeds/{code}/schema", summary="投递的格式 / schema of a feed", tags=["deliveries"])
def schema(request: HttpRequest, code: str) -> HttpResponse:
    """JSON Schema of what the feed takes, made from the catalogue of the register."""
    feed, _reader = _feed_of(request, code)
    kind = KINDS[feed.kind]
    return answer(request, schema_of(columns(feed.kind), kind.zh, kind.en))


@router.post("/feeds/{code}/deliveries", summary="投递 / deliver", tags=["deliveries"])
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """Take a delivery: JSON after the schema, CSV or .xlsx as the body; ``Idempotency-Key`` names it.

    202 for a new one, 200 when it is here already, 409 when the key was used with other content. The body is kept as it
    came; ``sha256`` is its digest.
    """
    feed, reader = _feed_of(request, code)
    assert reader.token is not None
    made, new = deliver(
        feed, request.read(settings.MAX_UPLOAD_BYTES + 1), key=request.headers.get("Idempotency-Key", ""), name=_name(request, feed),
        channel=Channel.API, by=reader.token.public_id,
    )  # fmt: skip
    if new:
        work_on.enqueue(made.pk)
    return answer(request, _delivery(made), 202 if new else 200)


def _name(request: HttpRequest, feed: Feed) -> str:
    kind = (request.content_type or "").lower()
    return (
        f"{feed.code}.{'json' if 'json' in kind else 'csv' if 'csv' in kind else 'xlsx' if 'sheet' in kind else 'data'}"
    )


@router.get("/feeds/{code}/deliveries/{delivery}", summary="一次投递 / one delivery", tags=["deliveries"])
def delivery(request: HttpRequest, code: str, delivery: str) -> HttpResponse:
    """How far a delivery is, what was written, and which records are in quarantine, why."""
    feed, _reader = _feed_of(request, code)
    found = Import.objects.select_related("file").filter(feed=feed, public_id=delivery).first()
    if found is None:
        raise UserError("没有这次投递。", "There is no such delivery.", code="unknown", status=404)
    return answer(request, _delivery(found))


def _delivery(one: Import) -> dict[str, Any]:
    states = queries.tally(one).states
    held = one.rows.filter(state__in=(RowState.BAD, RowState.UNDECIDED, RowState.REFUSED))[:1000]
    return {
        "id": one.public_id, "state": one.state, "finished": one.state not in MOVING,
        "sha256": one.file.sha256 if one.file else None, "received": one.created_at.isoformat(),
        "error": one.error or None,
        "records": {"read": one.rows_read, "created": one.created, "changed": one.changed, "unchanged": one.unchanged,
                    "quarantined": states["bad"] + states["undecided"] + states["refused"]},
        "quarantine": [{"record": row.line, "findings": row.findings, "may_be": row.candidates} for row in held],
    }  # fmt: skip

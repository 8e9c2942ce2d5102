"""A repeated submission takes effect once: the second gets the answer of the first.

Every form carries a key (the tag ``csrf_token`` writes it), a program sends one in the header ``Idempotency-Key``. The key
is written **in the transaction of the change itself**, by the function that records its audit event. So there is no
moment at which a change is stored and its key is not, whatever dies: two submissions with one key cannot both commit.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from kechuang.web.core.models import SubmissionKey

FIELD = "kc_once"
HEADER = "Idempotency-Key"
LONGEST = 200  # characters of a key
KEPT = 256 * 1024  # bytes of an answer that are kept; a longer one is told of, not repeated
PATIENCE = 10.0  # seconds to wait for the answer to a submission that is being worked on


class Repeated(Exception):  # noqa: N818  the name says what happened, not what went wrong
    """The change was about to be made a second time; its transaction has to be rolled back."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass
class Submission:
    """The submission being served: digest of its key, of what it says, and the request it came in."""

    key: str
    payload: str
    request_id: str
    claimed: bool = False


_current: ContextVar[Submission | None] = ContextVar("submission", default=None)


@contextmanager
def serving(submission: Submission) -> Iterator[Submission]:
    """Let :func:`claim` know the submission while it is served."""
    token = _current.set(submission)
    try:
        yield submission
    finally:
        _current.reset(token)


def claim() -> None:
    """Write the key of the submission being served; called in the transaction of its change, by whoever records it.

    Raises:
        Repeated: another request has made this change already.
    """
    submission = _current.get()
    if submission is None:
        return
    row, _ = SubmissionKey.objects.get_or_create(
        key=submission.key, defaults={"payload": submission.payload, "request_id": submission.request_id}
    )
    if row.request_id != submission.request_id:
        raise Repeated(submission.key)
    submission.claimed = True


def payload_of(request: HttpRequest) -> str:
    """Digest of what a request says: its fields and files, or its body; without the tokens that differ each time."""
    sha = hashlib.sha256()
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        fields = [(k, v) for k, v in sorted(request.POST.lists()) if k not in (FIELD, "csrfmiddlewaretoken")]
        sha.update(json.dumps(fields, ensure_ascii=True).encode())
        for name, uploads in sorted(request.FILES.lists()):
            for upload in uploads:
                sha.update(json.dumps([name, upload.name, upload.size]).encode())
                for piece in upload.chunks():
                    sha.update(piece)
                upload.seek(0)
    else:
        sha.update(request.body)
    return sha.hexdigest()


def submission_of(request: HttpRequest) -> Submission | None:
    """The submission of a request; None where it carries no key, or cannot be read anyway.

    A form sent again with other contents (after going back in the browser) is another submission. A program that uses a
    key again for other contents has made a mistake, which the answer says.
    """
    try:
        if named := request.headers.get(HEADER, ""):
            _ = request.body  # before the fields are parsed: whoever reads the body after us still can
        raw = named or ("" if request.path.startswith("/api/") else request.POST.get(FIELD, ""))
        if not raw or len(raw) > LONGEST:
            return None
        payload = payload_of(request)
    except (RequestDataTooBig, UnreadablePostError):
        return None
    scope = [_who(request), request.method, request.get_full_path(), raw, "" if named else payload]
    key = hashlib.sha256(json.dumps(scope).encode()).hexdigest()
    return Submission(key, payload, str(getattr(request, "request_id", "")))


def _who(request: HttpRequest) -> str:
    """Keys of one person mean nothing to another."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if token := request.headers.get("Authorization", ""):
        return "token:" + hashlib.sha256(token.encode()).hexdigest()
    return "visitor"


def keep(submission: Submission, response: Any) -> None:
    """Keep the answer to a submission that changed something, for those who send it again."""
    row = SubmissionKey.objects.filter(key=submission.key, request_id=submission.request_id)
    if response.streaming or response.get("Content-Disposition", "").startswith("attachment"):
        row.delete()  # taking a file out may be repeated: each time is an event of its own
    elif response.status_code < 400:
        row.update(
            status=response.status_code,
            content_type=response.get("Content-Type", "")[:100],
            location=response.get("Location", "")[:500],
            body=response.content if len(response.content) <= KEPT else None,
        )


def stored(key: str) -> SubmissionKey | None:
    """What is known of a key."""
    return SubmissionKey.objects.filter(key=key).first()


def answered(key: str) -> SubmissionKey | None:
    """The key with the answer to its submission, waiting for a moment where the first is still being worked on."""
    until = time.monotonic() + PATIENCE
    while (row := stored(key)) is not None and row.status is None and time.monotonic() < until:
        time.sleep(0.05)
    return row


def again(row: SubmissionKey) -> HttpResponse | None:
    """The first answer once more; None where it was not kept."""
    if row.status is None or row.body is None:
        return None
    response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type or None)
    if row.location:
        response["Location"] = row.location
    response["Idempotency-Replayed"] = "true"
    return response

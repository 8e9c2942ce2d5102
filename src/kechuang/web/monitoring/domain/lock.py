"""A lock: what a report rests on, so that anybody with the same pack makes the same bytes again."""

from __future__ import annotations

import datetime as dt
import hashlib
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import LoadedRelease, release

from ..enums import SubmissionStatus
from ..models import Submission
from . import loading, reports
from .board import Board, board

PACKAGES = ("kechuang", "python-docx", "matplotlib", "weasyprint", "statsmodels")
STEADY = ("docx", "html")


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def lock(in_force: LoadedRelease, loaded: loading.Loaded, shown: Board, day: dt.date, language: str) -> dict[str, Any]:
    """Release, day, language, confirmed values and versions, with the SHA-256 of each kind of file."""
    digests = {}
    for kind in STEADY:
        content, _media = reports.made(kind, in_force, loaded, shown, day, language)
        digests[kind] = hashlib.sha256(content).hexdigest()
    confirmed = Submission.objects.filter(status=SubmissionStatus.CONFIRMED).order_by("pk")
    return {
        "release": in_force.digest,
        "day": day.isoformat(),
        "known_on": loaded.known_on.isoformat() if loaded.known_on else None,
        "language": language,
        "confirmed": list(confirmed.values_list("pk", flat=True)),
        "packages": _versions(),
        "sha256": digests,
    }


def remake(content: dict[str, Any], kind: str) -> tuple[bytes, list[str]]:
    """The report of a lock, and what is not as it was: other packages, another digest.

    Raises ``UserError`` when the lock is malformed (422) or the release or a confirmed value is not here (404).
    """
    try:
        digest, language = str(content["release"]), str(content["language"])
        day = dt.date.fromisoformat(content["day"])
        # Locks of before look-backs have no such line.
        known_on = dt.date.fromisoformat(content["known_on"]) if content.get("known_on") else None
        wanted = [str(pk) for pk in content["confirmed"]]
        known = dict(content["sha256"])
        packages = dict(content["packages"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"锁文件缺字段或写错了：{error}", f"The lock file is malformed: {error}") from error
    if kind not in reports.MEDIA:
        raise UserError(f"没有“{kind}”这种文件。", f"There is no kind “{kind}”.")
    in_force = release(digest)
    rows = list(Submission.objects.filter(pk__in=wanted, status=SubmissionStatus.CONFIRMED).order_by("pk"))
    if len(rows) != len(set(wanted)):
        raise UserError(
            f"锁文件里有 {len(set(wanted)) - len(rows)} 个已采用的值这里没有。",
            f"{len(set(wanted)) - len(rows)} confirmed values of the lock are not here.",
            status=404,
        )
    loaded = loading.build(in_force.pack, rows, day, known_on)
    made, _media = reports.made(kind, in_force, loaded, board(in_force, loaded), day, language)
    remarks = [
        f"{name}: {packages.get(name)} -> {now}" for name, now in _versions().items() if packages.get(name) != now
    ]
    if kind in known and known[kind] != hashlib.sha256(made).hexdigest():
        remarks.append(f"{kind}: sha256 {known[kind]} -> {hashlib.sha256(made).hexdigest()}")
    return made, remarks

"""Send a whole table of values: good rows wait for confirmation, bad rows are named, nothing is lost in between."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from kechuang.indicators import Definition, Observation, Text
from kechuang.indicators.tables import Problem, read_observations
from kechuang.proofs import merkle
from kechuang.proofs.verify_audit import canonical_json
from kechuang.web.accounts.access import acting_role
from kechuang.web.audit.domain.record import plain, record
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.ids import new_id
from kechuang.web.policy.domain.queries import LoadedRelease

from .. import access
from ..enums import SubmissionStatus
from ..models import Submission
from .loading import Loaded
from .sheet import read_sheet
from .submit import check_cell, read_number

MAX_BYTES = 2_000_000
MAX_ROWS = 2_000


@dataclass(frozen=True)
class Outcome:
    """How many rows wait for confirmation now, how many were there already, and which could not be taken."""

    batch: str
    taken: int
    known: int
    problems: tuple[Problem, ...]


def decode(data: bytes) -> str:
    """The text of an uploaded CSV, UTF-8 or GB 18030. Raises ``UserError`` for anything else, told by its kind."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UserError(
            "这是旧格式或加了密码的 Excel 文件。请另存为不加密码的 .xlsx，再传上来。",
            "This Excel file is of the old format or protected by a password. Save it as a plain .xlsx and send that.",
            field="file",
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError("这不是文本文件，读不了。", "This is no text file and cannot be read.", field="file")


def upload(*, user: Any, release: LoadedRelease, loaded: Loaded, data: bytes, last_year: int) -> Outcome:
    """Take the good rows of a CSV or .xlsx as submissions that wait for confirmation.

    Columns as in ``kechuang.indicators.tables``; regions and indicators by code or Chinese name. One audit event for
    the whole file, with the Merkle root of its rows. Raises ``UserError`` (401, 403, 422).
    """
    access.require_upload(user)
    if len(data) > MAX_BYTES:
        raise UserError("文件超过 2 MB，请分成几份。", "The file is above 2 MB; split it.", field="file")
    text, formulas = read_sheet(data, MAX_ROWS) if data.startswith(b"PK") else (decode(data), [])
    try:
        table = read_observations(io.StringIO(text, newline=""))
    except ValueError as error:
        zh, _, en = str(error).partition(" / ")
        raise UserError(f"{zh}。", f"{en or zh}.", field="file") from None
    if len(table.observations) + len(table.problems) > MAX_ROWS:
        raise UserError(f"最多 {MAX_ROWS} 行，请分成几份。", f"{MAX_ROWS} rows at most; split the file.", field="file")
    regions = {n.zh: code for code, n in loaded.situation.names.items()} | {c: c for c in loaded.situation.names}
    definitions = loaded.situation.definitions
    names = {d.name.zh: d for d in definitions.values()} | dict(definitions)
    rows, problems = [], [*formulas, *table.problems]
    for line, o in zip(table.lines, table.observations, strict=True):
        try:
            rows.append(_row(o, regions, names, last_year))
        except UserError as error:
            problems.append(Problem(line, Text(error.zh, error.en)))
    return _store(user, release, rows, sorted(problems, key=lambda p: p.line))


def _row(o: Observation, regions: dict[str, str], names: dict[str, Definition], last_year: int) -> dict[str, Any]:
    region, definition = regions.get(o.region), names.get(o.indicator)
    if region is None:
        raise UserError(f"没有地区“{o.region}”，请写代码或全名", f"no region “{o.region}”; write its code or full name")
    if definition is None:
        raise UserError(
            f"没有指标“{o.indicator}”，请写编号或全名", f"no indicator “{o.indicator}”; write its id or full name"
        )
    value = read_number(str(o.value))
    check_cell(definition, value, o.unit, o.year, last_year)
    url = o.source.url or ""
    if url and not url.startswith(("http://", "https://")):
        raise UserError("网址要以 http:// 或 https:// 开头", "the address has to begin with http:// or https://")
    return {
        "region": region,
        "indicator": definition.id,
        "year": o.year,
        "value": value,
        "unit": o.unit[:40],
        "source_title": o.source.title[:300],
        "source_url": url[:500],
        "source_date": o.source.released,
        "note": o.note[:500],
    }


_SAME = ("region", "indicator", "year", "value", "unit", "source_title")


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(Decimal(row[f]).normalize() if f == "value" else row[f] for f in _SAME)


@transaction.atomic
def _store(user: Any, release: LoadedRelease, rows: list[dict[str, Any]], problems: list[Problem]) -> Outcome:
    """Write the rows that are not waiting already, and one audit event."""
    waiting = {_key(r) for r in Submission.objects.filter(status=SubmissionStatus.PENDING).values(*_SAME)}
    fresh = []
    for row in rows:
        if _key(row) not in waiting:
            waiting.add(_key(row))
            fresh.append(row)
    batch = new_id()
    if fresh:
        common = {
            "submitted_by": user,
            "release": release.digest,
            "realm": Realm.DEMO if settings.DEMO else Realm.REAL,
        }
        Submission.objects.bulk_create([Submission(**row, **common) for row in fresh], batch_size=500)
        root = merkle.root([canonical_json(plain(row)) for row in fresh])
        record(
            actor=user,
            role=acting_role(user),
            action="observation.import",
            object_kind="submissions",
            object_id=batch,
            after={"rows": len(fresh), "root": root},
        )
    return Outcome(batch, len(fresh), len(rows) - len(fresh), tuple(problems))

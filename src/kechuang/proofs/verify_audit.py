#!/usr/bin/env python3
"""Check an audit chain and name the first broken link. Needs nothing but Python 3.11: no Django, no Kechuang.

    python3 verify_audit.py chain.jsonl [--heads heads.json] [--lang zh|en] [--json]
    python3 verify_audit.py db.sqlite3
    python3 verify_audit.py chain.jsonl --row proof.json       is this row part of that bulk change?
    python3 verify_audit.py chain.jsonl --bulk bulk.json       are these all its rows, unchanged and in order?

``chain.jsonl`` holds one link a line: ``seq``, ``time``, ``content`` (SHA-256 of the event), ``prev`` (digest of the
link before), ``digest``; an auditor's export adds the ``event`` itself. A database is opened read-only. Heads are what
the city published each day (``{"heads": [{"seq": 41, "digest": "…"}]}``): they find a chain that was cut short or
rewritten as a whole, which a chain cannot show by itself.

How a link is made, so that anybody can write another verifier:
  canonical(x)  = JSON after RFC 8785 for null, booleans, integers, strings, lists and objects; encoded as UTF-8
  content       = hex(SHA-256(canonical(event)))
  digest        = hex(SHA-256(canonical({"content", "prev", "seq", "time"})))
  prev of seq 1 = 64 zeros
A bulk change is one event whose ``after`` is the Merkle root over its ``rows`` rows (RFC 9162, section 2.1):
  leaf          = canonical({"row", "salt"})
  leaf hash     = SHA-256(0x00 || leaf), inner node = SHA-256(0x01 || left || right)
Exit code 0: the chain is whole. 1: it is broken. 2: the input cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
LINK_FIELDS = ("content", "prev", "seq", "time")
EVENT_COLUMNS = (
    "public_id", "time", "actor_id", "actor_name", "role", "action", "object_kind", "object_id",
    "before", "after", "result", "request_id", "nonce",
)  # fmt: skip

WORDS = {
    "edited": ("这一条的内容或摘要被改过", "this link or its event was changed"),
    "relinked": (
        "与前一条接不上：前一条被换掉，或这一条的前链被改",
        "it does not join the link before: one was replaced",
    ),
    "deleted": ("这一条不见了", "this link is missing"),
    "inserted": ("这里多出一条", "a link was inserted here"),
    "reordered": ("顺序被调换", "the order was changed here"),
    "truncated": ("链在这里被截断，公布过的链头在后面", "the chain was cut here: a published head lies beyond it"),
    "rewritten": (
        "到这里为止的链与公布过的链头不同：整段被重写",
        "the chain up to here differs from the published head",
    ),
    "rows": (
        "这批数据的行摘要算不出记录里的根：存下的行摘要被改过",
        "the stored row digests of this bulk change do not give its root: they were changed",
    ),
    "malformed": ("这一条缺字段或格式不对", "this link lacks a field or is malformed"),
}


@dataclass(frozen=True)
class Break:
    """The first broken link: its number, its place in the input (from 1), the kind of break (a key of ``WORDS``)."""

    seq: int
    position: int
    kind: str

    def text(self, language: str = "zh") -> str:
        """The finding as one sentence, ``zh`` or ``en``."""
        zh, en = WORDS[self.kind]
        if language == "en":
            return f"Broken at link {self.seq} (place {self.position} of the input): {en}."
        return f"第 {self.seq} 条断开（输入中的第 {self.position} 处）：{zh}。"


ROW_WORDS = {
    "edited": ("这一行被改过", "this row was changed"),
    "deleted": ("这一行不见了", "this row is missing"),
    "inserted": ("这里多出一行", "a row was inserted here"),
    "reordered": ("行的顺序从这里被调换", "the order of rows was changed here"),
    "truncated": ("从这一行起被截断", "the rows were cut off from here on"),
    "rows": ("行摘要算不出记录里的根", "The row digests do not give the recorded root"),
}


@dataclass(frozen=True)
class RowBreak:
    """The first row of a bulk change that is not as it was recorded: its number from 1 (0: all), the kind of break."""

    row: int
    kind: str

    def text(self, language: str = "zh") -> str:
        """The finding as one sentence, ``zh`` or ``en``."""
        zh, en = ROW_WORDS[self.kind]
        if not self.row:
            return f"{en}." if language == "en" else f"{zh}。"
        return f"Row {self.row}: {en}." if language == "en" else f"第 {self.row} 行：{zh}。"


@dataclass(frozen=True)
class Proof:
    """Where a leaf stands (index from 0, of how many) and the sibling hashes from it up to the root, hexadecimal."""

    index: int
    size: int
    path: tuple[str, ...]

    def public(self) -> dict[str, Any]:
        """The proof for JSON."""
        return {"index": self.index, "size": self.size, "path": list(self.path)}


@dataclass(frozen=True)
class Verdict:
    """Result of a check: how many links were good, the last good link, and the first break if there is one."""

    checked: int
    last_seq: int
    head: str
    broken: Break | None

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return self.broken is None

    def text(self, language: str = "zh") -> str:
        """The finding as one sentence, ``zh`` or ``en``."""
        if self.broken:
            return self.broken.text(language)
        if language == "en":
            return f"The chain is whole: {self.checked} links, head {self.head} at link {self.last_seq}."
        return f"链完整：共 {self.checked} 条，链头第 {self.last_seq} 条 {self.head}。"


def canonical_json(value: Any) -> bytes:
    """One byte string for one value: RFC 8785 (JSON Canonicalization Scheme) without fractional numbers.

    Raises:
        ValueError: a float, an integer beyond 2**53 - 1, a key that is no string, or a type JSON does not have. Amounts
            travel as strings here, so that no digest ever depends on how a machine prints a binary fraction.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _ordered(value: Any) -> Any:
    """The same value with object keys in the order of RFC 8785 3.2.3 (UTF-16 code units)."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise ValueError(f"integer beyond 2**53 - 1, write it as a string: {value}")
        return value
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, Mapping):
        if bad := [key for key in value if not isinstance(key, str)]:
            raise ValueError(f"object key is not a string: {bad[0]!r}")
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    raise ValueError(f"no canonical form for {type(value).__name__}: write it as a string")


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def content_digest(event: Mapping[str, Any]) -> str:
    """Digest of an event. The event carries a random nonce, so that its digest does not reveal a guessable event."""
    return sha256_hex(canonical_json(event))


def link_digest(link: Mapping[str, Any]) -> str:
    """Digest of a link from its four fields ``content``, ``prev``, ``seq``, ``time``."""
    return sha256_hex(canonical_json({field: link[field] for field in LINK_FIELDS}))


EMPTY_ROOT = hashlib.sha256(b"").hexdigest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf; the prefix keeps leaves and inner nodes apart (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_hashes(hashes: Sequence[bytes]) -> str:
    """Root over leaf hashes, level by level; a node without a partner moves up unchanged (RFC 9162, 2.1.1)."""
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0].hex() if level else EMPTY_ROOT


def row_leaf(row: Any, salt: str = "") -> bytes:
    """Leaf of a row with its salt; raises ValueError where the row has no canonical form."""
    return canonical_json({"row": row, "salt": salt})


def verify_proof(hashed: bytes, proof: Proof | Mapping[str, Any], root: str) -> bool:
    """Whether the proof leads from a leaf hash to the root (RFC 9162, 2.1.3.2); False for any rubbish."""
    found = proof.public() if isinstance(proof, Proof) else proof
    try:
        index, size, path = found["index"], found["size"], [bytes.fromhex(step) for step in found["path"]]
    except (KeyError, TypeError, ValueError):
        return False
    if not all(type(number) is int for number in (index, size)) or not 0 <= index < size:
        return False
    if any(len(step) != 32 for step in path):
        return False
    position, last, value = index, size - 1, hashed
    for sibling in path:
        if last == 0:
            return False
        if position % 2 or position == last:
            value = node_hash(sibling, value)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and value.hex() == root


def salt_of(key: str, index: int) -> str:
    """Salt of row ``index``: HMAC-SHA256 under the key of the bulk change (hexadecimal), 32 digits; "" without a key.

    A proof shows hashes of other rows; without their salts nobody can guess a row with few possible contents.
    """
    if not key:
        return ""
    return hmac.new(bytes.fromhex(key), str(index).encode(), hashlib.sha256).hexdigest()[:32]


def row_hash(row: Any, key: str, index: int) -> bytes:
    """Leaf hash of a row at its place; of a row without a canonical form it is empty and equals none."""
    try:
        return leaf_hash(row_leaf(row, salt_of(key, index)))
    except ValueError:
        return b""


def verify_rows(rows: Sequence[Any], key: str, recorded: Sequence[bytes], root: str) -> RowBreak | None:
    """Compare rows as they are now with the recorded leaf hashes, and these with the root; name the first break.

    A row that is gone, put in or moved is told apart from an edited one by looking at which other place it fits.
    """
    if root_of_hashes(recorded) != root:
        return RowBreak(0, "rows")
    for at, (row, wanted) in enumerate(zip(rows, recorded, strict=False)):
        if row_hash(row, key, at) == wanted:
            continue
        found_later = any(row_hash(other, key, at) == wanted for other in rows[at + 1 :])
        belongs_later = any(row_hash(row, key, at + 1 + n) == other for n, other in enumerate(recorded[at + 1 :]))
        if found_later:
            return RowBreak(at + 1, "reordered" if belongs_later else "inserted")
        return RowBreak(at + 1, "deleted" if belongs_later else "edited")
    if len(rows) == len(recorded):
        return None
    return RowBreak(min(len(rows), len(recorded)) + 1, "truncated" if len(rows) < len(recorded) else "inserted")


def _well_formed(link: Mapping[str, Any]) -> bool:
    """Whether a link has its five fields in their types."""
    return (
        isinstance(link.get("seq"), int)
        and not isinstance(link.get("seq"), bool)
        and all(isinstance(link.get(field), str) for field in ("time", "content", "prev", "digest"))
    )


def _own_content_agrees(link: Mapping[str, Any]) -> bool:
    """Whether the event, where it is shown, is the one the link speaks of."""
    if "event" not in link:
        return True
    event = link["event"]
    try:
        return isinstance(event, Mapping) and content_digest(event) == link["content"] and event["time"] == link["time"]
    except (ValueError, KeyError, UnicodeEncodeError):
        return False


def _own_digest_agrees(link: Mapping[str, Any]) -> bool:
    """Whether the link has the digest of its own fields; text that cannot be encoded has none."""
    try:
        return link_digest(link) == str(link["digest"])
    except ValueError:
        return False


def _own_rows_agree(link: Mapping[str, Any]) -> bool:
    """Whether the leaf hashes of a bulk change, where they are shown, give the root its event names."""
    if "leaves" not in link:
        return True
    try:
        hashes = split_hashes(link["leaves"])
        return bool(len(hashes) == link["event"]["rows"] and root_of_hashes(hashes) == link["event"]["after"])
    except (ValueError, KeyError, TypeError):
        return False


def split_hashes(text: str) -> list[bytes]:
    """Leaf hashes from one hexadecimal text; raises ValueError where it is none."""
    stored = bytes.fromhex(text)
    if len(stored) % 32:
        raise ValueError("leaf hashes have 32 bytes each")
    return [stored[at : at + 32] for at in range(0, len(stored), 32)]


def verify_chain(
    links: Iterable[Mapping[str, Any]],
    heads: Iterable[Mapping[str, Any]] = (),
    *,
    start: int = 1,
    prev: str = GENESIS,
) -> Verdict:
    """Check links in the order given and name the first that is broken.

    Args:
        links: mappings with ``seq``, ``time``, ``content``, ``prev``, ``digest`` and, for an auditor, ``event``.
        heads: published heads with ``seq`` and ``digest``; the chain must reach and equal each of them.
        start, prev: where a part of a longer chain begins (number of its first link, digest before it).
    """
    given = list(links)
    published = {int(head["seq"]): str(head["digest"]) for head in heads if int(head["seq"]) >= start}
    last = start - 1

    def broken(seq: int, position: int, kind: str) -> Verdict:
        return Verdict(position - 1, last, prev, Break(seq, position, kind))

    for position, link in enumerate(given, start=1):
        expected = last + 1
        if not _well_formed(link):
            return broken(expected, position, "malformed")
        seq = int(link["seq"])
        if seq != expected:
            if seq < expected:
                return broken(seq, position, "inserted")
            later = any(other.get("seq") == expected for other in given[position:])
            return broken(expected, position, "reordered" if later else "deleted")
        if not (_own_content_agrees(link) and _own_digest_agrees(link)):
            return broken(seq, position, "edited")
        if link["prev"] != prev:
            return broken(seq, position, "relinked")
        if not _own_rows_agree(link):
            return broken(seq, position, "rows")
        if published.get(seq, link["digest"]) != link["digest"]:
            return broken(seq, position, "rewritten")
        last, prev = seq, str(link["digest"])
    if published and max(published) > last:
        return broken(last + 1, len(given) + 1, "truncated")
    return Verdict(len(given), last, prev, None)


def utc_text(moment: datetime) -> str:
    """A moment as the chain writes it: UTC, microseconds, ``2026-11-24T04:06:46.123456Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Links of an exported chain; raises ValueError with the line that cannot be read."""
    with path.open(encoding="utf-8-sig") as handle:
        for number, line in enumerate(handle, start=1):
            if not line.strip():
                continue
            try:
                link = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
            if not isinstance(link, dict):
                raise ValueError(f"{path.name}:{number}: not a JSON object")
            if "notice" not in link:
                yield link


def read_sqlite(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sealed links and published heads of a Kechuang database, opened read-only."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT * FROM audit_auditevent WHERE seq IS NOT NULL ORDER BY seq, id").fetchall()
        heads = database.execute("SELECT seq, digest FROM audit_chainhead ORDER BY seq").fetchall()
        known = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_bulkrows'").fetchone()
        leaves = dict(database.execute("SELECT event_id, hashes FROM audit_bulkrows").fetchall()) if known else {}
    links = []
    for row in rows:
        event = {column.replace("public_id", "id"): row[column] for column in EVENT_COLUMNS}
        event["time"] = utc_text(datetime.fromisoformat(row["time"]).replace(tzinfo=UTC))
        link = {field: row[field] for field in ("seq", "content", "prev", "digest")}
        columns = row.keys()  # older databases lack the later ones
        if "behalf_id" in columns and row["behalf_id"]:
            event["behalf_id"] = row["behalf_id"]
        if "rows" in columns and row["rows"] is not None:
            event["rows"] = row["rows"]
            link["leaves"] = bytes(leaves.get(row["id"], b"")).hex()
        links.append(link | {"time": event["time"], "event": event})
    return links, [dict(head) for head in heads]


def load(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Links and heads of a file, by what its first bytes say it is."""
    with path.open("rb") as handle:
        if handle.read(16) == b"SQLite format 3\x00":
            return read_sqlite(path)
    return list(read_jsonl(path)), []


def event_is_in_chain(document: Mapping[str, Any], links: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the event of a proof is the one its link speaks of, and that link stands in the chain."""
    link = document["link"]
    stored = next((other for other in links if other.get("seq") == link["seq"]), None)
    shown = {field: link[field] for field in (*LINK_FIELDS, "digest")}
    agrees = _own_content_agrees(link | {"event": document["event"]}) and _own_digest_agrees(link)
    return agrees and stored is not None and {field: stored.get(field) for field in shown} == shown


def check_row(document: Mapping[str, Any], links: Iterable[Mapping[str, Any]]) -> tuple[bool, str, str]:
    """Whether a row belongs to the bulk change of its proof; with the finding in Chinese and English.

    Raises:
        ValueError, KeyError: the proof lacks something, for instance the row.
    """
    event, number = document["event"], int(document["index"]) + 1
    if not event_is_in_chain(document, links):
        return False, "证明里的记录不在这条链上。", "The event of this proof is not in the chain."
    proved = document["size"] == event["rows"] and verify_proof(
        leaf_hash(row_leaf(document["row"], document["salt"])), document, event["after"]
    )
    if proved:
        zh = f"属实：它是第 {document['link']['seq']} 条记录的第 {number} 行（共 {event['rows']} 行）。"
        return True, zh, f"True: it is row {number} of {event['rows']} of the event at link {document['link']['seq']}."
    zh = f"不属实：它不是第 {document['link']['seq']} 条记录的第 {number} 行，或被改过。"
    return (
        False,
        zh,
        f"Not true: it is not row {number} of the event at link {document['link']['seq']}, or was changed.",
    )


def check_bulk(document: Mapping[str, Any], links: Iterable[Mapping[str, Any]]) -> tuple[bool, str, str]:
    """Whether the ``rows`` of the document are all rows of the bulk change, unchanged and in order."""
    if not event_is_in_chain(document, links):
        return False, "文件里的记录不在这条链上。", "The event of this file is not in the chain."
    broken = verify_rows(
        document["rows"], document["key"], split_hashes(document["leaves"]), document["event"]["after"]
    )
    if broken:
        return False, broken.text("zh"), broken.text("en")
    count = len(document["rows"])
    return True, f"{count} 行全部与记录一致。", f"All {count} rows are as they were recorded."


def main(argv: list[str] | None = None) -> int:
    """Command line; the finding goes to stdout, complaints to stderr."""
    parser = argparse.ArgumentParser(prog="verify_audit", description="检查审计链 / check an audit chain")
    parser.add_argument("file", type=Path, help="导出的 .jsonl 或 SQLite 数据库 / exported .jsonl or SQLite database")
    parser.add_argument("--heads", type=Path, help="公布的链头 heads.json / published heads")
    parser.add_argument("--start", type=int, default=1, help="只有一段时第一条的序号 / first number of a part")
    parser.add_argument("--prev", default=GENESIS, help="第一条之前的摘要 / digest before a part")
    parser.add_argument("--lang", choices=("zh", "en", "both"), default="both")
    parser.add_argument("--row", type=Path, metavar="PROOF", help="验一行：proof.json / check one row")
    parser.add_argument("--bulk", type=Path, metavar="BULK", help="验一批：bulk.json 加 rows / check all rows")
    parser.add_argument("--json", action="store_true", help="结果写成 JSON / print the finding as JSON")
    options = parser.parse_args(argv)
    try:
        links, heads = load(options.file)
        if options.heads:
            heads += json.loads(options.heads.read_text(encoding="utf-8"))["heads"]
        verdict = verify_chain(links, heads, start=options.start, prev=options.prev)
        more = [
            check(json.loads(path.read_text(encoding="utf-8")), links)
            for path, check in ((options.row, check_row), (options.bulk, check_bulk))
            if path
        ]
    except KeyError as error:
        sys.stderr.write(f"缺字段 / a field is missing: {error}\n")
        return 2
    except (OSError, ValueError, TypeError, sqlite3.Error) as error:
        sys.stderr.write(f"读不了 / cannot read {options.file}: {error}\n")
        return 2
    if options.json:
        finding = {"ok": verdict.ok, "checked": verdict.checked, "last_seq": verdict.last_seq, "head": verdict.head}
        if verdict.broken:
            first = verdict.broken
            finding |= {"broken_at": first.seq, "position": first.position, "kind": first.kind}
        if more:
            finding["rows"] = [{"ok": ok, "zh": zh, "en": en} for ok, zh, en in more]
        sys.stdout.write(json.dumps(finding, ensure_ascii=False) + "\n")
    else:
        for language in ("zh", "en") if options.lang == "both" else (options.lang,):
            sys.stdout.write(verdict.text(language) + "\n")
            for _, zh, en in more:
                sys.stdout.write((en if language == "en" else zh) + "\n")
    return 0 if verdict.ok and all(ok for ok, _, _ in more) else 1


if __name__ == "__main__":
    sys.exit(main())

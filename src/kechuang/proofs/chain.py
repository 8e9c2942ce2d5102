"""Making a hash chain. Checking it is the work of ``verify_audit``, which stands alone and defines the digests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.proofs.verify_audit import (
    GENESIS,
    Break,
    Verdict,
    canonical_json,
    content_digest,
    link_digest,
    sha256_hex,
    utc_text,
    verify_chain,
)

__all__ = [
    "GENESIS", "Break", "Link", "Verdict", "canonical_json", "chain", "content_digest", "digest_of", "extend",
    "link_digest", "sha256_hex", "utc_text", "verify_chain",
]  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One link: number from 1, moment (``utc_text``), digest of the event, digest of the link before, own digest."""

    seq: int
    time: str
    content: str
    prev: str
    digest: str

    def public(self) -> dict[str, Any]:
        """The link as everybody may see it: digests, no event."""
        return {"seq": self.seq, "time": self.time, "content": self.content, "prev": self.prev, "digest": self.digest}


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of any value, for instance of a record before and after a change."""
    return sha256_hex(canonical_json(value))


def extend(seq: int, prev: str, event: Mapping[str, Any]) -> Link:
    """Link number ``seq``: joins ``event`` (which must have a ``time``) to the link with digest ``prev``."""
    content = content_digest(event)
    fields = {"seq": seq, "time": str(event["time"]), "content": content, "prev": prev}
    return Link(seq, str(event["time"]), content, prev, link_digest(fields))


def chain(events: Iterable[Mapping[str, Any]], *, start: int = 1, prev: str = GENESIS) -> list[Link]:
    """Chain events in the order given, from number ``start`` on, after the link with digest ``prev``."""
    links: list[Link] = []
    for seq, event in enumerate(events, start=start):
        links.append(extend(seq, links[-1].digest if links else prev, event))
    return links

"""Tampering with a copy of the chain, to see that the verifier names the place. Nothing here touches the real chain."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.proofs.chain import GENESIS, Verdict, chain, extend, verify_chain
from kechuang.web.audit.domain.queries import recent_copy
from kechuang.web.core.errors import UserError

LENGTH = 10
Records = list[dict[str, Any]]


class How(models.TextChoices):
    """Ways to tamper, from clumsy to clever."""

    EDIT = "edit", _("改这一条的结果")
    REPAIR = "repair", _("改这一条，再把它自己的摘要也改对")
    DELETE = "delete", _("删掉这一条")
    INSERT = "insert", _("在这一条后面塞进一条假的")
    SWAP = "swap", _("和后一条调换顺序")
    CUT = "cut", _("从这一条起全部砍掉")
    REWRITE = "rewrite", _("改这一条，再把后面整条链重算一遍")


@dataclass(frozen=True)
class Sandbox:
    """A copy to tamper with: its links, where it begins, and whether it is made of example events."""

    records: Records
    start: int
    prev: str
    example: bool

    @property
    def last(self) -> int:
        """Number of the last link."""
        return self.start + len(self.records) - 1


@dataclass(frozen=True)
class Outcome:
    """What the verifier says of the copy that was tampered with."""

    records: Records
    verdict: Verdict
    how: How
    seq: int


def sandbox(upto: int | None = None) -> Sandbox:
    """A copy of the last links of the real chain; example events where the chain is still too short."""
    records = recent_copy(LENGTH, upto)
    if len(records) >= 3:
        return Sandbox(records, records[0]["seq"], records[0]["prev"], example=False)
    actions = ("policy.apply", "account.login", "policy.attach", "entitlements.run", "account.logout")
    events = [
        {
            "id": f"DEMO{number}",
            "time": f"2026-11-24T01:{number:02}:00.000000Z",
            "action": action,
            "object_kind": "demo",
            "object_id": f"演示-{number}",
            "result": "ok",
            "nonce": f"{number:032x}",
        }
        for number, action in enumerate(actions, start=1)
    ]
    links = [link.public() | {"event": event} for link, event in zip(chain(events), events, strict=True)]
    return Sandbox(links, 1, GENESIS, example=True)


def _forged(event: dict[str, Any]) -> dict[str, Any]:
    """The same event with another result, as somebody who wants to hide a refusal would write it."""
    return event | {"result": "refused" if event["result"] == "ok" else "ok"}


def tamper(box: Sandbox, how: How, seq: int) -> Outcome:
    """Tamper with link ``seq`` of the copy and let the verifier look for it.

    Raises:
        UserError: the copy has no such link.
    """
    if not box.start <= seq <= box.last:
        raise UserError(
            f"副本里没有第 {seq} 条，请选 {box.start} 到 {box.last}。",
            f"The copy has no link {seq}; choose one from {box.start} to {box.last}.",
            field="seq",
        )
    records = copy.deepcopy(box.records)
    at = seq - box.start
    here = records[at]
    if how == How.EDIT:
        here["event"] = _forged(here["event"])
    elif how == How.REPAIR:
        event = _forged(here["event"])
        records[at] = extend(seq, here["prev"], event).public() | {"event": event}
    elif how == How.DELETE:
        del records[at]
    elif how == How.INSERT:
        event = here["event"] | {"id": "FORGED", "result": "ok"}
        records.insert(at + 1, extend(seq, here["digest"], event).public() | {"event": event})
    elif how == How.SWAP:
        other = min(at + 1, len(records) - 1)
        records[at], records[other] = records[other], records[at]
    elif how == How.CUT:
        del records[at:]
    else:
        events = [record["event"] for record in records]
        events[at] = _forged(events[at])
        links = chain(events[at:], start=seq, prev=here["prev"])
        records[at:] = [link.public() | {"event": event} for link, event in zip(links, events[at:], strict=True)]
    heads = [{"seq": box.last, "digest": box.records[-1]["digest"]}]
    return Outcome(records, verify_chain(records, heads, start=box.start, prev=box.prev), how, seq)

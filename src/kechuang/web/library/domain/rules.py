"""The rule that an item makes: proposed, compiled, and computed, without waiting for an export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kechuang.citypack import draftrules
from kechuang.citypack.compile import Rules, compile_pack
from kechuang.citypack.draftfacts import FactBook
from kechuang.citypack.drafting import Draft as PackDraft
from kechuang.citypack.drafting import assemble
from kechuang.citypack.draftrecords import Head, Item
from kechuang.measures import check_measure
from kechuang.web.core.errors import UserError
from kechuang.web.library.domain import reader
from kechuang.web.library.enums import ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem, SourceDocument


@dataclass(frozen=True)
class Proposal:
    """What a card shows of a measure: how much in words, the expression, the tests, what is open."""

    words: dict[str, str]
    amount: str | None
    amount_is: str
    tests: tuple[str, ...]
    questions: tuple[dict[str, str], ...]


def proposal(item: DraftItem) -> Proposal:
    """The rule of a measure item, for showing."""
    rule = draftrules.rule_of(item.fields, str(item.start), item.clause, FactBook())
    return Proposal(draftrules.in_words(item.fields), rule.amount, rule.amount_is, tuple(t.test for t in rule.tests),
                    tuple(a["question"] for a in rule.ambiguities))  # fmt: skip


def head_of(document: SourceDocument) -> Head:
    """What the pack says of the document and its city."""
    name = f"doc-{document.public_id.lower()[-10:]}"
    return Head(document_id=name, city_id=name, city_zh=document.city or None, number=document.number or None,
                title=document.title, issuer=document.issuer or None, issued=document.issued)  # fmt: skip


def pack_item(item: DraftItem) -> Item:
    """An item as drafting takes it; only what is settled counts as confirmed."""
    return Item(item.kind, item.start, item.end, item.clause, item.fields, "confirmed" if item.settled else "draft")


def drafted(document: SourceDocument, items: Iterable[DraftItem], cases: bool = False) -> PackDraft:
    """The pack that items make. Raises ``UserError`` when a record cannot be made from its fields."""
    try:
        return assemble(reader.read_document(document), [pack_item(item) for item in items], head_of(document), cases)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"这样写不成一条记录：{place}：{first['msg']}", f"This makes no valid record: {place}: {first['msg']}",
                        code="bad_record") from error  # fmt: skip


def refuse_faulty(item: DraftItem) -> None:
    """Raise ``UserError`` when the record or the rule of an item is not sound; does nothing otherwise."""
    if item.status == ItemStatus.REJECTED:
        return
    made = drafted(item.draft.document, [item])
    if made.unplaced:
        raise UserError("这一处不在任何一句话里，不能成为条目。", "This stretch lies in no sentence and cannot be an item.",
                        code="no_sentence")  # fmt: skip
    if item.kind != ItemKind.MEASURE:
        return
    compiled: Rules = compile_pack(made.pack)
    for rule in compiled.measures.values():
        faults: list[Any] = list(check_measure(rule, compiled.catalogue))
        if faults:
            raise UserError(f"算式有误：{faults[0].zh}", f"The rule has a fault: {faults[0].en}", code="bad_rule")

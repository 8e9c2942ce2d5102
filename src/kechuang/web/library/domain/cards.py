"""What the card of an item says: its title, its rows, what a person may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.citypack.draftrules import KIND_WORDS, in_words, number
from kechuang.citypack.draftstatements import STATEMENT_WORDS
from kechuang.citypack.instruments import name_of, propose
from kechuang.web.accounts.access import same_hands
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.library.domain import paper, rules
from kechuang.web.library.enums import ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem

_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "~": "≈"}


@dataclass(frozen=True)
class Card:
    """An item as the page shows it. ``pill`` is the tint of its status."""

    item: DraftItem
    number: int
    label: str
    style: str
    title: str
    rows: tuple[tuple[str, str], ...]
    proposal: rules.Proposal | None
    pill: str
    status: str
    can_second: bool

    @property
    def anchor(self) -> str:
        """The element's id."""
        return f"i{self.item.pk}"


def title_of(item: DraftItem) -> str:
    """A person's title, else one made from the fields."""
    own = item.fields.get("title")
    language = "en" if is_english() else "zh"
    if isinstance(own, Mapping) and own.get(language):
        return str(own[language])
    if item.kind == ItemKind.MEASURE:
        kind = KIND_WORDS.get(str(item.fields.get("kind")), KIND_WORDS["other"])[1 if is_english() else 0]
        who = str(item.fields.get("beneficiary") or "")
        return f"{who}{': ' if is_english() else '：'}{kind}" if who else kind
    if item.kind == ItemKind.TARGET:
        return str(item.fields.get("indicator") or _("没有写指标"))
    if item.kind == ItemKind.REFERENCE:
        name = str(own or "")
        return f"《{name}》" if name else str(item.fields.get("number") or _("没有写文件名"))
    if item.kind == ItemKind.STATEMENT:
        return STATEMENT_WORDS.get(str(item.fields.get("kind")), STATEMENT_WORDS["background"])[
            1 if is_english() else 0
        ]
    parts = [str(item.fields.get(key) or "") for key in ("actor", "action", "object")]
    return "".join(parts)[:60] or _("没有写任务")


def value_of(fields: Mapping[str, Any]) -> str:
    """The figure of a target as people write it."""
    value, top = number(fields.get("value")), number(fields.get("value_max"))
    if value is None:
        return ""
    sign = _SIGNS.get(str(fields.get("comparator") or "="), "")
    span = f"–{top.normalize():,f}" if top is not None else ""
    return f"{sign} {value.normalize():,f}{span} {fields.get('unit') or ''}".strip()


def instrument_of(item: DraftItem) -> str:
    """The instrument code of a measure with its name, how sure it is and why; or that it is open."""
    made = propose(item.fields, item.quote)
    why = made.en if is_english() else made.zh
    if made.code is None:
        return _("待定：%(why)s") % {"why": why}
    name = name_of(made.code)[1 if is_english() else 0]
    return _("%(code)s %(name)s（把握 %(sure)s：%(why)s）") % {
        "code": made.code, "name": name, "sure": f"{made.confidence * 100:.0f}%", "why": why,
    }  # fmt: skip


def deadline_of(fields: Mapping[str, Any]) -> str:
    """The deadline; a relative one with the words of the text, or those words alone where they come to no date."""
    date, words = str(fields.get("deadline") or ""), str(fields.get("deadline_words") or "")
    if date and words:
        return f"{date} (“{words}”)" if is_english() else f"{date}（“{words}”）"
    return date or (f"“{words}”" if words else "")


def rows_of(item: DraftItem) -> tuple[tuple[str, str], ...]:
    """Label and value of what the item says; empty values are left out."""
    fields = item.fields
    if item.kind == ItemKind.MEASURE:
        words = in_words(fields)
        rows = [(_("受益对象"), fields.get("beneficiary")), (_("条件"), fields.get("condition")),
                (_("金额"), words["en" if is_english() else "zh"]), (_("封顶按"), fields.get("cap_period")),
                (_("金额看"), fields.get("refers_to")), (_("政策工具"), instrument_of(item))]  # fmt: skip
    elif item.kind == ItemKind.TARGET:
        rows = [(_("哪个指标"), fields.get("indicator")), (_("值"), value_of(fields)), (_("完成期限"), deadline_of(fields)),
                (_("相比"), fields.get("baseline_or_growth"))]  # fmt: skip
    elif item.kind == ItemKind.REFERENCE:
        rows = [(_("文件名"), fields.get("title")), (_("文号"), fields.get("number"))]
    elif item.kind == ItemKind.STATEMENT:
        reason = fields.get("reason")
        said: Mapping[str, Any] = reason if isinstance(reason, Mapping) else {}
        rows = [(_("理由"), said.get("en" if is_english() else "zh")), (_("句子"), "".join(item.quote.split())[:80])]
    else:
        rows = [(_("谁"), fields.get("actor")), (_("做什么"), f"{fields.get('action') or ''}{fields.get('object') or ''}"),
                (_("完成期限"), deadline_of(fields))]  # fmt: skip
    return tuple((label, str(value)) for label, value in rows if value)


def status_of(item: DraftItem) -> tuple[str, str]:
    """The tint and the words of an item's status."""
    if item.settled:
        return "ok", _("已确认")
    if item.waits_for_second:
        return "warn", _("等第二人确认")
    tint = {ItemStatus.STALE: "miss", ItemStatus.REJECTED: ""}.get(ItemStatus(item.status), "warn")
    return tint, str(ItemStatus(item.status).label)


def card(item: DraftItem, number_: int, label: str, user: Any) -> Card:
    """The card of one item for one person."""
    pill, status = status_of(item)
    made = rules.proposal(item) if item.kind == ItemKind.MEASURE and item.status != ItemStatus.REJECTED else None
    can_second = item.waits_for_second and not same_hands(user, item.confirmed_by_id, item.confirmed_at)
    return Card(
        item, number_, label, paper.STYLES[item.kind], title_of(item), rows_of(item), made, pill, status, can_second
    )


def cards(
    items: Sequence[DraftItem], labels: Mapping[str, str], user: Any, shown: Sequence[DraftItem] | None = None
) -> list[Card]:
    """The cards of a document in the order of the text, or those of ``shown`` in its order; numbers count all items."""
    numbered = paper.numbers(items)
    return [
        card(item, numbered[item.pk], labels.get(item.clause, item.clause), user)
        for item in (items if shown is None else shown)
    ]


@dataclass(frozen=True)
class Progress:
    """How far review is: decided for good (confirmed by all it needs, or rejected) of all."""

    done: int
    total: int
    waiting: int
    stale: int

    @property
    def left(self) -> int:
        """Items that still need a decision."""
        return self.total - self.done


def progress(items: Sequence[DraftItem]) -> Progress:
    """Progress over all items of a draft."""
    done = sum(1 for item in items if item.settled or item.status == ItemStatus.REJECTED)
    return Progress(done, len(items), sum(1 for item in items if item.waits_for_second),
                    sum(1 for item in items if item.status == ItemStatus.STALE))  # fmt: skip

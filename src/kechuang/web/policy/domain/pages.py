"""What the pages of the policy app show, gathered from the release in force."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.citypack import models as pack_models
from kechuang.web.policy.domain import days, queries
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.policy.domain.structure import Coverage, Item, Place
from kechuang.web.policy.models import ReleaseItem, Term


@dataclass(frozen=True)
class DocumentRow:
    """A document in the list."""

    document: pack_models.Document
    coverage: Coverage
    attached: bool


@dataclass(frozen=True)
class SentenceView:
    """A sentence on its clause page: what it became, and the official text when it may be shown."""

    place: Place
    items: list[Item]
    official: str | None


@dataclass(frozen=True)
class ParagraphView:
    """A paragraph on its clause page."""

    number: int
    paragraph: pack_models.Paragraph
    sentences: list[SentenceView]


def document_rows(release: LoadedRelease) -> list[DocumentRow]:
    """All documents with coverage and whether their text is attached."""
    return [
        DocumentRow(document, release.index.coverage(document), queries.attached(document.id) is not None)
        for document in release.pack.documents
    ]


def measures_of(release: LoadedRelease, document: pack_models.Document) -> list[pack_models.Measure]:
    """Measures that come from a document, in the order of its text."""
    index = release.index
    order = {(place.paragraph.id, place.sentence.n): n for n, place in enumerate(index.places(document.id))}
    found = [m for m in release.pack.measures if index.document_id(m.source) == document.id]
    return sorted(found, key=lambda m: order.get((m.source.clause, m.source.span), len(order)))


def tally(measures: list[pack_models.Measure]) -> dict[str, int]:
    """How many measures are complete, delegated, unstated or not money, and how many have an open question."""
    money = [m for m in measures if m.kind == "money"]
    count = {kind: sum(m.amount_is == kind for m in money) for kind in ("stated", "delegated", "unstated")}
    count["other"] = len(measures) - len(money)
    count["open"] = sum(any(a.chosen is None for a in m.ambiguities) for m in measures)
    return count


def document_page(release: LoadedRelease, document: pack_models.Document) -> dict[str, Any]:
    """The context of a document's page."""
    index = release.index
    measures = measures_of(release, document)
    attached = queries.attached(document.id)
    return {
        "release": release,
        "document": document,
        "coverage": index.coverage(document),
        "metadata": [field for field in document.metadata if field.value != document.number],
        "tree": index.tree(document),
        "measures": measures,
        "tally": tally(measures),
        "attached": attached,
        "differing": differing(release, document, attached),
    }


def differing(
    release: LoadedRelease, document: pack_models.Document, attached: queries.Attached | None
) -> list[pack_models.Clause]:
    """The clauses with a sentence whose attached text does not have the registered hash."""
    if attached is None:
        return []
    found = {p.clause.id: p.clause for p in release.index.places(document.id) if attached.sentence(p) is None}
    return list(found.values())


def clause_page(release: LoadedRelease, document: pack_models.Document, clause: pack_models.Clause) -> dict[str, Any]:
    """The context of a clause's page."""
    index = release.index
    attached = queries.attached(document.id)
    paragraphs = []
    shown = agreed = 0
    for number, paragraph in enumerate(clause.paragraphs, 1):
        views = []
        for sentence in paragraph.sentences:
            place = Place(document, clause, paragraph, sentence)
            official = attached.sentence(place) if attached else None
            shown += 1
            agreed += official is not None
            views.append(SentenceView(place, index.items_of(sentence), official))
        paragraphs.append(ParagraphView(number, paragraph, views))
    order = [c for c in document.clauses if c.paragraphs]
    at = next((i for i, c in enumerate(order) if c.id == clause.id), None)
    items = index.clause_items(clause)
    return {
        "release": release,
        "document": document,
        "clause": clause,
        "parent": index.clause(document.id, clause.parent) if clause.parent else None,
        "children": [c for c in document.clauses if c.parent == clause.id],
        "paragraphs": paragraphs,
        "counts": index.counts(clause),
        "items": items,
        "measures": [item.record for item in items if item.kind == "measure"],
        "tree": index.tree(document),
        "attached": attached,
        "official": {"sentences": shown, "agreed": agreed, "all": shown == agreed},
        "previous": order[at - 1] if at else None,
        "following": order[at + 1] if at is not None and at + 1 < len(order) else None,
    }


def day_page(release: LoadedRelease, day: dt.date) -> dict[str, Any]:
    """The context of the page of one day: what applied, and when it changes next."""
    changes = days.changes(release)
    measures = days.measures_on(release, day)
    digest = queries.digest_on(day)
    return {
        "release": release,
        "day": day,
        "documents": days.documents_on(release, day),
        "measures": measures,
        "applying": sum(row.applies for row in measures),
        "changes": changes,
        "years": _years(changes, day),
        "last_change": max((c.day for c in changes if c.day <= day), default=None),
        "next_change": min((c.day for c in changes if c.day > day), default=None),
        "release_on": queries.release(digest) if digest else None,
    }


def _years(changes: list[days.Change], day: dt.date) -> list[tuple[int, dt.date, bool]]:
    """The years to step through, each with its last day, and whether it is the year of ``day``."""
    present = timezone.localdate().year
    first = min([present, day.year, *(change.day.year for change in changes if change.day.year >= present - 40)])
    last = max([present, day.year, *(change.day.year for change in changes if change.day.year <= present + 10)])
    return [(year, dt.date(year, 12, 31), year == day.year) for year in range(max(first, last - 30), last + 1)]


def terms() -> list[Term]:
    """All terms of releases, newest first."""
    return list(
        Term.objects.select_related("release", "release__applied_by").defer("release__content").order_by("-since")
    )


KIND_NAMES = {
    "city": _("城市"),
    "region": _("区划"),
    "department": _("部门"),
    "document": _("文件"),
    "fact": _("事实"),
    "indicator": _("指标"),
    "industry": _("产业"),
    "target": _("目标"),
    "measure": _("措施"),
    "task": _("任务"),
    "service": _("服务"),
    "source": _("数据来源"),
}


@dataclass(frozen=True)
class ItemChange:
    """An item that a release added, changed or removed."""

    action: str
    kind: str
    item: str


def release_page(digest: str) -> dict[str, Any]:
    """The context of a release's page: its terms, what it holds, what changed against the one before it."""
    shown = queries.release(digest)
    own = list(Term.objects.filter(release_id=digest))
    before = Term.objects.filter(since__lt=own[0].since).order_by("-since").first() if own else None
    items = _items(digest)
    counts = Counter(kind for kind, _item in items)
    return {
        "release": queries.current_release(),
        "shown": shown,
        "terms": own,
        "counts": [(KIND_NAMES[kind], counts[kind]) for kind in KIND_NAMES if counts[kind]],
        "previous": before.release if before else None,
        "changes": _differences(_items(before.release_id), items) if before else [],
    }


def _items(digest: str) -> dict[tuple[str, str], str]:
    rows = ReleaseItem.objects.filter(release_id=digest).order_by("id").values_list("kind", "item_id", "digest")
    return {(kind, item): value for kind, item, value in rows}


def _differences(old: dict[tuple[str, str], str], new: dict[tuple[str, str], str]) -> list[ItemChange]:
    found = [("change" if key in old else "add", key) for key, value in new.items() if old.get(key) != value]
    found += [("remove", key) for key in old if key not in new]
    return [ItemChange(action, str(KIND_NAMES.get(kind, kind)), item) for action, (kind, item) in found]

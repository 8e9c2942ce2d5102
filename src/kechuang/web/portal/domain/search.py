"""Search over the content of the policy: what is found, and the index that finds it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from kechuang.citypack import models as pack_models
from kechuang.retrieval import Entry, Index, Results, build
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.queries import LoadedRelease
from kechuang.web.policy.models import OfficialText

KINDS = ("measure", "service", "target", "task", "industry", "indicator", "clause", "text")
CONTENT = "2"
"""What goes into an entry; another number makes every index anew after an upgrade."""
PER_PAGE = 20
MAX_PAGE = 50

_open: dict[str, Index] = {}
_lock = threading.Lock()


def _texts(title: pack_models.Text, *body: pack_models.Text | None) -> dict[str, tuple[str, str]]:
    said = [text for text in body if text is not None]
    return {
        "zh": (title.zh, " · ".join(text.zh for text in said)),
        "en": (title.en, " · ".join(text.en for text in said)),
    }


def _items(release: LoadedRelease) -> Iterator[Entry]:
    """Measures, services, targets, tasks, industries and indicators of a release."""
    names = {record.id: record.name for record in release.pack.indicators}
    departments = release.departments
    for record in release.pack.measures:
        who = [departments[role.id].name for role in record.departments if role.id in departments]
        texts = _texts(record.title, record.summary, record.beneficiary)
        yield Entry(record.id, "measure", texts, extra=" ".join(f"{name.zh} {name.en}" for name in who))
    for service in release.pack.services:
        yield Entry(service.id, "service", _texts(service.title, service.summary))
    for target in release.pack.targets:
        yield Entry(target.id, "target", _texts(target.title, names.get(target.indicator or ""), target.note))
    for task in release.pack.tasks:
        who = [departments[role.id].name for role in task.departments if role.id in departments]
        yield Entry(
            task.id, "task", _texts(task.title, task.action, task.evidence), extra=" ".join(name.zh for name in who)
        )
    for industry in release.pack.industries:
        yield Entry(industry.id, "industry", _texts(industry.name), extra=" ".join(industry.gbt4754 + industry.ipc))
    for indicator in release.pack.indicators:
        yield Entry(indicator.id, "indicator", _texts(indicator.name, indicator.definition))


def _clauses(release: LoadedRelease) -> Iterator[Entry]:
    """Our summary of every sentence, and the official sentence where a text that agrees is attached."""
    for document in release.pack.documents:
        attached = queries.attached(document.id)
        for place in release.index.places(document.id):
            ref = {"document": document.id, "place": place.key, "label": place.clause.label}
            name = f"{document.id}/{place.key}"
            title = place.clause.title
            texts = {
                "zh": (title.zh, place.sentence.summary.zh),
                "en": (title.en, place.sentence.summary.en),
            }
            yield Entry(name, "clause", texts, extra=place.clause.label, data=ref)
            official = attached.sentence(place) if attached else None
            if official:
                texts = {"zh": (title.zh, official), "en": (title.en, official)}
                yield Entry(f"text:{name}", "text", texts, extra=place.clause.label, data=ref)


def _entries(release: LoadedRelease) -> Iterator[Entry]:
    yield from _items(release)
    yield from _clauses(release)


def index_name(release: LoadedRelease) -> str:
    """What the index depends on: the release and the official texts attached. A change of either is a new index."""
    attached = OfficialText.objects.order_by("document_id", "-pk").values_list("document_id", "sha256", "pk")
    parts = [CONTENT, release.digest, *(f"{document}:{sha}:{pk}" for document, sha, pk in attached)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def index(release: LoadedRelease) -> Index:
    """The index of a release, made when it is first asked for."""
    name = index_name(release)
    with _lock:
        found = _open.get(name)
        if found is None or not found.path.is_dir():
            found = build(settings.INDEX_DIR, name, _entries(release))
            _open.clear()
            _open[name] = found
    return found


def search(release: LoadedRelease, text: str, kind: str = "", page: int = 1) -> Results:
    """One page of what answers ``text``; ``kind`` narrows it to one of :data:`KINDS`."""
    page = min(max(page, 1), MAX_PAGE)
    chosen = kind if kind in KINDS else None
    return index(release).search(text, KINDS, chosen, PER_PAGE, (page - 1) * PER_PAGE)


def page_count(results: Results) -> int:
    """How many pages the hits fill."""
    return min(MAX_PAGE, max(1, -(-results.total // PER_PAGE)))


def ids_of(results: Results) -> list[Any]:
    """The ids of the hits, in order."""
    return [hit.id for hit in results.hits]

"""REST API of policy content: releases, documents, clauses. Public; amounts are strings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from kechuang.citypack import models as pack_models
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.releases import LoadedRelease

router = Router(tags=["policy"])


def _dump(record: Any) -> dict[str, Any]:
    """A pack record as JSON; decimals and dates are strings."""
    result: dict[str, Any] = record.model_dump(mode="json", by_alias=True)
    return result


def _document(release: LoadedRelease, document: pack_models.Document) -> dict[str, Any]:
    """A document without its clauses."""
    coverage = release.index.coverage(document)
    return {
        **{key: value for key, value in _dump(document).items() if key != "clauses"},
        "release": release.digest,
        "clauses": len(document.clauses),
        "sentences": coverage.sentences,
        "coverage_percent": coverage.percent,
        "official_text_attached": queries.attached(document.id) is not None,
    }


def _clause(release: LoadedRelease, document: pack_models.Document, clause: pack_models.Clause) -> dict[str, Any]:
    """A clause with its sentences, what each became, and the official text where it is attached and agrees."""
    attached = queries.attached(document.id)
    body = _dump(clause)
    for paragraph in body["paragraphs"]:
        for sentence in paragraph["sentences"]:
            source = pack_models.Source(document=document.id, clause=paragraph["id"], span=sentence["n"])
            place = release.index.place(source)
            sentence["official_text"] = attached.sentence(place) if attached and place else None
    return {**body, "document": document.id, "release": release.digest}


@router.get("/release", summary="生效的城市包版本 / the release in force")
def release_in_force(request: HttpRequest) -> dict[str, Any]:
    """The release of the city pack that everything is computed with now."""
    release = queries.current_release()
    return {
        "digest": release.digest,
        "city": _dump(release.pack.city.name),
        "version": release.version,
        "applied_at": release.applied_at.isoformat(),
    }


@router.get("/documents", summary="文件 / documents")
def documents(request: HttpRequest) -> dict[str, Any]:
    """All policy documents."""
    release = queries.current_release()
    return {"items": [_document(release, document) for document in release.pack.documents]}


@router.get("/documents/{document_id}", summary="一份文件 / one document")
def document(request: HttpRequest, document_id: str) -> dict[str, Any]:
    """One document with the coverage of its sentences by kind."""
    release = queries.current_release()
    found = queries.document(release, document_id)
    rows = release.index.coverage(found).rows
    return {
        **_document(release, found),
        "coverage": [
            {"kind": row.kind, "items": row.items, "clauses": row.clauses, "sentences": row.sentences} for row in rows
        ],
    }


@router.get("/documents/{document_id}/clauses", summary="条款 / clauses")
def clauses(request: HttpRequest, document_id: str) -> dict[str, Any]:
    """The clauses of a document with the number of items of each kind."""
    release = queries.current_release()
    found = queries.document(release, document_id)
    return {
        "items": [
            {
                "id": clause.id,
                "label": clause.label,
                "title": _dump(clause.title),
                "level": clause.level,
                "parent": clause.parent,
                "counts": dict(release.index.counts(clause)),
            }
            for clause in found.clauses
        ]
    }


@router.get("/documents/{document_id}/clauses/{clause_id}", summary="一条 / one clause")
def clause(request: HttpRequest, document_id: str, clause_id: str) -> dict[str, Any]:
    """One clause, sentence by sentence: our summary, position, hash, what it became."""
    release = queries.current_release()
    found = queries.clause(release, document_id, clause_id)
    return _clause(release, queries.document(release, document_id), found)

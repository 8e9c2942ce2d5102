"""Records of official documents (``documents/ID.yaml``): structure and positions, described and pinned, never quoted."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kechuang.citypack.records import Record, Slug, Text


class Statement(Record):
    """Why a sentence becomes no item: it states background, a principle, a purpose …"""

    kind: Literal["background", "basis", "principle", "purpose", "vision", "formality"]
    reason: Text


class Sentence(Record):
    """One sentence of the official text, described and pinned, never quoted.

    ``start`` and ``end`` are character offsets in the text the record was made from. ``sha256`` is that of the
    sentence with all white space removed (see ``kechuang.reading.sentences.fingerprint``). ``becomes`` lists what
    the sentence turned into, as ``target:ID``, ``measure:ID``, ``task:ID``, ``service:ID`` or ``industry:ID``.
    """

    n: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    summary: Text
    becomes: list[str] = Field(default_factory=list)
    statement: Statement | None = None


class Paragraph(Record):
    """A paragraph of a clause: ``3.10.2`` is the second paragraph of clause ``3.10``."""

    id: str
    sentences: list[Sentence]


class Clause(Record):
    """A numbered heading (or the preamble) with its paragraphs. ``title`` is in our own words."""

    id: str
    label: str = Field(description="as cited, e.g. 三（十）")
    title: Text
    level: int = Field(ge=1, le=4)
    parent: str | None = None
    paragraphs: list[Paragraph] = Field(default_factory=list)


class MetadataField(Record):
    """One line of the document's information card; ``value`` null = empty on the source page."""

    name: Text
    value: str | None = None


class NamedDocument(Record):
    """Another document that the text names: by title, by number or both; ``clause`` is the paragraph that names it."""

    clause: str
    title: Text | None = None
    number: str | None = None


class Document(Record):
    """``documents/ID.yaml``: metadata and structure of one official document."""

    id: Slug
    number: str
    title: Text
    issuer: Text
    issued: dt.date
    effective_from: dt.date
    effective_to: dt.date | None = None
    validity: Literal["in_force", "to_be_verified", "repealed"] = "to_be_verified"
    source_title: str
    source_url: str | None = None
    metadata: list[MetadataField] = Field(default_factory=list)
    references: list[NamedDocument] = Field(default_factory=list)
    clauses: list[Clause]

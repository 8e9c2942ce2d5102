"""Search hits as a page shows them: address, marked title and excerpt in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.retrieval import Hit, Piece, Results, excerpt
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.policy.domain.queries import LoadedRelease
from kechuang.web.portal.domain import addresses

WIDTH = 110


@dataclass(frozen=True)
class Shown:
    """A hit on the page. ``label`` cites its clause; ``chinese`` says that the body is Chinese on an English page."""

    kind: str
    label: str
    url: str
    title: list[Piece]
    body: list[Piece]
    chinese: bool


def _address(release: LoadedRelease, hit: Hit) -> str:
    if hit.kind in ("clause", "text"):
        return addresses.sentence(release, hit.data["document"], hit.data["place"])
    return addresses.address(release, hit.kind, hit.id)


def shown(release: LoadedRelease, results: Results) -> list[Shown]:
    """The hits of a page, ready to be written."""
    language = "en" if is_english() else "zh"
    rows = []
    for hit in results.hits:
        title, body = hit.texts[language]
        rows.append(
            Shown(
                hit.kind,
                hit.data.get("label", ""),
                _address(release, hit),
                excerpt(title, results.asked, width=0),
                excerpt(body, results.asked, width=WIDTH if language == "zh" else 2 * WIDTH),
                language == "en" and hit.kind == "text",
            )
        )
    return rows

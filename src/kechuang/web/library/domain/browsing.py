"""Which items of a document a page shows: a shelf (open, confirmed, no item), a kind, one page of it, and the text beside.

A long document has hundreds of items. The page holds a bounded number of cards, and of a long text only the part those
cards stand in, so that it opens as fast as a short one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from kechuang.citypack.drafting import uncovered, unread
from kechuang.citypack.draftstatements import Unread
from kechuang.reading.model import Reading
from kechuang.web.library.domain import rules
from kechuang.web.library.enums import ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem

PER_PAGE = 30
REST_PER_PAGE = 20
#: A text up to this length is shown whole.
WHOLE = 12_000
_MARGIN = 400

_SHELVES: dict[str, Callable[[DraftItem], bool]] = {
    "open": lambda item: item.open or item.waits_for_second,
    "settled": lambda item: item.settled,
    "rejected": lambda item: item.status == ItemStatus.REJECTED,
}


@dataclass(frozen=True)
class Shelf:
    """One page of items: ``sizes`` counts the items of each shelf, ``window`` is the part of the text to show beside."""

    name: str
    kind: str
    page: Page[DraftItem]
    sizes: Mapping[str, int]
    kinds: Mapping[str, int]
    window: tuple[int, int] | None

    @property
    def place(self) -> str:
        """The query of the address that shows this page again."""
        return urlencode({"show": self.name, "kind": self.kind, "page": self.page.number})


def shelf(found: Reading, items: Sequence[DraftItem], asked: Mapping[str, str]) -> Shelf:
    """The page that an address asks for: ``show``, ``kind`` and ``page``; ``item`` asks for the page that item is on."""
    wanted = next((one for one in items if str(one.pk) == asked.get("item", "")), None)
    name, kind = asked.get("show", ""), asked.get("kind", "")
    if wanted is not None:
        name, kind = next(shown for shown, holds in _SHELVES.items() if holds(wanted)), ""
    name = name if name in _SHELVES else "open"
    kind = kind if kind in ItemKind.values else ""
    # What nobody has looked at stands first, what waits for the second person after it.
    listed = sorted(
        (one for one in items if _SHELVES[name](one) and kind in ("", one.kind)), key=lambda one: one.waits_for_second
    )
    pages = Paginator(listed, PER_PAGE)
    number = listed.index(wanted) // PER_PAGE + 1 if wanted is not None else asked.get("page") or 1
    page = pages.get_page(number)
    sizes = {shown: sum(1 for one in items if holds(one)) for shown, holds in _SHELVES.items()}
    live = Counter(one.kind for one in items if one.status != ItemStatus.REJECTED)
    kinds = {value: live[value] for value in ItemKind.values}
    return Shelf(name, kind, page, sizes, kinds, window(found, page.object_list))


def window(found: Reading, shown: Sequence[DraftItem]) -> tuple[int, int] | None:
    """The part of a long text that items stand in, with some of what is around; None: the whole text."""
    if len(found.text) <= WHOLE:
        return None
    if not shown:
        return 0, WHOLE
    start = max(0, min(one.start for one in shown) - _MARGIN)
    return start, min(len(found.text), max(one.end for one in shown) + _MARGIN, start + 3 * WHOLE)


@dataclass(frozen=True)
class Rest:
    """One page of the sentences that became no item: those with figures, or ``whole`` (also when none has figures)."""

    page: Page[Unread]
    figures: int
    everything: int
    whole: bool


def unread_of(found: Reading, items: Sequence[DraftItem], figures: bool) -> list[Unread]:
    """Sentences that became no item; with ``figures`` those with money or a percentage that no rule or target took up."""
    kept = [rules.pack_item(one) for one in items if one.status != ItemStatus.REJECTED]
    return unread(found, kept) if figures else uncovered(found, kept)


def rest(found: Reading, items: Sequence[DraftItem], asked: Mapping[str, str]) -> Rest:
    """What an address asks for: ``rest=all`` for all sentences, ``restpage`` for the page."""
    figures, everything = unread_of(found, items, True), unread_of(found, items, False)
    whole = asked.get("rest") == "all" or not figures
    page = Paginator(everything if whole else figures, REST_PER_PAGE).get_page(asked.get("restpage") or 1)
    return Rest(page, len(figures), len(everything), whole)

"""Which registered organisation a written name means: exact, the same but for form, or alike by character and sound.

Likeness is Dice's coefficient over character bigrams (L. R. Dice, Ecology 26, 1945), once of the characters and once of
the toneless syllables, so that 裕华 and 玉华 are found as a slip of the input method. A person decides; nothing is
matched by likeness alone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

_FORMS = re.compile(r"(?:股份|集团)?有限(?:责任)?公司$|(?:集团)?(?:总)?公司$|(?:\(普通合伙\)|\(有限合伙\))$")
_IGNORED = re.compile(r"[\s·•.,，。、'\"“”‘’()（）\[\]【】\-—–_]+")
SHORTLIST, LEAST = 40, 0.55


def plain_name(text: str) -> str:
    """The name without spaces, brackets and differences of width and case."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).casefold()


def core_name(text: str) -> str:
    """The name without its legal form: 甲（集团）股份有限公司 is 甲集团."""
    plain = plain_name(text)
    return _FORMS.sub("", plain) or plain


def _bigrams(parts: Iterable[str]) -> Counter[tuple[str, str]]:
    row = ["", *parts, ""]
    return Counter(itertools.pairwise(row))


def dice(left: Iterable[str], right: Iterable[str]) -> float:
    """Dice's coefficient of the bigrams of two sequences, between 0 and 1."""
    a, b = _bigrams(left), _bigrams(right)
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 0.0


def likeness(left: str, right: str) -> float:
    """How alike two names are, 0 to 1; 1 only for names that are the same but for form."""
    from kechuang.chinese.pinyin import syllables

    a, b = core_name(left), core_name(right)
    if a == b:
        return 1.0
    by_character = dice(a, b)
    by_sound = dice(syllables(a), syllables(b))
    return min(0.99, max(by_character, 0.95 * by_sound))


@dataclass(frozen=True)
class Candidate:
    """A registered name that may be meant; ``why`` is exact, form, or alike."""

    key: Hashable
    name: str
    score: float
    why: str


class NameIndex:
    """All names of the register, asked many times. 100,000 names take about two seconds and 200 MB to index."""

    def __init__(self, names: Iterable[tuple[Hashable, str]]) -> None:
        self._names: list[tuple[Hashable, str]] = []
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._plain: dict[str, list[int]] = defaultdict(list)
        self._core: dict[str, list[int]] = defaultdict(list)
        self._grams: dict[str, list[int]] = defaultdict(list)
        for key, name in names:
            self.add(key, name)

    def add(self, key: Hashable, name: str) -> None:
        """Add a name under its key."""
        place = len(self._names)
        self._names.append((key, name))
        core = core_name(name)
        self._exact[name].append(place)
        self._plain[plain_name(name)].append(place)
        self._core[core].append(place)
        for gram in {core[i : i + 2] for i in range(max(1, len(core) - 1))}:
            self._grams[gram].append(place)

    def find(self, name: str, most: int = 5) -> list[Candidate]:
        """Candidates, best first. A single one with score 1 and ``why`` exact is safe to take without asking."""
        found: list[Candidate] = []
        taken: set[int] = set()
        for why, score, places in (
            ("exact", 1.0, self._exact.get(name, [])),
            ("form", 0.999, self._plain.get(plain_name(name), [])),
            ("form", 0.995, self._core.get(core_name(name), [])),
        ):
            for place in places:
                if place not in taken:
                    taken.add(place)
                    found.append(Candidate(*self._names[place], score, why))
        if not found:
            found = self._alike(name)
        return found[:most]

    def _alike(self, name: str) -> list[Candidate]:
        core = core_name(name)
        hits: Counter[int] = Counter()
        grams = {core[i : i + 2] for i in range(max(1, len(core) - 1))}
        # The rarest pairs decide: 郴州 stands in nearly every name and says nothing.
        for gram in sorted(grams, key=lambda g: len(self._grams.get(g, ())))[:8]:
            hits.update(self._grams.get(gram, ())[:5000])
        scored = [(likeness(name, self._names[place][1]), place) for place, _ in hits.most_common(SHORTLIST)]
        kept = sorted(((s, p) for s, p in scored if s >= LEAST), key=lambda pair: (-pair[0], pair[1]))
        return [Candidate(*self._names[place], round(score, 3), "alike") for score, place in kept]

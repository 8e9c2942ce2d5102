"""Finding organisations by a part of their name, at any size of the register.

An index of pairs of characters (:class:`NamePair`) gives those that may have the part; the database then compares the
names themselves, so the answer is that of a look at every name.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import StrIndex, Upper

from kechuang.chinese import pairs
from kechuang.codes import uscc

from ..models import NamePair, Organisation
from ..models.names import index_names

#: A part in more names than this is met soon when the list is read in its order; fewer are looked up and sorted.
MANY = 2_000
#: The same for parts of several pairs, which may each be frequent and yet be rare together.
MANY_PAIRS = 20_000
#: So few are looked at by their names at once; counting further pairs would cost more than it saves.
FEW = 300
#: Of a long part this many pairs are tried, and this many of the rarest used together.
TRIED, USED = 12, 3
#: Records written at once when the index is built.
CHUNK = 2_000


def named(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """The organisations of ``rows`` whose name contains the text, large and small letters alike."""
    text = text.replace("\x00", "").strip()
    if not text:
        return rows.none()
    wanted = pairs.wanted(text)
    matching = rows.filter(name__icontains=text)
    if not wanted:
        first = pairs.fold(text)
        seen = _count("first = %s", [first], MANY)
        found = NamePair.objects.filter(first=first)
        return _in_order(rows, text) if seen > MANY else matching.filter(pk__in=found.values("record_id"))
    counts = _counts(wanted[:: max(1, len(wanted) // TRIED)][:TRIED], MANY if len(wanted) == 1 else MANY_PAIRS)
    if not counts:
        return _in_order(rows, text)
    if not counts[0][0]:
        return rows.none()
    _seen, first, second = counts[0]
    found = NamePair.objects.filter(first=first, second=second)
    for _seen, other, behind in counts[1:USED] if counts[0][0] > FEW else ():
        found = found.filter(
            Exists(NamePair.objects.filter(first=other, second=behind, record_id=OuterRef("record_id")))
        )
    return matching.filter(pk__in=found.values("record_id"))


def _in_order(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """The same as ``name__icontains``, for a part that many names have: to be met when the list is read in its order.

    PostgreSQL takes every LIKE with a wildcard in front for rare, and would read and sort the whole register.
    """
    return rows.alias(place=StrIndex(Upper("name"), Upper(Value(text)))).filter(place__gt=0)


def named_or_coded(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """The organisation with this unified social credit code, or those whose name contains the text."""
    code = uscc.compact(text.replace("\x00", ""))
    if len(code) == 18 and code.isascii() and code.isalnum():
        coded = rows.filter(uscc=code)
        if coded.exists():
            return coded
    return named(rows, text)


def _counts(wanted: list[tuple[str, str]], most: int) -> list[tuple[int, str, str]]:
    """Pairs with how many names have them, rarest first; none when each is in more than ``most`` names.

    A frequent pair is costly to count, and one rare pair is enough: all are counted up to a small limit first. Where none
    stayed below it, each is counted no further than the rarest :data:`USED` before it.
    """
    first = min(FEW, most)
    counts = sorted((_count("first = %s AND second = %s", [*pair], first), *pair) for pair in wanted)
    if counts[0][0] <= first:
        return counts
    counts, limit = [], most
    for pair in wanted:
        counts = sorted([*counts, (_count("first = %s AND second = %s", [*pair], limit), *pair)])
        limit = min(most, counts[USED - 1][0]) if len(counts) >= USED else most
    return counts if counts[0][0] <= most else []


def _count(condition: str, values: list[str], most: int) -> int:
    """How many pairs meet the condition, counted up to one more than ``most``."""
    table = connection.ops.quote_name(NamePair._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {most + 1}) AS part",  # noqa: S608  fixed words
            values,
        )
        return int(cursor.fetchone()[0])


def rebuild() -> int:
    """Build the index anew from the names, in one transaction; how many organisations it covers."""
    last = total = 0
    with transaction.atomic():
        NamePair.objects.all().delete()
        while True:
            rows = list(Organisation.everything.filter(pk__gt=last).order_by("pk").values_list("pk", "name")[:CHUNK])
            if not rows:
                return total
            index_names(rows)
            last, total = rows[-1][0], total + len(rows)

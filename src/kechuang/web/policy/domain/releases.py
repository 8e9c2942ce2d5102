"""Reading releases: which pack is in force now, or was on a day."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.utils import timezone

from kechuang.citypack import Pack, from_json
from kechuang.citypack import models as pack_models
from kechuang.citypack.compile import Rules, rules
from kechuang.measures.model import Catalogue
from kechuang.measures.model import Measure as CompiledMeasure
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.structure import Index
from kechuang.web.policy.models import Release, Term

KEPT = 4  # packs kept in memory: the one in force, and a few that pages look back at


@dataclass(eq=False)
class LoadedRelease:
    """A release with its pack read and its measures compiled, kept in memory by digest."""

    digest: str
    version: str
    pack: Pack
    applied_at: dt.datetime

    @cached_property
    def _rules(self) -> Rules:
        return rules(self.pack)

    @property
    def measures(self) -> dict[str, CompiledMeasure]:
        """Compiled measures by id, in the order of the pack."""
        return self._rules.measures

    @property
    def catalogue(self) -> Catalogue:
        """The fact catalogue of the engine."""
        return self._rules.catalogue

    @cached_property
    def records(self) -> dict[str, pack_models.Measure]:
        """Measure records of the pack by id."""
        return {measure.id: measure for measure in self.pack.measures}

    @cached_property
    def facts(self) -> dict[str, pack_models.Fact]:
        """Fact records of the pack by id."""
        return {fact.id: fact for fact in self.pack.facts}

    @cached_property
    def documents(self) -> dict[str, pack_models.Document]:
        """Documents by id."""
        return {document.id: document for document in self.pack.documents}

    @cached_property
    def departments(self) -> dict[str, pack_models.Department]:
        """Departments by id."""
        return {department.id: department for department in self.pack.city.departments}

    @cached_property
    def index(self) -> Index:
        """Clauses, sentences and what became of them."""
        return Index(self.pack)


_cache: OrderedDict[str, LoadedRelease] = OrderedDict()
_lock = threading.Lock()


def release(digest: str) -> LoadedRelease:
    """The release of that digest. Raises ``UserError`` (404) when there is none."""
    with _lock:
        if (loaded := _cache.get(digest)) is not None:
            _cache.move_to_end(digest)
            return loaded
    row = Release.objects.filter(pk=digest).first()
    if row is None:
        raise UserError(
            f"没有摘要为 {digest[:12]} 的城市包版本。",
            f"There is no release {digest[:12]}.",
            code="unknown",
            status=404,
        )
    loaded = LoadedRelease(row.digest, row.version, from_json(row.content), row.applied_at)
    with _lock:
        _cache[digest] = loaded
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return loaded


def current_digest() -> str | None:
    """The digest of the release in force now, or None.

    Every page asks several times, and it must never be an older one: asked in SQL, which costs a tenth of building the query.
    """
    table = connection.ops.quote_name(Term._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT release_id FROM {table} WHERE until IS NULL ORDER BY since LIMIT 1")  # noqa: S608  no value in it
        row = cursor.fetchone()
    return row[0] if row else None


def current_release() -> LoadedRelease:
    """The release in force now. Raises ``UserError`` (503) when no pack has been applied yet."""
    digest = current_digest()
    if digest is None:
        raise UserError(
            "还没有应用城市包。请运行 kechuang pack apply 目录。",
            "No city pack has been applied yet. Run: kechuang pack apply DIR.",
            code="no_release",
            status=503,
        )
    return release(digest)


def digest_on(day: dt.date) -> str | None:
    """The digest of the release that was in force at the end of ``day`` (city time); None before the first one."""
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    return Term.objects.filter(since__lt=end).order_by("-since", "-id").values_list("release_id", flat=True).first()

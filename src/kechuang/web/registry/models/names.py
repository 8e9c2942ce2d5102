"""The index of organisations' names, kept by the model itself so that no way of writing a name can pass by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections, models, router

from kechuang.chinese.pairs import pairs


class NamePair(models.Model):
    """Two neighbouring characters of an organisation's name; ``second`` is empty for the last one.

    Pairs are only added: those of an earlier name or of a record that is gone stay until the index is built anew
    (``kechuang manage index_names``). They cost a look at a record that does not match, never a wrong hit.
    """

    first = models.CharField(max_length=1)
    second = models.CharField(max_length=1, blank=True)
    record_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second", "record_id"], name="name_pair_once")]

    def __str__(self) -> str:
        return f"{self.first}{self.second} {self.record_id}"


def index_names(rows: Iterable[tuple[int, str]], using: str | None = None) -> None:
    """Add the pairs of records given by key and name, in the caller's transaction."""
    connection = connections[using or router.db_for_write(NamePair)]
    wanted = [(first, second, key) for key, name in rows for first, second in pairs(name)]
    if not wanted:
        return
    table = connection.ops.quote_name(NamePair._meta.db_table)
    sql = f"INSERT INTO {table} (first, second, record_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"  # noqa: S608  no value in it
    with connection.cursor() as cursor:
        cursor.executemany(sql, wanted)


class NamedQuerySet(models.QuerySet[Any]):
    """Writing many organisations keeps the index of names. Django's ``bulk_update`` comes through ``update``."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert, and index the names of what was inserted."""
        made: list[Any] = super().bulk_create(objs, *args, **kwargs)
        known = [(row.pk, row.name) for row in made if row.pk is not None]
        if len(known) < len(made):  # a database or option that gives no keys back
            codes = [row.uscc for row in made if row.pk is None]
            known += self.model._base_manager.using(self.db).filter(uscc__in=codes).values_list("pk", "name")
        index_names(known, self.db)
        return made

    def update(self, **values: Any) -> int:
        """Change, and index the names when they are among it."""
        if "name" not in values:
            return super().update(**values)
        keys = list(self.values_list("pk", flat=True))
        changed = super().update(**values)
        index_names(self.model._base_manager.using(self.db).filter(pk__in=keys).values_list("pk", "name"), self.db)
        return changed

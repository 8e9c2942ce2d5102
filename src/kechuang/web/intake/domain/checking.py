"""Is a row fit for the register? Types, required fields, references, repeated keys, names that mean an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kechuang.codes import uscc
from kechuang.tabular import Column, Finding
from kechuang.tabular.reading import Row
from kechuang.tabular.similarity import NameIndex
from kechuang.web.registry.domain.bulk import existing
from kechuang.web.registry.domain.kinds import KINDS, Kind
from kechuang.web.registry.domain.record import clean_row, required_errors
from kechuang.web.registry.domain.values import References
from kechuang.web.registry.models import Organisation

from ..enums import RowState
from ..models import ImportRow
from . import plausible
from .kinds import columns

MOST_CANDIDATES = 5


@dataclass
class Checker:
    """Checks the rows of one import, a chunk at a time; remembers keys that were seen and names that were asked."""

    kind: Kind
    realm: str
    seen: dict[tuple[Any, ...], int] = field(default_factory=dict)
    found: References = field(init=False)
    _names: NameIndex | None = None
    _asked: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.found = References(self.realm)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the kind."""
        return columns(self.kind.id)

    def candidates(self, name: str) -> list[dict[str, Any]]:
        """Registered organisations a name may mean, best first; the register's names are indexed once, when needed."""
        if name not in self._asked:
            if self._names is None:
                rows = Organisation.objects.filter(realm=self.realm).values_list("uscc", "name")
                self._names = NameIndex(rows.iterator(chunk_size=5000))
            self._asked[name] = [
                {"uscc": c.key, "name": c.name, "score": f"{c.score:.2f}", "why": c.why}
                for c in self._names.find(name, MOST_CANDIDATES)
            ]
        return self._asked[name]

    def check(self, rows: Iterable[Row]) -> list[ImportRow]:
        """Staged rows, not stored yet."""
        rows = list(rows)
        named = {row.line: self._name_organisations(row) for row in rows}
        self.found.prepare(self.kind, [values for values, _, _ in named.values()])
        staged, cleaned = [], []
        for row in rows:
            values, candidates, findings = named[row.line]
            own = [f for f in row.findings if not (f.column == "uscc" and "uscc" in candidates)]
            findings = [*own, *findings]
            undecided = [name for name in candidates if name in values or name == "uscc"]
            clean, errors = clean_row(self.kind, {k: v for k, v in values.items() if k not in undecided}, self.found)
            findings += [
                Finding(e.field.name if e.field else "", _end(e.zh), _end(e.en), _layer(e.code)) for e in errors
            ]
            findings += plausible.findings(self.kind, values)
            one = ImportRow(line=row.line, values=values, candidates=candidates)
            one.findings, one.written = [f.plain() for f in findings], row.raw
            one.state = RowState.BAD if findings else RowState.UNDECIDED if undecided else RowState.READY
            if one.state == RowState.READY:
                cleaned.append((one, clean))
            staged.append(one)
        self._look_up(cleaned)
        for one in staged:
            if one.state == RowState.READY:
                one.written = {}
        return staged

    def _name_organisations(self, row: Row) -> tuple[dict[str, str], dict[str, Any], list[Finding]]:
        """Values with names replaced by codes where only one can be meant, and candidates where a person decides."""
        values, candidates, findings = dict(row.values), {}, []
        lacks_code = self.kind.id == "organisation" and not row.raw.get("uscc", "").strip()
        if lacks_code and values.get("name") and (options := self.candidates(values["name"])):
            candidates["uscc"] = options
        for column in self.columns:
            name = values.get(column.name, "")
            if column.type == "organisation" and name and not uscc.is_valid(name):
                options = self.candidates(name)
                exact = [c for c in options if c["why"] == "exact"]
                if len(exact) == 1:
                    values[column.name] = exact[0]["uscc"]
                elif options:
                    candidates[column.name] = options
                else:
                    findings.append(Finding(column.name, f"登记库里没有叫“{name[:60]}”的单位，请写统一社会信用代码，或先导入单位",
                                            f"no organisation is called “{name[:60]}”; write its code, or import it first", "reference"))  # fmt: skip
        return values, candidates, findings

    def _look_up(self, cleaned: list[tuple[ImportRow, Any]]) -> None:
        """Tell known records from new ones, and rows that repeat another row of the file."""
        stored = existing(self.kind, [clean for _, clean in cleaned]) if cleaned else {}
        for one, clean in cleaned:
            key = clean.key(self.kind)
            if (line := self.seen.get(key)) is not None and line != one.line:
                self._refuse(
                    one, "", f"和第 {line} 行是同一条记录，请只留一行", f"is the same record as row {line}; keep one"
                )
                continue
            self.seen[key] = one.line
            record = stored.get(key)
            if record is not None:
                one.record_id = record.pk
                if record.realm != self.realm:
                    self._refuse(one, "", "登记库里这一条是另一种性质的数据（真实或演示），不能混",
                                 "the record on file is of another realm (real or demo); they are never mixed")  # fmt: skip
                continue
            for error in required_errors(self.kind, clean):
                self._refuse(one, error.field.name if error.field else "", _end(error.zh), _end(error.en))

    @staticmethod
    def _refuse(one: ImportRow, column: str, zh: str, en: str) -> None:
        one.state = RowState.BAD
        one.findings = [*one.findings, Finding(column, zh, en).plain()]


def _layer(code: str) -> str:
    return "reference" if code == "reference" else "schema"


def _end(text: str) -> str:
    return text.rstrip("。.")


def checker_for(kind: str, realm: str) -> Checker:
    """A checker for an import of this kind."""
    return Checker(KINDS[kind], realm)

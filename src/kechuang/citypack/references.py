"""Checks that everything a record names exists: departments, regions, indicators, targets, sentences, sources."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from kechuang.citypack.index import Index, uses
from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Document, Indicator, Pack, Source
from kechuang.citypack.problems import Problem, Words
from kechuang.codes import divisions
from kechuang.indicators import Definition, Text, formulas
from kechuang.indicators.units import UnitError, convertible
from kechuang.measures.cumulation import LEVELS


def unknown(noun: Words, given: str, known: Iterable[str], defined_in: str) -> tuple[Words, Words]:
    """What and how to mend, for a name that nothing defines."""
    near = difflib.get_close_matches(given, list(known), n=1, cutoff=0.6)
    what = Words(f"没有{noun.zh}“{given}”", f'there is no {noun.en} "{given}"')
    if near:
        return what, Words(f"是不是想写“{near[0]}”？", f'did you mean "{near[0]}"?')
    return what, Words(f"在 {defined_in} 里定义它，或改用已有的", f"define it in {defined_in}, or name an existing one")


def _plain(record: Indicator) -> Definition:
    """The part of an indicator that its formula is checked against."""
    return Definition(record.id, Text(record.name.zh, record.name.en), record.unit, formula=record.formula)


class References:
    """Walks a pack and yields a problem for every dangling name."""

    def __init__(self, pack: Pack, index: Index, locator: Locator) -> None:
        self.pack = pack
        self.index = index
        self.locator = locator
        self.departments = {department.id for department in pack.city.departments}
        self.regions = {region.code for region in pack.city.regions}
        self.counties = {region.code for region in pack.city.regions if region.kind == "county"}
        self.indicators = {indicator.id for indicator in pack.indicators}
        self.industries = {industry.id for industry in pack.industries}
        self.targets = {target.id for target in pack.targets}
        self.sources = {source.id for source in pack.sources}

    def run(self) -> Iterator[Problem]:
        """All problems of this kind."""
        yield from self._city()
        yield from self._departments()
        yield from self._sentences()
        yield from self._targets()
        yield from self._measures()
        yield from self._meeting()
        yield from self._rest()
        yield from self._observations()

    def _missing(
        self,
        kind: str,
        index: int | None,
        path: tuple[str | int, ...],
        owner: str,
        noun: Words,
        given: str,
        known: Iterable[str],
        defined_in: str,
    ) -> Iterator[Problem]:
        if given not in (known := set(known)):
            what, mend = unknown(noun, given, known, defined_in)
            where = ".".join([owner, *map(str, path)]) if owner else ".".join(map(str, path))
            yield self.locator.problem("dangling", kind, index, path, where, what, mend)

    def _city(self) -> Iterator[Problem]:
        city = self.pack.city
        region = Words("区划", "region")
        yield from self._missing("city", None, ("code",), "", region, city.code, self.regions, "city.yaml regions")
        for n, name in enumerate(city.home_figures):
            noun = Words("指标", "indicator")
            path = ("home_figures", n)
            yield from self._missing("city", None, path, "", noun, name, self.indicators, "indicators.yaml")
        if city.platforms_clause is not None:
            noun = Words("条款", "clause")
            known = self.index.clauses | {paragraph for _, paragraph in self.index.paragraphs}
            path_ = ("platforms_clause",)
            yield from self._missing("city", None, path_, "", noun, city.platforms_clause, known, "documents/")
        yield from self._regions()
        ids: set[str] = set()
        for n, department in enumerate(city.departments):
            if department.id in ids:
                what = Words(f"部门 {department.id} 写了两次", f"the department {department.id} stands twice")
                mend = Words("删去其中一个", "remove one of the two")
                yield self.locator.problem("duplicate_id", "city", None, ("departments", n), department.id, what, mend)
            ids.add(department.id)

    def _regions(self) -> Iterator[Problem]:
        city = self.pack.city
        seen: set[str] = set()
        for n, region_ in enumerate(city.regions):
            path = ("regions", n, "code")
            if not divisions.is_division(region_.code):
                what = Words(f"{region_.code} 不是行政区划代码", f"{region_.code} is no division code (GB/T 2260)")
                mend = Words("查 GB/T 2260", "look it up in GB/T 2260")
                yield self.locator.problem("code", "city", None, path, region_.code, what, mend)
            elif region_.kind == "county" and not divisions.contains(city.code, region_.code):
                what = Words(
                    f"{region_.code} 不在本市（{city.code}）", f"{region_.code} is not in the city {city.code}"
                )
                mend = Words("改代码；外地用 kind: peer", "correct the code; use kind: peer for other places")
                yield self.locator.problem("code", "city", None, path, region_.code, what, mend)
            if region_.code in seen:
                what = Words(f"区划代码 {region_.code} 写了两次", f"the division code {region_.code} stands twice")
                mend = Words("删去其中一个", "remove one of the two")
                yield self.locator.problem("duplicate_id", "city", None, ("regions", n), region_.code, what, mend)
            seen.add(region_.code)

    def _departments(self) -> Iterator[Problem]:
        noun = Words("部门", "department")
        for kind in ("targets", "measures", "tasks", "services"):
            items: list[Any] = getattr(self.pack, kind)
            for i, item in enumerate(items):
                for n, role in enumerate(item.departments):
                    path = ("departments", n, "id")
                    yield from self._missing(kind, i, path, item.id, noun, role.id, self.departments, "city.yaml")
        definitions = {one.id: _plain(one) for one in self.pack.indicators}
        for i, indicator in enumerate(self.pack.indicators):
            fault = formulas.check(definitions[indicator.id], definitions)
            if fault is not None:
                what = Words(fault.message("zh"), fault.message("en"))
                mend = Words(
                    "用已定义的指标写算式，单位要相配；写法见 docs/indicators.zh.md",
                    "write the formula with defined indicators whose units agree; see docs/indicators.md",
                )
                where = f"{indicator.id}.formula"
                yield self.locator.problem("indicator", "indicators", i, ("formula",), where, what, mend)
            if indicator.holder is not None:
                path_ = ("holder",)
                holder = indicator.holder
                yield from self._missing(
                    "indicators", i, path_, indicator.id, noun, holder, self.departments, "city.yaml"
                )

    def _sentences(self) -> Iterator[Problem]:
        kinds = {"target": "targets", "measure": "measures", "task": "tasks", "service": "services"}
        for use in uses(self.pack):
            kind = kinds.get(use.kind, "industries")
            yield from self._source(kind, use.index, use.path, use.id, use.source)
        for i, measure in enumerate(self.pack.measures):
            for n, condition in enumerate(measure.applies):
                if condition.source is not None:
                    path = ("applies", n, "source")
                    yield from self._source("measures", i, path, measure.id, condition.source)

    def _source(self, kind: str, index: int, path: tuple[str | int, ...], owner: str, source: Any) -> Iterator[Problem]:
        where = ".".join([owner, *map(str, path)])
        documents = {document.id for document in self.pack.documents}
        key = self.index.key(source)
        if key is None:
            what = Words("城市包有几份文件，没有写是哪一份", "the pack has several documents and none is named")
            mend = Words("加上 document: 代号", "add document: ID")
            yield self.locator.problem("dangling", kind, index, path, where, what, mend)
        elif key[0] not in documents:
            noun = Words("文件", "document")
            yield from self._missing(kind, index, (*path, "document"), owner, noun, key[0], documents, "documents/")
        elif (key[0], key[1]) not in self.index.paragraphs:
            known = {paragraph for document, paragraph in self.index.paragraphs if document == key[0]}
            noun = Words("段落", "paragraph")
            yield from self._missing(
                kind, index, (*path, "clause"), owner, noun, key[1], known, f"documents/{key[0]}.yaml"
            )
        elif key not in self.index.sentences:
            count = sum(1 for other in self.index.sentences if other[:2] == key[:2])
            what = Words(
                f"段落 {key[1]} 只有 {count} 句，没有第 {key[2]} 句", f"paragraph {key[1]} has {count} sentence(s)"
            )
            mend = Words(f"span 写 1 到 {count}", f"write a span from 1 to {count}")
            yield self.locator.problem("dangling", kind, index, (*path, "span"), f"{where}.span", what, mend)

    def _document(self, source: Source) -> Document | None:
        key = self.index.key(source)
        return next((one for one in self.pack.documents if key is not None and one.id == key[0]), None)

    def _targets(self) -> Iterator[Problem]:
        noun = Words("指标", "indicator")
        for i, target in enumerate(self.pack.targets):
            names = {("indicator",): target.indicator}
            if target.relation is not None:
                names[("relation", "left")] = target.relation.left  # type: ignore[index]
                names[("relation", "right")] = target.relation.right  # type: ignore[index]
            for path, name in names.items():
                if name is not None:
                    yield from self._missing(
                        "targets", i, path, target.id, noun, name, self.indicators, "indicators.yaml"
                    )
            if target.nested_in is not None:
                nest = Words("目标", "target")
                others = self.targets - {target.id}
                yield from self._missing(
                    "targets", i, ("nested_in",), target.id, nest, target.nested_in, others, "targets.yaml"
                )
            yield from self._target_fields(i)

    def _target_fields(self, i: int) -> Iterator[Problem]:
        target = self.pack.targets[i]
        faults: list[tuple[str, Words, Words]] = []
        if target.kind == "level":
            for name in ("value", "indicator", "unit", "deadline"):
                if getattr(target, name) is None and not (name == "deadline" and target.note is not None):
                    faults.append(
                        (
                            name,
                            Words(f"有数值的目标缺“{name}”", f'a target with a number lacks "{name}"'),
                            Words(
                                f"补上 {name}（没有期限的，在 note 里说明），或改 kind",
                                f"add {name} (explain a missing deadline in note), or change kind",
                            ),
                        )
                    )
        if target.kind == "relation" and target.relation is None:
            faults.append(
                (
                    "relation",
                    Words("关系目标没有写两个指标", "a relation target names no two indicators"),
                    Words("补上 relation: {left: …, right: …}", "add relation: {left: …, right: …}"),
                )
            )
        if (target.operator == "range") != (target.value_max is not None):
            faults.append(
                (
                    "operator",
                    Words("operator: range 要和 value_max 一起写", "operator: range and value_max belong together"),
                    Words("两个都写，或都不写", "write both or neither"),
                )
            )
        unit = next((one.unit for one in self.pack.indicators if one.id == target.indicator), None)
        if unit is not None and target.unit is not None and not _convertible(target.unit, unit):
            faults.append(
                (
                    "unit",
                    Words(f"单位“{target.unit}”换算不成指标的“{unit}”", f"the unit {target.unit} cannot become {unit}"),
                    Words("改正单位，或改用别的指标", "correct the unit, or name another indicator"),
                )
            )
        document = self._document(target.source)
        if document is not None and target.deadline is not None and target.deadline < document.issued:
            issued = document.issued
            faults.append(
                (
                    "deadline",
                    Words(f"期限早于发文日期 {issued}", f"the deadline is before the document of {issued}"),
                    Words("改正期限", "correct the deadline"),
                )
            )
        for name, what, mend in faults:
            yield self.locator.problem("target", "targets", i, (name,), f"{target.id}.{name}", what, mend)

    def _measures(self) -> Iterator[Problem]:
        for i, measure in enumerate(self.pack.measures):
            document = self._document(measure.source)
            if document is not None and measure.effective.from_ < document.issued:
                issued = document.issued
                what = Words(f"生效日期早于发文日期 {issued}", f"it begins before the document of {issued}")
                mend = Words("改正 effective.from", "correct effective.from")
                where = f"{measure.id}.effective.from"
                yield self.locator.problem("measure", "measures", i, ("effective", "from"), where, what, mend)
            for n, name in enumerate(measure.industries):
                noun = Words("产业", "industry")
                path = ("industries", n)
                yield from self._missing(
                    "measures", i, path, measure.id, noun, name, self.industries, "industries.yaml"
                )
            for n, ambiguity in enumerate(measure.ambiguities):
                readings = {reading.id for reading in ambiguity.readings}
                for field in ("shown", "chosen"):
                    chosen = getattr(ambiguity, field)
                    if chosen is not None:
                        yield from self._missing(
                            "measures",
                            i,
                            ("ambiguities", n, field),
                            measure.id,
                            Words("读法", "reading"),
                            chosen,
                            readings,
                            "readings",
                        )

    def _meeting(self) -> Iterator[Problem]:
        """Cumulation rules and budgets: their sentence, and the measures they speak of."""
        noun = Words("政策措施", "measure")
        known = {measure.id for measure in self.pack.measures}
        for kind in ("cumulation", "budgets"):
            records: list[Any] = getattr(self.pack, kind)
            for i, record in enumerate(records):
                yield from self._source(kind, i, ("source",), record.id, record.source)
                for n, name in enumerate(record.measures):
                    path = ("measures", n)
                    yield from self._missing(kind, i, path, record.id, noun, name, known, "measures.yaml")
                for n, name in enumerate(getattr(record, "against", ())):
                    if name.partition(":")[0] in LEVELS and ":" in name:
                        continue  # a grant of another level of government
                    path = ("against", n)
                    yield from self._missing(kind, i, path, record.id, noun, name, known, "measures.yaml")

    def _rest(self) -> Iterator[Problem]:
        for i, task in enumerate(self.pack.tasks):
            for n, county in enumerate(task.counties):
                noun = Words("县区", "county")
                path = ("counties", n)
                yield from self._missing("tasks", i, path, task.id, noun, county, self.counties, "city.yaml regions")

    def _observations(self) -> Iterator[Problem]:
        units = {indicator.id: indicator.unit for indicator in self.pack.indicators}
        for i, row in enumerate(self.pack.observations):
            for path, noun, given, known, defined in (
                ("region", Words("区划", "region"), row.region, self.regions, "city.yaml"),
                ("indicator", Words("指标", "indicator"), row.indicator, self.indicators, "indicators.yaml"),
                ("source", Words("来源", "source"), row.source, self.sources, "data/sources.csv"),
            ):
                if given not in known:
                    yield from self._missing("observations", i, (path,), "", noun, given, known, defined)
            unit = units.get(row.indicator)
            if unit is not None and row.unit != unit and not _convertible(row.unit, unit):
                what = Words(f"单位“{row.unit}”换算不成指标的“{unit}”", f"the unit {row.unit} cannot become {unit}")
                mend = Words("改正单位，或另立一个指标", "correct the unit, or make another indicator")
                yield self.locator.problem("unit", "observations", i, ("unit",), row.indicator, what, mend)


def _convertible(source: str, target: str) -> bool:
    try:
        return convertible(source, target)
    except UnitError:
        return False

"""Makes the records of a draft pack: document, targets with indicators, measures with facts, tasks, departments."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.chinese import pinyin
from kechuang.citypack import draftrules, instruments
from kechuang.citypack.draftfacts import TO_FILL, FactBook
from kechuang.citypack.scaffolding import cited_labels
from kechuang.reading.model import Reading, Sentence
from kechuang.reading.sentences import fingerprint

#: Division code of a place nobody has named yet (99 is no province).
UNNAMED = "990100"
#: Stands in where the text has no date; ``check`` and the page show it.
NO_DATE = dt.date(1949, 10, 1)

_JOINTS = re.compile(r"会同|以及|、|，|,|;|；|和|及")
_UNIT = re.compile(r"(?:局|委|办|厅|部|政府|管委会|领导小组|部门|银行|中心|机关|委员会)$")
_OFFICE = re.compile(r"人民政府(?:办公厅|办公室)?$")


@dataclass(frozen=True)
class Item:
    """One thing found in the text, or added by a person: its stretch, clause and the fields of the reading contract.

    ``kind`` is measure, target or task, which become records, or reference (another document named) or statement (why a
    sentence becomes no record), which become part of the record of the document. ``fields`` may also hold ``title`` and ``summary`` (``{zh, en}``) written by a
    person; ``status`` becomes that of the record.
    """

    kind: str
    start: int
    end: int
    clause: str
    fields: Mapping[str, Any]
    status: str = "draft"


@dataclass(frozen=True)
class Head:
    """What the pack says of the document and its city; None is taken from the reading."""

    document_id: str = "document"
    city_id: str = "draft"
    city_zh: str | None = None
    city_en: str | None = None
    code: str = UNNAMED
    number: str | None = None
    title: str | None = None
    issuer: str | None = None
    issued: dt.date | None = None


class Maker:
    """Collects records, with ids made from the place: ``measure-3.1.1-2`` stands in paragraph 3.1.1, sentence 2."""

    def __init__(self, reading: Reading, head: Head) -> None:
        self.reading, self.head = reading, head
        self.book = FactBook()
        self.labels = cited_labels(reading.clauses)
        self.ids: dict[int, str] = {}
        self.unplaced: list[Item] = []
        self.samples: dict[str, dict[str, Any]] = {}
        self.instruments: dict[str, instruments.Proposal] = {}
        self.records: dict[str, list[dict[str, Any]]] = {"measure": [], "target": [], "task": []}
        self.indicators: dict[tuple[str, str], dict[str, Any]] = {}
        self.departments: dict[str, dict[str, Any]] = {}
        self.becomes: dict[tuple[str, int], list[str]] = {}
        self.references: list[Item] = []
        self.statements: dict[tuple[str, int], dict[str, Any]] = {}
        self.used: Counter[str] = Counter()
        self._starts = [sentence.start for sentence in reading.sentences]
        self.begins, self.ends = _validity(reading)
        self.issued = head.issued or day(reading.issued) or self.begins or NO_DATE
        self.from_ = max(self.begins or self.issued, self.issued)
        self._responsible: dict[str, list[dict[str, Any]]] = {}
        for rule in reading.rules:
            if rule.kind == "responsible" and rule.value:
                self._responsible.setdefault(rule.clause, []).extend(self._roles(rule.value))

    def add(self, number: int, item: Item) -> None:
        """Make the record of one item, or keep what it says for the record of the document."""
        if item.kind == "reference":
            self.references.append(item)
            return
        place = self._sentence(item)
        if place is None:
            self.unplaced.append(item)
            return
        if item.kind == "statement":
            self.statements[place.paragraph, place.n] = {name: item.fields.get(name) for name in ("kind", "reason")}
            return
        base = re.sub(r"[^a-z0-9.]+", "-", f"{place.paragraph}-{place.n}".lower()).strip("-.")
        self.used[f"{item.kind}{base}"] += 1
        again = self.used[f"{item.kind}{base}"]
        id_ = f"{item.kind}-{base}" + (f"-{again}" if again > 1 else "")
        where = self.cite(place)
        make = {"measure": self._measure, "target": self._target, "task": self._task}[item.kind]
        self.records[item.kind].append(make(id_, item, {"clause": place.paragraph, "span": place.n}, where))
        self.ids[number] = id_
        self.becomes.setdefault((place.paragraph, place.n), []).append(f"{item.kind}:{id_}")

    def cite(self, place: Sentence) -> str:
        """A sentence as people cite it: 三（十）第2段第1句."""
        clause, _, part = place.paragraph.rpartition(".")
        return f"{self.labels.get(clause, clause)}第{part}段第{place.n}句"

    def _sentence(self, item: Item) -> Sentence | None:
        """The sentence an item begins in, else the next one it reaches into."""
        at = max(bisect_right(self._starts, item.start) - 1, 0)
        near = self.reading.sentences[at : at + 2]
        return next((s for s in near if s.start < item.end and item.start < s.end), None)

    # ---- departments -------------------------------------------------------------------------

    def _roles(self, names: str) -> list[dict[str, Any]]:
        """Departments named in a list; a name that is no unit is left out."""
        roles: list[dict[str, Any]] = []
        for part in _JOINTS.split(names):
            name = part.strip()
            if not 2 <= len(name) <= 16 or not _UNIT.search(name):
                continue
            known = self.departments.setdefault(
                name, {"id": f"department-{len(self.departments) + 1}", "name": {"zh": name, "en": english_of(name)}}
            )
            if all(role["id"] != known["id"] for role in roles):
                roles.append({"id": known["id"], "basis": "named"})
        return roles

    # ---- measures ----------------------------------------------------------------------------

    def _measure(self, id_: str, item: Item, source: dict[str, Any], where: str) -> dict[str, Any]:
        fields = item.fields
        rule = draftrules.rule_of(fields, re.sub(r"\W", "_", id_.removeprefix("measure-")), where, self.book)
        if rule.amount_is == "unstated":
            self._delegated(rule, item)
        who = str(fields.get("beneficiary") or "") or TO_FILL["zh"]
        kind = draftrules.KIND_WORDS.get(str(fields.get("kind")), draftrules.KIND_WORDS["other"])
        words = draftrules.in_words(fields)
        tool = self.instruments[id_] = instruments.propose(fields, self.reading.text[item.start : item.end])
        self.samples[id_] = rule.samples
        ends = {"to": self.ends.isoformat()} if self.ends and self.ends >= self.from_ else {}
        return {
            "id": id_,
            "source": source,
            "title": _own(fields, "title", f"{who}：{kind[0]}", f"{id_.removeprefix('measure-')}: {kind[1]}"),
            "summary": _own(
                fields,
                "summary",
                f"读到的规则：{words['zh']}。（{TO_FILL['zh']}：用自己的话概括）",
                f"As read: {words['en']}. ({TO_FILL['en']}: own words)",
            ),
            "instrument": tool.code,
            "amount_is": rule.amount_is,
            "subject": rule.subject,
            "beneficiary": {"zh": who, "en": str(fields.get("beneficiary_en") or english_of(who))},
            "departments": self._responsible.get(item.clause, []),
            "effective": {"from": self.from_.isoformat(), **ends},
            "parameters": {name: {self.from_.isoformat(): value} for name, value in rule.parameters.items()},
            "parameter_titles": rule.titles,
            "applies": [{"test": test.test, "title": test.title, "origin": "text"} for test in rule.tests],
            "amount": rule.amount,
            "ambiguities": rule.ambiguities,
            "delegated_to": rule.delegated_to,
            "status": item.status,
        }

    def _delegated(self, rule: draftrules.Rule, item: Item) -> None:
        """An amount left to a document named in the same stretch is delegated to it."""
        if not any(
            one.kind == "delegation" and one.start < item.end and item.start < one.end for one in self.reading.rules
        ):
            return
        named = next((r for r in self.reading.references if item.start <= r.start < item.end and r.title), None)
        if named is not None:
            title = str(named.title)
            rule.amount_is = "delegated"
            rule.delegated_to = {
                "title": {"zh": title, "en": english_of(title)},
                "number": named.number,
                "known": False,
            }

    # ---- targets -----------------------------------------------------------------------------

    def _target(self, id_: str, item: Item, source: dict[str, Any], where: str) -> dict[str, Any]:
        fields = item.fields
        name, unit = str(fields.get("indicator") or "").strip(), str(fields.get("unit") or "").strip()
        value, top = (draftrules.number(fields.get(key)) for key in ("value", "value_max"))
        sign = str(fields.get("comparator") or "=")
        shown = "" if value is None else f" {sign} {value.normalize():f}" + (f"–{top.normalize():f}" if top else "")
        record: dict[str, Any] = {
            "id": id_,
            "source": source,
            "kind": "qualitative",
            "status": item.status,
            "title": _own(
                fields,
                "title",
                f"{name or TO_FILL['zh']}{shown}{' ' + unit if unit else ''}",
                f"{TO_FILL['en']}:{shown} {unit}".strip(),
            ),
            "departments": self._responsible.get(item.clause, []),
        }
        if not name or not unit or value is None:
            return record
        record |= {"indicator": self._indicator(name, unit), "value": f"{value.normalize():f}", "unit": unit}
        if sign in (">=", ">", "<=", "<", "=", "~"):
            record["comparator"] = sign
        record["operator"] = "range" if top is not None else {"=": ">="}.get(sign, sign)
        if top is not None:
            record["value_max"] = f"{top.normalize():f}"
        if fields.get("baseline_or_growth"):
            return record | {
                "kind": "reference",
                "reference": {"zh": f"{TO_FILL['zh']}：和什么相比", "en": f"{TO_FILL['en']}: compared with what"},
            }
        record["kind"] = "level"
        deadline = day(fields.get("deadline"))
        if deadline is not None and deadline >= self.issued:
            record["deadline"] = deadline.isoformat()
        else:
            record["note"] = _without_day(fields, where)
        return record

    def _indicator(self, name: str, unit: str) -> str:
        known = self.indicators.get((name, unit))
        if known is None:
            spelt = re.sub(r"[^a-z0-9]+", "_", "_".join(pinyin.syllables(name))).strip("_")[:60] or "indicator"
            taken = {one["id"] for one in self.indicators.values()}
            id_ = spelt if spelt[0].isalpha() else f"i_{spelt}"
            while id_ in taken:
                id_ += "_2"
            known = self.indicators[name, unit] = {
                "id": id_,
                "name": {"zh": name, "en": english_of(name)},
                "unit": unit,
                "unit_en": unit,
                "definition": {"zh": f"{TO_FILL['zh']}：统计口径", "en": f"{TO_FILL['en']}: definition"},
            }
        return str(known["id"])

    # ---- tasks -------------------------------------------------------------------------------

    def _task(self, id_: str, item: Item, source: dict[str, Any], where: str) -> dict[str, Any]:
        fields = item.fields
        who, verb = str(fields.get("actor") or ""), str(fields.get("action") or "")
        record: dict[str, Any] = {
            "id": id_,
            "sources": [source],
            "status": item.status,
            "title": _own(
                fields,
                "title",
                f"{who + '：' if who else ''}{verb[:12]}（{where}）",
                f"Task at {source['clause']} ({TO_FILL['en'].lower()})",
            ),
            "action": _own(
                fields,
                "summary",
                f"{TO_FILL['zh']}：用自己的话写要做什么（{where}）",
                f"{TO_FILL['en']}: what is to be done",
            ),
            "departments": self._roles(who) or self._responsible.get(item.clause, []),
        }
        deadline = day(fields.get("deadline"))
        if deadline is None and fields.get("deadline_words"):
            note = _without_day(fields, where)
            record["action"] = {lang: f"{text} {note[lang]}" for lang, text in record["action"].items()}
        return record | ({"deadline": deadline.isoformat()} if deadline else {})

    # ---- the whole ---------------------------------------------------------------------------

    def pack(self) -> dict[str, Any]:
        """The whole pack as JSON."""
        head = self.head
        name = head.city_zh or _OFFICE.sub("", head.issuer or self.reading.issuer or "") or f"{TO_FILL['zh']}（城市）"
        city = {"zh": name, "en": head.city_en or english_of(name)}
        return {
            "city": {
                "id": head.city_id,
                "name": city,
                "code": head.code,
                "version": "0.1",
                "theme": {"site_name": city, "mark": name[:1]},
                "regions": [{"code": head.code, "name": city, "kind": "city"}],
                "departments": list(self.departments.values()),
            },
            "documents": [self._document()],
            "facts": list(self.book.facts.values()),
            "indicators": list(self.indicators.values()),
            "targets": self.records["target"],
            "measures": self.records["measure"],
            "tasks": self.records["task"],
        }

    def _document(self) -> dict[str, Any]:
        reading, head = self.reading, self.head
        title, issuer = head.title or reading.title or TO_FILL["zh"], head.issuer or reading.issuer or TO_FILL["zh"]
        inside: dict[str, list[Sentence]] = {}
        for sentence in reading.sentences:
            inside.setdefault(sentence.paragraph, []).append(sentence)
        clauses = []
        for clause in reading.clauses:
            label = self.labels[clause.id]
            entry: dict[str, Any] = {
                "id": clause.id,
                "label": label,
                "level": min(clause.level, 4),
                "title": {"zh": f"{label}（{TO_FILL['zh']}）", "en": f"{clause.id} ({TO_FILL['en'].lower()})"},
            }
            if clause.parent is not None:
                entry["parent"] = clause.parent
            entry["paragraphs"] = [
                {"id": one.id, "sentences": [self._pinned(s) for s in inside.get(one.id, [])]}
                for one in reading.paragraphs
                if one.clause == clause.id
            ]
            clauses.append(entry)
        return {
            "id": head.document_id,
            "number": head.number or reading.number or TO_FILL["zh"],
            "title": {"zh": title, "en": english_of(title)},
            "issuer": {"zh": issuer, "en": english_of(issuer)},
            "issued": self.issued.isoformat(),
            "effective_from": self.from_.isoformat(),
            "source_title": title,
            "references": self._named(),
            "clauses": clauses,
            **({"effective_to": self.ends.isoformat()} if self.ends and self.ends >= self.from_ else {}),
        }

    def _pinned(self, sentence: Sentence) -> dict[str, Any]:
        """The record of a sentence: what it becomes, or the statement of why it becomes nothing; else it stays open."""
        record = {
            "n": sentence.n,
            "start": sentence.start,
            "end": sentence.end,
            "sha256": fingerprint(sentence.text),
            "summary": {
                "zh": f"{TO_FILL['zh']}（{self.cite(sentence)}）",
                "en": f"{TO_FILL['en']} ({sentence.paragraph})",
            },
            "becomes": self.becomes.get((sentence.paragraph, sentence.n), []),
        }
        statement = self.statements.get((sentence.paragraph, sentence.n))
        if statement is not None and not record["becomes"]:
            record["statement"] = statement
        return record

    def _named(self) -> list[dict[str, Any]]:
        """The documents this one names, each once, with the paragraph that names it first."""
        named: dict[tuple[str, str], dict[str, Any]] = {}
        for item in self.references:
            title, number = (str(item.fields.get(key) or "") for key in ("title", "number"))
            at = max(bisect_right(self._starts, item.start) - 1, 0)
            if (title or number) and self.reading.sentences:
                entry: dict[str, Any] = {"clause": self.reading.sentences[at].paragraph}
                entry |= {"title": {"zh": title, "en": english_of(title)}} if title else {}
                named.setdefault((title, number), entry | ({"number": number} if number else {}))
        return list(named.values())


def english_of(name: str) -> str:
    """A placeholder for an English name that keeps the Chinese one readable."""
    return TO_FILL["en"] if name.startswith(TO_FILL["zh"]) else f"{TO_FILL['en']}: {name}"


def day(value: Any) -> dt.date | None:
    """A date of the reading contract: a day, a month (its last day) or a year (its last day)."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", str(value or ""))
    if found is None:
        return None
    year, month, date = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None:
            return None if year is None else dt.date(year, 12, 31)
        if date is None:
            return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        return dt.date(year, month, date)
    except ValueError:
        return None


def _without_day(fields: Mapping[str, Any], where: str) -> dict[str, str]:
    """The note of an item without a day: the relative deadline as it is written, or that none was read."""
    words = str(fields.get("deadline_words") or "")
    if words:
        return {
            "zh": f"期限写作“{words}”（{where}），换算不成日期（{TO_FILL['zh']}）",
            "en": f"The deadline reads “{words}” and comes to no date ({TO_FILL['en'].lower()})",
        }
    return {
        "zh": f"{where}没有读到期限（{TO_FILL['zh']}）",
        "en": f"No deadline was read ({TO_FILL['en'].lower()})",
    }


def _own(fields: Mapping[str, Any], name: str, zh: str, en: str) -> dict[str, str]:
    """A text a person wrote, else the proposal; each language on its own."""
    own = fields.get(name)
    given: Mapping[str, Any] = own if isinstance(own, Mapping) else {}
    return {"zh": str(given.get("zh") or zh), "en": str(given.get("en") or en)}


def _validity(reading: Reading) -> tuple[dt.date | None, dt.date | None]:
    """From when to when the text says it holds."""
    begins = ends = None
    for rule in reading.rules:
        if rule.kind == "validity" and rule.value:
            for part in rule.value.split("; "):
                word, _, value = part.partition(" ")
                begins = begins or (day(value) if word == "from" else None)
                ends = ends or (day(value) if word == "until" else None)
    return begins, ends

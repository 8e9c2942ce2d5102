"""``kechuang measures run | replay | prove``: populations, receipts and proofs from the command line.

Packs are loaded by the caller, which hands in ``load``; results go to stdout, remarks to stderr.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kechuang.expressions.check import hint
from kechuang.measures.cumulation import Group
from kechuang.measures.errors import BilingualError
from kechuang.measures.folder import is_folder, tables
from kechuang.measures.model import Catalogue, Measure, Text
from kechuang.measures.program import with_reading
from kechuang.measures.receipt import replay
from kechuang.measures.words import money, show_fact

_DATA = (
    "一张表，或一个文件夹：每种对象一份 / one table (with spark any address that Spark reads), or a folder with one table per"
    " kind of subject (enterprise.parquet, contract.csv …) and per list"
)

Load = Callable[[str | None], tuple[Mapping[str, Measure], Catalogue]]


class CommandError(BilingualError):
    """A command that cannot be carried out; says in both languages why and how to mend it."""


Meeting = Callable[[str | None, dt.date], tuple[Sequence[Group], Mapping[str, Text]]]


def run(arguments: Sequence[str], load: Load, meeting: Meeting | None = None) -> int:
    """One command; the exit code. ``load`` turns a pack's folder (None: the usual one) into measures and facts, ``meeting`` into
    its rules on measures that meet on a day, with the measures' titles.
    """
    args = _parser().parse_args(arguments)
    args.meeting = meeting or (lambda _folder, _on: ((), {}))
    measures, catalogue = load(args.pack)
    command: Callable[[argparse.Namespace, Mapping[str, Measure], Catalogue], int] = args.run
    try:
        return command(args, measures, catalogue)
    except Exception as problem:
        if type(problem).__module__.partition(".")[0] not in ("duckdb", "_duckdb"):
            raise
        from kechuang.measures.backends.cleaning import unreadable

        raise unreadable(problem) from problem  # a line far down in a file, met while it is computed


def day(text: str) -> dt.date:
    """A day as ``2026-06-01``; argparse shows the message."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是日期，请写成 2026-06-01 / {text} is no day, write it as 2026-06-01"
        ) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kechuang measures")
    commands = parser.add_subparsers(dest="action", required=True)

    def command(name: str, help_text: str, action: object) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.add_argument("--pack", metavar="DIR")
        sub.set_defaults(run=action)
        return sub

    today = dt.datetime.now(dt.UTC).date()
    many = command("run", "按数据表全部计算 / compute a whole table (Parquet or CSV, one column per fact)", _run)
    many.add_argument("--data", required=True, metavar="FILE|DIR", help=_DATA)
    many.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="spark needs the extra of that name"
    )
    many.add_argument(
        "--master", metavar="URL", help="Spark's master, e.g. local[2]; default: spark-submit's, else local[*]"
    )
    many.add_argument("--key", default="id", metavar="COLUMN")
    many.add_argument("--on", type=day, default=today, metavar="DATE")
    many.add_argument(
        "--measure", action="append", metavar="ID", help="more than one may be given; default: all that fit"
    )
    many.add_argument("--out", metavar="FILE", help="every result, .parquet or .csv (from Spark a folder of that name)")
    many.add_argument("--quarantine", type=Path, metavar="FILE", help="rows set aside with reasons, .csv")
    many.add_argument(
        "--relation",
        action="append",
        default=[],
        metavar="FACT=FILE",
        help="明细表 / the records of a list, one row each, with the subject's key in the column of --owner",
    )
    many.add_argument("--owner", default="owner", metavar="COLUMN", help="default: owner")
    many.add_argument(
        "--granted",
        type=Path,
        metavar="FILE",
        help="以前领过的 / what was granted before: owner, measure, amount, paid_on or year [, subject, same_as]; needs --awards",
    )
    many.add_argument(
        "--awards",
        type=Path,
        metavar="FILE",
        help="叠加规则以后的结果 / what is left after the rules of the pack, .csv (duckdb)",
    )
    many.add_argument(
        "--day",
        default="day",
        metavar="COLUMN",
        help="the day a claim arose, in tables of contracts etc.; default: day",
    )
    again = command("replay", "重算回执 / compute a receipt again", _replay)
    again.add_argument("receipt", type=Path)
    proof = command("prove", "证明或举例 / prove or show an example (needs z3-solver)", _prove)
    proof.add_argument("--measure", required=True, metavar="ID")
    proof.add_argument("--on", type=day, default=today, metavar="DATE")
    question = proof.add_mutually_exclusive_group(required=True)
    question.add_argument("--splitting", metavar="FACT", help="拆分是否多得 / does splitting pay more")
    question.add_argument("--cliff", metavar="FACT", help="多了是否反而少得 / can more be paid less")
    question.add_argument("--overlap", metavar="ID", help="能否同时享受 / can both apply to one subject")
    proof.add_argument("--reading", action="append", default=[], metavar="QUESTION=READING")
    proof.add_argument("--granted", metavar="FACT", help="the fact that counts earlier grants")
    return parser


def _measure(measures: Mapping[str, Measure], id_: str) -> Measure:
    if id_ not in measures:
        zh, en = hint(id_, measures)
        raise CommandError(f"没有措施“{id_}”{zh}", f'no measure is called "{id_}"{en}')
    return measures[id_]


def _engine(
    args: argparse.Namespace,
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., None], Callable[[str], str | Path]]:
    """``bind``, ``fitting`` and ``write_together`` of the engine asked for, and how it takes the address of a table."""
    if args.engine == "spark":
        from kechuang.measures.backends import spark

        session = spark.start(args.master)
        return partial(spark.bind, session=session), partial(spark.fitting, session=session), spark.write_together, str
    from kechuang.measures.backends import population

    return population.bind, population.fitting, population.write_together, Path


def _relations(args: argparse.Namespace, catalogue: Catalogue, address: Callable[[str], str | Path]) -> dict[str, Any]:
    """The tables of records that were given, by the fact that lists them."""
    if not args.relation:
        return {}
    from kechuang.measures.backends.records import RecordTable

    found: dict[str, Any] = {}
    for given in args.relation:
        name, equals, file = given.partition("=")
        if not equals or not file:
            raise CommandError(f"“{given}”要写成 事实=文件", f'write "{given}" as FACT=FILE')
        if name not in catalogue or catalogue[name].type != "relation":
            zh, en = hint(name, _lists(catalogue))
            raise CommandError(f"“{name}”不是明细{zh}", f'"{name}" is no list of records{en}')
        found[name] = RecordTable(address(file), args.owner)
    return found


def _tables(
    args: argparse.Namespace,
    measures: Mapping[str, Measure],
    catalogue: Catalogue,
    address: Callable[[str], str | Path],
) -> tuple[dict[str, str | Path], dict[str, Any]]:
    """The tables of ``--data`` by kind of subject (a single one under no name), and those of records by fact."""
    relations = _relations(args, catalogue, address)
    subjects = {measure.subject for measure in measures.values()}
    if not is_folder(args.data, subjects):
        return {"": address(args.data)}, relations
    from kechuang.measures.backends.records import RecordTable

    folder = tables(Path(args.data), subjects, _lists(catalogue))
    for name in folder.unused:
        sys.stderr.write(f"没有用 {name}：不是对象种类，也不是明细的名字 / not used: no kind of subject, no list\n")
    found = {name: RecordTable(address(str(path)), args.owner) for name, path in folder.lists.items()}
    return {subject: address(str(path)) for subject, path in folder.subjects.items()}, found | relations


def _lists(catalogue: Catalogue) -> list[str]:
    """The facts that list records."""
    return [fact.id for fact in catalogue.facts.values() if fact.type == "relation"]


def _run(args: argparse.Namespace, measures: Mapping[str, Measure], catalogue: Catalogue) -> int:
    """Totals per measure; with ``--out`` every row, with ``--quarantine`` every row set aside.

    ``--data`` is one table, or a folder of them: then each measure is computed over the table of its kind of subject.
    """
    chosen = [_measure(measures, id_) for id_ in args.measure or measures]
    if args.granted is not None and args.awards is None:
        raise CommandError("--granted 要和 --awards 一起用", "--granted needs --awards, the file for what is left")
    if args.awards is not None and args.engine == "spark":
        raise CommandError("--awards 只能用 DuckDB 算", "--awards is computed with DuckDB: leave out --engine spark")
    bind, fitting, write_together, address = _engine(args)
    given, relations = _tables(args, measures, catalogue, address)
    bound: dict[str, Any] = {}
    for subject, table in given.items():
        fit = [measure for measure in chosen if not subject or measure.subject == subject]
        if not args.measure:
            fit = _computable(fit, fitting(fit, catalogue, table)[1], relations)
        if fit:
            bound[subject] = bind(fit, catalogue, args.on, table, key=args.key, relations=relations)
    if not bound:
        raise CommandError("没有一项措施的事实列都齐全", "no measure has all its columns in the data")
    _say(bound, args.on)
    if args.out is not None and "" in bound:
        bound[""].write(address(args.out))
    elif args.out is not None:
        write_together(bound, address(args.out))
    if args.quarantine is not None:
        _write_quarantine(bound, args.quarantine)
    if args.awards is not None:
        _write_awards(args, bound, measures)
    return 0


def _computable(
    chosen: Sequence[Measure], left: Mapping[str, Sequence[str]], relations: Collection[str]
) -> list[Measure]:
    """The measures that lack nothing but lists that were given; the others are named with what they lack."""
    lacking = {id_: names for id_, all_ in left.items() if (names := [n for n in all_ if n not in relations])}
    for id_, names in lacking.items():
        sys.stderr.write(f"没有算 {id_}：数据缺列 {'、'.join(names)} / not computed, columns are missing\n")
    return [measure for measure in chosen if measure.id not in lacking]


def _say(bound: Mapping[str, Any], on: dt.date) -> None:
    """Counts to stderr, totals to stdout."""
    out = csv.writer(sys.stdout)
    out.writerow(("measure", "yes", "no", "unknown", "amount"))
    for subject, one in bound.items():
        for id_ in one.not_in_force:
            sys.stderr.write(f"没有算 {id_}：{on} 不在有效期 / not in force\n")
        n = one.counts()
        sys.stderr.write(
            f"{subject + '：' if subject else ''}共 {n['total']} 行，计算 {n['computed']}，搁置 {n['quarantined']}"
            f" / {n['total']} rows, {n['computed']} computed, {n['quarantined']} set aside\n"
        )
        for total in one.totals():
            out.writerow((total.measure, total.yes, total.no, total.unknown, f"{total.amount:.2f}"))


def _write_quarantine(bound: Mapping[str, Any], path: Path) -> None:
    """The rows set aside with their reasons, as CSV; of a folder with the kind of subject before the key."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow((*(("subject",) if "" not in bound else ()), "key", "fact", "value", "reason", "原因"))
        for subject, one in bound.items():
            for fault in one.quarantine(limit=1_000_000):
                whose = (subject,) if subject else ()
                rows.writerow((*whose, fault.key, fault.fact, fault.value, fault.message.en, fault.message.zh))


def _write_awards(args: argparse.Namespace, bound: Mapping[str, Any], measures: Mapping[str, Measure]) -> None:
    """What is left of every amount after the rules on measures that meet; sums to stderr."""
    from kechuang.measures.backends import awards

    groups, names = args.meeting(args.pack, args.on)
    granted = None if args.granted is None else awards.read_grants(args.granted, measures, args.on)
    if granted is not None:
        sys.stderr.write(
            f"以前领过 {granted.count} 笔，搁置 {len(granted.bad)} / {granted.count} grants, {len(granted.bad)} set aside\n"
        )
        for line, _owner, reason in granted.bad[:20]:
            sys.stderr.write(f"  {args.granted.name}:{line}：{reason.zh} / {reason.en}\n")
    found = awards.awards(bound, measures, groups, names, args.on, granted, owner=args.owner, day=args.day)
    for id_, (rows, claimed, paid, left) in awards.write(found, args.awards).items():
        sys.stderr.write(
            f"{id_}：{rows} 项，单算 {claimed:.2f}，已付 {paid:.2f}，应付 {left:.2f}"
            f" / {rows} rows, alone {claimed:.2f}, paid {paid:.2f}, to be paid {left:.2f}\n"
        )


def _replay(args: argparse.Namespace, measures: Mapping[str, Measure], catalogue: Catalogue) -> int:
    """0 when the result is the same, 1 when it is not or the receipt was altered; accepts a receipt or an explanation that holds one."""
    try:
        receipt = json.loads(args.receipt.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"读不了 {args.receipt.name}：{problem}", f"cannot read {args.receipt.name}") from problem
    if isinstance(receipt, dict) and isinstance(receipt.get("receipt"), dict):
        receipt = receipt["receipt"]
    if not isinstance(receipt, dict) or not isinstance(receipt.get("measure"), str):
        raise CommandError("这不是计算回执", "this is not a receipt")
    done = replay(receipt, _measure(measures, receipt["measure"]), catalogue)
    was, now = receipt["amount"] or receipt["status"], done.now.amount or done.now.status
    if done.same_result:
        sys.stdout.write(f"重算结果相同：{now} / the same result\n")
    else:
        sys.stdout.write(f"重算结果不同：原来 {was}，现在 {now} / a different result\n")
    if done.differences:
        sys.stdout.write(f"不同的部分 / what differs: {', '.join(done.differences)}\n")
    if done.altered:
        sys.stdout.write("回执被改动过：各部分互相对不上 / the receipt was altered: its parts do not agree\n")
    return 0 if done.same_result and not done.altered else 1


def _prove(args: argparse.Namespace, measures: Mapping[str, Measure], catalogue: Catalogue) -> int:
    """0 for a proof that it cannot happen, 1 for an example that it can, 2 when undecided."""
    try:
        from kechuang.measures.backends import prove
    except ModuleNotFoundError:
        raise CommandError("证明要用 Z3：请安装 z3-solver", "proofs need Z3: install z3-solver (an extra)") from None
    measure = _measure(measures, args.measure)
    for reading in args.reading:
        question, _, choice = reading.partition("=")
        try:
            measure = with_reading(measure, question, choice)
        except ValueError as problem:
            raise CommandError(f"没有读法“{reading}”", str(problem)) from None
    if args.overlap is not None:
        found = prove.overlap(measure, _measure(measures, args.overlap), catalogue, args.on)
    elif args.splitting is not None:
        found = prove.splitting(measure, args.splitting, catalogue, args.on, granted=args.granted)
    else:
        found = prove.less_for_more(measure, args.cliff, catalogue, args.on)
    words = {
        "impossible": "已证明：不可能 / proved: impossible",
        "possible": "有反例 / an example",
        "undecided": "没有得出结论 / undecided",
    }
    sys.stdout.write(words[found.answer] + "\n")
    for i, facts in enumerate(found.facts):
        shown = "，".join(f"{name} = {show_fact(value, catalogue[name]).zh}" for name, value in facts.items())
        paid = f" → {money(found.amounts[i])} 元" if i < len(found.amounts) else ""
        sys.stdout.write(f"  {shown}{paid}\n")
    if found.gain is not None:
        sys.stdout.write(f"  多得 / gain: {money(found.gain)} 元\n")
    return {"impossible": 0, "possible": 1, "undecided": 2}[found.answer]

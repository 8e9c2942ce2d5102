"""``kechuang indicators …``: the library from the command line. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.expressions.check import hint
from kechuang.indicators.choice import choose_all
from kechuang.indicators.forecast import MODEL_NAMES, NotEnoughData, outlook
from kechuang.indicators.growth import CannotCompute, capital_growth_for, contribution
from kechuang.indicators.quality import Material, Severity, check
from kechuang.indicators.reasons import pace_sentence, plausibility_sentence, progress_sentence
from kechuang.indicators.series import linked, others, series
from kechuang.indicators.tables import Table, definitions_of, read_decimal, read_observations
from kechuang.indicators.targets import Situation, Target
from kechuang.indicators.text import Text, number
from kechuang.indicators.verdicts import judge

if TYPE_CHECKING:
    from kechuang.indicators.composite import Edition, Structure

_EMPTY = ("", "-", "—", "…", "NA", "n/a", "NaN")
Write = Callable[[str], object]


def _load(path: str) -> Table:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return read_observations(file)


def _situation(table: Table, region: str) -> Situation:
    definitions = definitions_of(table.observations)
    cells = choose_all(table.observations, {d.id: d.unit for d in definitions.values()})
    others = sorted({o.region for o in table.observations} - {region})
    return Situation(definitions, cells, region, dt.datetime.now(dt.UTC).date(), peers=tuple(others))


def _complain(table: Table, path: str) -> None:
    for problem in table.problems:
        sys.stderr.write(f"{path}:{problem.line}: {problem.text.zh} / {problem.text.en}\n")


def _known(zh: str, en: str, name: str, names: set[str]) -> None:
    """Raises ValueError, with the nearest name there is, when the file has nothing called ``name``."""
    if name not in names:
        hint_zh, hint_en = hint(name, names)
        raise ValueError(f"文件里没有{zh}“{name}”{hint_zh} / the file has no {en} called {name}{hint_en}")


def _number(text: str) -> Decimal:
    value = read_decimal(text)
    if value is None:
        raise argparse.ArgumentTypeError(f"“{text}”不是数字，请写成 2.5 这样 / not a number; write it like 2.5")
    return value


def _replicates(text: str) -> int:
    if not text.isdecimal() or not 10 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError("要写 10 到 100000 的整数 / write a whole number from 10 to 100000")
    return int(text)


def _check(args: argparse.Namespace, write: Write) -> int:
    """The quality gate over a file; status 1 when a row is unreadable or a finding is an error."""
    table = _load(args.file)
    _complain(table, args.file)
    definitions = definitions_of(table.observations)
    cells = choose_all(table.observations, {d.id: d.unit for d in definitions.values()})
    panel = tuple(sorted({o.region for o in table.observations} - {args.whole}))
    today = dt.datetime.now(dt.UTC).date()
    found = check(Material(definitions, table.observations, cells, today, args.home, panel, args.whole))
    if args.json:
        rows = [
            {"rule": f.rule, "severity": f.severity.name.lower(), "cells": [list(c) for c in f.cells],
             "zh": f.text.zh, "en": f.text.en}
            for f in found
        ]  # fmt: skip
        write(
            json.dumps({"observations": len(table.observations), "findings": rows}, ensure_ascii=False, indent=2) + "\n"
        )
    else:
        for f in found:
            touched = ", ".join(dict.fromkeys(indicator for _, indicator, _ in f.cells))
            write(f"{f.severity.label.of(args.lang)}  {f.rule}  [{touched}]  {f.text.of(args.lang)}\n")
    return 1 if table.problems or any(f.severity is Severity.ERROR for f in found) else 0


def _progress(args: argparse.Namespace, write: Write) -> int:
    """The verdict on one target and what the models say."""
    table = _load(args.file)
    _complain(table, args.file)
    _known("地区", "region", args.region, {o.region for o in table.observations})
    _known("指标", "indicator", args.indicator, {o.indicator for o in table.observations})
    situation = _situation(table, args.region)
    definition = situation.definitions[args.indicator]
    name = Text(args.indicator, args.indicator)
    target = Target(
        "target", "level", name, args.indicator, args.target, unit=definition.unit, operator=args.operator,
        deadline=dt.date(args.year, 12, 31),
    )  # fmt: skip
    verdict = judge(target, situation)
    write(f"{verdict.status.label.of(args.lang)}  {verdict.reason.of(args.lang)}\n")
    pace = pace_sentence(verdict, definition, situation)
    if pace:
        write(pace.of(args.lang) + "\n")
    if verdict.progress:
        write(progress_sentence(verdict.progress).of(args.lang) + "\n")
    if verdict.plausibility:
        write(plausibility_sentence(verdict.plausibility).of(args.lang) + "\n")
    values = linked(series(situation.cells, args.region, args.indicator), definition, args.region)
    before = {y: float(v) for y, v in values.items() if y < args.year}
    regions = {region for region, _, _ in situation.cells}
    peers = [
        {y: v for y, v in peer.items() if y < args.year}
        for peer in others(situation.cells, sorted(regions), definition, args.region)
    ]
    for answer in outlook(before, args.year, peers, relative=definition.unit != "%").answers:
        model = MODEL_NAMES[answer.model].of(args.lang)
        if isinstance(answer, NotEnoughData):
            write(f"{model}: {answer.why.of(args.lang)}\n")
        else:
            low, high = answer.interval(0.95)
            chance = answer.probability(float(args.target), better=target.better)
            write(f"{model}: {args.year} {answer.middle:.2f} [{low:.2f}, {high:.2f}] P={chance:.3f}\n")
    return 0


def _contribution(args: argparse.Namespace, write: Write) -> int:
    """Growth accounting; without a capital series the refusal and, with a share, the inversion."""
    table = _load(args.file)
    _complain(table, args.file)
    _known("地区", "region", args.region, {o.region for o in table.observations})
    situation = _situation(table, args.region)

    def levels(indicator: str) -> dict[int, Decimal]:
        return {c.year: c.value for c in series(situation.cells, args.region, indicator)}

    found = contribution(
        levels(args.output), levels(args.capital), levels(args.labour), args.first, args.last, alpha=args.alpha
    )
    if isinstance(found, CannotCompute):
        write(found.sentence().of(args.lang) + "\n")
        _say_capital(args, found.output, found.labour, write)
        return 1
    write(found.method().of(args.lang) + "\n")
    for share in found.band:
        technology = "" if share.technology is None else f"{number(share.technology * 100, 1)}%"
        write(f"α={share.alpha}: {technology or Text('增长接近零，不分摊', 'growth near zero').of(args.lang)}\n")
    _say_capital(args, found.output, found.labour, write)
    return 0


def _say_capital(args: argparse.Namespace, grown: Decimal | None, labour: Decimal | None, write: Write) -> None:
    """The inversion, which needs no capital: how fast capital may grow for the share asked about."""
    if args.share is not None and grown is not None and labour is not None:
        limit = capital_growth_for(args.share / 100, grown, labour, args.alpha) * 100
        write(f"{number(args.share)}% → k ≤ {number(limit, 2)}%\n")


def _structure(path: str) -> Structure:
    from kechuang.indicators.composite import Node, structure

    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    needed = {"code", "level", "parent"}
    if not rows or not needed <= set(rows[0]):
        raise ValueError("结构文件要有 code,level,parent 三列 / the structure needs the columns code, level, parent")
    nodes = []
    for line, row in enumerate(rows, 2):
        weight = read_decimal(row.get("weight") or "1")
        level, direction = (row["level"] or "").strip(), (row.get("direction") or "1").strip()
        if not level.isdecimal() or direction not in ("1", "+1", "-1") or weight is None or weight <= 0:
            raise ValueError(
                f"{path}:{line}: level 要写 1、2…，direction 写 1 或 -1，weight 写大于 0 的数"
                " / level is 1, 2, …, direction 1 or -1, weight a number above 0"
            )
        code, parent = (row["code"] or "").strip(), (row["parent"] or "").strip()
        nodes.append(Node(code, row.get("name") or code, int(level), parent, int(direction), float(weight)))
    known = {node.code for node in nodes}
    for node in nodes:
        if node.parent and node.parent not in known:
            raise ValueError(
                f"{path}: {node.code} 的上级 {node.parent} 没有这一行 / the parent {node.parent} of {node.code} has no row"
            )
    return structure(nodes)


def _edition(file: str, structure_file: str, normalisation: str) -> Edition:
    """One edition of an index from its table of units x indicators, its structure and its normalisation."""
    import numpy as np

    from kechuang.indicators.composite import Data, Edition, Method, fill_columns

    tree = _structure(structure_file)
    with Path(file).open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        key = (reader.fieldnames or [""])[0]
        rows = list(reader)
    lacking = [n.code for n in tree.indicators if n.code not in (rows[0] if rows else {})]
    if lacking:
        raise ValueError(f"数据缺列 {', '.join(lacking)} / the data lack the columns {', '.join(lacking)}")
    units = tuple((row[key] or "").strip() for row in rows)
    doubled = sorted(unit for unit, times in Counter(units).items() if not unit or times > 1)
    if doubled:
        names = "、".join(unit or "(空 / empty)" for unit in doubled)
        raise ValueError(f"{file}: {key} 要各不相同：{names} / every {key} must stand once: {names}")
    columns: dict[str, dict[str, float]] = {n.code: {} for n in tree.indicators}
    absent = 0
    for line, (unit, row) in enumerate(zip(units, rows, strict=True), 2):
        for code, values in columns.items():
            text = (row[code] or "").strip()
            value = read_decimal(text)
            if value is not None:
                values[unit] = float(value)
                continue
            absent += 1
            if text not in _EMPTY:
                sys.stderr.write(
                    f"{file}:{line}: {code} 的“{text}”不是数字，按缺数处理 / “{text}” in {code} is not a number; taken as missing\n"
                )
    if absent:
        sys.stderr.write(
            f"{file}: {absent} 个格子没有数，用该列的中位数代替 / {absent} cell(s) without a number get the median of their column\n"
        )
    data = Data(units, fill_columns(units, columns, tree))
    if np.isnan(data.values).all(axis=0).any():
        raise ValueError("有的列一个数也没有 / a column has no number at all")
    return Edition(data, tree, Method(imputation="median", normalisation=normalisation))  # type: ignore[arg-type]


def _composite(args: argparse.Namespace, write: Write) -> int:
    """An index from a table of units x indicators and a structure; ranks with 90 % intervals, or why ranks moved."""
    from kechuang.indicators.composite import Factors, build, intervals

    edition = _edition(args.file, args.structure, args.normalisation)
    if args.before:
        return _moves(args, edition, write)
    data, tree, method = edition.data, edition.structure, edition.method
    index = build(data, tree, method)
    options: dict[str, list[Any]] = {
        "imputation": ["median", "mean"],
        "treatment": [True, False],
        "normalisation": ["minmax", "zscore", "rank"],
    }
    spread = intervals(data, tree, Factors(options, weight_noise=0.25), base=method, replicates=args.replicates)
    place = {u: i for i, u in enumerate(data.units)}
    for rank, unit, score in index.ordered():
        low, high = spread.low[place[unit]], spread.high[place[unit]]
        write(f"{rank:4d}  {unit:24} {score:8.2f}   [{low:.0f}, {high:.0f}]\n")
    return 0


def _moves(args: argparse.Namespace, after: Edition, write: Write) -> int:
    """Rank before and after of every unit in both, and the move split into its causes; positive = places up."""
    from kechuang.indicators.composite import rank_changes
    from kechuang.indicators.composite.change import CAUSES

    tree, normalisation = args.before_structure or args.structure, args.before_normalisation or args.normalisation
    before = _edition(args.before, tree, normalisation)
    revised = _edition(args.revised, tree, normalisation).data if args.revised else None
    write(f"{'':24} {'before':>6} {'after':>6}  " + "  ".join(f"{cause:>8}" for cause in CAUSES) + "\n")
    for change in sorted(rank_changes(before, after, revised), key=lambda c: (c.after, c.unit)):
        parts = "  ".join(f"{0.0 - change.parts[cause]:+8.2f}" for cause in CAUSES)
        write(f"{change.unit:24} {change.before:6d} {change.after:6d}  {parts}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kechuang indicators", description="指标 / indicators")
    commands = parser.add_subparsers(dest="action", required=True)

    def command(name: str, text: str, run: Callable[[argparse.Namespace, Write], int]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("file", metavar="FILE", help="CSV")
        sub.add_argument("--lang", choices=["zh", "en"], default="zh")
        sub.set_defaults(run=run)
        return sub

    gate = command("check", "数据质量 / the quality gate over region,indicator,year,value,unit,source", _check)
    gate.add_argument("--home", default="", help="region of the city")
    gate.add_argument("--whole", default=None, help="region that the others make up")
    gate.add_argument("--json", action="store_true")
    progress = command("progress", "一项目标 / the verdict on one target", _progress)
    for name in ("--region", "--indicator"):
        progress.add_argument(name, required=True)
    progress.add_argument("--target", type=_number, required=True)
    progress.add_argument("--year", type=int, required=True)
    progress.add_argument("--operator", choices=[">=", ">", "<=", "<"], default=">=")
    growth = command("contribution", "科技进步贡献率 / growth accounting", _contribution)
    growth.add_argument("--region", required=True)
    for name in ("output", "capital", "labour"):
        growth.add_argument(f"--{name}", default=name, help=f"indicator of {name}")
    growth.add_argument("--first", type=int, required=True)
    growth.add_argument("--last", type=int, required=True)
    growth.add_argument("--alpha", type=_number, required=True)
    growth.add_argument("--share", type=_number, help="per cent: also say which growth of capital it implies")
    index = command("composite", "综合指数 / a composite index of units x indicators", _composite)
    index.add_argument(
        "--structure", required=True, metavar="FILE", help="CSV: code,level,parent[,direction,weight,name]"
    )
    index.add_argument("--normalisation", choices=["minmax", "zscore", "rank"], default="minmax")
    index.add_argument("--before", metavar="FILE", help="the year before: split every move of rank into its causes")
    index.add_argument("--revised", metavar="FILE", help="the year before as it is known now")
    index.add_argument("--before-structure", metavar="FILE", help="structure and weights of the year before")
    index.add_argument("--before-normalisation", choices=["minmax", "zscore", "rank"])
    index.add_argument("--replicates", type=_replicates, default=500)
    return parser


def run(arguments: list[str], write: Write = sys.stdout.write) -> int:
    """Run one command and return its exit code; a mistake in a file ends in one message."""
    args = _parser().parse_args(arguments)
    try:
        status: int = args.run(args, write)
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return status

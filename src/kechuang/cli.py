"""The ``kechuang`` command. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from kechuang import __version__

Command = Callable[[argparse.Namespace], int]


def _django() -> None:
    """Set Django up; only the commands that need the running city do this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.web.settings")
    import django

    django.setup()


def _complain(problem: Exception) -> int:
    """One bilingual message without a stack trace."""
    zh, en = getattr(problem, "zh", None), getattr(problem, "en", None)
    if text := f"{zh}\n{en}" if zh else str(problem):
        print(text, file=sys.stderr)
    return 1


def _day(text: str) -> dt.date:
    """A day as ``2026-06-01``; argparse shows the message."""
    from kechuang.measures.cli import day

    return day(text)


def _pack_dir(text: str | None) -> Path:
    return Path(text) if text else Path(__file__).resolve().parents[2] / "cities" / "chenzhou"


# ---- commands --------------------------------------------------------------------------------


def _read(args: argparse.Namespace) -> int:
    from kechuang.reading.cli import run

    return run(args.rest)


def _indicators(args: argparse.Namespace) -> int:
    from kechuang.indicators.cli import run

    return run(args.rest)


_PACK_COMMANDS = {
    "check": "检查城市包 / faults, cases, coverage",
    "schema": "给编辑器的 JSON Schema / JSON Schemas for editors",
    "scaffold": "从原文生成文件记录 / a document record from an official text",
    "draft": "从原文生成草稿 / a draft pack from an official text",
    "plan": "会改动什么 / what would change in the running city",
    "apply": "成为生效的版次 / make it the release in force",
    "export": "导出版次 / write a release as files",
}


def _pack(args: argparse.Namespace) -> int:
    from kechuang.citypack import cli

    if args.action is None:
        print("用法 / usage: kechuang pack COMMAND …（COMMAND --help）")
        for name, text in _PACK_COMMANDS.items():
            print(f"  {name:9} {text}")
        return 0 if "-h" in args.rest or "--help" in args.rest else 2
    if args.action in ("plan", "apply", "export"):
        return _manage(f"pack_{args.action}", *args.rest)
    return cli.run([args.action, *args.rest])


def _policy(args: argparse.Namespace) -> int:
    return _manage("policy_attach", *args.rest)


def _explain(args: argparse.Namespace) -> int:
    """Explain one measure for the facts of a JSON file."""
    from kechuang import citypack, measures
    from kechuang.citypack.compile import compile_pack
    from kechuang.measures import facts, render

    compiled = compile_pack(citypack.load(_pack_dir(args.pack)))
    measure = compiled.measures.get(args.measure)
    if measure is None:
        known = "、".join(sorted(compiled.measures))
        print(
            f"没有措施“{args.measure}”。可用：{known}\nNo such measure; the known ones are listed above.",
            file=sys.stderr,
        )
        return 1
    try:
        text = sys.stdin.read() if args.facts == "-" else Path(args.facts).read_text(encoding="utf-8")
        raw = json.loads(text, parse_float=float)
    except (OSError, ValueError) as problem:
        print(
            f"读不了事实文件 {args.facts}：{problem}\nCannot read the facts file {args.facts}: {problem}",
            file=sys.stderr,
        )
        return 1
    known_facts, errors = facts.parse_facts(raw, compiled.catalogue)
    if errors:
        for error in errors:
            print(f"{error.zh}\n{error.en}", file=sys.stderr)
        return 1
    explanation = measures.explain(measure, known_facts, args.on, compiled.catalogue)
    if args.json:
        print(json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(render.as_text(explanation, args.lang))
    return 0


def _measures(args: argparse.Namespace) -> int:
    """Populations, receipts and proofs; the pack is loaded here, the room below knows no packs."""
    from kechuang import citypack
    from kechuang.citypack.compile import compile_pack
    from kechuang.citypack.meeting import groups, names
    from kechuang.measures.cli import run
    from kechuang.measures.cumulation import Group
    from kechuang.measures.model import Catalogue, Measure, Text

    @cache
    def pack(folder: str | None) -> citypack.Pack:
        return citypack.load(_pack_dir(folder))

    def load(folder: str | None) -> tuple[dict[str, Measure], Catalogue]:
        compiled = compile_pack(pack(folder))
        return compiled.measures, compiled.catalogue

    def meeting(folder: str | None, on: dt.date) -> tuple[tuple[Group, ...], Mapping[str, Text]]:
        return groups(pack(folder), on), names(pack(folder))

    return run([args.action, *args.rest], load, meeting)


def _audit(args: argparse.Namespace) -> int:
    from kechuang.proofs.verify_audit import main as verify

    if not args.rest:
        return _manage("audit_verify")
    return verify(args.rest)


def _demo(args: argparse.Namespace) -> int:
    if args.action == "remove":
        return _manage("demo_remove")
    return _manage("demo_reset", f"--enterprises={args.enterprises}", f"--seed={args.seed}")


def _up(args: argparse.Namespace) -> int:
    _django()
    from kechuang.web import serving

    if args.web:
        serving.web()
    elif args.worker:
        serving.worker()
    else:
        serving.prepare()
    return 0


def _manage(*arguments: str) -> int:
    """Run one of our management commands; a mistake of the user ends in one message."""
    _django()
    from django.core.management import call_command
    from django.core.management.base import CommandError

    try:
        call_command(*arguments)
    except CommandError as problem:
        return _complain(problem)
    return 0


def _backup(args: argparse.Namespace) -> int:
    from kechuang.web.operations import command

    return command.backup(args.rest, _django)


def _restore(args: argparse.Namespace) -> int:
    from kechuang.web.operations import command

    return command.restore(args.rest, _django)


def _django_manage(args: argparse.Namespace) -> int:
    """``kechuang manage …``: any Django command, with Django's own help and messages."""
    _django()
    from django.core.management import ManagementUtility

    ManagementUtility(["kechuang manage", *args.rest]).execute()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kechuang", description="科创：城市创新政策操作系统")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def passing(name: str, help_text: str, command: Command) -> argparse.ArgumentParser:
        """A command whose further arguments are read by its room."""
        sub = commands.add_parser(name, help=help_text, add_help=False)
        sub.set_defaults(run=command)
        return sub

    passing("indicators", "指标：check progress contribution composite FILE / indicators", _indicators)
    passing("read", "读文件 / read a document: kechuang read FILE [--json]", _read)
    pack = commands.add_parser("pack", help="城市包 / city packs", add_help=False)
    pack.add_argument("action", nargs="?", choices=list(_PACK_COMMANDS))
    pack.set_defaults(run=_pack)
    policy = commands.add_parser("policy", help="附原文 / attach an official text", add_help=False)
    policy.add_argument("action", choices=["attach"])
    policy.set_defaults(run=_policy)
    measures = commands.add_parser("measures", help="算措施 / measures: explain run replay prove")
    actions = measures.add_subparsers(dest="action", required=True)
    for action in ("run", "replay", "prove"):
        actions.add_parser(action, add_help=False).set_defaults(run=_measures)
    explain = actions.add_parser("explain")
    explain.add_argument("--measure", required=True)
    explain.add_argument("--facts", required=True, metavar="FILE", help="JSON; - = standard input")
    explain.add_argument("--pack", metavar="DIR")
    explain.add_argument("--on", type=_day, default=dt.datetime.now(dt.UTC).date(), metavar="DATE")
    explain.add_argument("--json", action="store_true")
    explain.add_argument("--lang", choices=["zh", "en"], default="zh")
    explain.set_defaults(run=_explain)
    audit = commands.add_parser("audit", help="验审计链 / verify the audit chain", add_help=False)
    audit.add_argument("action", choices=["verify"])
    audit.set_defaults(run=_audit)
    demo = commands.add_parser("demo", help="演示城市 / the demo city")
    demo.add_argument("action", choices=["reset", "remove"])
    demo.add_argument("--enterprises", type=int, default=2000, help="企业数 / number of enterprises (reset)")
    demo.add_argument("--seed", type=int, default=20130418, help="随机种子 / seed of the generator (reset)")
    demo.set_defaults(run=_demo)
    up = commands.add_parser("up", help="运行城市 / run the city (used by start.py)")
    for part in ("prepare", "web", "worker"):
        up.add_argument(f"--{part}", action="store_true")
    up.set_defaults(run=_up)
    passing("backup", "备份：backup DIR|FILE [--encrypt]；backup verify FILE / back up, verify", _backup)
    passing("restore", "恢复：restore FILE --into HOME|DATABASE_URL / restore into an empty place", _restore)
    passing("manage", "Django management commands", _django_manage)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    args, rest = parser.parse_known_args(arguments)
    args.rest = rest
    if rest and (args.command in ("demo", "up") or args.run is _explain):
        parser.error("unrecognised: " + " ".join(rest))
    try:
        return int(args.run(args))
    except BrokenPipeError:
        return 0
    except Exception as problem:
        if hasattr(problem, "zh"):
            return _complain(problem)
        raise


if __name__ == "__main__":
    sys.exit(main())

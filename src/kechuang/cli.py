"""The ``kechuang`` command. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import argparse
import os
import sys

from kechuang import __version__


def _django() -> None:
    """Set Django up; only the commands that need the running city do this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.web.settings")
    import django

    django.setup()


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="kechuang", description="科创：城市创新政策操作系统")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("manage", help="Django management commands", add_help=False)
    known, rest = parser.parse_known_args(arguments)
    if known.command == "manage":
        _django()
        from django.core.management import execute_from_command_line

        execute_from_command_line(["kechuang manage", *rest])
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``kechuang manage monitoring_report LOCK FILE``: make a report again from its lock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.web.core.errors import UserError
from kechuang.web.monitoring.domain.lock import remake


class Command(BaseCommand):
    """Writes the file; exits with an error when it is not the file of the lock."""

    help = "按锁文件重做监测报告 / Make a monitoring report again from its lock file"

    def add_arguments(self, parser: CommandParser) -> None:
        """The lock, and the file to write: .docx, .html or .pdf."""
        parser.add_argument("lock", type=Path)
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make, write, compare."""
        target: Path = options["file"]
        try:
            content = json.loads(options["lock"].read_text(encoding="utf-8"))
            made, remarks = remake(content, target.suffix.lstrip("."))
        except (OSError, ValueError) as error:
            raise CommandError(f"锁文件读不了 / the lock cannot be read: {error}") from error
        except UserError as error:
            raise CommandError(f"{error.zh} / {error.en}") from error
        target.write_bytes(made)
        if remarks:
            raise CommandError("与锁文件不同 / not as in the lock: " + "; ".join(remarks))
        self.stdout.write(f"与锁文件一致 / as in the lock: {target}")

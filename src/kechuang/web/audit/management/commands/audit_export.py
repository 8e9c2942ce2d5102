"""``kechuang manage audit_export FILE``: write the sealed chain to a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from kechuang.web.audit.domain.queries import export_lines
from kechuang.web.audit.models import AuditEvent


class Command(BaseCommand):
    """Export the chain."""

    help = "导出审计链 / export the audit chain"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--with-events", action="store_true", help="带内容 / with contents")

    def handle(self, *args: Any, file: Path, with_events: bool = False, **options: Any) -> None:
        """Write one JSON object a line."""
        count = 0
        with file.open("wb") as handle:
            for line in export_lines(AuditEvent.objects.all() if with_events else None):
                handle.write(line)
                count += 1
        self.stdout.write(f"{count} 条 → {file}\n{count} links → {file}")

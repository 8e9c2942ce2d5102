"""``pack_export --out DIR``: the release in force as files of a city pack."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kechuang.citypack.cli import export_command
from kechuang.web.policy.domain.queries import current_release


class Command(BaseCommand):
    """Write the release in force into a new folder."""

    help = "把生效的版次导出成城市包文件 (write the release in force as pack files)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", required=True)
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        if export_command(current_release().pack, options["out"], options["lang"]) != 0:
            raise CommandError("")

"""``policy_attach FILE [--document ID] [--partial]``: attach an official text after checking its sentences."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kechuang import reading
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.attach import attach
from kechuang.web.policy.management.base import CityCommand


class Command(CityCommand):
    """Compare each sentence with its hash and keep the text when all agree."""

    help = "附上文件原文，逐句核对摘要 (attach an official text, sentence by sentence)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--document", default=None)
        parser.add_argument("--partial", action="store_true", help="只存一致的句子 (keep what agrees)")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        lang = options["lang"]
        path = Path(options["file"])
        try:
            text = reading.load(path)
            done = attach(
                text,
                file_name=path.name,
                document_id=options["document"],
                partial=options["partial"],
                role="operator",
            )
        except (UserError, reading.ReadingError) as error:
            raise CommandError(error.en if lang == "en" else error.zh) from error
        self.stdout.write(done.result.as_text(lang))

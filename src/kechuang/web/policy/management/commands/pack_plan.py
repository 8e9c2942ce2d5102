"""``pack_plan DIR``: what applying a pack would change in the running city."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from kechuang.citypack import PackError, load
from kechuang.citypack.planning import plan
from kechuang.web.policy.domain import queries
from kechuang.web.policy.management.base import CityCommand


class Command(CityCommand):
    """Print the plan; change nothing."""

    help = "显示应用城市包会改变什么 (what applying the pack would change)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new = load(options["dir"])
        except PackError as error:
            raise CommandError(error.as_text(options["lang"])) from error
        digest = queries.current_digest()
        old = queries.release(digest).pack if digest else None
        result = plan(old, new)
        if options["json"]:
            self.stdout.write(json.dumps(result.to_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(result.as_text(options["lang"]))

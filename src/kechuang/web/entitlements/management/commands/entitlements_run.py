"""``entitlements_run``: compute every measure for every organisation of the register."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.policy.management.base import CityCommand


class Command(CityCommand):
    """Run the nightly computation now."""

    help = "把全部措施对全部单位算一遍 (compute every measure for every organisation)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=dt.date.fromisoformat, default=None, help="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = run(on=options["on"], role="operator")
        except UserError as error:
            raise CommandError(f"{error.zh}\n{error.en}") from error
        self.stdout.write(
            f"{done.on}: {done.organisations} 家单位，{done.rows} 条结果，{len(done.failures)} 条没算出来 "
            f"({done.organisations} organisations, {done.rows} results, {len(done.failures)} failures)"
        )

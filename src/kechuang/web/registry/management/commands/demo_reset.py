"""Remove the demo city and generate it anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kechuang.web.accounts.domain.personas import ensure_personas
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.registry.domain import demo


class Command(BaseCommand):
    """``kechuang demo reset``."""

    help = "Remove the demo city and generate it anew; real records are not touched."

    def add_arguments(self, parser: Any) -> None:
        """Size and seed of the city."""
        parser.add_argument("--enterprises", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=20130418)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if not 3 <= options["enterprises"] <= 1_000_000:
            raise CommandError("企业数要在 3 到 1,000,000 之间。/ The number of enterprises must be 3 to 1,000,000.")
        demo.remove()
        city = demo.generate(
            current_release().pack, seed=options["seed"], enterprises=options["enterprises"], today=timezone.localdate()
        )
        ensure_personas(city.firm, city.second_firm, city.university)
        self.stderr.write(f"演示城市已重新生成。/ The demo city was generated anew ({options['enterprises']}).")

"""``kechuang manage audit_seal``: seal waiting events now and publish heads that are due."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kechuang.web.audit.domain.seal import seal_and_publish


class Command(BaseCommand):
    """Seal now."""

    help = "立即封链并公布链头 / seal waiting events and publish heads"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many events were chained and how many heads published."""
        done = seal_and_publish()
        self.stdout.write(
            f"封入 {done['sealed']} 条，公布链头 {done['heads']} 个。\n"
            f"{done['sealed']} events sealed, {done['heads']} heads published."
        )

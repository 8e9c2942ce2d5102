"""Remove the demo city."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kechuang.web.registry.domain import demo


class Command(BaseCommand):
    """``kechuang demo remove``."""

    help = "Remove every generated record; real records are not touched."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        count = demo.remove()
        self.stderr.write(f"已删除演示单位 {count} 家。/ Removed {count} demo organisations.")

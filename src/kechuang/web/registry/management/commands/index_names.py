"""Build the index of organisations' names anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kechuang.web.registry.domain import names


class Command(BaseCommand):
    """``kechuang manage index_names``."""

    help = "Build the index of organisations' names anew; needed only after rows were written past the program."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        count = names.rebuild()
        self.stderr.write(f"单位名称索引已重建，共 {count} 家。/ The index of names covers {count} organisations.")

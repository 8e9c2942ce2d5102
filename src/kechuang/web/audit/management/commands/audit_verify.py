"""``kechuang audit verify`` without a file: check the chain of the running city, on any database."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from kechuang.web.audit.domain.queries import chain_state, verify_stored


class Command(BaseCommand):
    """Check the stored chain."""

    help = "检查本城的审计链 / check the audit chain of this city"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the finding in both languages; exit code 1 when the chain is broken."""
        verdict = verify_stored()
        self.stdout.write(verdict.text("zh") + "\n" + verdict.text("en"))
        if waiting := chain_state().waiting:
            self.stdout.write(f"还有 {waiting} 条等待封链。\n{waiting} events wait for the sealer.")
        if not verdict.ok:
            sys.exit(1)

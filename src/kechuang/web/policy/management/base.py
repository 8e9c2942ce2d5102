"""What the commands of the running city share."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError


class CityCommand(BaseCommand):
    """A command that needs the city's database; without its tables it says what to do instead of a stack trace."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run; a database that is absent or not migrated becomes one message."""
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(
                f"数据库还没有准备好（{error}）。请先运行 kechuang manage migrate。\n"
                f"The database is not ready ({error}). Run kechuang manage migrate first."
            ) from error

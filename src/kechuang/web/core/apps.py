"""Django configuration of the app."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """What every app stands on: ids, errors, files, jobs, language and page tools."""

    name = "kechuang.web.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the nightly cleaning; wherever tables are made, make that of the cache."""
        from kechuang.web.core import checks, cleaning  # noqa: F401

        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(using: str, **_: Any) -> None:
    """The table of Django's database cache, which no migration makes; safe to repeat."""
    call_command("createcachetable", database=using, verbosity=0)

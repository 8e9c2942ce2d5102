"""Django configuration of the app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app stands on: ids, errors, files, jobs, language and page tools."""

    name = "kechuang.web.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the nightly cleaning."""
        from kechuang.web.core import checks, cleaning  # noqa: F401

"""Django configuration of the app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Backup, restore, and the page that shows them. The app has no tables of its own."""

    name = "kechuang.web.operations"
    label = "operations"

    def ready(self) -> None:
        """Register the system checks."""
        from kechuang.web.operations import checks  # noqa: F401

"""Django configuration of the app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Policy documents of any city: uploaded, read, reviewed, compared, exported as city packs."""

    name = "kechuang.web.library"
    label = "library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register who may fetch the uploaded files."""
        from kechuang.web.library import access  # noqa: F401

"""Django configuration of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who log in, their roles and what they may see."""

    name = "kechuang.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what writes audit events for log-ins and second factors."""
        from kechuang.web.accounts import signals  # noqa: F401

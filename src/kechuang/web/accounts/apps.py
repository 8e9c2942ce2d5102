"""Django configuration of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who log in, their roles and what they may see."""

    name = "kechuang.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what writes audit events for log-ins and second factors, and say who knows a person's role."""
        from kechuang.web.accounts import access, checks, signals  # noqa: F401
        from kechuang.web.audit.domain.record import behalf_source, role_source

        role_source(access.acting_role)
        behalf_source(access.behalf_of)

"""Django configuration of the app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Imports, deliveries and exports of the register."""

    name = "kechuang.web.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

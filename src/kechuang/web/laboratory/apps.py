"""Django configuration of the app."""

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """The policy laboratory."""

    name = "kechuang.web.laboratory"
    label = "laboratory"
    default_auto_field = "django.db.models.BigAutoField"

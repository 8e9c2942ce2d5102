"""Django configuration of the app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Targets, indicators and observations of the city."""

    name = "kechuang.web.monitoring"
    label = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

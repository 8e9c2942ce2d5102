"""Django configuration of the app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit events, their hash chain and its public heads."""

    name = "kechuang.web.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

"""Django configuration of the app."""

from django.apps import AppConfig


class SelfserviceConfig(AppConfig):
    """Claims of organisations, yearly figures, consents, requests about personal data."""

    name = "kechuang.web.selfservice"
    label = "selfservice"
    default_auto_field = "django.db.models.BigAutoField"

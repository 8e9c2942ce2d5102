"""Django configuration of the app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Home, search and the pages that join the other apps."""

    name = "kechuang.web.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

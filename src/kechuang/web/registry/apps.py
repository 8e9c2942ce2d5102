"""Django configuration of the app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The city's organisations and the facts about them."""

    name = "kechuang.web.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

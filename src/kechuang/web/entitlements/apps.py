"""Django configuration of the app."""

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    """What each subject is entitled to: calculator, eligibility, nightly results."""

    name = "kechuang.web.entitlements"
    label = "entitlements"
    default_auto_field = "django.db.models.BigAutoField"

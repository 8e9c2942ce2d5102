"""Django configuration of the app."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """City packs in force: releases, documents, clauses, official texts, measures."""

    name = "kechuang.web.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"

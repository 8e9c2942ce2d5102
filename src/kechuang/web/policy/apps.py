"""Django configuration of the app."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """City packs in force: releases, documents, clauses, official texts, measures."""

    name = "kechuang.web.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the health page name the release in force."""
        from kechuang.web.core import health
        from kechuang.web.policy.domain.releases import current_digest

        health.report("release", current_digest)

"""A system check of a real installation; ``kechuang manage check --deploy --database default`` runs it."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.database, deploy=True)
def three_administrators(app_configs: Any, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Accounts, rights and the audit log are in three different hands (三员分立)."""
    from kechuang.web.accounts.domain import queries

    if not databases:
        return []
    found: list[CheckMessage] = []
    if two := queries.holding_two():
        names = ", ".join(two)
        text = f"有人身兼三员中的两员：{names} / somebody holds two of the three administrators' roles: {names}"
        found.append(Error(text, hint="/accounts/people/", id="kc.E013"))
    if not queries.somebody_gives_roles():
        text = "还没有安全管理员，角色只能在命令行给 / there is no security administrator to give roles"
        found.append(Warning(text, hint="kechuang manage account NAME --role security_admin", id="kc.W014"))
    return found

"""Demo personas: one-click log-ins that show what each role sees. They exist only in demo mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain.record import record
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError

PASSWORD = "yanshi-kechuang"  # noqa: S105  printed at every demo start; demo accounts cannot log in elsewhere


@dataclass(frozen=True)
class Words:
    """A short text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Persona:
    """One demo log-in: its name, and one sentence on what it may see."""

    key: str
    username: str
    role: Role
    title: Words
    sees: Words


_PERSONAS = (
    Persona(
        "firm",
        "demo-firm",
        Role.ENTERPRISE,
        Words("演示企业", "Demo firm"),
        Words(
            "只看自己的数据和结果，别家企业只看公开信息。",
            "Sees its own figures; of other firms the public facts only.",
        ),
    ),
    Persona(
        "firm_b",
        "demo-firm-b",
        Role.ENTERPRISE,
        Words("演示企业乙", "Second demo firm"),
        Words("和上一家一样，用来试试看不看得到对方。", "The same for another firm: try to see the first one."),
    ),
    Persona(
        "university",
        "demo-university",
        Role.UNIVERSITY,
        Words("演示高校", "Demo university"),
        Words("看本校的合同、成果和能享受的政策。", "Sees its own contracts and results, and what it can get."),
    ),
    Persona(
        "officer",
        "demo-officer",
        Role.OFFICER,
        Words("演示市科技局经办人", "Demo city officer"),
        Words("看全市企业和结果，给文件附原文。", "Sees all firms and results; attaches official texts."),
    ),
    Persona(
        "officer_b",
        "demo-officer-b",
        Role.OFFICER,
        Words("演示市科技局复核人", "Second demo city officer"),
        Words(
            "和上一位一样；措施和数据要两个人确认，由他做第二个。",
            "The same; measures and values need two people, and this is the second.",
        ),
    ),
    Persona(
        "county",
        "demo-county",
        Role.COUNTY,
        Words("演示县区经办人", "Demo county officer"),
        Words("只看本县区企业的数据和结果。", "Sees figures and results of the firms of one county only."),
    ),
    Persona(
        "auditor",
        "demo-auditor",
        Role.AUDITOR,
        Words("演示审计员", "Demo auditor"),
        Words("只读：看全部留痕，导出审计链自己校验。", "Reads every audit event and exports the chain to verify it."),
    ),
)


def personas() -> tuple[Persona, ...]:
    """All demo personas, in the order in which they are offered."""
    return _PERSONAS


def is_persona(user: Any) -> bool:
    """Whether an account is a demo persona, which everybody who tries the demo shares."""
    return user.realm == Realm.DEMO and user.username in {persona.username for persona in _PERSONAS}


def persona_users() -> list[tuple[Persona, User]]:
    """Personas that exist in this city, with their accounts."""
    users = User.objects.filter(realm=Realm.DEMO, is_active=True).in_bulk(field_name="username")
    return [(persona, users[persona.username]) for persona in _PERSONAS if persona.username in users]


def ensure_personas(firm_uscc: str, firm_b_uscc: str, university_uscc: str) -> list[User]:
    """Make the personas, or bring them up to date; safe to repeat.

    The county officer works for the county the first firm is registered in (characters 3 to 8 of its code).

    Raises:
        UserError: the city is not in demo mode.
    """
    if not settings.DEMO:
        raise UserError(
            "演示账号只在演示模式下建立。", "Demo accounts are made in demo mode only.", code="not_demo", status=403
        )
    reach = {
        "firm": {"organisation": firm_uscc},
        "firm_b": {"organisation": firm_b_uscc},
        "university": {"organisation": university_uscc},
        "county": {"county": firm_uscc[2:8]},
    }
    users = []
    with transaction.atomic():
        for persona in _PERSONAS:
            user, made = User.objects.get_or_create(
                username=persona.username, defaults={"display_name": persona.title.zh, "realm": Realm.DEMO}
            )
            if made:
                user.set_password(PASSWORD)
                user.save(update_fields=["password"])
            wanted = {"role": persona.role, **reach.get(persona.key, {})}
            user.grants.exclude(**wanted).delete()
            Grant.objects.get_or_create(user=user, **wanted)
            users.append(user)
        record(actor=None, action="account.personas", object_kind="user", after=[user.username for user in users])
    return users

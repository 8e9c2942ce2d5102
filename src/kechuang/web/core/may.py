"""Who may reach what: the words in which each app declares it, in its file ``who.py``.

    ROWS = {
        "registry:organisation": page("单位页", "An organisation", EVERYBODY, private=OWN | CITY),
        "library:act": action("核对条目", "Review an item", OFFICERS),
        "GET /documents": operation("文件", "Documents", EVERYBODY),
    }

A key is the name of an address, or method and path of an operation of the programming interface; where the answer
depends on what is asked, a query with a sample follows: ``entitlements:print?uscc={uscc}``; where it depends on the
object, a name for the case: ``registry:record#bank``. A row names everybody
whom the address answers; whoever is not named is led to log-in (401) or gets 403 or 404. ``private`` names those of
them who see more there than everybody: figures of a firm, a draft, an uploaded file. What the words ``_OWN`` and
``_OTHER`` mean is said at :class:`Who`. The rows are shown to the administration as 谁能看什么, and each cell of them
is tried with a named person in ``tests/web/access``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

GET, POST = "GET", "POST"


class Who(StrEnum):
    """A role in its relation to the object of the address, which belongs to firm A and was made by officer A."""

    VISITOR = "visitor"
    MEMBER = "member"  # an account without any role
    ENTERPRISE_OWN = "enterprise_own"  # acts for firm A
    ENTERPRISE_OTHER = "enterprise_other"  # acts for another firm
    UNIVERSITY = "university"
    OFFICER_OWN = "officer_own"  # made the object
    OFFICER_OTHER = "officer_other"
    COUNTY_OWN = "county_own"  # of the county firm A is registered in
    COUNTY_OTHER = "county_other"
    DEPARTMENT = "department"
    FINANCE = "finance"  # reports for the finance department, which pays
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"


WORDS: dict[Who, tuple[str, str]] = {
    Who.VISITOR: ("访客", "visitor"),
    Who.MEMBER: ("没有角色的账号", "account without a role"),
    Who.ENTERPRISE_OWN: ("本企业", "the enterprise itself"),
    Who.ENTERPRISE_OTHER: ("别的企业", "another enterprise"),
    Who.UNIVERSITY: ("高校院所", "university or institute"),
    Who.OFFICER_OWN: ("市科技局经办人（本人经手）", "city science officer (own work)"),
    Who.OFFICER_OTHER: ("市科技局经办人（别人经手）", "city science officer (another's work)"),
    Who.COUNTY_OWN: ("县市区经办人（本县市区）", "county officer (own county)"),
    Who.COUNTY_OTHER: ("县市区经办人（别的县市区）", "county officer (another county)"),
    Who.DEPARTMENT: ("部门填报人", "department reporter"),
    Who.FINANCE: ("财政部门填报人", "reporter of the finance department"),
    Who.AUDITOR: ("审计员", "auditor"),
    Who.SYSTEM_ADMIN: ("系统管理员", "system administrator"),
    Who.SECURITY_ADMIN: ("安全管理员", "security administrator"),
}

NOBODY: frozenset[Who] = frozenset()
EVERYBODY = frozenset(Who)
LOGGED_IN = EVERYBODY - {Who.VISITOR}
OWN = frozenset({Who.ENTERPRISE_OWN, Who.COUNTY_OWN})  # the firm itself, and the county it lies in
AUTHOR = frozenset({Who.OFFICER_OWN})
OFFICERS = frozenset({Who.OFFICER_OWN, Who.OFFICER_OTHER})
COUNTIES = frozenset({Who.COUNTY_OWN, Who.COUNTY_OTHER})
DEPARTMENTS = frozenset({Who.DEPARTMENT, Who.FINANCE})
AUDITORS = frozenset({Who.AUDITOR})
SYSTEM_ADMINS = frozenset({Who.SYSTEM_ADMIN})
SECURITY_ADMINS = frozenset({Who.SECURITY_ADMIN})
ADMINS = SYSTEM_ADMINS | SECURITY_ADMINS
CITY = OFFICERS  # who works for the whole city; auditors read events, never the figures of firms
STAFF = OFFICERS | COUNTIES | DEPARTMENTS | AUDITORS | ADMINS


@dataclass(frozen=True)
class Row:
    """One address: what it is, whom it answers for each method, and who sees more there than everybody.

    A method that is not in ``who`` is answered with 405.
    """

    zh: str
    en: str
    who: dict[str, frozenset[Who]] = field(hash=False)
    private: frozenset[Who] = NOBODY


def page(zh: str, en: str, who: frozenset[Who], *, private: frozenset[Who] = NOBODY) -> Row:
    """An address that answers GET only."""
    return Row(zh, en, {GET: who}, private)


def form(
    zh: str,
    en: str,
    who: frozenset[Who],
    *,
    send: frozenset[Who] | None = None,
    private: frozenset[Who] = NOBODY,
) -> Row:
    """A page with a form: who opens it, and who may send it (the same people unless said otherwise)."""
    return Row(zh, en, {GET: who, POST: who if send is None else send}, private)


def action(zh: str, en: str, who: frozenset[Who], *, private: frozenset[Who] = NOBODY) -> Row:
    """An address that takes POST only."""
    return Row(zh, en, {POST: who}, private)


def operation(zh: str, en: str, who: frozenset[Who], *, private: frozenset[Who] = NOBODY) -> Row:
    """An operation of the programming interface; its method stands in the key."""
    return Row(zh, en, {"": who}, private)


def declared() -> dict[str, dict[str, Row]]:
    """The rows of every installed app of the platform, by the app's label, in the order of the menu."""
    found: dict[str, dict[str, Row]] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.who"
        if config.name.startswith("kechuang.web.") and find_spec(name):
            found[config.label] = import_module(name).ROWS
    return found


def route(key: str) -> str:
    """The address of a key, without the case and the query it is tried with."""
    return key.partition("?")[0].partition("#")[0]


def methods(key: str, row: Row) -> Iterable[tuple[str, frozenset[Who]]]:
    """Method and people of each cell of a row; the method of an operation stands in its key."""
    for method, who in row.who.items():
        yield (method or key.split(" ", 1)[0]), who

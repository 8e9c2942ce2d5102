"""Where a person arrives after log-in, and what the account page offers: what exists, for the roles held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kechuang.web.accounts import access
from kechuang.web.accounts.models import APART, STAFF_ROLES, Role


@dataclass(frozen=True)
class Door:
    """A page a role starts from."""

    url: str
    title: str | Promise
    text: str | Promise


def _url(view: str, *args: str, **query: str) -> str:
    """Address of a view; empty where the app that has it is not installed."""
    try:
        address = reverse(view, args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address


def doors(user: Any) -> list[Door]:
    """Pages a person may want to go to, most important first."""
    held = access.roles(user)
    found: list[Door] = []

    def add(url: str, title: str | Promise, text: str | Promise) -> None:
        if url:
            found.append(Door(url, title, text))

    for uscc in sorted(access.organisations(user)):
        add(
            _url("entitlements:eligibility", uscc=uscc),
            _("能享受什么"),
            _("所有措施一次算清：能拿、差一点、不能拿，各是为什么。"),
        )
        add(
            _url("registry:organisation", uscc),
            _("本单位的数据"),
            _("登记的财务、研发、合同和专利；算结果用的就是这些。"),
        )
        add(_url("selfservice:years", uscc), _("年度数据填报"), _("填一次，处处用；每个数用在哪项措施，都写着。"))
    if held & {Role.OFFICER, Role.DEPARTMENT}:
        add(_url("monitoring:targets"), _("目标看板"), _("每个目标到哪了，差多少，数据由谁提供。"))
    if Role.DEPARTMENT in held:
        add(_url("monitoring:submissions_upload"), _("报数据"), _("下载本部门的表，填好传上来，由第二个人确认。"))
    for county in sorted(access.counties(user)):
        add(_url("registry:organisations", county=county), _("本县市区企业"), _("能看本县市区企业的数据和结果。"))
    if held & {Role.OFFICER, Role.COUNTY}:
        add(_url("selfservice:claims"), _("认领申请"), _("企业和高校申请代表本单位办事，核对材料后通过或退回。"))
    if held & {Role.OFFICER}:
        add(_url("registry:organisations"), _("企业"), _("全市企业名录，数据和结果。"))
        add(_url("intake:home"), _("数据导入"), _("用表格批量登记：先预览，改好再确认，能整批撤销。"))
        add(_url("monitoring:submissions"), _("报来的数据"), _("各部门和公众报来的指标值，核对来源后确认或退回。"))
        add(_url("policy:documents"), _("文件与条款"), _("附原文，核对每一句，看每一条变成了什么。"))
        add(_url("library:documents"), _("政策库"), _("传文件，确认读出的内容，几个城市放在一起比。"))
        add(_url("laboratory:home"), _("政策实验室"), _("政策出台前先算：花多少，谁得谁失，哪里有漏洞。"))
    if Role.AUDITOR in held:
        add(_url("audit:events"), _("审计日志"), _("谁、何时、对什么、做了什么、结果如何；可筛选，可导出。"))
        add(_url("audit:heads"), _("审计链头"), _("每天公布的链头和校验方法。"))
    if Role.SYSTEM_ADMIN in held:
        add(_url("accounts:people"), _("账号与角色"), _("建账号，停用和恢复账号；角色由安全管理员给。"))
        add(_url("operations:home"), _("运行与备份"), _("上次备份、大小、是否验过；后台任务是否正常。"))
    if Role.SECURITY_ADMIN in held:
        add(_url("accounts:people"), _("账号与角色"), _("给角色，收回角色，让人退出登录；账号由系统管理员建。"))
        add(_url("accounts:all_logins"), _("登录记录"), _("谁、何时、从哪里、用什么设备登录，成没成。"))
        add(_url("accounts:tokens"), _("接口令牌"), _("给别的系统用的令牌：发放、权限、有效期、吊销。"))
    if held & STAFF_ROLES:
        add(_url("accounts:who_may"), _("谁能看什么"), _("每个地址给谁，谁还能看到其中不公开的内容。"))
    if held <= {Role.ENTERPRISE, Role.UNIVERSITY} and getattr(user, "is_authenticated", False):
        add(_url("selfservice:claim_new"), _("认领单位"), _("交证明材料，经办人核对后就能代表单位办事。"))
    if Role.SECURITY_ADMIN in held:
        add(_url("accounts:all_delegations"), _("全部委托"), _("谁把什么权限委托给了谁，到哪天；可以收回。"))
    if held - APART:
        add(_url("accounts:delegations"), _("委托权限"), _("出差、休假时让别人代办：写明给谁、到哪天，随时收回。"))
    if getattr(user, "is_authenticated", False):
        add(_url("selfservice:home"), _("我的办理"), _("我的申请、填报、同意过什么；查、改、删我的个人信息。"))
    return found


def landing(user: Any) -> str:
    """The first of the doors; the account page for a person without any."""
    offered = doors(user) if access.roles(user) else []
    return offered[0].url if offered else reverse("accounts:home")

"""Names of the scheduled jobs for people. A job that is not listed is shown by its own name."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOBS: dict[str, str | Promise] = {
    "accounts.logins": _("清理一年前的登录记录"),
    "audit.seal": _("封审计链、公布链头"),
    "core.clean": _("清理过期的登录和任务"),
    "entitlements.nightly": _("夜间全量计算"),
    "entitlements.refresh": _("新版次生效后重算"),
    "intake.resume": _("接着做中断的导入"),
    "registry.turn": _("预先登记的改动到期生效"),
    "intake.purge": _("清理早已结束的导入的暂存行"),
    "intake.collect": _("取投递文件夹里的文件"),
    "selfservice.clean": _("清理过期的证明材料"),
    "laboratory.tidy": _("收拾中断的试算"),
    "monitoring.reminders": _("提醒部门报数"),
    "operations.backup": _("夜间备份"),
}


def job_words(name: str) -> str:
    """The job in words."""
    return str(JOBS.get(name, name))

"""Words for what audit events say. An action that is not listed is shown as it is written."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kechuang.web.audit.models import Result

ACTIONS: dict[str, str | Promise] = {
    "access.refuse": _("想看或想改，被拒绝"),
    "access.refuse_more": _("多次被拒绝，一小时内不再逐条记"),
    "account.create": _("建账号"),
    "account.disable": _("停用账号"),
    "account.enable": _("恢复账号"),
    "account.factor_add": _("绑定两步验证"),
    "account.factor_remove": _("解除两步验证"),
    "account.lock": _("锁账号"),
    "account.login": _("登录"),
    "account.logins_drop": _("清理一年前的登录记录"),
    "account.logout": _("退出"),
    "account.password": _("改口令"),
    "account.personas": _("建演示身份"),
    "account.reset_request": _("请求重设口令"),
    "account.sessions_end": _("退出其他设备"),
    "audit.export": _("导出审计日志"),
    "backup.make": _("做备份"),
    "backup.restore": _("从备份恢复"),
    "demo.generate": _("生成演示城市"),
    "demo.remove": _("移除演示城市"),
    "claim.confirm": _("核实认领"),
    "claim.end": _("终止代表单位"),
    "claim.file": _("申请认领单位"),
    "claim.proof_delete": _("到期删除认领材料"),
    "claim.refuse": _("退回认领"),
    "claim.withdraw": _("撤回认领"),
    "consent.withdraw": _("撤回同意"),
    "delivery.receive": _("收到部门数据"),
    "delivery.release": _("放行改好的部门数据"),
    "entitlements.run": _("全量计算"),
    "export.make": _("导出登记数据"),
    "feed.close": _("停用数据源"),
    "feed.declare": _("登记数据源"),
    "feed.open": _("恢复数据源"),
    "figures.draft": _("保存年度数据草稿"),
    "figures.submit": _("提交年度数据"),
    "grant.give": _("给角色"),
    "grant.take": _("收回角色"),
    "import.apply": _("导入写入登记库"),
    "import.cancel": _("取消导入"),
    "import.confirm": _("确认导入"),
    "import.mend": _("改导入的一行"),
    "import.read": _("读完导入文件"),
    "import.receive": _("上传导入文件"),
    "import.refuse": _("导入文件不能收"),
    "import.skip": _("导入时略去一行"),
    "import.undo": _("撤销整批导入"),
    "library.add": _("添加文件或条目"),
    "library.amend": _("添加修订文件"),
    "library.confirm": _("确认条目"),
    "library.confirm_second": _("第二人确认条目"),
    "library.edit": _("修改条目"),
    "library.export": _("导出城市包草稿"),
    "library.merge": _("合并条目"),
    "library.merged": _("条目被合并"),
    "library.reject": _("否定条目"),
    "library.show": _("公开或撤下文件"),
    "library.split": _("拆分条目"),
    "library.undo": _("撤销一步"),
    "observation.confirm": _("确认观测值"),
    "observation.import": _("送交观测值表"),
    "observation.reject": _("退回观测值"),
    "observation.remind": _("提醒报数"),
    "observation.submit": _("提交观测值"),
    "policy.apply": _("城市包生效"),
    "policy.attach": _("附原文"),
    "policy.read_as": _("选定一种读法"),
    "policy.unread": _("撤回选定的读法"),
    "registry.attribute": _("登记属性"),
    "registry.change": _("变更登记事实"),
    "registry.correct": _("更正登记事实"),
    "registry.create": _("登记"),
    "registry.define": _("定义属性"),
    "registry.merge": _("合并重复登记"),
    "registry.remove": _("删除登记"),
    "registry.source": _("登记来源"),
    "registry.unmerge": _("撤销合并"),
    "registry.turn": _("到日生效"),
    "registry.undo_import": _("撤销导入"),
    "token.issue": _("发放接口令牌"),
    "token.revoke": _("吊销接口令牌"),
}
KINDS: dict[str, str | Promise] = {
    "backup": _("备份"),
    "chain": _("审计链"),
    "claim": _("认领申请"),
    "consent": _("同意"),
    "demo": _("演示"),
    "department": _("部门"),
    "document": _("文件"),
    "feed": _("数据源"),
    "import": _("导入"),
    "export": _("导出"),
    "library_document": _("文件库的文件"),
    "library_item": _("读出的条目"),
    "organisation": _("单位"),
    "page": _("页面"),
    "reading": _("读法"),
    "realm": _("数据性质"),
    "registry_attribute": _("登记属性"),
    "registry_import": _("登记导入"),
    "registry_record": _("登记记录"),
    "registry_source": _("登记来源"),
    "release": _("城市包版本"),
    "run": _("计算批次"),
    "submission": _("提交的观测值"),
    "submissions": _("送交的表"),
    "token": _("令牌"),
    "trial": _("试算"),
    "user": _("账号"),
    "year_report": _("年度填报"),
}


def action_words(action: str) -> str:
    """The action in words."""
    return str(ACTIONS.get(action, action))


def kind_words(kind: str) -> str:
    """The kind of object in words."""
    return str(KINDS.get(kind, kind))


def result_words(result: str) -> str:
    """The result in words."""
    return str(Result(result).label) if result in Result.values else result

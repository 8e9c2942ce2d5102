"""The reasons an item carries, in both languages. Rules store the English sentence; pages and the command show either."""

from __future__ import annotations

from kechuang.reading import relative

_CHINESE = {
    "condition taken from the grant before it": "条件承接上一项奖补",
    "condition stands in an earlier sentence": "条件写在前面的句子里",
    "amount stands in another document": "金额由其他文件规定",
    "amount stands in another article": "金额写在另一条里",
    "beneficiary taken from the grant before it": "对象承接上一项奖补",
    "carrier of the project named elsewhere": "项目的承担单位写在别处",
    "beneficiary named by the information card": "对象见信息卡或适用范围",
    "beneficiary named in the introduction": "对象写在引导句里",
    "beneficiary is the last receiver named in the condition": "对象取自条件里最后出现的主体",
    "beneficiary named in an earlier sentence or heading": "对象取自前文或标题",
    "no beneficiary named; enterprises assumed": "没有写明对象，暂按企业理解",
    "no deadline in the text": "文中没有写期限",
    "no actor named": "没有写明责任主体",
    relative.NO_DATE: "文件没有日期，期限无从起算",
    relative.NO_FORCE: "文中没有写施行日期，期限无从起算",
    relative.EACH_CASE: "期限从每件事各自的时点起算",
    relative.OFFICE: "任期起止不在文中",
    relative.NO_PERIOD: "规划期不在文中",
    relative.FROM_ISSUE: "期限从成文之日起算；文中没有写别的起点",
    relative.FROM_EVENT: "期限从文中写明的时点起算",
    relative.OF_PERIOD: "期限取自规划期",
}


def in_chinese(reason: str) -> str:
    """The Chinese wording of a reason; counts that do not match are given with their number."""
    if " amounts, but no enumeration" in reason:
        return f"有 {reason.split(' ', maxsplit=1)[0]} 个金额，但没有找到相同个数的并列项"
    return _CHINESE.get(reason, reason)

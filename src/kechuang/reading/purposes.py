"""Stage 6e, before tasks: the parts of a sentence that say why something is done, or that the document is issued.

``announcement``  …，制定本办法 / 现提出如下意见：what stands up to there explains the document and orders nothing
``purpose``       为了促进A，提高B，应当C: A and B are what C is for; the last part of the sentence is what is done
"""

from __future__ import annotations

import re

from kechuang.reading.phrases import Segment

_PAPER = r"(?:意见|措施|办法|细则|方案|规定|政策|条例|决定|规划|计划|通知|公告|要求|指南|标准|制度|章程|规则|通告|决议|预案|纲要)"
_ANNOUNCES = re.compile(
    # 制定本办法, 特制定如下实施意见, 提出以下若干措施
    rf"(?:制定|制订|提出|出台|作出|发布|编制|修订|形成)(?:了)?(?:本|此|以下|如下|下列)(?!行业|部门|单位|地区|级|市|县|区|省|辖区|系统|企业|年度)[\u4e00-\u9fff]{{0,6}}?{_PAPER}"
    # 现提出如下, 现就…通知如下, 意见如下
    rf"|现(?:就|将|对|提出|印发|予|把)[^，。；]{{0,60}}(?:如下|以下|印发|公布|给你们|予以)|{_PAPER}如下"
    r"|提出(?:以下|如下)"
)
_FOR = re.compile(
    r"^(?:是)?为了|^为(?:(?:进一步|更好地?|全面|深入|切实|加快|大力|积极|认真|有效|充分|扎实|持续|着力|不断|坚决|深化|主动)+"
    r"|(?:贯彻|落实|适应|满足|应对|解决|规范|方便|鼓励|引导|支持|促进|推动|推进|提高|提升|增强|实现|确保|保障|加强|完善|优化|建设|打造|做好|维护|保护|激发|发挥|培育|扶持|扩大|改善|构建|建立|防止|防范|繁荣|营造))"
)
#: What further purposes begin with; a plain order (建立, 设立, 组织) ends the row.
_FURTHER = re.compile(
    r"^(?:进一步|更好地?|全面|深入|切实|加快|大力|积极|有效|充分|不断|持续|并|和|从而)*"
    r"(?:提高|提升|促进|增强|形成|实现|确保|营造|推动|推进|落实|贯彻|激发|发挥|保障|维护|巩固|扩大|深化|加强|优化|改善|规范|转变|防范|营造|保护)"
)
#: 应当, 要: whoever has to do something ends the row as well.
_OBLIGES = re.compile(r"应当?|必须|须(?!臾)|(?<![主重需纲概])要(?!素|求|点|件|闻)")


def announces(text: str) -> bool:
    """Whether a sentence announces the document it stands in."""
    return _ANNOUNCES.search(text) is not None


def aside(text: str, segments: tuple[Segment, ...]) -> set[int]:
    """Numbers of the segments that order nothing because they announce the document or say what for."""
    told = [n for n, piece in enumerate(segments) if _ANNOUNCES.search(text, piece.start, piece.end)]
    found = set(range(told[-1] + 1)) if told else set()
    running = False
    for n, piece in enumerate(segments[:-1]):
        words = text[piece.start : piece.end].lstrip(" 　\t")
        running = bool(_FOR.match(words)) or (
            running and _FURTHER.match(words) is not None and _OBLIGES.search(words) is None
        )
        if piece.mark in ("；", "。"):
            running = False
        elif running:
            found.add(n)
    return found

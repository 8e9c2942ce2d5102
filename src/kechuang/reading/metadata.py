"""Stage 2a, frame: what stands around the body: site header and footer, number, title, issuer, dates, recipients.

Nothing is cut away: the frame only says which lines are the body, so all offsets stay those of the text as given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.chinese import dates
from kechuang.reading.lines import TITLE_END, Line
from kechuang.reading.markers import find_marker
from kechuang.reading.normalise import normalise, squeeze

#: 发文字号: 郴政发〔2013〕4号, 东府办[2015]9号, 国科发火（2016）32号, 京财党政群〔2020〕343号, 公告2011年第28号.
NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}(?:〔|\[|［|【|（|\()\s*(?:19|20)\d\d\s*(?:〕|\]|］|】|）|\))\s*第?\s*\d{1,5}\s*号"
)
_ORG_END = r"(?:人民政府|政府办公室|委员会|管委会|办公室|办公厅|局|厅|部|委|院|中心|银行|协会|人大常委会|常务委员会)"
_ORGS = re.compile(rf"^(?:中共)?[\u4e00-\u9fff（）()、\s]{{1,60}}{_ORG_END}(?:文件)?$")
_META = re.compile(
    r"^[【\[]?(发布机构|发文机构|发文机关|发文字号|发文日期|发文时间|文号|文\s*号|发布日期|发布时间|发布单位|印发日期|印发机关"
    r"|成文日期|生成日期|生效日期|签署日期|登记日期|公布日期|索引号|信息索引|统一登记号|公开方式|公开范围|公开形式|公开日期"
    r"|公开责任部门|信息时效期|有效性|所属机构|所属主题|主题分类|主题词|体裁分类|信息来源|来源|作者|浏览次数|字号|字体|点击数|阅读|打印"
    r"|名称|标题|依据文件|信息名称|组配分类|服务对象分类|关键词|内容概述|时效)[】\]]?\s*[：:]"
)
_DATE_LABELS = (
    "成文日期",
    "签署日期",
    "发文日期",
    "发文时间",
    "印发日期",
    "公布日期",
    "发布日期",
    "发布时间",
    "生成日期",
    "公开日期",
)
_ADOPTED = re.compile(r"^[（(]?\d{4}年\d{1,2}月\d{1,2}日.{0,60}(?:通过|批准|公布|施行|修订|修正|发布|印发)")
_FURNITURE = re.compile(
    r"责任编辑|扫一扫|打印|分享到?[：:]?$|网站地图|网站帮助|联系我们|主办单位|承办单位|ICP备|公网安备|网站标识码|版权所有|关闭(?:窗口|本页)"
    r"|上一篇|下一篇|返回顶部|技术支持|附件下载|相关链接|相关文档|Copyright|^联系电话[：:]|纠错|收藏|^\[.*\]$|^字体|^来源[：:]|推荐使用|^抄送[：:]|^公开方式[：:]|^主题词[：:]|^（?此件(?:主动|依申请)?公开"
)


@dataclass(frozen=True)
class Frame:
    """The body is ``lines[first:last]``; the rest is what was read around it."""

    number: str | None
    title: str | None
    issuer: str | None
    issued: str | None
    recipients: tuple[str, ...]
    first: int
    last: int
    title_start: int | None = None
    title_end: int | None = None


def read_frame(source: str, lines: list[Line]) -> Frame:
    """Find the frame of a document given as logical lines."""
    if not lines:
        return Frame(None, None, None, None, (), 0, 0)
    last, signed_by, signed_on, signature_at = _tail(source, lines)
    heading = next((k for k, line in enumerate(lines[:last]) if _is_heading(source, line)), min(last, 60))
    span = _title(source, lines, heading)
    labels = _labels(source, lines[: min(last, heading + 12)])
    first = 0
    title: str | None = None
    title_start = title_end = None
    if span is not None:
        title_start, title_end = lines[span[0]].start, lines[span[1] - 1].end
        title = _title_text(source, lines, span)
        first = span[1]
    issued = signed_on
    recipients: tuple[str, ...] = ()
    issuer = signed_by or _issuer_above(source, lines, span)
    while first < last and not _is_heading(source, lines[first]):
        line = lines[first]
        day = _line_date(line.clean)
        if line.clean.endswith(("：", ":")) and len(line.clean) <= 200 and not recipients and _is_address(line.clean):
            recipients = _split_recipients(line.clean[:-1])
        elif day is not None:
            issued = issued or day
        elif _ADOPTED.match(line.clean):
            adopted = next(dates.find(line.clean), None)
            if adopted and (issued is None or re.search(r"公布|发布|印发", line.clean)):
                issued = adopted.iso
            announced = re.search(r"日\s*([\u4e00-\u9fff]{4,40}委员会)公告", line.clean)
            issuer = issuer or (announced.group(1) if announced else None)
        elif not (_META.match(line.clean) or NUMBER.fullmatch(line.clean) or _is_org(source, line)):
            break
        first += 1
    issued_text = _issued_document(source, lines, title, first, last)
    if issued_text is not None:
        first, inner_issuer, inner_date = issued_text
        issuer, issued = inner_issuer or issuer, inner_date or issued
    first = _after_contents(lines, first, last)
    if issued is None:
        issued = next((labels[name] for name in _DATE_LABELS if name in labels), None)
    if issuer is None:
        issuer = next(
            (labels[name] for name in ("发文机构", "发文机关", "发布机构", "发布单位") if name in labels), None
        )
    if title is None or span is None:
        basis = labels.get("依据文件", "")
        found = re.search(r"《(.+)》", basis)
        title = found.group(1) if found else title
    number = _number(lines[: max(first, span[1] if span else 0, 0 if span else min(last, heading + 12))], labels)
    if title is None and heading == 0 and lines:
        marker = find_marker(source, lines[0].start, lines[0].end)
        text = normalise(source, marker.end if marker else lines[0].start, lines[0].end).text
        title = text if 4 <= len(text) <= 60 and not re.search(r"[。；]", text) else None
    if issuer is None and title:
        made_by = re.match(r"^((?:中共)?[\u4e00-\u9fff]{2,20}?(?:人民政府|委员会|管委会|局|厅|办公室))关于", title)
        issuer = made_by.group(1) if made_by else None
    return Frame(number, title, issuer, issued, recipients, first, max(signature_at, first), title_start, title_end)


def _issued_document(
    source: str, lines: list[Line], title: str | None, first: int, last: int
) -> tuple[int, str | None, str | None] | None:
    """关于印发《X》的通知 … signature … X: where X itself begins, and who signed the notice and when."""
    named = re.search(r"印发《(.+)》的通知", title or "")
    if named is None:
        return None
    inner = squeeze(named.group(1))
    start = next((k for k in range(first, min(last, first + 30)) if lines[k].clean == inner), None)
    if start is None:
        return None
    issuer: list[str] = []
    issued = None
    for line in reversed(lines[first:start]):
        if issued is None:
            issued = _line_date(line.clean)
            if issued is None and len(line.clean) > 12:
                break
        elif _is_org(source, line):
            issuer.insert(0, re.sub(r"\s+", " ", source[line.start : line.end]))
        else:
            break
    return start + 1, " ".join(issuer) or None, issued


def _after_contents(lines: list[Line], first: int, last: int) -> int:
    """Skip a table of contents: the body begins where its first entry stands a second time."""
    if first >= last or not lines[first].clean.startswith("目录") or len(lines[first].clean) > 4:
        return first
    entry = _entry(lines[first + 1].clean) if first + 1 < last else ""
    again = next(
        (k for k in range(first + 2, min(last, first + 300)) if entry and _entry(lines[k].clean) == entry), None
    )
    return first if again is None else again


def _entry(clean: str) -> str:
    return re.sub(r"[.…·．—-]*\d*$", "", clean)


def _is_heading(source: str, line: Line) -> bool:
    marker = find_marker(source, line.start, line.end)
    return marker is not None and marker.style not in ("bullet", "annex")


def _is_org(source: str, line: Line) -> bool:
    shown = re.sub(r"\s+", " ", source[line.start : line.end])
    return len(line.clean) <= 60 and bool(_ORGS.match(shown)) and "关于" not in shown


def _title(source: str, lines: list[Line], heading: int) -> tuple[int, int] | None:
    """Line range of the title: the best line before the first heading, with lines broken off before it."""
    best: tuple[int, int] | None = None
    for k, line in enumerate(lines[: min(heading, 60)]):
        text = line.clean
        if len(text) > 90 or re.search(r"[。；]$|[：:，]$", text) or _META.match(text) or _is_org(source, line):
            if len(text) > 90 or text.endswith("。"):
                break  # the preamble has begun
            continue
        if NUMBER.fullmatch(text) or _line_date(text) is not None or _ADOPTED.match(text) or _FURNITURE.search(text):
            continue
        if text.endswith("文件") or len(text) < 4:
            continue
        score = 1 + 2 * bool(TITLE_END.search(text)) + bool("关于" in text and TITLE_END.search(text))
        if best is None or score >= best[0] or (score >= 3 and best[0] >= 3):
            # A plain later line does not replace an equally plain earlier one.
            if best is not None and score == 1 and best[0] == 1:
                continue
            best = (score, k)
    if best is None:
        return None
    begin = best[1]
    while begin > 0:
        above = lines[begin - 1]
        if (
            lines[begin].gap
            or len(above.clean) > 40
            or len(above.clean) < 4
            or re.search(r"[。；：:，]$", above.clean)
            or _META.match(above.clean)
            or NUMBER.search(above.clean)
            or _is_org(source, above)
            or TITLE_END.search(above.clean)
            or lines[begin].clean.startswith("关于")
            or _line_date(above.clean) is not None
        ):
            break
        begin -= 1
    return begin, best[1] + 1


def _title_text(source: str, lines: list[Line], span: tuple[int, int]) -> str:
    text = "".join(normalise(source, line.start, line.end).text for line in lines[span[0] : span[1]])
    number = NUMBER.match(text)
    return text[number.end() :] if number and len(text) > number.end() + 4 else text


def _issuer_above(source: str, lines: list[Line], span: tuple[int, int] | None) -> str | None:
    if span is None:
        return None
    found: list[str] = []
    for k in range(span[0] - 1, max(span[0] - 5, -1), -1):
        if not _is_org(source, lines[k]):
            if NUMBER.fullmatch(lines[k].clean):
                continue
            break
        shown = re.sub(r"\s+", " ", source[lines[k].start : lines[k].end])
        if not shown.endswith("文件"):
            found.insert(0, shown)
    return " ".join(found) or None


def _labels(source: str, lines: list[Line]) -> dict[str, str]:
    """Fields of an information card, one a line or several divided by ；."""
    labels: dict[str, str] = {}
    for line in lines:
        if not (_META.match(line.clean) or re.match(r"^发[文布]时间\d", line.clean)):
            continue
        for part in re.split(r"[；;]", source[line.start : line.end]):
            found = re.match(r"^\s*(发[文布]时间)\s*(\d.*)$", part) or re.match(
                r"^\s*[【\[]?([\u4e00-\u9fff]{2,8})[】\]]?\s*[：:](.*)$", part, re.DOTALL
            )
            if not found or not found.group(2).strip("。/ \n"):
                continue
            name, value = found.group(1), normalise(found.group(2).strip("。 ")).text
            if name in _DATE_LABELS:
                day = next(dates.find(value), None)
                if day is None or day.day is None:
                    continue
                value = day.iso
            labels.setdefault(name, value)
    return labels


def _number(lines: list[Line], labels: dict[str, str]) -> str | None:
    for name in ("发文字号", "文号"):
        found = NUMBER.search(labels.get(name, ""))
        if found:
            return found.group()
    for line in lines:
        whole = NUMBER.match(line.clean)
        if whole and (whole.end() == len(line.clean) or len(line.clean) <= 80):
            return whole.group()
    return None


def _line_date(clean: str) -> str | None:
    body = clean.strip("（()）")
    day = dates.parse(body)
    return day.isoformat() if day else None


def _is_address(clean: str) -> bool:
    return not re.search(r"如下|以下|下列|[。；]", clean) and bool(
        re.search(r"各|有关|人民政府|委员会|单位|局|部门|企业|公司|院|中心|学校|镇|街道|园区", clean)
    )


def _split_recipients(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[，,；;]", text) if part)


def _tail(source: str, lines: list[Line]) -> tuple[int, str | None, str | None, int]:
    """Where the page's footer begins, who signed and when, and where the signature begins."""
    last = len(lines)
    probe = len(lines)
    while probe > 1 and len(lines) - probe < 40:
        line = lines[probe - 1]
        if _FURNITURE.search(line.clean) or (len(line.clean) <= 4 and not line.clean.endswith(("。", "；"))):
            probe -= 1
            last = probe
            continue
        break
    low = max(0, last - 12)
    for k in range(last - 1, low, -1):
        day = _line_date(lines[k].clean)
        if day is None or _is_heading(source, lines[k]):
            continue
        after = lines[k + 1 : last]
        # Attachments printed after the signature are still part of the document.
        annexed = any(
            (marker := find_marker(source, line.start, line.end)) and marker.style == "annex" for line in after
        )
        if not annexed and any(_is_heading(source, line) or line.clean.endswith("。") for line in after):
            continue  # the signature of a notice before the text it issues
        begin = k
        while begin > 1 and _is_org(source, lines[begin - 1]):
            begin -= 1
        if begin < k or k == last - 1:
            names = [re.sub(r"\s+", " ", source[line.start : line.end]) for line in lines[begin:k]]
            return last, " ".join(names) or None, day, last if annexed else begin
    return last, None, None, last

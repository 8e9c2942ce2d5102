"""Codes of administrative divisions (GB/T 2260): six digits, two each for province, prefecture and county.

``000000`` stands for the whole country, as statistics use it. Codes that begin with 99 are not assigned and serve
invented cities.
"""

from __future__ import annotations

import re
from typing import Literal

Level = Literal["nation", "province", "prefecture", "county"]

NATION = "000000"

#: The first two digits: the 34 provincial divisions.
PROVINCES: dict[str, tuple[str, str]] = {
    "11": ("北京市", "Beijing"),
    "12": ("天津市", "Tianjin"),
    "13": ("河北省", "Hebei"),
    "14": ("山西省", "Shanxi"),
    "15": ("内蒙古自治区", "Inner Mongolia"),
    "21": ("辽宁省", "Liaoning"),
    "22": ("吉林省", "Jilin"),
    "23": ("黑龙江省", "Heilongjiang"),
    "31": ("上海市", "Shanghai"),
    "32": ("江苏省", "Jiangsu"),
    "33": ("浙江省", "Zhejiang"),
    "34": ("安徽省", "Anhui"),
    "35": ("福建省", "Fujian"),
    "36": ("江西省", "Jiangxi"),
    "37": ("山东省", "Shandong"),
    "41": ("河南省", "Henan"),
    "42": ("湖北省", "Hubei"),
    "43": ("湖南省", "Hunan"),
    "44": ("广东省", "Guangdong"),
    "45": ("广西壮族自治区", "Guangxi"),
    "46": ("海南省", "Hainan"),
    "50": ("重庆市", "Chongqing"),
    "51": ("四川省", "Sichuan"),
    "52": ("贵州省", "Guizhou"),
    "53": ("云南省", "Yunnan"),
    "54": ("西藏自治区", "Tibet"),
    "61": ("陕西省", "Shaanxi"),
    "62": ("甘肃省", "Gansu"),
    "63": ("青海省", "Qinghai"),
    "64": ("宁夏回族自治区", "Ningxia"),
    "65": ("新疆维吾尔自治区", "Xinjiang"),
    "71": ("台湾省", "Taiwan"),
    "81": ("香港特别行政区", "Hong Kong"),
    "82": ("澳门特别行政区", "Macao"),
}
INVENTED = "99"


def is_division(code: str) -> bool:
    """Whether ``code`` has the form of a division code and begins with an assigned (or the invented) province."""
    if re.fullmatch(r"[0-9]{6}", code) is None:
        return False
    if code == NATION:
        return True
    if code[:2] not in PROVINCES and code[:2] != INVENTED:
        return False
    return code[2:4] != "00" or code[4:] == "00"


def level(code: str) -> Level:
    """The level of a division. Raises ``ValueError`` when ``code`` is none."""
    if not is_division(code):
        raise ValueError(f"{code!r} is no division code (不是行政区划代码)")
    if code == NATION:
        return "nation"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def parent(code: str) -> str | None:
    """The division above: county → prefecture → province → nation → None. Raises ``ValueError`` for no code."""
    above = {"nation": None, "province": NATION, "prefecture": code[:2] + "0000", "county": code[:4] + "00"}
    return above[level(code)]


def contains(outer: str, inner: str) -> bool:
    """Whether ``inner`` is ``outer`` or lies in it. Raises ``ValueError`` for no code."""
    step: str | None = inner
    while step is not None:
        if step == outer:
            return True
        step = parent(step)
    return False

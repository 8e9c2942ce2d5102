"""A city pack: everything one city decides, as data. Loaded, checked, covered, planned and attached here."""

from kechuang.citypack.attaching import AttachResult, attach
from kechuang.citypack.checking import Report, check, check_folder
from kechuang.citypack.loading import load
from kechuang.citypack.models import Pack
from kechuang.citypack.planning import Plan, plan
from kechuang.citypack.problems import PackError, Problem
from kechuang.citypack.serial import digest, from_json, to_json

__all__ = [
    "AttachResult",
    "Pack",
    "PackError",
    "Plan",
    "Problem",
    "Report",
    "attach",
    "check",
    "check_folder",
    "digest",
    "from_json",
    "load",
    "plan",
    "to_json",
]

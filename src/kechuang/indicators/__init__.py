"""Indicators: definitions, observations as vintages, and whether targets are reached.

Nothing here imports Django or touches the network; a statistician can use it from a notebook::

    from kechuang.indicators import Situation, choose_all, judge_all
"""

from kechuang.indicators.choice import Cell, Conflict, choose, choose_all, conflicts
from kechuang.indicators.definitions import Break, Definition, Related
from kechuang.indicators.observations import Flag, Observation, Source, Trust, as_known_on
from kechuang.indicators.targets import Gap, Situation, Status, Target, Verdict
from kechuang.indicators.text import Text
from kechuang.indicators.units import UnitError, convert
from kechuang.indicators.verdicts import judge, judge_all

__all__ = [
    "Break",
    "Cell",
    "Conflict",
    "Definition",
    "Flag",
    "Gap",
    "Observation",
    "Related",
    "Situation",
    "Source",
    "Status",
    "Target",
    "Text",
    "Trust",
    "UnitError",
    "Verdict",
    "as_known_on",
    "choose",
    "choose_all",
    "conflicts",
    "convert",
    "judge",
    "judge_all",
]

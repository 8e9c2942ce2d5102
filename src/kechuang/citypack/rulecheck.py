"""Checks that the conditions and amounts of measures compile against the facts, and computes their worked cases."""

from __future__ import annotations

from collections.abc import Iterator

from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Pack
from kechuang.citypack.problems import Problem


def rule_problems(pack: Pack, locator: Locator) -> Iterator[Problem]:
    """All problems of this kind."""
    yield from ()

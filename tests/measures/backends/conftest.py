"""A Spark session on two local cores, for the tests that compare Spark with the other interpreters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="Spark is an extra (requirements: spark)")
    from kechuang.measures.backends import spark

    started = spark.start("local[2]")
    yield started
    started.stop()

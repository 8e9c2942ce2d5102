"""Loaded before the settings (``-p tests.environment``): tests write into a folder of their own, in demo mode."""

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

HOME = Path(tempfile.mkdtemp(prefix="kechuang-test-"))
(HOME / "static").mkdir()
os.environ["KECHUANG_HOME"] = str(HOME)
os.environ["KECHUANG_DEMO"] = "1"
os.environ["KECHUANG_HTTPS"] = "0"
os.environ["KECHUANG_CACHE"] = str(HOME / "cache")

# A busy machine is not a failing test: no deadline for a single example, no complaint about slow generation.
settings.register_profile("kechuang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kechuang")

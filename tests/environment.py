"""Loaded before the settings (``-p tests.environment``): tests write into a folder of their own, in demo mode."""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="kechuang-test-"))
(HOME / "static").mkdir()
os.environ["KECHUANG_HOME"] = str(HOME)
os.environ["KECHUANG_DEMO"] = "1"
os.environ["KECHUANG_HTTPS"] = "0"

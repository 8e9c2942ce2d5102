"""Loaded before the settings (``-p tests.environment``): tests write into a folder of their own, in demo mode."""

import os
import tempfile

HOME = tempfile.mkdtemp(prefix="kechuang-test-")
os.mkdir(os.path.join(HOME, "static"))
os.environ["KECHUANG_HOME"] = HOME
os.environ["KECHUANG_DEMO"] = "1"
os.environ["KECHUANG_HTTPS"] = "0"

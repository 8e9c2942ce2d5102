"""The notebook needs neither Django nor a network (tests/test_notebooks.py holds its output)."""

import json
import subprocess
import sys
from pathlib import Path

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "indicators.ipynb"
RUNNER = """
import contextlib, io, json, socket, sys
def refuse(*_): raise AssertionError("the notebook reached for the network")
socket.socket.connect = refuse
space = {}
for source in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, space)
print("django" in sys.modules)
"""


def test_no_django_and_no_network(monkeypatch):
    cells = [c for c in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOK.parents[2] / "src"))
    sources = json.dumps(["".join(c["source"]) for c in cells])
    done = subprocess.run([sys.executable, "-c", RUNNER], input=sources, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False"]

"""The stand-alone verifier as a program: no Django, nothing of Kechuang beside it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from kechuang.proofs import verify_audit
from kechuang.proofs.chain import chain

PROGRAM = Path(verify_audit.__file__)


def write(path: Path, count: int = 4) -> list[dict]:
    events = [{"time": f"2026-11-24T04:06:0{n}.000000Z", "action": "演示", "nonce": str(n)} for n in range(count)]
    records = [link.public() | {"event": event} for link, event in zip(chain(events), events, strict=True)]
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return records


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a copy of the program with an isolated Python that cannot see any installed package."""
    command = [sys.executable, "-I", "-S", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_it_imports_the_standard_library_only():
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_a_copy_alone_verifies_a_chain(tmp_path):
    program = tmp_path / "verify.py"
    program.write_bytes(PROGRAM.read_bytes())
    records = write(tmp_path / "chain.jsonl")
    done = run(program, tmp_path / "chain.jsonl", "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"The chain is whole: 4 links, head {records[3]['digest']} at link 4.\n"


def test_it_names_the_first_broken_link(tmp_path):
    write(path := tmp_path / "chain.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace("演示", "篡改")
    path.write_text("".join(lines), encoding="utf-8")
    done = run(PROGRAM, path, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["ok"], found["broken_at"], found["kind"], found["checked"]) == (False, 3, "edited", 2)


def test_published_heads_find_a_cut_chain(tmp_path, capsys):
    records = write(path := tmp_path / "chain.jsonl")
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps({"heads": [{"seq": 4, "digest": records[3]["digest"]}]}))
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
    assert verify_audit.main([str(path), "--lang", "zh"]) == 0
    capsys.readouterr()
    assert verify_audit.main([str(path), "--heads", str(heads), "--lang", "zh"]) == 1
    assert capsys.readouterr().out == "第 3 条断开（输入中的第 3 处）：链在这里被截断，公布过的链头在后面。\n"


def test_unreadable_input_is_said_in_one_line(tmp_path, capsys):
    path = tmp_path / "chain.jsonl"
    path.write_text("not json\n")
    assert verify_audit.main([str(path)]) == 2
    assert "chain.jsonl:1" in capsys.readouterr().err
    assert verify_audit.main([str(tmp_path / "absent")]) == 2

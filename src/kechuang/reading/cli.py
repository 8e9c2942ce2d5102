"""``kechuang read FILE``: print what is read from a document, as a tree or as JSON."""

from __future__ import annotations

import argparse
import json
import sys

from kechuang.reading.document import load
from kechuang.reading.errors import ReadingError
from kechuang.reading.pipeline import read


def run(argv: list[str]) -> int:
    """Command line; returns the exit status (0 read, 1 cannot be read, 2 wrong arguments)."""
    parser = argparse.ArgumentParser(prog="kechuang read", description="读政策文件 / read a policy document")
    parser.add_argument("file", help=".txt .html .docx .pdf, or - for standard input")
    parser.add_argument("--json", action="store_true", help="JSON 输出 / print JSON")
    parser.add_argument("--why", action="store_true", help="显示规则与理由 / show rules and reasons")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    try:
        options = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        if options.file == "-":
            text = load(sys.stdin.buffer.read(), "stdin")
        else:
            text = load(options.file)
    except ReadingError as error:
        sys.stderr.write((error.zh if options.lang == "zh" else error.en) + "\n")
        return 1
    reading = read(text)
    if options.json:
        json.dump(reading.to_dict(why=options.why), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

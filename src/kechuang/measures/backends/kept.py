"""Compiled texts on disk, so that a second process need not load the compiler.

One file per text in ``KECHUANG_CACHE`` (empty: nothing is kept), else in ``kechuang`` in the user's cache folder. Its name
is the SHA-256 of all that decides the text: the rules, the dialect, the source code of the compiler, its packages. The
folder belongs to the user alone: whoever could write there could change amounts. Nothing here raises: what cannot be
read or written is compiled again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

_MOST = 500
"""Files that are kept; of more, the oldest go."""


def folder() -> Path | None:
    """Where texts are kept; None if they are not."""
    named = os.environ.get("KECHUANG_CACHE")
    if named is not None:
        return Path(named) if named else None
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base, "kechuang")
    home = os.environ.get("HOME")
    return Path(home, ".cache", "kechuang") if home else None


@cache
def compiler() -> str:
    """SHA-256 of the code that makes the text, and of the packages it rests on."""
    here = Path(__file__).parent
    measures = here.parent
    files = sorted((measures.parent / "expressions").glob("*.py"))
    files += [measures / "facts.py", measures / "program.py", here / "bulk.py", here / "compiled.py", here / "tree.py"]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update(f"{version('ibis-framework')} {version('sqlglot')}".encode())
    return digest.hexdigest()


def _name(key: object) -> str:
    return hashlib.sha256(f"{compiler()} {key!r}".encode()).hexdigest()


def read(key: object) -> str | None:
    """The text for a key, if it is there and whole."""
    place = folder()
    if place is None:
        return None
    with contextlib.suppress(OSError, ValueError):
        if _ours(place):
            digest, text = (place / f"{_name(key)}.sql").read_text(encoding="utf-8").split("\n", maxsplit=1)
            if digest == f"-- {hashlib.sha256(text.encode()).hexdigest()}":
                return text
    return None


def write(key: object, text: str) -> None:
    """Keeps a text: whole or not at all, also when two processes write it at once."""
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours(place):
            return
        descriptor, made = tempfile.mkstemp(dir=place, suffix=".new")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(f"-- {hashlib.sha256(text.encode()).hexdigest()}\n{text}")
        Path(made).replace(place / f"{_name(key)}.sql")
        kept = sorted(place.glob("*.sql"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_MOST]:
            old.unlink(missing_ok=True)


def _ours(place: Path) -> bool:
    """Whether nobody else may write into the folder (told on systems with owners only)."""
    found = place.stat()
    return not hasattr(os, "getuid") or (
        found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )

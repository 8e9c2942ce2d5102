"""The file of a backup: a .tar.gz of small members with a manifest at its end, encrypted as a whole if wished.

    tables/accounts_user/00001.jsonl   rows, one JSON list a line, at most 8 MiB of them
    files/<SHA-256>                    contents of the file store
    secret_key                         in encrypted backups only
    manifest.json                      what there is, with SHA-256 and size of every member

An unencrypted backup can be opened with ``tar xzf``; members are written as they come, so no size needs much memory.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from kechuang.web.core.errors import UserError
from kechuang.web.operations.domain.sealing import MAGIC, Opener, Sealer

FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1 << 20
LEVEL = 1  # rows are repetitive: level 1 already makes them a tenth, and higher levels cost more time than they save


class _Hashing(io.RawIOBase):
    """Reads a member through and remembers digest and size."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.sha, self.size = source, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.sha.update(piece)
        self.size += len(piece)
        return piece


class Writer:
    """Writes members and, at the end, the manifest."""

    def __init__(self, target: IO[bytes], passphrase: str | None) -> None:
        self.members: list[dict[str, Any]] = []
        self._sealer = Sealer(target, passphrase) if passphrase is not None else None
        below: Any = self._sealer or target
        self._gzip = gzip.GzipFile(fileobj=below, mode="wb", compresslevel=LEVEL, filename="", mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, source: IO[bytes], size: int) -> str:
        """Add a member of a known size; returns its SHA-256."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = _Hashing(source)
        self._tar.addfile(info, cast("IO[bytes]", hashing))
        digest = hashing.sha.hexdigest()
        self.members.append({"name": name, "size": size, "sha256": digest})
        return digest

    def add_bytes(self, name: str, content: bytes) -> str:
        """Add a member that is in memory; returns its SHA-256."""
        return self.add(name, io.BytesIO(content), len(content))

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and everything that still waits; the file below stays open."""
        content = json.dumps(manifest | {"format": FORMAT, "members": self.members}, ensure_ascii=False, indent=1)
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content.encode()), 0o600
        self._tar.addfile(info, io.BytesIO(content.encode()))
        self._tar.close()
        self._gzip.close()
        if self._sealer:
            self._sealer.close()


def is_encrypted(path: Path) -> bool:
    """Whether a backup needs a passphrase.

    Raises:
        UserError: there is no such file, or it is no backup.
    """
    try:
        with path.open("rb") as handle:
            start = handle.read(len(MAGIC))
    except OSError as error:
        raise UserError(
            f"读不了备份文件 {path}：{error.strerror}。", f"Cannot read the backup {path}: {error.strerror}.",
            code="unreadable",
        ) from error  # fmt: skip
    if start == MAGIC:
        return True
    if start[:2] == b"\x1f\x8b":
        return False
    raise UserError(
        f"{path} 不是本系统的备份文件。", f"{path} is no backup of this system.", code="no_backup"
    )  # fmt: skip


@contextmanager
def members(path: Path, passphrase: str | None) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of a backup one after another: name and content. The manifest comes last.

    Raises:
        UserError: no backup, wrong passphrase, damaged.
    """
    encrypted = is_encrypted(path)
    with path.open("rb") as handle:
        below: Any = io.BufferedReader(Opener(handle, passphrase), PIECE) if encrypted else handle
        try:
            with (
                gzip.GzipFile(fileobj=below, mode="rb") as unzipped,
                tarfile.open(fileobj=unzipped, mode="r|") as tar,
            ):
                yield _walk(tar, unzipped)
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UserError(
                f"备份文件 {path.name} 损坏或没有拷完整（{error}）。请换另一份拷贝再试。",
                f"The backup {path.name} is damaged or was not copied whole ({error}). Try another copy.",
                code="damaged",
            ) from error


def _walk(tar: tarfile.TarFile, unzipped: gzip.GzipFile) -> Iterator[tuple[str, IO[bytes]]]:
    """The members, then the rest of the stream: its check sum stands at the very end."""
    for info in tar:
        if info.isfile():
            yield info.name, cast("IO[bytes]", tar.extractfile(info))
    while unzipped.read(PIECE):
        pass


def verify(path: Path, passphrase: str | None) -> dict[str, Any]:
    """Read a backup from end to end, compare every member with the manifest, and return the manifest.

    Raises:
        UserError: no backup, wrong passphrase, damaged; the text names the first member that differs.
    """
    seen: dict[str, tuple[int, str, int]] = {}
    manifest: dict[str, Any] | None = None
    with members(path, passphrase) as found:
        for name, source in found:
            if name == MANIFEST:
                manifest = _manifest(source.read(), path)
                continue
            sha, size, lines = hashlib.sha256(), 0, 0
            while piece := source.read(PIECE):
                sha.update(piece)
                size += len(piece)
                lines += piece.count(b"\n")
            seen[name] = (size, sha.hexdigest(), lines)
    if manifest is None:
        raise _differs(path, MANIFEST, "没有清单", "there is no manifest")
    if manifest["format"] > FORMAT:
        raise UserError(
            f"这份备份的格式（{manifest['format']}）比本程序新。请先升级程序，再恢复。",
            f"This backup has format {manifest['format']}, which is newer than this program. Upgrade first.",
            code="newer",
        )
    for member in manifest["members"]:
        size, digest, _ = seen.get(member["name"], (0, "", 0))
        if (size, digest) != (member["size"], member["sha256"]):
            raise _differs(path, member["name"], "摘要与清单不同", "its digest is not that of the manifest")
    if extra := sorted(set(seen) - {member["name"] for member in manifest["members"]}):
        raise _differs(path, extra[0], "清单里没有它", "the manifest does not know it")
    for table, told in manifest["tables"].items():
        rows = sum(lines for name, (_, _, lines) in seen.items() if name.startswith(f"tables/{table}/"))
        if rows != told["rows"]:
            raise _differs(path, table, "行数与清单不同", "the number of rows is not that of the manifest")
    return manifest


def _manifest(content: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        assert isinstance(manifest["members"], list) and isinstance(manifest["tables"], dict)
        assert isinstance(manifest["format"], int)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise _differs(path, MANIFEST, "读不懂", "it cannot be read") from error
    return cast("dict[str, Any]", manifest)


def _differs(path: Path, name: str, zh: str, en: str) -> UserError:
    return UserError(
        f"备份 {path.name} 里的 {name} 有问题：{zh}。这份备份不能用，请换另一份。",
        f"{name} in the backup {path.name} is wrong: {en}. Do not use this backup; take another one.",
        code="damaged",
    )

"""A file that only its passphrase opens: scrypt and AES-256-GCM in chunks, so that any size needs little memory.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), which age uses too: the nonce of a chunk is its number
and whether it is the last, so that chunks can be neither moved nor left out, and a file cannot be cut short.

    KCBACKUP1\n                          eight letters and a version
    {"kdf": "scrypt", "n": …, …}\n       how the key is made; it is authenticated with each chunk
    chunk, chunk, … , last chunk         1 MiB each, plus 16 bytes of tag
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
from typing import IO, Any

from kechuang.web.core.errors import UserError

MAGIC = b"KCBACKUP1\n"
CHUNK = 1 << 20
TAG = 16
SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}  # 128 MiB and about half a second: what OWASP advises for passphrases
SCRYPT_LIMITS = {
    "n": 1 << 20,
    "r": 16,
    "p": 4,
}  # of a file that is read: it must not make this machine run out of memory
SHORTEST = 12


def _keys(passphrase: str, header: dict[str, Any]) -> tuple[bytes, str]:
    """The key, and a check that tells a wrong passphrase from a damaged file."""
    n, r, p = (int(header[name]) for name in ("n", "r", "p"))
    made = hashlib.scrypt(
        passphrase.encode(), salt=bytes.fromhex(header["salt"]), n=n, r=r, p=p, maxmem=256 * n * r, dklen=64
    )
    return made[:32], hashlib.sha256(made[32:]).hexdigest()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Sealer(io.RawIOBase):
    """Writes encrypted; ``close`` writes the last chunk and leaves the file below open."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(passphrase) < SHORTEST:
            raise UserError(
                f"口令太短，至少 {SHORTEST} 个字符。", f"The passphrase is too short: {SHORTEST} characters at least.",
                code="weak_passphrase",
            )  # fmt: skip
        header: dict[str, Any] = {"kdf": "scrypt", **SCRYPT, "salt": os.urandom(16).hex(), "cipher": "AES-256-GCM"}
        key, header["check"] = _keys(passphrase, header)
        self._head = MAGIC + json.dumps(header, sort_keys=True).encode() + b"\n"
        self._target, self._cipher, self._number, self._waiting = target, AESGCM(key), 0, bytearray()
        target.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # never the last one: only ``close`` knows which that is
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), piece, self._head))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            self._waiting.clear()
        super().close()


class Opener(io.RawIOBase):
    """Reads what :class:`Sealer` wrote; nothing is given out that has not been authenticated.

    Raises:
        UserError: wrong passphrase; a file that was changed, damaged or cut short.
    """

    def __init__(self, source: IO[bytes], passphrase: str | None) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if passphrase is None:
            raise UserError(
                "这份备份加了密。请给出口令：--passphrase-file 文件，或环境变量 KECHUANG_BACKUP_PASSPHRASE。",
                "This backup is encrypted. Give the passphrase: --passphrase-file FILE, or KECHUANG_BACKUP_PASSPHRASE.",
                code="passphrase_needed",
            )
        source.read(len(MAGIC))
        line = source.readline(4096)
        try:
            header = json.loads(line)
            if any(int(header[name]) > limit for name, limit in SCRYPT_LIMITS.items()):
                raise ValueError("asks for more memory than a backup of ours")
            key, check = _keys(passphrase, header)
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged("开头", "its beginning", error) from error
        if not hmac.compare_digest(check, str(header.get("check"))):
            raise UserError(
                "口令不对。口令区分大小写和空格；换回做备份时用的那一个。",
                "The passphrase is wrong. Case and spaces count; use the one the backup was made with.",
                code="wrong_passphrase",
            )
        self._head, self._source, self._cipher = MAGIC + line, source, AESGCM(key)
        self._number, self._ready, self._next, self._done = 0, memoryview(b""), source.read(CHUNK + TAG), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready and not self._done:
            self._fill()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _fill(self) -> None:
        from cryptography.exceptions import InvalidTag

        piece, self._next = self._next, self._source.read(CHUNK + TAG)
        self._done = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._number, self._done), piece, self._head)
        except (InvalidTag, ValueError) as error:
            megabyte = self._number + 1
            raise _damaged(f"第 {megabyte} MB", f"megabyte {megabyte}", "InvalidTag") from error
        self._number += 1
        self._ready = memoryview(plain)
        if not plain and not self._done:
            self._fill()


def _damaged(zh: str, en: str, why: object) -> UserError:
    return UserError(
        f"备份文件在{zh}处损坏、被改过或没有拷完整（{why}）。请换另一份拷贝再试。",
        f"The backup is damaged, was changed or was not copied whole, at {en} ({why}). Try another copy.",
        code="damaged",
    )

"""The file store: contents under their SHA-256, each handed-in file with its name, owner and access rule.

    stored = files.store(request.FILES["file"], rule="policy.official_text", owner_id=document_id, created_by=user)
    with files.open_stored(stored) as handle: ...

A rule says who may fetch a file; upper apps register theirs with ``access_rule``. Without a rule nobody may.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import StoredFile

CHUNK = 1 << 20
Rule = Callable[[Any, StoredFile], bool]
_rules: dict[str, Rule] = {}


def access_rule(name: str) -> Callable[[Rule], Rule]:
    """Register who may fetch files of this rule: a function of the user and the stored file."""

    def register(rule: Rule) -> Rule:
        _rules[name] = rule
        return rule

    return register


@access_rule("public")
def _public(_user: Any, _stored: StoredFile) -> bool:
    """Files that everybody may fetch."""
    return True


def may_fetch(user: Any, stored: StoredFile) -> bool:
    """Whether a person may fetch a file; False where its rule is not registered."""
    rule = _rules.get(stored.rule)
    return bool(rule and rule(user, stored))


def _chunks(source: bytes | Path | UploadedFile | IO[bytes]) -> Iterator[bytes]:
    """The content piece by piece, so that a large file is never held in memory."""
    if isinstance(source, bytes):
        yield source
    elif isinstance(source, Path):
        with source.open("rb") as handle:
            yield from _chunks(handle)
    elif isinstance(source, UploadedFile):
        yield from source.chunks(CHUNK)
    else:
        while piece := source.read(CHUNK):
            yield piece


def clean_name(name: str) -> str:
    """The last part of a file name, without control characters, at most 255 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[-255:] or "file"


def store(
    source: bytes | Path | UploadedFile | IO[bytes],
    *,
    rule: str,
    name: str = "",
    content_type: str = "",
    owner_id: str = "",
    created_by: Any = None,
    realm: str = Realm.REAL,
    max_bytes: int | None = None,
) -> StoredFile:
    """Store a file and return its record; the content is written, flushed and then moved to its place in one step.

    Raises:
        UserError: the file is empty (422) or larger than ``max_bytes`` (413; default ``MAX_UPLOAD_BYTES``).
    """
    limit = max_bytes or settings.MAX_UPLOAD_BYTES
    name = clean_name(name or str(getattr(source, "name", "") or ""))
    root = Path(settings.FILES_DIR)
    root.mkdir(parents=True, exist_ok=True)
    sha, size = hashlib.sha256(), 0
    descriptor, temporary = tempfile.mkstemp(dir=root, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            for piece in _chunks(source):
                size += len(piece)
                if size > limit:
                    raise _too_large(name, limit)
                sha.update(piece)
                handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())
        if size == 0:
            raise UserError(f"文件“{name}”是空的。", f"The file “{name}” is empty.", field="file", code="empty_file")
        stored = StoredFile(
            sha256=sha.hexdigest(), size=size, name=name, rule=rule, owner_id=owner_id, realm=realm,
            content_type=(content_type or getattr(source, "content_type", "") or "application/octet-stream")[:100],
            created_by=str(created_by.pk) if getattr(created_by, "is_authenticated", False) else "",
        )  # fmt: skip
        stored.path.parent.mkdir(parents=True, exist_ok=True)
        Path(temporary).replace(stored.path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    stored.save()
    return stored


def _too_large(name: str, limit: int) -> UserError:
    megabytes = limit // (1024 * 1024)
    return UserError(
        f"文件“{name}”超过 {megabytes} MB，请压缩或分成几份。",
        f"The file “{name}” is larger than {megabytes} MB; compress it or split it.",
        field="file", code="too_large", status=413,
    )  # fmt: skip


def open_stored(stored: StoredFile) -> IO[bytes]:
    """Open the content for reading."""
    return cast("IO[bytes]", stored.path.open("rb"))


def is_intact(stored: StoredFile) -> bool:
    """Whether the content on the disk still has the digest and the size it was stored with."""
    if not stored.path.is_file():
        return False
    sha, size = hashlib.sha256(), 0
    for piece in _chunks(stored.path):
        sha.update(piece)
        size += len(piece)
    return sha.hexdigest() == stored.sha256 and size == stored.size


def remove(stored: StoredFile) -> None:
    """Delete a file's record, and its content when no other record has the same."""
    path, sha256 = stored.path, stored.sha256
    stored.delete()
    if not StoredFile.objects.filter(sha256=sha256).exists():
        path.unlink(missing_ok=True)

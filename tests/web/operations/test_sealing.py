"""A sealed file opens with its passphrase only, and no changed, moved or missing byte goes unnoticed."""

from __future__ import annotations

import io
import random

import pytest

from kechuang.web.core.errors import UserError
from kechuang.web.operations.domain import sealing
from kechuang.web.operations.domain.sealing import CHUNK, TAG, Opener, Sealer

PHRASE = "an honest passphrase"


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch):
    """Making a key takes half a second and 128 MiB on purpose; these tests need not wait for it."""
    monkeypatch.setattr(sealing, "SCRYPT", {"n": 1 << 4, "r": 8, "p": 1})


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, PHRASE)
    for at in range(0, len(content), 300_001):
        sealer.write(content[at : at + 300_001])
    sealer.close()
    return target.getvalue()


def opened(content: bytes, phrase: str | None = PHRASE) -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(content), phrase), 1 << 16).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_what_goes_in_comes_out(size):
    content = random.Random(size).randbytes(size)
    stored = sealed(content)
    assert opened(stored) == content
    if size > 64:
        assert content[:64] not in stored


def test_a_wrong_passphrase_is_told_from_damage():
    stored = sealed(b"content")
    with pytest.raises(UserError) as error:
        opened(stored, PHRASE + " ")
    assert error.value.code == "wrong_passphrase"
    with pytest.raises(UserError) as error:
        opened(stored, None)
    assert error.value.code == "passphrase_needed"
    with pytest.raises(UserError) as error:
        Sealer(io.BytesIO(), "too short")
    assert error.value.code == "weak_passphrase"


def test_no_changed_byte_goes_unnoticed():
    stored = sealed(random.Random(1).randbytes(3000))
    chance = random.Random(2)
    places = {*range(0, len(sealing.MAGIC) + 60), *(chance.randrange(len(stored)) for _ in range(300))}
    for place in sorted(places - set(range(len(sealing.MAGIC)))):
        bad = bytearray(stored)
        bad[place] ^= 1 << chance.randrange(8)
        with pytest.raises(UserError):
            opened(bytes(bad))


def test_chunks_are_neither_moved_nor_left_out():
    content = random.Random(3).randbytes(3 * CHUNK)
    stored = sealed(content)
    start = len(stored) - 3 * (CHUNK + TAG)
    chunks = [stored[start + n * (CHUNK + TAG) : start + (n + 1) * (CHUNK + TAG)] for n in range(3)]
    head = stored[:start]
    assert opened(head + b"".join(chunks)) == content
    for wrong in ([chunks[1], chunks[0], chunks[2]], chunks[:2], chunks[1:], [*chunks, chunks[2]]):
        with pytest.raises(UserError) as error:
            opened(head + b"".join(wrong))
        assert error.value.code == "damaged"


def test_a_file_cannot_ask_for_all_the_memory_of_the_machine():
    stored = sealed(b"content").replace(b'"n": 16', b'"n": 1073741824')
    with pytest.raises(UserError) as error:
        opened(stored)
    assert error.value.code == "damaged"

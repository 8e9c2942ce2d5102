"""Public identifiers: sortable by time, hard to guess, safe in an address."""

from __future__ import annotations

import secrets
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U, so that an id can be read out


def new_id() -> str:
    """A new id of 26 characters after the ULID specification: 48 bits of milliseconds, 80 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))

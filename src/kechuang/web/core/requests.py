"""The id of the request that is being served, known to code that has no request at hand (audit, logging)."""

from __future__ import annotations

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Id of the request being served; empty in commands and jobs."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Remember the id; the middleware calls this at the start and clears it at the end of each request."""
    _request_id.set(value)

"""Mail: by default each letter is a file in ``KECHUANG_HOME/mail``; ``EMAIL_URL`` sends it for real."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage

from kechuang.web.core.jobs import task
from kechuang.web.core.requests import current_request_id

logger = logging.getLogger(__name__)


def send(to: str | Sequence[str], subject: str, text: str) -> bool:
    """Send one letter now; returns whether the mail server took it. A failure is logged and never breaks a page."""
    addresses = [to] if isinstance(to, str) else list(to)
    headers = {"X-Request-Id": ident} if (ident := current_request_id()) else {}
    try:
        return bool(EmailMessage(" ".join(subject.split()), text, None, addresses, headers=headers).send())
    except (OSError, smtplib.SMTPException):
        logger.exception("mail to %d addresses could not be sent", len(addresses))
        return False


@task()
def send_later(to: list[str], subject: str, text: str) -> bool:
    """The same by the worker: ``send_later.enqueue([...], subject, text)``."""
    return send(to, subject, text)

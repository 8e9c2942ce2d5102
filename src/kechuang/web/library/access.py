"""Who may read and who may change what in the library. Deny by default.

A document is read by its uploader, and as far as its visibility says by staff or by everybody. Changes are made by
officers, and only to documents they may read.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError
from kechuang.web.core.files import access_rule
from kechuang.web.core.models import StoredFile
from kechuang.web.library.enums import Visibility
from kechuang.web.library.models import SourceDocument

FILE_RULE = "library.document"


def readable(user: Any) -> Q:
    """The documents a person may read, as a filter on ``SourceDocument``."""
    allowed = Q(visibility=Visibility.PUBLIC)
    if getattr(user, "is_authenticated", False):
        closed = Q(created_by=user.pk)
        if access.is_staff_role(user):
            closed |= Q(visibility=Visibility.STAFF)
        allowed |= closed & access.realm_filter(user)
    return allowed


def may_read(user: Any, document: SourceDocument) -> bool:
    """The same rule for one document at hand."""
    if document.visibility == Visibility.PUBLIC:
        return True
    if not getattr(user, "is_authenticated", False) or not access.reads_realm(user, document.realm):
        return False
    own = document.created_by_id == user.pk
    return own or (document.visibility == Visibility.STAFF and access.is_staff_role(user))


def may_write(user: Any) -> bool:
    """Whether the person may add and review documents at all."""
    return access.has_role(user, Role.OFFICER)


def require_write(user: Any, document: SourceDocument | None = None) -> str:
    """The role a person writes as.

    Raises ``UserError`` with 401 or 403, and 404 for a document the person may not even read.
    """
    access.require(user, Role.OFFICER)
    if document is not None and not may_read(user, document):
        raise UserError("没有这份文件。", "There is no such document.", code="not_found", status=404)
    return Role.OFFICER.value


@access_rule(FILE_RULE)
def _file(user: Any, stored: StoredFile) -> bool:
    """A file may be fetched by whoever may read one of the documents made from it."""
    return SourceDocument.objects.filter(readable(user), file=stored).exists()

"""The 演示数据 band: said on every page that shows a document from a demonstration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from kechuang.web.core.enums import Realm
from kechuang.web.library.models import SourceDocument


def band(documents: Iterable[SourceDocument]) -> dict[str, Any]:
    """What the base template needs to show the band, or nothing."""
    if not any(document.realm == Realm.DEMO for document in documents):
        return {}
    return {"demo_data": True, "demo_text": _("这一页有在演示中上传的文件，不当作真实政策使用。")}

"""Text out of an uploaded file or a pasted field, with clear refusals."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from kechuang import reading
from kechuang.web.core.errors import UserError


def text_of_upload(request: HttpRequest) -> tuple[str, str]:
    """``(file name, text)`` of the field ``file`` or, without a file, of the field ``text``."""
    upload = request.FILES.get("file")
    if upload is None:
        pasted = request.POST.get("text", "").strip()
        if not pasted:
            raise UserError(
                "请选一个文件，或把全文贴进来。", "Choose a file, or paste the text.", field="file", code="empty"
            )
        return "pasted.txt", pasted
    limit = settings.MAX_UPLOAD_BYTES
    if (upload.size or 0) > limit:
        raise UserError(
            f"文件有 {(upload.size or 0) / 1048576:.1f} MB，最多 {limit // 1048576} MB。",
            f"The file has {(upload.size or 0) / 1048576:.1f} MB; at most {limit // 1048576} MB.",
            field="file",
            code="too_large",
            status=413,
        )
    name = upload.name or "upload.txt"
    try:
        return name, reading.load(upload.read(), name=name)
    except reading.ReadingError as error:
        raise UserError(error.zh, error.en, field="file", code="unreadable") from error

"""Proof papers: what may be handed in, and who may fetch them."""

from __future__ import annotations

from typing import Any

from kechuang.web.core import files
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import StoredFile

from ..access import may_see_claim
from ..models import Claim

RULE = "selfservice.proof"
MOST_BYTES = 10 * 1024 * 1024
#: First bytes of what is taken, and its type. The name and the type the browser gives are not believed.
KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


@files.access_rule(RULE)
def _may_fetch(user: Any, stored: StoredFile) -> bool:
    """The proof of a claim: for who made the claim and for who handles it."""
    claim = Claim.objects.select_related("organisation").filter(public_id=stored.owner_id).first()
    return claim is not None and claim.proof_id == stored.pk and may_see_claim(user, claim)


def keep(upload: Any, claim_id: str, *, user: Any) -> StoredFile:
    """Store a proof. Raises ``UserError``: none, empty, too large (413), or no PDF, JPEG or PNG (422)."""
    if upload is None:
        raise UserError("请选一份证明材料。", "Choose a proof to upload.", field="proof")
    head = upload.read(16)
    upload.seek(0)
    kind = next((kind for magic, kind in KNOWN if head.startswith(magic)), None)
    if head and kind is None:
        raise UserError(
            "证明材料要是 PDF、JPG 或 PNG。手机拍的照片可以直接传。",
            "The proof must be a PDF, JPEG or PNG file; a photograph taken with a telephone will do.",
            field="proof",
            code="file_type",
        )
    return files.store(
        upload, rule=RULE, owner_id=claim_id, content_type=kind, max_bytes=MOST_BYTES, created_by=user,
        realm=user.realm,
    )  # fmt: skip


def discard(claim: Claim) -> None:
    """Delete the proof of a claim from the store; inside the transaction of the change that ends its need."""
    if claim.proof is not None:
        stored, claim.proof = claim.proof, None
        claim.save(update_fields=["proof"])
        files.remove(stored)

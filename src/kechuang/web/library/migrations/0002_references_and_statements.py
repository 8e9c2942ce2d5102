"""References and statements become items of review; documents kept before get theirs from the reading kept with them."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

_KEPT = ("confidence", "rules", "reasons")


def fill(apps: Any, schema_editor: Any) -> None:
    """Items for what the kept readings hold: every reference, and validity sentences that carry no other item."""
    draft_model, item_model = apps.get_model("library", "Draft"), apps.get_model("library", "DraftItem")
    for draft in draft_model.objects.select_related("document").iterator(chunk_size=20):
        text, kept = draft.document.text, draft.reading or {}
        taken = list(draft.items.values_list("start", "end"))
        made = []
        for one in kept.get("references", ()):
            fields = {"title": one.get("title"), "number": one.get("number"), **{k: one[k] for k in _KEPT if k in one}}
            made.append(_item(item_model, draft, "reference", one["start"], one["end"], one.get("clause", "0"), text, fields))
        clauses = {one["id"]: one["clause"] for one in kept.get("paragraphs", ())}
        validity = [one["start"] for one in kept.get("rules", ()) if one.get("kind") == "validity"]
        for one in kept.get("sentences", ()):
            start, end = one["start"], one["end"]
            free = not any(a < end and start < b for a, b in taken)
            if free and any(start <= at < end for at in validity):
                reason = {"zh": "施行和有效期", "en": "entry into force and validity"}
                fields = {"kind": "formality", "reason": reason, "confidence": "0.8"}
                clause = clauses.get(one["paragraph"], "0")
                made.append(_item(item_model, draft, "statement", start, end, clause, text, fields))
        item_model.objects.bulk_create(made, batch_size=200)


def _item(model: Any, draft: Any, kind: str, start: int, end: int, clause: str, text: str, fields: dict[str, Any]) -> Any:
    quote = text[start:end]
    return model(draft=draft, kind=kind, start=start, end=end, clause=clause, quote=quote, fields=fields,
                 words="".join(quote.split()))  # fmt: skip


def clear(apps: Any, schema_editor: Any) -> None:
    """The older code knows no such items."""
    apps.get_model("library", "DraftItem").objects.filter(kind__in=("reference", "statement")).delete()


class Migration(migrations.Migration):
    """Two more kinds of item."""

    dependencies = [("library", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="draftitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("measure", "措施"),
                    ("target", "目标"),
                    ("task", "任务"),
                    ("reference", "引用文件"),
                    ("statement", "说明"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(fill, clear),
    ]

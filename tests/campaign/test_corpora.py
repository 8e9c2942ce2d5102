"""Large corpora made by others: every document read, thousands of abstracts found again."""

from __future__ import annotations

import csv
import json
import math

import pytest

from kechuang.reading import load, read
from kechuang.retrieval import Entry, build


@pytest.mark.campaign
def test_ten_copies_of_every_policy_read_like_one(shared):
    """Reading has no memory between paragraphs far apart: ten copies hold ten times the incentives of one."""
    for path in sorted((shared / "policies").glob("*.txt")):
        text = load(path)
        reading = read(text * 10)
        for item in [*reading.targets, *reading.incentives]:
            assert (text * 10)[item.start : item.end] == item.quote
        assert len(reading.incentives) >= 9 * len(read(text).incentives)


def ndcg(rank: int | None) -> float:
    """nDCG@10 of a query with one right document."""
    return 0.0 if rank is None or rank >= 10 else 1 / math.log2(rank + 2)


@pytest.mark.campaign
@pytest.mark.parametrize(("task", "floor"), [("title", 0.93), ("keywords", 0.85)])
def test_abstracts_are_found_by_title_and_keywords(shared, tmp_path, task, floor):
    """The floors lie a little under what bigrams reach on this task elsewhere (title .967; keywords near .97, far .86)."""
    folder = shared / "data" / "knowledge" / "csl_retrieval"
    records = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    index = build(tmp_path, "csl", (Entry(r["id"], "abstract", {"zh": ("", r["text"])}) for r in records))
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    with (folder / "qrels.tsv").open(encoding="utf-8") as handle:
        right = {row[0]: row[1] for row in csv.reader(handle, delimiter="\t")}
    chosen = [query for query in queries if query["task"] == task][:1000]
    scores = []
    for query in chosen:
        found = [hit.id for hit in index.search(query["text"], (), limit=10).hits]
        wanted = right[query["id"]]
        scores.append(ndcg(found.index(wanted) if wanted in found else None))
    assert sum(scores) / len(scores) >= floor

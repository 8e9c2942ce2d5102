"""Full-text retrieval over the content of a city: analysis, index on disk, ranking, marked excerpts.

The index is a rebuildable consumer: whoever holds the truth hands over :class:`Entry` records and gets an
:class:`Index`. Text is cut into pairs of Chinese characters and Latin words in Python, so that text and query are cut
the same way and no dictionary is needed.
"""

from kechuang.retrieval.analysis import query_terms, terms
from kechuang.retrieval.highlight import Piece, excerpt
from kechuang.retrieval.index import Entry, Hit, Index, Results, build

__all__ = ["Entry", "Hit", "Index", "Piece", "Results", "build", "excerpt", "query_terms", "terms"]

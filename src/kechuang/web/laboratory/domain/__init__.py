"""Verbs, reads and computation of the laboratory; ``table``, ``figures``, ``checks`` and ``compute`` know no Django."""

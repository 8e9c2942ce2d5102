"""Verbs, reads and computation of the laboratory.

``subject``, ``shape``, ``table``, ``figures``, ``checks`` and ``compute`` know no Django.
"""

"""Tables that people send and fetch: careful reading of .xlsx and CSV, typed cells, matching of names, safe writing."""

from kechuang.tabular.columns import Choice, Column, Finding, TableError

__all__ = ["Choice", "Column", "Finding", "TableError"]

"""Which file of a pack holds which records."""

from __future__ import annotations

from pydantic import BaseModel

from kechuang.citypack import models

CITY = "city.yaml"
DOCUMENTS = "documents"

#: Files that hold a list of records: field of ``Pack`` -> (file, model). All of them are optional.
LISTS: dict[str, tuple[str, type[BaseModel]]] = {
    "facts": ("facts.yaml", models.Fact),
    "indicators": ("indicators.yaml", models.Indicator),
    "targets": ("targets.yaml", models.Target),
    "measures": ("measures.yaml", models.Measure),
    "cumulation": ("cumulation.yaml", models.Cumulation),
    "budgets": ("budgets.yaml", models.Budget),
    "tasks": ("tasks.yaml", models.Task),
    "services": ("services.yaml", models.Service),
    "industries": ("industries.yaml", models.Industry),
}

#: Tables: field of ``Pack`` -> (file, model).
TABLES: dict[str, tuple[str, type[BaseModel]]] = {
    "sources": ("data/sources.csv", models.ObservationSource),
    "observations": ("data/observations.csv", models.Observation),
}

#: Kinds of item a sentence may become, and the field of ``Pack`` that holds them.
KINDS: dict[str, str] = {
    "target": "targets",
    "measure": "measures",
    "task": "tasks",
    "service": "services",
    "industry": "industries",
}

#: Chinese and English names of the kinds, for tables and messages.
KIND_NAMES: dict[str, tuple[str, str]] = {
    "target": ("目标", "targets"),
    "measure": ("政策措施", "measures"),
    "task": ("任务", "tasks"),
    "service": ("服务", "services"),
    "industry": ("产业", "industries"),
    "statement": ("说明", "statements"),
}

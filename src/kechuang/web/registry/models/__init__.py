"""The registry's records: organisations, people, bases, contracts, projects, finance, and the history of all of them."""

from __future__ import annotations

from .base import HeldChange, Registered, Source, UnfinishedImport, unpublished
from .bases import Base, BaseEvaluation, BaseReport
from .finance import Guarantee, Investment, InvestmentProject, Loan, Pledge
from .history import Alias, Attribute, AttributeDefinition, Merge, Version
from .names import NamePair
from .organisations import BankAccount, Organisation, Qualification, Shareholding, YearlyFigures
from .people import Employment, Person
from .projects import Prize, Project
from .support import Support
from .technology import Achievement, Agreement, AgreementParty, Demand, Patent, TechnologyContract

__all__ = [
    "Achievement", "Agreement", "AgreementParty", "Alias", "Attribute", "AttributeDefinition", "BankAccount", "Base",
    "BaseEvaluation", "BaseReport", "Demand", "Employment", "Guarantee", "HeldChange", "Investment", "InvestmentProject", "Loan",
    "Merge", "NamePair", "Organisation", "Patent", "Person", "Pledge", "Prize", "Project", "Qualification", "Registered",
    "Shareholding", "Source", "Support", "TechnologyContract", "UnfinishedImport", "Version", "YearlyFigures", "unpublished",
]  # fmt: skip

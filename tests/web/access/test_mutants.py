"""The matrix is no decoration: let any access function say yes to everybody, and it fails.

Every public function of every ``access.py`` is replaced by one that allows everything, in all modules that imported
it; the cells that refuse, and the private contents, are then asked until one of them is wrong.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Q

import kechuang.web
from kechuang.web.accounts.models import Grant, Role
from kechuang.web.core.may import Who, declared
from tests.web.access import asking
from tests.web.access.world import World

pytestmark = pytest.mark.django_db
# Functions of access.py that open nothing by themselves, and why.
OPENS_NOTHING = {
    "accounts.forget": "drops what was read",
    "accounts.acting": "says by which delegation somebody acts; tried in accounts/test_delegations.py and test_delegate.py",
    "accounts.behalf_of": "names the giver for the audit log",
    "accounts.same_hands": "only ever refuses; each place that asks it is tried in accounts/test_delegations.py",
    "accounts.acting_role": "names the role for the audit log",
    "accounts.reads_realm": "only ever refuses, and only demo people; tried in test_realm.py",
    "accounts.realm_filter": "only ever narrows, and only for demo people; tried in test_realm.py",
    "accounts.departments": "says whose indicators a template is filled with",
    "monitoring.departments_of": "says whose indicators a template is filled with",
    "accounts.is_staff_role": "asks for a second factor, or is one of the two conditions of library.may_read",
    "policy.may_attach": "shows a link; the page behind it asks require_attach",
    "monitoring.may_list": "shows a link; the page behind it asks require_list",
    "monitoring.may_upload": "shows a link; the page behind it asks require_upload",
    "library.may_write": "shows a button; the verb behind it asks require_write",
    "registry.owners": "says whom a record belongs to",
    "registry.figures_filter": "narrows the public list to one's own; tried in registry/test_pages.py",
    "monitoring.may_decide": "asked for one's own value, which the sample is not; tried in test_submissions.py",
    "selfservice.may_fill": "shows the form; the verb behind it asks require_fill",
    "laboratory.may_see_names": "names of firms inside a page; tried in laboratory/test_trials.py",
}


def load_everything() -> None:
    """Import every module, so that none takes a replaced function with it when it is first needed."""
    for found in pkgutil.walk_packages(kechuang.web.__path__, "kechuang.web."):
        if not {"migrations", "management", "wsgi"} & set(found.name.split(".")):
            importlib.import_module(found.name)


def functions() -> dict[str, FunctionType]:
    """The public functions of every ``access.py``."""
    found: dict[str, FunctionType] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("kechuang.web."):
            continue
        try:
            module = importlib.import_module(f"{config.name}.access")
        except ModuleNotFoundError:
            continue
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{config.label}.{name}"] = value
    return found


def allowing(name: str, function: FunctionType, city: World) -> Callable[..., Any]:
    """A function of the same kind of answer that allows everything.

    Raises:
        LookupError: nobody has said what "everything" is for this kind of answer.
    """
    everything: dict[str, Any] = {
        "bool": True,
        "None": None,
        "str": Role.OFFICER.value,
        "Q": Q(),
        "set[Role]": set(Role),
        "QuerySet[Grant]": Grant.objects.all(),
        "set[str]": {city.cast.company_a.uscc, city.cast.company_a.county},
    }
    by_kind: dict[str, Callable[..., Any]] = {  # for functions of a person and a kind of record
        "registry.visible": lambda _user, kind: kind.model.objects.all(),
        "registry.fields_for": lambda _user, kind, _record: list(kind.stored),
    }
    if name in by_kind:
        return by_kind[name]
    kind = str(function.__annotations__.get("return"))
    if kind not in everything:
        raise LookupError(f"{name} answers “{kind}”: add what allows everything to `everything` in test_mutants.py")
    return lambda *_args, **_kwargs: everything[kind]


def replace_everywhere(monkeypatch: pytest.MonkeyPatch, old: Any, new: Any) -> int:
    """Replace a function in every module of the platform that holds it under any name; how many do."""
    places = [
        (module, key)
        for name, module in list(sys.modules.items())
        if name.startswith("kechuang.web") and module is not None
        for key, value in list(vars(module).items())
        if value is old
    ]
    for module, key in places:
        monkeypatch.setattr(module, key, new)
    return len(places)


def wrong_cells(city: World, clients: dict[Who, Any], first: str) -> Iterator[str]:
    """Cells that let in whom they should refuse or show private contents; those of one app before the others.

    The register comes second: what the functions of accounts open too wide mostly lies there.
    """
    tables = declared()
    for label in sorted(tables, key=lambda one: (one != first, one != "registry")):
        for cell in asking.cells(tables[label], city):
            private = tables[label][cell.key].private
            for who, client in clients.items():
                if who in cell.who and (who in private or not private):
                    continue
                answer = asking.ask(client, cell.method, cell.address, cell.sent)
                if (answer.allowed and who not in cell.who) or (answer.canaries and who not in private):
                    yield f"{cell.method} {cell.key} for {who}"


def test_every_access_function_is_known(city: World):
    names = functions()
    assert len(names) >= 20
    assert set(OPENS_NOTHING) - set(names) == set()
    for name in set(names) - set(OPENS_NOTHING):
        allowing(name, names[name], city)


@pytest.mark.parametrize("name", sorted(set(functions()) - set(OPENS_NOTHING)))
def test_an_access_function_that_allows_everything_is_found(city: World, clients, monkeypatch, name: str):
    load_everything()
    function = functions()[name]
    assert replace_everywhere(monkeypatch, function, allowing(name, function, city))
    for person in city.people.values():
        if person is not None:
            person.__dict__.pop("_valid_grants", None)
    found = next(wrong_cells(city, clients, name.split(".", maxsplit=1)[0]), None)
    assert found is not None, f"{name} may allow everything, and no cell of the matrix notices: add one that does"

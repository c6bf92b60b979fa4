"""What is judged: one file an act in `okta` and `rfc`, in `rules` what holds in every answer, in `load` what loads show,
in `explore` what holds of conversations that nobody wrote.

A check is found because it stands in one of these files; there is no list to keep.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from scim_tests.checks import explore, load, okta, rfc, rules
from scim_tests.model.check import Check


@cache
def catalogue() -> tuple[Check, ...]:
    """Every check of a run, by file and in the order of the file."""
    return _found_in(okta, rfc, rules)


@cache
def load_catalogue() -> tuple[Check, ...]:
    """Every check of a load as a whole; its answers are judged by the checks of a run."""
    return _found_in(load)


@cache
def explore_catalogue() -> tuple[Check, ...]:
    """Every check of conversations that nobody wrote, beside the rules that hold in every answer."""
    return _found_in(explore)


@cache
def whole_catalogue() -> tuple[Check, ...]:
    """All of these: what a report, a baseline or a question may be about."""
    return (*catalogue(), *load_catalogue(), *explore_catalogue())


def _found_in(*rooms: ModuleType) -> tuple[Check, ...]:
    names = {
        each.name: f"{room.__name__}.{each.name}" for room in rooms for each in iter_modules(room.__path__)
    }
    modules = [import_module(names[name]) for name in sorted(names)]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Check))

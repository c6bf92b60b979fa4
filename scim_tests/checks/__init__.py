"""What is judged: one file an act, and `every_*` for the rules that hold in every answer.

A check is found because it stands in one of these files; there is no list to keep.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from scim_tests.model.check import Check


@cache
def catalogue() -> tuple[Check, ...]:
    """Every check, by file and in the order of the file."""
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Check))

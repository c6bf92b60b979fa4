"""What is judged: one file an act in `okta` and `rfc`, and in `rules` what holds in every answer.

A check is found because it stands in one of these files; there is no list to keep.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from scim_tests.checks import okta, rfc, rules
from scim_tests.model.check import Check


@cache
def catalogue() -> tuple[Check, ...]:
    """Every check, by file and in the order of the file."""
    names = {
        each.name: f"{room.__name__}.{each.name}"
        for room in (okta, rfc, rules)
        for each in iter_modules(room.__path__)
    }
    modules = [import_module(names[name]) for name in sorted(names)]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Check))

"""What a lying server would have answered in one step of an honest conversation: a lie a check, and a lie a requirement.

A lie is the step whose answers are bent (a pattern), and how. Each module says with LIES which check it is that sees the
lie, with ROWS which requirement it breaks, and with CONVERSATION which conversation it bends: `specified` unless it says
`honest` or `doubted`, which are the fixtures of those names. A row that is broken in more than one way is named again
with words behind its id. MILD names those of which a server that breaks a MUST is only advised, and why.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import NamedTuple

from bending import Bend

Lie = tuple[str, *tuple[Bend, ...]]


class Broken(NamedTuple):
    """A lie against one requirement, over one of the honest conversations."""

    name: str
    conversation: str
    lie: Lie
    is_mild: bool

    @property
    def row(self) -> str:
        return self.name.partition(" ")[0]


def broken() -> Iterator[Broken]:
    """Every lie against a requirement, of every module."""
    for module in MODULES:
        for name, lie in getattr(module, "ROWS", {}).items():
            yield Broken(name, _conversation(module), lie, name in getattr(module, "MILD", {}))


def _conversation(module: ModuleType) -> str:
    return getattr(module, "CONVERSATION", "specified")


MODULES = [import_module(f"lies.{each.name}") for each in iter_modules(__path__)]
# check id -> (conversation, lie)
LIES: dict[str, tuple[str, Lie]] = {
    check: (_conversation(each), lie) for each in MODULES for check, lie in getattr(each, "LIES", {}).items()
}

"""The text of our own modules as it stands in a script, which has to do without them."""

import ast
import inspect
from functools import cache
from types import ModuleType

OURS = "scim_tests"


@cache  # every script of a run has the same of them
def embedded(*modules: ModuleType) -> tuple[str, ...]:
    """The imports of several modules, and then the rest of each, without docstrings and imports of each other."""
    imports, bodies = set(), []
    for module in modules:
        text = inspect.getsource(module)
        _, *statements = ast.parse(text).body
        imported = [each for each in statements if isinstance(each, ast.Import | ast.ImportFrom)]
        imports |= {line for each in imported if OURS not in (line := ast.unparse(each))}
        rest = text.splitlines()[imported[-1].end_lineno :]
        bodies.append("\n".join(line.partition("  # noqa")[0] for line in rest).strip("\n"))
    future = "from __future__ import annotations"
    return "\n".join([future, "", *sorted(imports - {future})]), *bodies

"""What a lying server would have answered in one step of an honest conversation: a lie a check, and a lie a requirement.

A lie is the step whose answers are bent (a pattern), and how. Each module stands for some acts of the specification.
"""

from importlib import import_module
from pathlib import Path

from bending import Bend

Lie = tuple[str, *tuple[Bend, ...]]

LIES: dict[str, Lie] = {}  # by check
ROWS: dict[str, Lie] = {}  # by requirement of fixtures/spec/requirements.csv

for each in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    module = import_module(f"lies.{each.stem}")
    LIES.update(module.LIES)
    ROWS.update(module.ROWS)

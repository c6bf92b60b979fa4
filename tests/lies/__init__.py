"""What a lying server would have answered in one step of an honest conversation: a lie a check, and a lie a requirement.

A lie is the step whose answers are bent (a pattern), and how. Each module stands for some acts of the specification.
"""

from bending import Bend

Lie = tuple[str, *tuple[Bend, ...]]

from lies import queries  # noqa: E402 -- they say what a lie is in these words

MODULES = (queries,)
LIES: dict[str, Lie] = {check: lie for each in MODULES for check, lie in each.LIES.items()}
# By requirement of fixtures/spec/requirements.csv.
ROWS: dict[str, Lie] = {row: lie for each in MODULES for row, lie in each.ROWS.items()}

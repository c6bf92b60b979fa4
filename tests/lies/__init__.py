"""What a lying server would have answered in one step of an honest conversation: a lie a check, and a lie a requirement.

A lie is the step whose answers are bent (a pattern), and how. Each module stands for some acts of the specification.
"""

from bending import Bend

from lies import said_and_done

Lie = tuple[str, *tuple[Bend, ...]]

LIES: dict[str, Lie] = {**said_and_done.LIES}  # by check
ROWS: dict[str, Lie] = {**said_and_done.ROWS}  # by requirement of fixtures/spec/requirements.csv

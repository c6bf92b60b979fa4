"""Says which wrong servers nothing that `arrange_users` and `project_users` ask tells from a right one: `make untold`.

They are those of `tests/mutant_orders.py`, `tests/mutant_pages.py` and `tests/mutant_parts.py`, of all attributes
and of those of one kind alone. Some cannot be told, since the people of `make_specimens` do not differ there.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from listed import asked
from mutant_answers import RIGHT, Asked, Server
from mutant_orders import ORDERS
from mutant_pages import PAGES
from mutant_parts import PARTS
from playing import specified_play


def main() -> None:
    """Print them by family."""
    requests = [request for _, request in asked(specified_play().conductor.transcript)]
    for family in (ORDERS, PAGES, PARTS):
        untold = [
            name for name, server in family.items() if not any(_tells(each, server) for each in requests)
        ]
        print(
            f"{len(requests)} requests tell {len(family) - len(untold)} of {len(family)}; untold:",
            *untold,
            sep="\n  ",
        )


def _tells(request: Asked, server: Server) -> bool:
    return json.dumps(server.answer(request)) != json.dumps(RIGHT.answer(request))


if __name__ == "__main__":
    main()

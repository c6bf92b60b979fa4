"""Chooses PATCHes that `write_in_forms` sends besides those written by hand: `make patches` writes `personas/rfc/chosen_patches.py`.

Of random PATCHes it keeps, one after the other, whichever tells most of the wrong patchers of `tests/mutant_patchers.py`
from the right one that nothing told before; NUMBER at most.
"""

import json
import os
import sys
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from choosing_patches import chosen, of_plays, told  # noqa: E402 -- it stands among the tests
from mutant_patchers import GENERAL, PATCHERS  # noqa: E402
from playing import Play, honest_play, specified_play  # noqa: E402
from random_patches import EMAIL, EXTENSION, Operations  # noqa: E402

from scim_tests.model.scim import ENTERPRISE_USER, Resource, get  # noqa: E402
from scim_tests.personas.rfc import user_forms  # noqa: E402

NUMBER = int(os.environ.get("NUMBER", "30"))
SEED = int(os.environ.get("SEED", "1"))
FILE = ROOT / "scim_tests/personas/rfc/chosen_patches.py"
HEAD = '''"""PATCHes that tell wrong patchers from a right one, by the attributes that they change: chosen by scripts/choose_patches.py.

Each is a list of operations as JSON, for the user of `write_in_forms` as `user_forms` leaves it; `$email` is that user's address.
"""

from collections.abc import Mapping

PATCHES: Mapping[str, tuple[str, ...]] = {
'''
KEYS = {EXTENSION: ENTERPRISE_USER, "texts": "nickName"}  # by which attribute a target shows that it has them


def main() -> None:
    """Choose, write, and say which patchers nothing tells."""
    with patch.object(user_forms, "PATCHES", {}):
        played = specified_play()
    before = _told(played) | _told(honest_play())
    found, new = chosen(_user(played), before, SEED, NUMBER)
    tables = (_table(KEYS.get(kind, kind), each) for kind, each in found.items() if each)
    FILE.write_text(f"{HEAD}{''.join(tables)}}}  # fmt: skip\n", encoding="utf-8")
    print(f"{len(before)} patchers of {len(PATCHERS)} are told anyway, {len(new)} more by these")
    print("told by none:", *sorted(GENERAL - before - new), sep="\n  ")


def _table(kind: str, patches: list[Operations]) -> str:
    lines = "".join(f"        {json.dumps(each)!r},\n" for each in patches)
    return f'    "{kind}": (\n{lines}    ),\n'


def _told(played: Play) -> frozenset[str]:
    each = (told(passage.was, patches) for passage, patches in of_plays(played.conductor.transcript))
    return frozenset[str]().union(*each)


def _user(played: Play) -> Resource:
    """The one that the PATCHes are for, as the last read before them shows it, with `$email` for the address."""
    transcript = played.conductor.transcript
    read = next(iter(transcript.of("write_in_forms.after_nothing_new_without_path")))
    address = next(each["value"] for each in get(read.resource, "emails") if get(each, "primary"))
    shown: Resource = json.loads(json.dumps(read.resource).replace(address, EMAIL))
    return shown


if __name__ == "__main__":
    main()

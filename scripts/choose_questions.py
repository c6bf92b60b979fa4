"""Chooses filters that `filter_users` asks besides those written by hand: `make questions` writes `personas/rfc/chosen_filters.py`.

Of NUMBER random questions about the people of `make_specimens` it keeps the fewest, MOST at most, that tell the wrong
readers of `tests/mutant_readers.py` and `tests/mutant_comparisons.py` from the right one.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from choosing import ALONE, READERS, Question, chosen, drawn, people_of, told, written_by_hand  # noqa: E402 -- it stands among the tests
from playing import play, reference_transport, specifying  # noqa: E402

NUMBER = int(os.environ.get("NUMBER", "3000"))
MOST = int(os.environ.get("MOST", "32"))
SEED = int(os.environ.get("SEED", "1"))
FILE = ROOT / "scim_tests/personas/rfc/chosen_filters.py"
HEAD = '''"""Filters that tell wrong readers from a right one, as `asking.filled` reads them: chosen by scripts/choose_questions.py.

`$ours` is the filter that the people of `make_specimens` fit, and nobody else.
"""
'''


def main() -> None:
    """Choose, write, and say which readers nothing tells."""
    with tempfile.TemporaryDirectory() as folder:
        profile = specifying("make_specimens", "filter_users")
        done = play(reference_transport(), Path(folder) / "ledger.jsonl", profile=profile)
    people = people_of(done.conductor.transcript)
    before = {each: told(each, people) for each in written_by_hand(done.conductor.transcript)}
    tellers = {each: told(each, people) for each in drawn(people, NUMBER, SEED)}
    found = chosen(tellers, before, MOST)
    FILE.write_text(HEAD + "".join(map(_table, ("ALONE", "WITHIN"), _by_form(found))), encoding="utf-8")
    by_any = frozenset().union(*tellers.values(), *before.values())
    by_these = frozenset().union(*(tellers[each] for each in found), *before.values())
    print(f"{len(before)} by hand and {len(found)} chosen tell {len(by_these)} readers of {len(READERS)}")
    print("told by other questions:", *sorted(by_any - by_these), sep="\n  ")
    print("told by none:", *sorted(READERS - by_any), sep="\n  ")


def _by_form(found: list[Question]) -> tuple[list[str], list[str]]:
    alone = [each.template for each in found if each.how == ALONE]
    return alone, [each.template for each in found if each.template not in alone]


def _table(name: str, templates: list[str]) -> str:
    lines = "".join(f"    {_literal(each)},\n" for each in sorted(templates))
    return f"\n{name}: tuple[str, ...] = (\n{lines})  # fmt: skip\n"


def _literal(text: str) -> str:
    return ascii(text) if '"' in text else f'"{text}"'


if __name__ == "__main__":
    main()

"""Is a verdict ever another one? The play again and again, each time with other people, and one, four and sixteen requests at once.

`python scripts/steady.py [RUNS]` plays in process against the bundled server, honest and with a few of its
faults, and names each check whose verdict was not always the same. It ends with 1 where there is one.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import httpx
from playing import BASE_URL, TOKEN, play

from reference_server.app import application
from reference_server.faults import bent
from reference_server.settings import Settings, Token
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge

RUNS = 20
PARALLEL = (1, 4, 16)
PROFILES = ("okta", "okta-custom-app")
FAULTS = (
    (),
    ("filter-username-case-sensitive",),
    ("create-race-two-accounts",),
    ("group-patch-add-replaces",),
)


def verdicts(faults: tuple[str, ...], profile: str, parallel: int, seed: int) -> dict[str, str]:
    """What every check says of one play."""
    app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
    try:
        with tempfile.TemporaryDirectory() as folder:
            transport = httpx.ASGITransport(bent(faults)(app) if faults else app)
            ledger = Path(folder) / "ledger.jsonl"
            judge = Judge(catalogue())
            done = play(transport, ledger, profile=profile, judge=judge, parallel=parallel, seed=seed)
    finally:
        app.state.server.database.close()
    return {each.check.id: str(each.verdict) for each in done.results}


def unsteady(runs: int, faults: tuple[str, ...], profile: str) -> Iterator[str]:
    """Each check that said more than one thing, with the first seed of each."""
    seen: dict[str, dict[str, int]] = defaultdict(dict)
    for seed in range(runs):
        for check, verdict in verdicts(faults, profile, PARALLEL[seed % len(PARALLEL)], seed).items():
            seen[check].setdefault(verdict, seed)
    for check, said in seen.items():
        if len(said) > 1:
            yield f"  {check}: {', '.join(f'{verdict} with seed {seed}' for verdict, seed in said.items())}"


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    moving = 0
    for faults in FAULTS:
        for profile in PROFILES:
            found = list(unsteady(runs, faults, profile))
            moving += len(found)
            print(f"{profile}, {', '.join(faults) or 'honest'}: {runs} runs, {len(found)} verdicts moved")
            print("\n".join(found), end="\n" * bool(found))
    return bool(moving)


if __name__ == "__main__":
    sys.exit(main())

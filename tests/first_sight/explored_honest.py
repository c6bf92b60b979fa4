"""What an exploration finds at an honest server, which has to be nothing: `python tests/first_sight/explored_honest.py [--minutes 10]`.

The bundled server is explored as any target is, under each profile that removes users, and under each other reading
of the RFCs that it can take, two at a time, each for so many minutes. It ends with 1 where anything is found.
"""

import secrets
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]  # what the tests share, and this version

from first_sight.explored import AT_ONCE, command
from reference_server.apart import apart
from reference_server.settings import Reading, Settings, Token

Case = tuple[str, frozenset[Reading]]
CASES: tuple[Case, ...] = (
    *((profile, frozenset()) for profile in ("scim", "okta", "okta-custom-app")),
    *(("scim", frozenset({reading})) for reading in Reading),
)


def explored(case: Case, seed: int, minutes: float) -> int:
    """With what an exploration of that server ends; what it says of how much it did is printed."""
    profile, readings = case
    token = secrets.token_hex(8)
    settings = Settings(tokens=(Token(token),), readings=readings)
    with tempfile.TemporaryDirectory() as place, apart(settings) as server:
        done = command(
            "explore", "--target-url", server.base_url, "--profile", profile, "--seed", str(seed),
            "--minutes", str(minutes), "--yes", "--report-dir", f"{place}/report", token=token,
        )  # fmt: skip
    said = [each for each in done.stdout.splitlines() if each.startswith(("Explored", "Seen once"))]
    told = " ".join(said) if done.returncode == 0 else done.stdout + done.stderr
    print(f"{profile} {' '.join(readings)}: ended with {done.returncode}. {told}", flush=True)
    return done.returncode


def main(arguments: list[str]) -> int:
    """Explore them all; 1 where anything was found."""
    minutes = float(arguments[arguments.index("--minutes") + 1]) if "--minutes" in arguments else 10.0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(lambda each: explored(each[1], each[0], minutes), enumerate(CASES, start=1)))
    print(f"{len(CASES)} explorations of {minutes:g} minutes each, {sum(map(bool, ended))} found something")
    return int(any(ended))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

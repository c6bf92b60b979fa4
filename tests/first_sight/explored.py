"""What an exploration sees of the faults of state: `python tests/first_sight/explored.py [NAME...] [--minutes 3]`.

Each fault was written by people who had not read the explorer. It stands in front of the bundled server, which
`scim-tests explore` is pointed at as at any target; it is sought until its first finding, for three minutes at most.
Then every script of the finding is run, at the faulty server and at the honest one. `first` in `explored.json` is what
the first version saw, and stays; `now` is what this one sees.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATHS = [str(HERE.parent), str(HERE.parent.parent)]  # what the tests share, and this version
sys.path[:0] = PATHS
os.environ["PYTHONPATH"] = os.pathsep.join(PATHS)  # for what is started

from fronting import fronted

from first_sight import turns_a, turns_b, turns_c
from first_sight.fault import FirstSight
from reference_server.apart import apart
from reference_server.settings import Settings, Token
from scim_tests.model.conversation import read_line
from scim_tests.record.file import read_record

FILE = HERE / "explored.json"
OF_STATE = {each.__name__ for each in (turns_a, turns_b, turns_c)}
AT_ONCE = 2  # faults, on two cores
LINES = "replay.txt"


def faults() -> dict[str, type[FirstSight]]:
    """Every fault of state by its file and name."""
    return {
        f"{each.__module__.rpartition('.')[2]}.{each.__name__}": each
        for each in FirstSight.written
        if each.__module__ in OF_STATE
    }


def explored(name: str, minutes: float) -> dict[str, Any]:
    """Explore the server with that fault until something is found: what, after how long, and what its scripts say."""
    fault = faults()[name]
    front = partial(fronted, f"{fault.__module__}:{fault.__name__}")
    token = secrets.token_hex(8)
    settings = Settings(tokens=(Token(token),))
    with tempfile.TemporaryDirectory() as place, apart(settings, around=front) as server:
        folder, began = Path(place) / "report", time.monotonic()
        done = command(
            "explore", "--target-url", server.base_url, "--profile", "scim", "--seed", "1", "--minutes", str(minutes),
            "-x", "--yes", "--report-dir", str(folder), token=token,
        )  # fmt: skip
        seconds = round(time.monotonic() - began, 1)
        if done.returncode not in {0, 1}:
            return {"seen": "broken", "why": (done.stdout + done.stderr)[-2000:]}
        record = read_record(folder / "run.json")
        lines = (folder / LINES).read_text(encoding="utf-8").splitlines() if (folder / LINES).exists() else []
        found = [each.check for each in record.root_causes]
        told = {"seen": "failure" if lines and done.returncode == 1 else "unseen", "seconds": seconds}
        if not lines:
            ended = [each for each in record.notices if each.startswith("Exploring ended early")]
            return told | ({"checks": found} if found else {}) | ({"ended": ended} if ended else {})
        told |= {
            "checks": found,
            "line": lines[0],
            "requests": len(read_line(lines[0].partition("\t")[2] or lines[0])),
        }
        return told | {"scripts": _scripts(folder, server.base_url, settings, token)}


def _scripts(folder: Path, faulty: str, settings: Settings, token: str) -> dict[str, list[int]]:
    """What each script ends with, at the faulty server and at an honest one."""
    said: dict[str, list[int]] = {}
    with apart(settings) as honest:
        for script in sorted((folder / "reproduce").glob("*")):
            said[script.name] = [_run(script, each, token) for each in (faulty, honest.base_url)]
    return said


def _run(script: Path, base_url: str, token: str) -> int:
    with_what = ["/bin/sh"] if script.suffix == ".sh" else [sys.executable]
    done = subprocess.run(
        [*with_what, str(script), base_url],
        env={"PATH": os.environ["PATH"], "SCIM_TESTS_TOKEN": token},
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode


def command(*arguments: str, token: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scim_tests", *arguments],
        env={**os.environ, "SCIM_TESTS_TOKEN": token},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip


def main(arguments: list[str]) -> None:
    """Explore all of them, or those that are named; write down what was seen, and say it."""
    minutes = float(arguments.pop(arguments.index("--minutes") + 1)) if "--minutes" in arguments else 3.0
    names = [each for each in arguments if each != "--minutes"] or list(faults())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, told in zip(names, pool.map(lambda each: _told(each, minutes), names), strict=True):
            written = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
            written[name] = {"first": written.get(name, {}).get("first", told["seen"]), "now": told}
            FILE.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(summary())


def _told(name: str, minutes: float) -> dict[str, Any]:
    told = explored(name, minutes)
    print(f"{name}: {told['seen']} {told.get('seconds')} s {told.get('requests', '')} {told.get('checks', '')} {told.get('line', told.get('why', told.get('ended', '')))}", flush=True)  # fmt: skip
    return told


def summary() -> str:
    """How many are seen, how short the conversations are, and how many scripts show the fault again."""
    written = json.loads(FILE.read_text(encoding="utf-8")).values()
    found = [each["now"] for each in written if each["now"]["seen"] == "failure"]
    lengths = [each["requests"] for each in found]
    scripts = [codes for each in found for codes in each.get("scripts", {}).values()]
    return (
        f"{len(found)} of {len(written)} seen; median length {statistics.median(lengths or [0])}; "
        f"{sum(each == [1, 0] for each in scripts)} of {len(scripts)} scripts show the fault again and not the honest server"
    )


if __name__ == "__main__":
    main(sys.argv[1:])

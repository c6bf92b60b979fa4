"""Apps on four frameworks, each played in its own process and over a socket, one after the other.

    python benchmarks/in_process.py

Prints the seconds of a whole play of `okta`, from the first request to the last (`run.json` has them), and their ratio.
Figures are for comparison within one run of this script.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from commanding import TOKEN
from frameworks import ON, scim, served_on

from scim_tests.testing import Result, play


def seconds(result: Result) -> float:
    """Of a play that has to be whole and green."""
    if not result:
        raise SystemExit(result.text)
    return result.record.run.seconds


def main() -> None:
    print(f"{'framework':<12}{'in process':>12}{'over HTTP':>12}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for framework in ON:
            with served_on(framework) as (url, _):
                over_http = seconds(play(target_url=url, token=TOKEN, seed=5, report_dir=folder))
            app = ON[framework](scim())
            here = seconds(play(app, base_path="/scim/v2", token=TOKEN, seed=5, report_dir=folder))
            print(f"{framework:<12}{here:>12.2f}{over_http:>12.2f}{here / over_http:>8.2f}")


main()

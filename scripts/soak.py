"""The long reliability runs, with their figures: `python scripts/soak.py`, or `make soak`.

KILLS (of each of two kinds), CONVERSATIONS and SEED in the environment choose other numbers.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

TESTS = (
    "tests/e2e/test_cleaning.py",
    "tests/play/test_fuzz.py",
    "tests/e2e/test_hostile.py",
    "tests/e2e/test_access.py",
    "tests/e2e/test_secrets.py",
)
LONG = {"KILLS": "60", "CONVERSATIONS": "5000", "SOAK": "1"}
# Of what is random; what fails prints it.
SEED = {"SEED": str(random.SystemRandom().randrange(1, 1_000_000))}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "soak.xml"
        arguments = [sys.executable, "-m", "pytest", "-n", "auto", f"--junit-xml={report}", *TESTS]
        code = subprocess.run(arguments, env={**SEED, **LONG, **os.environ}, check=False).returncode
        figures: dict[str, list[int]] = defaultdict(list)
        for each in ET.parse(report).iter("property"):  # noqa: S314 -- pytest wrote it
            figures[each.attrib["name"]].append(int(each.attrib["value"]))
    for name, values in figures.items():
        print(f"{name}: {max(values) if name.startswith('most') else sum(values):,}")
    return code


if __name__ == "__main__":
    sys.exit(main())

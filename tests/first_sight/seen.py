"""What a version sees of faults that it was not built for: `python tests/first_sight/seen.py [NAME...]`.

Each set was written before a look at the checks by people who had not read them, and played once by a version
that knew none of it: that is `first` in `seen.json`, and stays. `now` is what this version sees, and is written anew.
With `--times N` each named fault is played N times, and how often it is seen is printed instead.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from multiprocessing import Pool
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import httpx
from playing import BASE_URL, TOKEN, play

from first_sight import (
    first_a,
    first_b,
    first_c,
    first_d,
    rfc_a,
    rfc_aa,
    rfc_b,
    rfc_bb,
    rfc_c,
    rfc_cc,
    rfc_d,
    rfc_dd,
    rfc_e,
    rfc_ee,
    rfc_f,
    rfc_ff,
    rfc_g,
    rfc_gg,
    rfc_h,
    rfc_i,
    rfc_j,
    rfc_k,
    rfc_l,
    rfc_m,
    rfc_n,
    rfc_o,
    rfc_p,
    rfc_q,
    rfc_r,
    rfc_s,
    rfc_t,
    rfc_u,
    rfc_v,
    rfc_w,
    rfc_x,
    rfc_y,
    rfc_z,
    second_a,
    second_b,
    turns_a,
    turns_b,
    turns_c,
)
from first_sight.fault import FirstSight
from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.verdict import Verdict

SETS = {
    "first": (first_a, first_b, first_c, first_d),
    "second": (second_a, second_b),
    "first of the RFCs": (rfc_a, rfc_b, rfc_c),
    "second of the RFCs": (rfc_d, rfc_e, rfc_f),
    "third of the RFCs": (rfc_g, rfc_h, rfc_i),
    "fourth of the RFCs": (rfc_j, rfc_k, rfc_l),
    "fifth of the RFCs": (rfc_m, rfc_n, rfc_o),
    "sixth of the RFCs": (rfc_p, rfc_q, rfc_r),
    "seventh of the RFCs": (rfc_s, rfc_t, rfc_u),
    "eighth of the RFCs": (rfc_v, rfc_w),
    "ninth of the RFCs": (rfc_x, rfc_y),
    "tenth of the RFCs": (rfc_z, rfc_aa),
    "eleventh of the RFCs": (rfc_bb, rfc_cc),
    "twelfth of the RFCs": (rfc_dd, rfc_ee),
    "thirteenth of the RFCs": (rfc_ff, rfc_gg),
    "state": (turns_a, turns_b, turns_c),
}
DIALECTS = ("okta", "okta-custom-app")
OF_THE_RFCS = tuple(name for name in SETS if name.endswith("of the RFCs"))
PROFILES = {
    **dict.fromkeys(OF_THE_RFCS, ("scim",)),
    "state": ("okta", "scim"),
}  # of a set; of the others both dialects of Okta
ME = "scim-tests.unittest.plain@example.com"  # whose token it is, as far as that person is there
FILE = HERE / "seen.json"
HASTE = 1e-5  # of Okta's five minutes
FAILURE, ADVICE, UNSEEN = "failure", "advice", "unseen"


def faults() -> dict[str, type[FirstSight]]:
    """Every fault by its file and name, those of the first set first."""
    modules = [each.__name__ for of_a_set in SETS.values() for each in of_a_set]
    ordered = sorted(FirstSight.written, key=lambda each: modules.index(each.__module__))
    return {f"{each.__module__.rpartition('.')[2]}.{each.__name__}": each for each in ordered}


def set_of(fault: type[FirstSight]) -> str:
    """The name of the set it belongs to."""
    return next(
        name for name, modules in SETS.items() if fault.__module__ in {each.__name__ for each in modules}
    )


def seen(name: str) -> str:
    """How a fault is seen under the profiles of its set: as a failure, as advice, or not at all."""
    fault = faults()[name]
    said = {each for profile in PROFILES.get(set_of(fault), DIALECTS) for each in verdicts(fault, profile)}
    return FAILURE if Verdict.FAIL in said else ADVICE if Verdict.ADVICE in said else UNSEEN


def verdicts(fault: type[FirstSight], profile: str) -> set[Verdict]:
    """What the checks come to; none of ours may break. An honest server gives no failure and no advice."""
    chosen = profiles.load(profile)
    app = application(Settings(tokens=(Token(TOKEN, user_name=ME),), public_url=BASE_URL))
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = play(
                httpx.ASGITransport(fault().apply(app)),
                Path(folder) / "ledger.jsonl",
                profile=replace(chosen, limits=replace(chosen.limits, throttle_scale=HASTE)),
                judge=Judge(catalogue()),
            )
    finally:
        app.state.server.database.close()
    said = {each.verdict for each in done.results}
    assert Verdict.BROKEN not in said, fault.__name__
    assert done.conductor.broken == [], fault.__name__
    return said


def known() -> dict[str, dict[str, str]]:
    """What is written down of each fault: `first` and `now`."""
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def tables(when: str) -> dict[str, dict[str, Counter[str]]]:
    """By set and kind, how many faults were seen how; `when` is `first` or `now`."""
    told: dict[str, dict[str, Counter[str]]] = {name: {} for name in SETS}
    written = known()
    for name, fault in faults().items():
        told[set_of(fault)].setdefault(fault.kind, Counter())[written[name][when]] += 1
    return told


def rate(of_kinds: Iterable[Counter[str]]) -> tuple[int, int, int]:
    """How many were seen as failures, how many as advice, and how many there are."""
    total: Counter[str] = sum(of_kinds, Counter())
    return total[FAILURE], total[ADVICE], total.total()


def main(arguments: list[str]) -> None:
    """Play all faults, or those that are named."""
    times = int(arguments.pop(arguments.index("--times") + 1)) if "--times" in arguments else 0
    names = [each for each in arguments if each != "--times"] or list(faults())
    with Pool() as pool:
        said = pool.map(seen, [each for each in names for _ in range(times or 1)], chunksize=1)
    if times:
        for place, name in enumerate(names):
            print(
                f"{name}: seen in {said[place * times : (place + 1) * times].count(FAILURE)} of {times} plays"
            )
        return
    written: dict[str, Any] = known() if FILE.exists() else {}
    for name, now in zip(names, said, strict=True):
        written[name] = {"first": written.get(name, {}).get("first", now), "now": now}
    FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for name, kinds in tables("now").items():
        failures, advice, number = rate(kinds.values())
        print(f"{name} set: {failures} of {number} seen as failures, {advice} more as advice")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Plays against the bent server and says what turned red: `python tests/mutation/killing.py [ID...]` writes kills.json.

Without an id it plays every fault, with ids these alone, and the other rows stay as they are.
The table is reviewed: what a change of it says is read before it is committed.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import Pool
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))

from agreeing import contradictions, recorded
from playing import BASE_URL, TOKEN, play

from reference_server.app import application
from reference_server.faults import bent, faults, shown_by_a_run
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.causes import causes
from scim_tests.engine.judge import Judge
from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.verdict import Verdict

KILLS = Path(__file__).parent / "kills.json"
PROFILES = ("okta", "okta-custom-app", "ziflow")
BEYOND_OKTA = {  # faults that Okta never meets: they are played under the profile of the whole specification
    "attributes-param-case-sensitive",
    "bulk-status-object",
    "excludedattributes-drops-extension",
    "sort-drops-users-without-attribute",
    "unknown-endpoint-500",
}
CROWD = 3  # people assigned at once: enough to show every fault, and quick
SMALL_PAGES = 3  # of each size: paging shows on the first
HASTE = 1e-5  # of Okta's five minutes
Told = dict[str, list[str]]  # verdict -> check ids


def told(fault_ids: Sequence[str], profile: str) -> Told:
    """Whatever is not green: the checks that fail and stand for themselves, those they explain, and advice."""
    chosen = profiles.load(profile).with_overrides(probes=True)  # so that limits are seen, too
    limits = replace(chosen.limits, crowd=CROWD, throttle_scale=HASTE, small_page_requests=SMALL_PAGES)
    app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = play(
                httpx.ASGITransport(bent(fault_ids)(app)),
                Path(folder) / "ledger.jsonl",
                profile=replace(chosen, limits=limits),
                judge=Judge(catalogue()),
                parallel=1,
            )
    finally:
        app.state.server.database.close()
    found = done.results
    by_verdict = {
        verdict: [each.check.id for each in found if each.verdict is verdict]
        for verdict in (Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN)
    }
    heads = [each.result.check.id for each in causes(found) if each.result.verdict is Verdict.FAIL]
    failed = set(by_verdict[Verdict.FAIL])
    said = {
        "fail": heads,
        "follow": sorted(failed - set(heads)),
        "advice": by_verdict[Verdict.ADVICE],
        "broken": [*by_verdict[Verdict.BROKEN], *done.conductor.broken],
        "contradictions": contradictions(recorded(done, chosen)),
    }
    return {key: ids for key, ids in said.items() if ids}


def kills(fault_id: str, profiles: Sequence[str] = PROFILES) -> dict[str, Told]:
    """Under which profiles a fault is noticed, and by which checks; the second dialect only where it tells something else."""
    if fault_id in BEYOND_OKTA:
        profiles = ("scim",)
    found = {profile: told([fault_id], profile) for profile in profiles}
    if "okta" in found and found.get("okta-custom-app") == found["okta"]:
        del found["okta-custom-app"]
    return {profile: said for profile, said in found.items() if said}


def main(fault_ids: Sequence[str]) -> None:
    """Write the rows of these faults, or of all. UsageError for an id that is none."""
    for unknown in set(fault_ids) - set(faults()):
        raise UsageError("unknown-fault", f"There is no fault {unknown!r}.", did_you_mean(unknown, faults()))
    played = fault_ids or list(shown_by_a_run())
    with Pool() as pool:
        rows = dict(zip(played, pool.map(kills, played, chunksize=1), strict=True))
    kept = json.loads(KILLS.read_text(encoding="utf-8")) if fault_ids else {}
    table = {each: rows.get(each, kept.get(each)) for each in faults() if rows.get(each, kept.get(each))}
    KILLS.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    unnoticed = [fault_id for fault_id, found in rows.items() if not found]
    killed = sum(map(bool, rows.values()))
    print(f"{len(rows)} faults, {killed} killed; unnoticed and unknown: {', '.join(unnoticed) or 'none'}")


if __name__ == "__main__":
    main(sys.argv[1:])

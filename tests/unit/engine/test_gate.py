"""The gate: what fails a run, and what is tolerated, with the reason."""

import pytest

from scim_tests.engine.gate import Gate
from scim_tests.engine.results import ending
from scim_tests.errors import ExitCode
from scim_tests.model.check import COSMETIC, SECURITY, STOPS, Check, Severity, advice
from scim_tests.model.exchange import Answer
from tests.unit.engine.test_results import OK, a_check, bad, good, play, reading

ARRAY = {"one": Answer(200, (), b"[]")}  # which is no resource


def _end(gate: Gate, *checks: object) -> tuple[ExitCode, dict[str, str]]:
    conductor, found = play(list(checks), ARRAY)  # type: ignore[arg-type]
    tolerated = gate.tolerated(found)
    return ending(conductor, found, strict=gate.strict, tolerated=tolerated).exit_code, tolerated.reasons


def test_a_known_failure_does_not_fail_the_run() -> None:
    """What the baseline names is tolerated for its reason; anything else fails."""
    gate = Gate(known={"a.old": "ticket 7"})
    assert _end(gate, a_check("old", bad), a_check("fine", good)) == (
        ExitCode.ALL_GOOD,
        {"a.old": "ticket 7"},
    )
    assert _end(gate, a_check("old", bad), a_check("new", bad))[0] is ExitCode.CONFORMANCE_FAILURES


@pytest.mark.parametrize(
    ("severity", "code"), [(STOPS, 1), (SECURITY, 1), (COSMETIC, 0)], ids=["worse", "the same", "less"]
)
def test_the_severity_decides(severity: Severity, code: int) -> None:
    """--fail-on security fails on security and worse, and not on less."""
    assert _end(Gate(fail_on=SECURITY), a_check("it", bad, severity=severity))[0] == code


def test_what_is_blocked_behind_a_known_failure_is_tolerated_with_it() -> None:
    """A check nobody could judge fails the run only where nothing known explains it."""
    known, behind = a_check("old", bad), a_check("behind", reading)
    assert _end(Gate(known={"a.old": "ticket 7"}), known, behind)[0] is ExitCode.ALL_GOOD
    assert _end(Gate(), a_check("fine", good), behind)[0] is ExitCode.CONFORMANCE_FAILURES


def test_what_fails_because_of_a_known_failure_still_fails_the_run() -> None:
    """A failure that was seen is accepted by its own entry alone, whatever explains it."""
    known, follower = a_check("old", bad), a_check("follower", bad, follows=("a.old",))
    code, tolerated = _end(Gate(known={"a.old": "ticket 7"}), known, follower)
    assert (code, tolerated) == (ExitCode.CONFORMANCE_FAILURES, {"a.old": "ticket 7"})


def test_what_is_blocked_behind_a_mild_failure_is_not_green() -> None:
    """Nobody knows how severe it would have been."""
    mild, behind = a_check("mild", bad, severity=COSMETIC), a_check("behind", reading, severity=STOPS)
    assert _end(Gate(fail_on=SECURITY), mild, behind)[0] is ExitCode.CONFORMANCE_FAILURES


def test_a_known_failure_that_passes_is_told() -> None:
    """Passed, or advice where that does not fail the run: fixed. Still failing or not judged: not."""
    checks = [
        a_check("passes", good),
        a_check("fails", bad),
        a_check("advises", lambda _: advice("a", "b")),
        a_check("unasked", bad, when=lambda _: False),
    ]
    known = {"a.passes": "r", "a.fails": "r", "a.advises": "r", "a.unasked": "r"}
    _, found = play(checks, {"one": OK})
    assert Gate().fixed(found, known) == ["a.passes", "a.advises"]
    assert Gate(strict=True).fixed(found, known) == ["a.passes"]


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (Gate(), "3 of 4 judged checks failed; 1 more could not be judged."),
        (
            Gate(known={"a.old": "ticket 7"}, fail_on=SECURITY),
            "3 of 4 judged checks failed (1 counts, 1 known, 1 below --fail-on); 1 more could not be judged (1 known).",
        ),
        (
            Gate(known={"a.old": "ticket 7", "a.new": "ticket 8"}, fail_on=SECURITY),
            "No failure counts: 3 of 4 judged checks failed (2 known, 1 below --fail-on); 1 more could not be judged (1 known).",
        ),
        (
            Gate(known={"a.new": "ticket 8"}, fail_on=Severity.STOPS_PROVISIONING),
            "3 of 4 judged checks failed (1 counts, 1 known, 1 below --fail-on); 1 more could not be judged.",
        ),
    ],
    ids=["no baseline", "some count", "none counts", "unknown behind known"],
)
def test_the_sentence_counts_what_every_report_counts(gate: Gate, said: str) -> None:
    """Each number is that of all checks with that verdict; how many of them count, and why not, stands behind it."""
    checks = [
        a_check("old", bad),
        a_check("new", bad),
        a_check("mild", bad, severity=COSMETIC),
        a_check("fine", good),
        a_check("behind", reading),
    ]
    conductor, found = play(checks, ARRAY)
    assert ending(conductor, found, strict=False, tolerated=gate.tolerated(found)).sentence == said


def test_what_was_kept_from_us_is_told_beside_what_is_known() -> None:
    """Where no failure counts but something could not be judged, the failures are still counted as they are shown."""
    checks = [a_check("mild", bad, severity=COSMETIC), a_check("behind", reading)]
    conductor, found = play(checks, ARRAY)
    end = ending(conductor, found, strict=False, tolerated=Gate(fail_on=SECURITY).tolerated(found))
    assert end.sentence.startswith(
        "1 of 1 judged checks failed (1 below --fail-on); 1 more could not be judged: a.one"
    )


def test_a_judgement_counts_where_it_alone_fails_the_run() -> None:
    """Not where its check is known, its severity too low, or it is only blocked; advice counts with --strict."""

    def counts(gate: Gate, check: Check) -> bool:
        _, [result] = play([check], ARRAY)
        return gate.counts(check, result.judgements[0], frozenset())

    it = a_check("it", bad, severity=SECURITY)
    assert counts(Gate(), it)
    assert counts(Gate(fail_on=SECURITY), it)
    assert not counts(Gate(fail_on=STOPS), it)
    assert not counts(Gate(known={"a.it": "ticket 7"}), it)
    assert not counts(Gate(strict=True), a_check("it", reading))
    mild = a_check("it", lambda _: advice("good", "bad"))
    assert (counts(Gate(), mild), counts(Gate(strict=True), mild)) == (False, True)

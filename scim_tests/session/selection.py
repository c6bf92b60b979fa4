"""Which checks are judged: `--only` and `--skip`, in the words of the catalogue."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from scim_tests.errors import SHOW_CHECKS, UsageError, did_you_mean
from scim_tests.model.check import Check
from scim_tests.personas.play import ACTS

Names = Callable[[Check], frozenset[str]]


def selected(checks: Sequence[Check], only: Sequence[str], skip: Sequence[str]) -> list[Check]:
    """The checks `only` names (all, where it is empty) without those `skip` names.

    UsageError where a word names no check, or where none is left: a typing error is never green.
    """
    wanted = _named(checks, "--only", only) if only else {check.id for check in checks}
    unwanted = _named(checks, "--skip", skip)
    chosen = [check for check in checks if check.id in wanted - unwanted]
    if not chosen:
        raise UsageError("nothing-selected", "--only and --skip together leave no check to judge.")
    return chosen


def names(check: Check) -> frozenset[str]:
    """What a check answers to: its id, act, severity and requirements, and its act's capability."""
    capability = {act.name: act.capability for act in ACTS}.get(check.act)
    own = {check.id, check.act, check.severity.value, *check.references}
    return frozenset(own | ({capability} if capability else set()))


def _named(checks: Sequence[Check], flag: str, words: Sequence[str]) -> set[str]:
    known = {check.id: names(check) for check in checks}
    named = {
        word: {each for each, own in known.items() if any(fnmatchcase(name, word) for name in own)}
        for word in words
    }
    for word, found in named.items():
        if not found:
            hint = did_you_mean(word, frozenset().union(*known.values()), SHOW_CHECKS)
            raise UsageError("unknown-selection", f"{flag} {word} names no check.", hint)
    return set().union(*named.values())

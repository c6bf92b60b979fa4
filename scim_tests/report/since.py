"""What changed since the last run of the same target, in words."""

from scim_tests.model.record import RunRecord
from scim_tests.report.record_index import moment

KINDS = {
    "new": "New failures",
    "fixed": "Fixed",
    "still_failing": "Still failing",
    "no_longer_judged": "No longer judged",
}
SHOWN = 3  # checks by name


def changes(record: RunRecord) -> dict[str, list[str]]:
    """The ids of checks by what became of them; without what nothing became of."""
    return {
        words: ids for each in record.since for kind, words in KINDS.items() if (ids := getattr(each, kind))
    }


def sentence_since(record: RunRecord) -> str:
    """All of it in a sentence; empty where there is no earlier run."""
    if not record.since:
        return ""
    told = [f"{words.lower()}: {len(ids)} ({_named(ids)})" for words, ids in changes(record).items()]
    return f"Since the run of {moment(record.since[0].started)}: {'; '.join(told) or 'nothing changed'}."


def _named(ids: list[str]) -> str:
    more = len(ids) - SHOWN
    return ", ".join(ids[:SHOWN]) + (f" and {more} more" if more > 0 else "")

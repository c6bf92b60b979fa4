"""summary.md of a load: that of a run, with what the load comes to, its steps and its tasks."""

from collections.abc import Iterator
from dataclasses import replace

from scim_tests.model.load_record import LoadRecord
from scim_tests.report import summary
from scim_tests.report.load.as_run import as_run
from scim_tests.report.load.told import left_in_words, task_in_words
from scim_tests.report.load.words import milliseconds
from scim_tests.report.record_index import many
from scim_tests.report.summary import code, plain, section

STEPS = ("Step", "Requests", "Failures", "Median", "95 of 100", "99 of 100", "Longest")
ROWS_SHOWN = 20  # of whom is left behind


def markdown(load: LoadRecord) -> str:
    """All of it on one page of Markdown."""
    steps = [
        f"| {code(each.name)} | {each.requests:,} | {each.failures:,} | "
        f"{' | '.join(map(milliseconds, (each.median, each.p95, each.p99, each.longest)))} |"
        for each in load.steps
    ]
    head = [f"| {' | '.join(STEPS)} |", f"|{' --- |' * len(STEPS)}"]
    told = [
        section("In Okta's terms", [f"- {plain(line)}" for line in load.told]),
        section("Tasks", [f"- {plain(task_in_words(task))}" for task in load.tally.tasks.values()]),
        section("Steps", [*head, *steps] if steps else []),
        section("Left behind", _left(load)),
    ]
    return summary.markdown(replace(as_run(load), left_behind=[]), told)


def _left(load: LoadRecord) -> Iterator[str]:
    """How many, and names of those that are known to be there first."""
    if not load.left_behind:
        return
    shown = sorted(load.left_behind, key=lambda each: not each.id)[:ROWS_SHOWN]
    yield left_in_words(load)
    yield from ("", "| userName | id | Why |", "| --- | --- | --- |")
    yield from (f"| {plain(each.user_name)} | {plain(each.id)} | {plain(each.why)} |" for each in shown)
    if more := len(load.left_behind) - len(shown):
        yield from ("", f"{many(more, 'more is', 'more are')} in the ledger.")

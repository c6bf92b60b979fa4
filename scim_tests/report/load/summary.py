"""summary.md of a load: that of a run, with what the load comes to, its steps and its tasks."""

from scim_tests.model.load_record import LoadRecord
from scim_tests.report import summary
from scim_tests.report.load.as_run import as_run
from scim_tests.report.load.told import task_in_words
from scim_tests.report.load.words import milliseconds
from scim_tests.report.summary import code, plain, section

STEPS = ("Step", "Requests", "Failures", "Median", "95 of 100", "99 of 100", "Longest")


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
    ]
    return summary.markdown(as_run(load), told)

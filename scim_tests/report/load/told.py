"""What a load comes to, in Okta's terms: a sentence each, what matters most first.

Numbers have two digits: a load of another day has others.
"""

from collections.abc import Iterator, Sequence
from statistics import median

from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.record import trips_the_safeguard
from scim_tests.model.tally import NAMES, FinalLook, Tally, Task, Walk, quantile, together
from scim_tests.report.load.pages import TIME_OUT, Pages
from scim_tests.report.load.rates import ASSIGNING, Kept, kept, requests_each, successes
from scim_tests.report.load.words import about, milliseconds, share, span
from scim_tests.report.record_index import many
from scim_tests.report.text import as_sentence, one_line

MASS = 50_000  # people: the mass assignment that is told of
MILLION = 1_000_000
AN_HOUR = 1_200  # requests that some vendors take from a token each hour
DEACTIVATES = "deactivate_user."
SHOWN = 3  # kinds of tasks


def told(plan: LoadPlan, tally: Tally) -> list[str]:
    """All of it. First what says that the load did not go as it was planned."""
    walks = [walk for walk in tally.walks if walk.pages]
    return [
        *_cut_short(tally),
        *_assignment(plan, tally),
        *_throttled(tally),
        *_tasks(tally),
        *_lost(plan, tally),
        *(sentence for walk in walks for sentence in _import(walk)),
        *(_growth(tally, walks[-1]) if walks else ()),
        *_answers(tally),
    ]


def _cut_short(tally: Tally) -> Iterator[str]:
    if tally.broken:
        yield f"{many(len(tally.broken), 'job')} failed in scim-tests itself, for which the target is not to blame."
    if tally.stopped:
        yield as_sentence(one_line(tally.stopped))


def _assignment(plan: LoadPlan, tally: Tally) -> Iterator[str]:
    stages, each = kept(plan, tally), requests_each(tally)
    rate, crowd = _rate(tally, stages), max(MASS, plan.people)
    if each and tally.stopped:
        yield f"How long an assignment of {crowd:,} takes cannot be told: the load was stopped."
    elif each and rate:
        waits = ", with the waits that the target asked for" if tally.waited else ""
        more = (
            "; look-ups after which no create succeeded are counted"
            if about(each) != about(len(ASSIGNING))
            else ""
        )
        yield (
            f"An assignment of {crowd:,} is done after {span(crowd * each / rate)} at {about(rate)} requests a "
            f"second{waits}; each person takes {about(each)} requests (a look-up and a create{more})."
        )
    yield from _rates(tally, stages)


def _rates(tally: Tally, stages: list[Kept]) -> Iterator[str]:
    """Whether the rate was kept. What was refused left, too, but it helped nobody."""
    reached = [stage for stage in stages if stage.is_reachable]
    then = " until then" if tally.stopped else ""
    if reached and all(stage.is_kept for stage in reached):
        most = about(max(stage.wanted for stage in reached))
        at_most = " at most" if len(reached) > 1 else ""
        if any(tally.throttled.values()):
            yield (
                f"{most} requests a second{at_most} left{then}, as wanted, and {about(successes(tally))} a second were "
                "taken, waits included: the others were answered 429."
            )
        else:
            yield f"The rate was kept{then}: {most} requests a second{at_most}."
    else:
        for stage in reached:
            if not stage.is_kept:
                yield f"Of {about(stage.wanted)} requests a second {about(stage.left)} left in time."
    for stage in stages:
        if not stage.is_reachable:
            yield f"Too few people to reach {about(stage.rate)} requests a second: {about(stage.left)} were reached."


def _rate(tally: Tally, stages: list[Kept]) -> float:
    """Requests a second that an assignment can count on: while it has to wait, only those that were a success."""
    fastest = max((stage.left for stage in stages if stage.is_reachable), default=0.0)
    return min(fastest, successes(tally)) if any(tally.throttled.values()) else fastest


def _throttled(tally: Tally) -> Iterator[str]:
    refused = sum(tally.throttled.values())
    if not refused:
        return
    each = requests_each(tally)
    longer = f", and in Okta {span(tally.waited_in_okta)}" if tally.waited_in_okta > 2 * tally.waited else ""
    yield (
        f"{many(refused, 'request')} of {sum(tally.sent.values()):,} {_was(refused)} answered 429; Okta waits as long "
        f"as it is told, and 5 minutes where it is not told. All waits took {span(tally.waited)} together here{longer}."
    )
    if tally.given_up:
        yield f"{many(tally.given_up, 'request')} {_was(tally.given_up)} still throttled after 10 attempts: Okta gives up then."
    if each and tally.untold == refused:
        yield (
            f"For comparison: if the limit is {AN_HOUR:,} requests an hour, as some vendors set it, an assignment of {MASS:,} takes "
            f"{span(MASS * each / AN_HOUR * 3600)}."
        )


def _tasks(tally: Tally) -> Iterator[str]:
    waiting = sum(task.people for task in tally.tasks.values())
    if waiting:
        kinds = sorted(tally.tasks.values(), key=lambda task: -task.people)
        more = f", and {many(len(kinds) - SHOWN, 'kind')} more" if len(kinds) > SHOWN else ""
        yield (
            f"{many(waiting, 'task')} would stand under Dashboard > Tasks: "
            f"{', '.join(map(task_in_words, kinds[:SHOWN]))}{more}."
        )
    elif tally.created:
        yield "No task would stand under Dashboard > Tasks."
    if opened := tally.stays_open:
        yield (
            f"{many(opened, 'account')} would stay open for good: {'its' if opened == 1 else 'their'} deactivation "
            "failed, and Okta does not try it again."
        )


def task_in_words(task: Task) -> str:
    """`2 for push_user.create answered 500`."""
    said = f"answered {task.status}" if task.status.isdecimal() else "not answered"
    said += ", with which Okta cannot go on" if task.why else ""
    return f"{task.people:,} for {task.step} {said}"


def _lost(plan: LoadPlan, tally: Tally) -> Iterator[str]:
    final = tally.final
    if gone := not_there(final):
        yield f"{people(gone)} whom Okta takes as created {_was(gone)} not there at the end."
    if hidden := len(final.unfound):
        yield f"{people(hidden, final.unfound)} {_was(hidden)} there at the end, and not found by userName."
    if double := len(final.several):
        yield f"{people(double, final.several)} {_was(double)} there more than once at the end."
    if active := len(final.still_active):
        yield f"{people(active, final.still_active)} whom Okta takes as deactivated {_was(active)} still active at the end."
    absent = sum(group.missing for group in tally.groups)
    if absent and not plan.deactivated:  # who is deactivated may leave a group
        groups = sum(1 for group in tally.groups if group.missing)
        yield (
            f"{many(absent, 'member')} that Okta takes as pushed {_was(absent)} missing in "
            f"{many(groups, 'group')} at the end."
        )


def not_there(final: FinalLook) -> int:
    """How many people were not found at the end."""
    return max(len(final.missing), final.expected - final.found if final.whole else 0)


def people(number: int, named: Sequence[str] = ()) -> str:
    """`1 person`; of those who are `named` no more names than that may have been kept."""
    return many(number, "person", "people") + (" or more" if len(named) >= NAMES else "")


def _import(walk: Walk) -> Iterator[str]:
    pages = Pages(walk)
    how = f"half of the pages came within {milliseconds(median(pages.times))}"
    if walk.whole:
        yield f"An import of {walk.people:,} takes {span(pages.seconds)}: {how}."
    else:
        yield f"{walk.people:,} people of {pages.total:,} were imported in {span(pages.seconds)}: {how}."
        yield f"If pages go on like this, an import of {pages.total:,} takes {span(pages.seconds_of(pages.total, None))}."
    if longest := sum(time >= TIME_OUT * 1000 for time in pages.times):
        yield f"{many(longest, 'page')} took as long as Okta waits for an answer, {TIME_OUT:.0f} s, or longer: its import fails there."
    yield from _missed(walk)


def _growth(tally: Tally, walk: Walk) -> Iterator[str]:
    """By the first and the last page, asked for in turn when all else was over."""
    if (growth := tally.page_growth) is None:
        return
    pages, (first, last) = Pages(walk), map(milliseconds, growth)
    yield (
        f"Pages take longer the further back they are: {first} at first and {last} at the end, so that an import of "
        f"{MILLION:,} would take {span(pages.seconds_of(MILLION, growth))}, and a page near startIndex "
        f"{about(pages.reaches_the_time_out(growth))} {TIME_OUT:.0f} s, for which Okta does not wait."
    )


def _missed(walk: Walk) -> Iterator[str]:
    if not (gone := walk.not_shown):
        return
    said = (
        f"{people(gone)} of {walk.untouched:,} {_was(gone)} missing in the import, though nobody wrote to "
        f"{'this one' if gone == 1 else 'them'} meanwhile"
    )
    if trips_the_safeguard(walk.untouched, gone):
        yield f"{said}: {share(gone, walk.untouched)}, so Okta's import safeguard stops it."
    else:
        yield f"{said}: Okta takes {'this one' if gone == 1 else 'them'} as removed, and its safeguard does not stop that."


def _answers(tally: Tally) -> Iterator[str]:
    timings = {name: step.timing for name, step in tally.steps.items() if step.slices}
    times = together(timings.values())
    median, slow = quantile(times, 0.5), quantile(times, 0.95)
    if median is not None and slow is not None:
        longest, name = max((max(map(int, timing)), name) for name, timing in timings.items() if timing)
        yield (
            f"Half of the answers came within {milliseconds(median)}, 95 of 100 within {milliseconds(slow)}, "
            f"the longest took {milliseconds(longest)} ({name})."
        )


def left_in_words(load: LoadRecord, folder: str = "FOLDER") -> str:
    """How many are left behind, and how they go away; empty where nobody is.

    Names stand in the ledger in blocks before anybody is made: of some no create left, or none was answered.
    """
    if not (left := load.left_behind):
        return ""
    created = sum(1 for each in left if each.id)
    unknown = len(left) - created
    said = [f"{created:,} {_was(created)} created"] if created else []
    said += [f"{unknown:,} {'more ' if created else ''}may be there: no answer is known"] if unknown else []
    if load.target.is_gone:
        return f"{'; '.join(said)}. All of it went with the server."
    return f"{'; '.join(said)}. `scim-tests clean {folder}` looks for them, and removes whom it may."


def _was(number: int) -> str:
    return "was" if number == 1 else "were"

"""load.html: a load on one page, filled into the templates of `templates/`."""

from collections.abc import Iterator

from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.tally import FinalLook, Tally
from scim_tests.model.verdict import Verdict
from scim_tests.report.html import HEADLINES, heading, title
from scim_tests.report.load.as_run import as_run, with_samples
from scim_tests.report.load.rates import kept
from scim_tests.report.load.series import memory_plot, plots, step_plots
from scim_tests.report.load.told import left_in_words, not_there, people
from scim_tests.report.load.words import about, milliseconds, share, span, step_in_words
from scim_tests.report.record_index import RecordIndex, counted, many, rank
from scim_tests.report.templating import filled


def page(load: LoadRecord) -> str:
    """The whole page."""
    run = with_samples(as_run(load), load)
    drawn = list(plots(load))
    return filled(
        "load.html",
        load=load,
        plan=load.load.plan,
        tally=load.tally,
        record=run,
        index=RecordIndex(run),
        title=title(run),
        headline=HEADLINES[run.outcome.verdict],
        counted=counted(run.counts),
        contents=_contents(load, has_plots=bool(drawn), has_samples=bool(run.exchanges)),
        plots=drawn,
        step_plots=list(step_plots(load)),
        memory=memory_plot(load.tally),
        final_look=_final_look(load.tally.final),
        was_looked_for=_was_looked_for(load.tally.final),
        left_told=left_in_words(load),
        left_behind=sorted(load.left_behind, key=lambda each: not each.id),
        how=list(_how(load.load.plan, load.tally)),
        shown_checks=sorted((each for each in run.checks if each.verdict != Verdict.NOT_ASKED), key=rank),
        heading=heading,
        milliseconds=milliseconds,
        span=span,
        step_in_words=step_in_words,
    )


def _contents(load: LoadRecord, *, has_plots: bool, has_samples: bool) -> dict[str, str]:
    """Where to go from the verdict; what the page does not have is empty."""
    is_failed = any(each.verdict == Verdict.FAIL for each in load.checks)
    return {
        "#told": "In Okta's terms" if load.told else "",
        "#root-causes": "Root causes" if is_failed else "",
        "#samples": "Samples" if has_samples else "",
        "#tasks": "Tasks" if load.tally.tasks else "",
        "#plots": "Over time" if has_plots else "",
        "#steps": "Steps" if load.steps else "",
        "#groups": "Groups" if load.tally.groups else "",
        "#final-look": "Final look" if load.tally.final.expected else "",
        "#left-behind": "Left behind" if load.left_behind else "",
        "#how": "How it was done",
        "#checks": "Checks",
    }


def _final_look(final: FinalLook) -> dict[str, tuple[str, list[str]]]:
    """How many are not as Okta takes them to be, and names of some."""
    return {
        "Not there": (people(not_there(final)), final.missing),
        "There, and not found by userName": (people(len(final.unfound), final.unfound), final.unfound),
        "There more than once": (people(len(final.several), final.several), final.several),
        "Of these, assigned by two jobs at once": (
            people(len(final.of_twice), final.of_twice),
            final.of_twice,
        ),
        "Deactivated, and still active": (
            people(len(final.still_active), final.still_active),
            final.still_active,
        ),
    }


def _was_looked_for(final: FinalLook) -> bool:
    """Whether the final look came to anybody."""
    return final.whole or bool(final.found or final.missing or final.why)


def _how(plan: LoadPlan, tally: Tally) -> Iterator[str]:
    """The plan in words, and how far it was kept to."""
    for stage in kept(plan, tally):
        yield (
            f"{many(stage.people, 'person', 'people')} assigned: {about(stage.wanted)} requests a second wanted, "
            f"{about(stage.left)} left."
        )
    shares = {
        "assigned by two jobs at once": plan.twice,
        "read back": plan.read_back,
        "deactivated": plan.deactivated,
        "renamed": plan.renamed,
        "judged whatever was answered": plan.judged,
    }
    told = [f"{share(part, 1)} {words}" for words, part in shares.items() if part]
    if plan.people:
        yield f"Of the people: {', '.join(told)}." if told else "Nobody was read back, changed or judged."
    if plan.groups:
        yield f"{many(plan.groups, 'group')} of {many(plan.members, 'member')} pushed."
    if plan.imported:
        yield f"An import of {plan.imported:,} people at most."
    yield f"{many(plan.workers, 'process', 'processes')} took part; the load had to end within {span(plan.deadline)}."
    unfinished = [(tally.cut_off, "cut off"), (tally.not_begun, "not begun")]
    yield from (
        f"{many(number, 'job')} {'was' if number == 1 else 'were'} {words}."
        for number, words in unfinished
        if number
    )

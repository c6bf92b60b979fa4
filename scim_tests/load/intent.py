"""What a load is about to do to a target: shown before anything is sent, and agreed to."""

from collections.abc import Iterator

from scim_tests.errors import UsageError
from scim_tests.load.options import LoadOptions
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.loopback import is_loopback
from scim_tests.model.names import PREFIX
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.report.text import one_line
from scim_tests.session.intent import costs_of
from scim_tests.session.target import agree

HOUR, MINUTE = 3600, 60
UNSAID = "This target is not on this machine, and nobody agreed."
INSTEAD = "take --reference to load the bundled server"
AFTER = {
    CleanUp.DELETE: "whom it created is deleted again, at most at the same rate, which takes about as long once more",
    CleanUp.DEACTIVATE: "whom it created is deactivated, and stays: the profile says that users cannot be deleted",
    CleanUp.NOTHING: "nobody is removed: the profile says that users cannot be; {people:,} people would stay",
}


def ask_consent(options: LoadOptions, plan: LoadPlan, profile: Profile) -> None:
    """UsageError where nobody agreed to what will be done to a target that is not on this machine, or not to so many people."""
    check_size(options, plan)
    if not options.run.yes and not is_here(options, plan):
        agree(screen(plan, profile), UNSAID, INSTEAD)


def check_size(options: LoadOptions, plan: LoadPlan) -> None:
    """UsageError where more people would be created than was said that there may be; on this machine it need not be said."""
    most = options.max_users
    if plan.people <= (most or 0) or (most is None and is_here(options, plan)):
        return
    where = "here" if is_here(options, plan) else "on a target that is not on this machine"
    said = "not given" if most is None else f"{most:,}"
    message = f"{plan.people:,} people would be created {where}, and --max-users is {said}."
    raise UsageError(
        "too-many-users", message, f"Say --max-users {plan.people} if so many may be created there."
    )


def is_here(options: LoadOptions, plan: LoadPlan) -> bool:
    """Whether the target is on this machine, as far as its address tells: a tunnel has one of this machine, too."""
    return options.run.reference or is_loopback(plan.target)


def screen(plan: LoadPlan, profile: Profile) -> str:
    """The numbers of a load, as a terminal shows them."""
    told = (f"  {heading:<9} {one_line(text)}" for heading, text in _lines(plan, profile))
    return "\n".join((f"scim-tests is about to put a load on {plan.target}", "", *told))


def _lines(plan: LoadPlan, profile: Profile) -> Iterator[tuple[str, str]]:
    if plan.people:
        yield "creates", f"{plan.people:,} users, called {PREFIX}.{plan.run}.… at {profile.email_domain}"
        rates = ", then ".join(f"{stage.rate:g}" for stage in plan.stages)
        yield "at", f"{rates} requests a second, whatever the answers take; {plan.requests:,} requests in all"
    if plan.groups:
        yield "groups", f"{plan.groups:,} of {plan.members:,} members each"
    if plan.deactivated:
        yield "leave", f"{plan.deactivated:.0%} of them are deactivated"
    if plan.renamed and plan.people:
        yield "renames", f"{plan.renamed:.0%} of them"
    if plan.imported:
        walks = "once beside it and once after it" if plan.people else "once"
        yield (
            "reads",
            f"the list of users, {walks}: at most {plan.imported:,} people, one page after another as fast as they come",
        )
    yield "takes", f"about {lasting(plan.seconds)}; it ends after {lasting(plan.deadline)} at the latest"
    yield "stops", "at a storm of 429, at 5 % of 5xx, and where the target falls silent"
    if plan.people:
        yield "after", AFTER[profile.clean_up].format(people=plan.people)
    for cost in costs_of(profile) if plan.people else ():
        yield "may cost", f"{cost.text} {cost.link}"


def lasting(seconds: float) -> str:
    """A time as a person says it: `67 min`."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"

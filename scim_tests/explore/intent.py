"""What an exploration is about to do to a target: shown before anything is sent, and agreed to."""

from collections.abc import Iterator

from scim_tests.explore.options import ExploreOptions
from scim_tests.explore.preparing import people_made
from scim_tests.model.conversation import NAMES
from scim_tests.model.loopback import is_loopback
from scim_tests.model.names import PREFIX
from scim_tests.model.profile import Profile
from scim_tests.report.text import one_line
from scim_tests.session.intent import INSECURE, KEPT, costs_of
from scim_tests.session.target import agree

AT_ONCE = (
    12  # people on the target at a time: three of a conversation, and whom it makes of names it had to refuse
)
UNSAID = "This target is not on this machine, and nobody agreed."
INSTEAD = "take --reference to explore the bundled server"


def ask_consent(options: ExploreOptions, profile: Profile, where: str) -> None:
    """UsageError where nobody agreed to what will be done to a target (its base URL) that is not on this machine."""
    if not options.run.yes and not is_loopback(where):
        agree(screen(options, profile, where), UNSAID, INSTEAD)


def screen(options: ExploreOptions, profile: Profile, where: str) -> str:
    """The numbers of an exploration, as a terminal shows them."""
    told = (f"  {heading:<9} {one_line(text)}" for heading, text in _lines(options, profile, where))
    return "\n".join((f"scim-tests is about to explore {where}", "", *told))


def _lines(options: ExploreOptions, profile: Profile, where: str) -> Iterator[tuple[str, str]]:
    yield "profile", f"{profile.name}: {profile.title}"
    if options.replay:
        people = f"{min(people_made(options.replay), NAMES) + 1} people at a time, more where it takes a name twice"
        yield "holds", f"one conversation of {len(options.replay)} moves"
    else:
        people = f"{AT_ONCE} people at a time"
        yield (
            "holds",
            f"conversations of up to {options.steps} moves, one after the other, as fast as it answers",
        )
        yield "takes", f"{options.minutes:g} min, and then a minute or so to hold again what was found"
    most = None if options.replay else options.people(where)
    meanwhile = "" if most is None else f", up to {most:,} while it looks"
    yield (
        "creates",
        f"at most {people}{meanwhile}, named {PREFIX}.<run>.…@{profile.email_domain}",
    )
    yield "", f"in each conversation a few groups, named {PREFIX}.<run>.…"
    yield "touches", "nobody else: only what it created is ever written to"
    yield "after", "all of them are deleted again, as it goes and at its end; the report lists who is left"
    for cost in costs_of(profile):
        yield "may cost", f"{cost.text} {cost.link}"
    for note in (INSECURE if options.run.insecure else "", KEPT if options.run.keep_personal_data else ""):
        if note:
            yield "note", note

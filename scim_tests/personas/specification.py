"""What the profile `scim` plays besides Okta: acts that any client of the RFCs may play, each of people made for it alone."""

from collections.abc import Iterator
from dataclasses import replace

from scim_tests.model.act import Act, Scene
from scim_tests.model.profile import SPECIFICATION
from scim_tests.personas.okta.people import Casting, set_apart
from scim_tests.personas.okta.requests import BY_SCHEMAS
from scim_tests.personas.rfc.arrange_users import arrange_users
from scim_tests.personas.rfc.ask_me import ask_me
from scim_tests.personas.rfc.ask_odd_questions import ask_odd_questions
from scim_tests.personas.rfc.filter_users import filter_users
from scim_tests.personas.rfc.keep_versions import keep_versions
from scim_tests.personas.rfc.live_together import live_together
from scim_tests.personas.rfc.look_up_discovery import look_up_discovery
from scim_tests.personas.rfc.make_specimens import make_specimens
from scim_tests.personas.rfc.project_users import project_users
from scim_tests.personas.rfc.send_bulk import send_bulk
from scim_tests.personas.rfc.send_odd_requests import send_odd_requests
from scim_tests.personas.rfc.specimens import SIZE, specimens
from scim_tests.personas.rfc.trap_values import trap_values
from scim_tests.personas.rfc.write_every_attribute import write_every_attribute
from scim_tests.personas.rfc.write_in_forms import write_in_forms

# Each with how many people it has for itself.
WRITING: tuple[tuple[Act, int], ...] = (
    (make_specimens, SIZE),
    (project_users, 1),
    (send_odd_requests, 3),
    (write_every_attribute, 3),
    (write_in_forms, 4),
    (send_bulk, 6),
    (keep_versions, 1),
    (trap_values, 1),
    (ask_me, 0),
    (live_together, 3),
)
OF_SPECIMENS = (
    project_users,
    filter_users,
    arrange_users,
)  # they ask for those whom the first of these makes
# Alone: of whom each of the others made, or since what others write meanwhile hides what a target keeps in mind of whom it was asked for.
ALONE = (ask_me, live_together)
READING = (filter_users, arrange_users, look_up_discovery, ask_odd_questions)
ACTS = (*(act for act, _ in WRITING), *READING)


def writing(
    casting: Casting, most: int, *, after: tuple[str, ...], others: tuple[str, ...]
) -> Iterator[Scene]:
    """The scenes that write, of new people, `most` of them at most, the last ones one after the other when all these and the `others` are over.

    Who has none to act with says so itself.
    """
    played: list[str] = []
    left = most if SPECIFICATION in casting.profile.capabilities else 0
    for act, size in WRITING:
        made = set_apart(casting, act.name, size) if size <= left else ()
        left -= len(made)
        crowd = specimens(made) if act is make_specimens else made
        first = (BY_SCHEMAS,) if act.name != BY_SCHEMAS else ()
        before = (*others, *played) if act in ALONE else first
        played.append(act.name)
        needs = ("test_credentials", *(first if act in OF_SPECIMENS else ()))
        yield Scene(act, casting.profile, needs=needs, after=(*after, *before), crowd=crowd)


def reading(made: Scene, *, after: tuple[str, ...]) -> Iterator[Scene]:
    """The scenes that only read; `made` is the one that makes whom some of them ask for."""
    for act in READING:
        scene = Scene(act, made.profile, needs=("test_credentials",), after=after)
        asks = act in OF_SPECIMENS
        yield replace(scene, needs=(made.name,), crowd=made.crowd) if asks else scene

"""Acts: what an Okta admin or job does, as generators that yield steps and are sent exchanges.

An act never sees a socket. It ends by returning a `SceneResult`; where the target's answer leaves
it nothing to go on with, reading that answer raises `NotObserved` and the act ends there.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field

from scim_tests.model.conversation import Conversation
from scim_tests.model.exchange import Exchange, Headers
from scim_tests.model.forms import SEARCH, Forms
from scim_tests.model.profile import Profile
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Json

NOBODY = "010101001010101011001010101011"  # an id no server makes (okta:SPEC step 4)

# Yields a step, or several that have to be under way at the same time, and is sent the (last) exchange.
Performance = Generator["Step | tuple[Step, ...]", Exchange, SceneResult]


@dataclass(frozen=True)
class Step:
    """One request inside an act.

    `path` follows the base URL, its query encoded exactly as it is to be sent; `body` is JSON text.
    """

    name: str
    method: str
    path: str
    headers: Headers
    body: bytes = b""
    creates: str = ""  # the name this request means to create or to give: goes to the ledger first
    about: str = ""  # the id of the resource this request writes to, or removes
    removes: bool = False
    bulky: bool = False  # the answer may be large and is condensed once judged
    sample: int | None = None  # how many of the answer's resources are judged one by one
    parts: tuple["Step", ...] = ()  # of a bulk request: what each of its operations stands for, as a request


class Independent(tuple[Step, ...]):
    """Steps that need not wait for each other: as many leave at once as a run allows.

    Where one may not leave, the others do, and its exchange, which no transcript holds, has no answer.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Person:
    """Somebody Okta assigns. `key` names the trait that makes the person worth trying."""

    key: str
    trait: str
    user_name: str
    given_name: str
    family_name: str
    email: str
    external_id: str  # Okta's own id of the user
    enterprise: Mapping[str, str] = field(default_factory=dict)  # attributes of the enterprise extension
    attributes: Mapping[str, Json] = field(
        default_factory=dict
    )  # what is mapped besides, in place of the usual where it has the same name
    names: Mapping[str, str] = field(default_factory=dict)  # further parts of the name
    unmapped: tuple[str, ...] = ()  # what an admin mapped for others and not for this one

    @property
    def display_name(self) -> str:
        """What is pushed as displayName: given and family name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class OktaPerson:
    """Somebody in Okta's own directory."""

    user_name: str
    given_name: str
    family_name: str
    email: str
    assigned: bool = False  # Okta has pushed or linked this person before


@dataclass(frozen=True)
class Team:
    """A group Okta pushes, with the people who are in it at one time or another."""

    key: str
    display_name: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Act:
    """An act's fixed part; `play` makes a performance of it for one scene. It sends requests of its forms alone."""

    name: str
    title: str
    group: str
    capability: str  # the Okta provisioning feature it belongs to; "" where none has to be on
    sends: Forms
    play: Callable[["Scene"], Performance]
    also: tuple[str, ...] = ()  # further features whose requests it sends

    @property
    def writes(self) -> bool:
        """Whether it does more than to ask."""
        return any(not form.startswith("GET ") and not form.endswith(SEARCH) for form in self.sends)

    def why_not(self, profile: Profile) -> str:
        """Why it is not played under this profile; empty where it is."""
        return profile.why_not(self.name, self.capability, writes=self.writes, also=self.also)


@dataclass(frozen=True)
class Scene:
    """An act to be played, for one person or group where it is about one.

    `needs` names the scenes that must have been played to their end before; `known` is what these and
    others before it found out; `after` names those that merely must be over. Where a needed scene came to
    nothing, `instead` is played in its place, with another person. `looks_at` names those that make somebody
    to look at: without them it is played all the same, and sees whoever is there.
    """

    act: Act
    profile: Profile
    person: Person | None = None
    crowd: tuple[Person, ...] = ()  # where it is about many at once
    team: Team | None = None
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    looks_at: tuple[str, ...] = ()
    directory: tuple[OktaPerson, ...] = ()  # Okta's own people, whom an import is matched with
    created: tuple[tuple[str, str], ...] = ()  # what a clean-up removes: (name, id or "") of the ledger
    made: tuple[tuple[str, str], ...] = ()  # what it looks at in the end: (name, id) of all, removed or not
    known: Mapping[str, SceneResult] = field(default_factory=dict)  # by scene
    conversation: Conversation = ()  # that an exploration holds with the crowd
    instead: "Scene | None" = None

    @property
    def name(self) -> str:
        """Unique in a play: `push_user:plain`, or the act's name alone where it is about no one person or group."""
        about = self.person or self.team
        return f"{self.act.name}:{about.key}" if about else self.act.name


def act(
    *, title: str, group: str, sends: Iterable[str], capability: str = "", also: tuple[str, ...] = ()
) -> Callable[[Callable[[Scene], Performance]], Act]:
    """Declare an act and the forms of its requests (`GET /Users/{id}`); the function's name is the act's name.

    `capability` is one of `profile.CAPABILITIES`, `profile.SPECIFICATION`, `profile.PROBING`, or empty where the act is always played.
    A run that was told to leave out one of `also` does not play it either.
    """

    def declare(play: Callable[[Scene], Performance]) -> Act:
        return Act(play.__name__, title, group, capability, frozenset(sends), play, also)

    return declare

"""Which attributes a target has: those it declares, those it shows, and those it has kept as they were written.

RFC 7644 3.1 lets a target pass over what it does not have; what it has and takes, it keeps.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scim_tests.checks.reading.compare import is_alike, is_made_up, is_shared, is_the_clients, leaves
from scim_tests.checks.reading.differences import Difference, differences
from scim_tests.checks.reading.exact_values import PHOTO, are_elsewhere
from scim_tests.checks.reading.history import history
from scim_tests.checks.reading.outcomes import Passage, passages
from scim_tests.checks.reading.published import canonical_values, published
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

ELEMENT = re.compile(r"\[[^\]]*\]")
OF_A_GROUP = frozenset({"$.displayname", "$.members", "$.externalid"})
# Of an entry of a user (RFC 7643 2.4, 4.1.2).
PARTS = frozenset({
    "value", "display", "type", "primary", "$ref", "formatted", "streetaddress", "locality", "region", "postalcode", "country",
})  # fmt: skip
NUMBERS = "$.phonenumbers"
MANAGER = ":user.manager.value"
Place = tuple[str, str]  # `/Users` or `/Groups`, and a path in lower case, without positions in lists


@dataclass(frozen=True)
class Holdings:
    """The attributes that the target has, by their places."""

    declared: frozenset[Place]
    read_only: frozenset[Place]
    shown: frozenset[Place]
    kept: frozenset[Place]  # as it was written, and nobody could have made it up
    hidden: frozenset[Place] = frozenset()  # which a read need not show
    suggested: Mapping[Place, frozenset[str]] = field(default_factory=dict)  # values, in lower case
    ids: frozenset[str] = frozenset()  # of everybody whom it has shown
    respells: bool = False  # telephone numbers, so that a filter with one as it was written may find nothing

    def is_sure(self, kind: str, found: Difference) -> bool:
        """Whether a difference is a fault: only the client says what stands there, and the target has the attribute."""
        place = kind, plain(found.path)
        if place in self.read_only or self._root(place) in self.read_only:
            return False
        if found.left_out or (kind == "/Users" and found.stays and self._is_the_targets(found)):
            return False
        if self.respells and place[1].startswith(NUMBERS):
            return False
        if self._may_become_another(place, found) or self._is_in_no_schema(place, found):
            return False
        is_clients = place[1] in OF_A_GROUP if kind == "/Groups" else is_the_clients(found.path)
        if not (is_clients or place in self.kept or self._root(place) in self.kept):
            return False
        return found.shown is not None or found.stays or place in self.declared | self.shown

    @staticmethod
    def _is_the_targets(found: Difference) -> bool:
        """Whether a target may set it itself: a role that comes by itself, a full name made of a new one."""
        return found.shown is not None and (
            is_made_up(found.path) if found.wanted is not None else is_shared(found.path)
        )

    def _may_become_another(self, place: Place, found: Difference) -> bool:
        """Whether a target may pass over a value, since it is none of those suggested (RFC 7643 7) or nobody's id (2.3.7).

        It may return a photo in a size of its own, at a host of its own (RFC 7643 4.1.2). A type that it does not know it may also take for one that it knows.
        """
        if place[1].endswith(MANAGER):
            return found.shown is None and str(found.wanted) not in self.ids
        if place[1] == PHOTO and found.shown is not None:
            return are_elsewhere(found.wanted, found.shown)
        is_type = place[1].endswith(".type")
        return (found.shown is None or is_type) and self._is_not_suggested(place, found.wanted)

    def _is_in_no_schema(self, place: Place, found: Difference) -> bool:
        """Whether it is a part of an entry that neither RFC 7643 nor the target declares, such as an id of the target's own."""
        is_a_part = ELEMENT.search(found.path) is not None and "." in ELEMENT.split(found.path)[-1]
        return is_a_part and place[1].rpartition(".")[2] not in PARTS and place not in self.declared

    def _is_not_suggested(self, place: Place, wanted: Json) -> bool:
        """Whether it, or a part of it, is none of the values that are suggested there, which a target may ignore (RFC 7643 7)."""
        if isinstance(wanted, Mapping):
            kind, path = place
            return any(
                self._is_not_suggested((kind, f"{path}.{name}".lower()), each)
                for name, each in wanted.items()
            )
        return place in self.suggested and str(wanted).lower() not in self.suggested[place]

    def lacks(self, kind: str, found: Difference) -> bool:
        """Whether the target publishes what it has, and what is not shown is not among it: that is for an admin to unmap."""
        place = kind, plain(found.path)
        has = self.declared | self.shown | self.read_only
        return bool(self.declared) and found.shown is None and not found.stays and place not in has

    def ignores(self, kind: str, found: Difference) -> bool:
        """Whether the target says that clients may not write it, and rightly passes over what one did (RFC 7644 3.5.1).

        Or that reads do not show it, and rightly leaves it out (RFC 7643 7).
        """
        place = kind, plain(found.path)
        is_left_out = found.shown is None and not self.hidden.isdisjoint({place, self._root(place)})
        return is_left_out or (place in self.read_only and not found.stays)

    def shows(self, kind: str, found: Difference) -> bool:
        """Whether any answer shows the attribute with a value."""
        return (kind, plain(found.path)) in self.shown

    def _root(self, place: Place) -> Place:
        return place[0], place[1].rpartition(".")[0]


def plain(path: str) -> str:
    """In lower case, without positions in lists."""
    return ELEMENT.sub("", path.lower())


@lru_cache(maxsize=1)  # several rules ask for it, of one play
def holdings(transcript: Transcript) -> Holdings:
    """Of the target that the play shows."""
    declared, read_only, hidden = published(transcript)
    told = history(transcript)
    shown = {
        (kind, path)
        for kind in ("/Users", "/Groups")
        for seen in told.seen(kind)
        for each in seen
        for path in paths_in(each.resource)
    }
    kept = {place for passage in passages(transcript) for place in kept_in(passage)}
    return Holdings(
        declared,
        read_only,
        frozenset(shown),
        frozenset(kept),
        hidden,
        canonical_values(transcript),
        frozenset(id_ for _, id_ in told.observations),
        any(map(_respells, passages(transcript))),
    )


def paths_in(resource: Resource) -> Iterator[str]:
    """Of every value, in lower case; of the entries of a list those of their parts, too."""
    for path, value in leaves(resource):
        yield path.lower()
        for each in value if isinstance(value, list) else ():
            yield from (f"{path}.{part}".lower() for part in each) if isinstance(each, dict) else ()


def kept_in(passage: Passage) -> Iterator[Place]:
    """What one write said and the next read shows, less what a server can have made of the name."""
    found = passage.ends
    if len(found) != 1:
        return
    wrong = [plain(each.path) for each in differences(found[0], passage.after.resource, passage.was)]
    made_up = _made_up(passage.after.resource)
    before = dict(leaves(passage.was))
    for path, value in leaves(found[0].resource):
        is_wrong = any(f"{each}.".startswith(f"{path}.".lower()) for each in wrong)  # in a part, too
        if not is_wrong and path.lower() not in found[0].free and value not in (before.get(path), *made_up):
            yield passage.key[0], path.lower()


def _respells(passage: Passage) -> bool:
    """Whether a telephone number that was written is shown in another spelling, as it should (RFC 7643 4.1.2)."""
    shown = _numbers(passage.after.resource)
    if not shown:
        return False
    wanted = {each for found in passage.ends for each in _numbers(found.resource)}
    return any(is_alike(NUMBERS, one, other) for one in wanted - shown for other in shown - wanted)


def _numbers(user: Resource) -> frozenset[str]:
    listed = get(user, "phoneNumbers")
    values = (get(each, "value") for each in listed) if isinstance(listed, list) else ()
    return frozenset(each for each in values if isinstance(each, str))


def _made_up(user: Resource) -> tuple[Json, ...]:
    given, family = get(user, "name", "givenName"), get(user, "name", "familyName")
    return f"{given} {family}", f"{family}, {given}", get(user, "userName")

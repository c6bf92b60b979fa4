"""What a performance of bulk requests knows by now: whom it made under which ids, and what is there to be read."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scim_tests.model.act import Independent, Scene, Step
from scim_tests.model.bulk import ids_made, listed, operation, paired
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, Resource, as_id, get
from scim_tests.personas.okta.group_requests import look_up_group, read_group
from scim_tests.personas.okta.push_group import group_hit
from scim_tests.personas.okta.push_user import hit
from scim_tests.personas.okta.requests import look_up, read
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.bulk_requests import bulk_id, send

CALLED = (Wording.ANN, Wording.BOB, Wording.CID, Wording.DORA)
Sending = Generator[Step | Independent, Exchange, None]


@dataclass
class Known:
    """Ids are by bulkId, of users and of groups; versions by the id of a user, each once."""

    scene: Scene
    config: Resource
    users: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    versions: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # that were given: whoever has one was looked up then

    def name(self, word: str, number: int = 0) -> str:
        """The displayName of a group; `number` tells those of one word apart."""
        return f"{self.scene.crowd[number].user_name.partition('@')[0]}.{word}"

    def id(self, number: int) -> str:
        """The bulkId of one of the people."""
        return bulk_id(self.scene.crowd[number], CALLED[number])

    def group_id(self, word: str) -> str:
        """The bulkId of a group."""
        return bulk_id(self.scene.crowd[0], word)

    def user(self, number: int) -> str:
        """The id of one of the people. NotObserved where nobody is there any more."""
        if self.id(number) not in self.users:
            raise NotObserved("", "somebody whom the act had made is not there any more")
        return self.users[self.id(number)]

    def limit(self, name: str) -> int:
        """What the target says of its bulk requests (RFC 7643 5); 0 where it says nothing that could be meant."""
        value = get(self.config, "bulk", name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

    def is_narrow(self, operations: int, size: int) -> bool:
        """Whether it says that fewer operations, or fewer bytes, are all it takes."""
        limits = {"maxOperations": operations, "maxPayloadSize": size}
        return any(0 < self.limit(name) < least for name, least in limits.items())

    def supports(self, feature: str) -> bool:
        """Whether the target says so."""
        return get(self.config, feature, "supported") is True

    def made(
        self,
        name: str,
        parts: Sequence[Step],
        *besides: str,
        groups: Sequence[str] = (),
        most_errors: int | None = None,
    ) -> Sending:
        """Send them, and read whom they made, which proves whose the ids are, and other users and groups beside.

        Who is told no id of is looked up by name. NotObserved where the request is refused as a whole.
        """
        made = yield send(self.scene, name, parts, most_errors=most_errors)
        if not made.is_success:
            raise NotObserved(made.step, f"answered {made.answer.phrase}")
        taken = {each.creates for each in parts} & self.names
        self.names |= {each.creates for each in parts if each.creates}
        for each, told in zip(parts, ids_told(parts, made), strict=True):
            if each.creates and (told or each.creates not in taken):
                known = self.users if each.path == "/Users" else self.groups
                if an_id := told or (yield from self._found(name, each)):
                    known[each.name] = an_id
        new = [each.name for each in parts if each.creates]
        users = [self.users[each] for each in new if each in self.users]
        made_groups = [self.groups[each] for each in new if each in self.groups]
        yield from self.look(name, *users, *besides, groups=[*made_groups, *groups])

    def look(self, name: str, *users: str, groups: Sequence[str] = ()) -> Sending:
        """Read them by their ids, keep the versions of users, and forget who is not there."""
        reads = [read(self.scene, f"after_{name}", each) for each in users]
        reads += [read_group(self.scene, f"groups_after_{name}", each) for each in groups]
        if not reads:
            return
        shown = iter((yield Independent(reads)).at_once)
        for known, ids in ((self.users, users), (self.groups, groups)):
            for an_id, each in zip(ids, shown, strict=False):
                self._note(an_id, each)
                if each.heard.answer and not each.is_success:
                    _forget(known, an_id)

    def _note(self, user_id: str, shown: Exchange) -> None:
        with suppress(NotObserved):
            version = get(shown.resource, "meta", "version")
            known = self.versions.setdefault(user_id, [])
            if isinstance(version, str) and version not in known:
                known.append(version)

    def _found(self, name: str, create: Step) -> Generator[Step, Exchange, str]:
        """Who has that name; empty where nobody has, or that cannot be told."""
        with suppress(NotObserved):
            if create.path == "/Users":
                shown = yield look_up(self.scene, f"whom_{name}_made", create.creates)
                return as_id(get(hit(shown, create.creates), "id"))
            shown = yield look_up_group(self.scene, f"what_{name}_made", create.creates)
            return as_id(get(group_hit(shown, create.creates), "id"))
        return ""


def _forget(known: dict[str, str], an_id: str) -> None:
    for key in [key for key, value in known.items() if value == an_id]:
        del known[key]


def ids_told(parts: Sequence[Step], answered: Exchange) -> list[str]:
    """The id of whom each operation made, as far as the answer tells."""
    asked = [operation(each) for each in parts]
    body: Json = answered.json if answered.answer.is_json else None
    return ids_made(asked, paired(asked, listed(body)))


def named(attributes: Json, name: str) -> Iterator[Json]:
    """The definition of an attribute among others, if it is there."""
    for each in attributes if isinstance(attributes, list) else ():
        if get(each, "name") == name:
            yield each

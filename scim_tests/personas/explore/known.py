"""What a conversation knows of its people and groups by what was answered: ids, names, what was last shown, versions."""

from contextlib import suppress
from dataclasses import dataclass, field

from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.refusal import is_refusal
from scim_tests.model.scim import GONE, Json, Resource, get
from scim_tests.personas.rfc.conditions import tag_of


@dataclass
class Known:
    """Whom a place stands for; without an `id` for nobody yet."""

    id: str = ""
    name: str = ""  # userName or displayName, as last given or shown
    shown: Resource | None = None  # by the last read by id
    outdated: Resource | None = None  # by the last read by id that something was written after
    versions: list[str] = field(default_factory=list)  # as they were seen, the last one last
    is_outdated: bool = False  # whether something was written since the last of them was seen
    is_gone: bool = False
    lives: int = 0  # how often somebody may have been made here while another was there

    @property
    def is_there(self) -> bool:
        """Whether it was made, and not removed as far as is known."""
        return bool(self.id) and not self.is_gone

    @property
    def current(self) -> str:
        """The version that it has; empty where nobody can say."""
        return self.versions[-1] if self.versions and not self.is_outdated else ""

    @property
    def stale(self) -> str:
        """The last version that it had before the present one; empty where nobody can say."""
        return next((each for each in reversed(self.versions) if self.current not in {"", each}), "")

    def made(self, made: Exchange) -> None:
        """A create was answered: whoever it made has this place from now on."""
        answer = made.heard.answer
        if is_refusal(answer):
            return
        self.lives += self.is_there
        if answer is None or not answer.id:
            return
        self.id, self.name, self.shown, self.outdated = answer.id, name_given(made), None, None
        self.versions, self.is_gone = [], False
        self._see_version(made)

    def read(self, read: Exchange) -> None:
        """It was asked for by its id."""
        answer = read.heard.answer
        if answer is None:
            return
        if answer.status in GONE:
            self.is_gone = True
        with suppress(NotObserved):
            self.shown, self.is_gone = read.resource, False
            self.name = _name_in(read, self.shown) or self.name
            self._see_version(read)

    def written(self, written: Exchange) -> None:
        """It was written to: what was refused changed nothing."""
        answer = written.heard.answer
        if is_refusal(answer):
            return
        self.is_outdated, self.outdated = True, self.shown
        if answer and answer.is_success:
            self.name = name_given(written) or self.name
            self._see_version(written)

    def removed(self, removed: Exchange) -> None:
        """It was to be deleted."""
        answer = removed.heard.answer
        self.is_gone = self.is_gone or (answer is not None and (answer.is_success or answer.status in GONE))

    def _see_version(self, shown: Exchange) -> None:
        with suppress(NotObserved):
            self.versions.append(tag_of(shown))
            self.is_outdated = False


def name_given(asked: Exchange) -> str:
    """The userName or displayName that a request gives to what it is about; empty where it gives none."""
    body = asked.request.written
    operations = get(body, "Operations")
    values = [get(each, "value") for each in operations] if isinstance(operations, list) else [body]
    return next(filter(None, (_name_in(asked, each) for each in values)), "")


def _name_in(exchange: Exchange, value: Json) -> str:
    name = get(value, "userName" if exchange.request.endpoint.startswith("/Users") else "displayName")
    return name if isinstance(name, str) else ""

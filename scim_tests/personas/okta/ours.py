"""Users and groups of a run as its ledger calls them, and how to know one again: for the clean-up."""

from collections.abc import Callable, Iterable

from scim_tests.model.act import Scene, Step
from scim_tests.model.names import mark
from scim_tests.model.scim import Resource, get
from scim_tests.personas.okta.group_requests import look_up_group, read_group
from scim_tests.personas.okta.requests import look_up, read

GROUPS = "/Groups/"  # with this the ledger's names and ids of groups begin


def is_group(name: str) -> bool:
    """Whether an entry of the ledger is about a group. Groups go first, while their members are there."""
    return name.startswith(GROUPS)


def read_one(scene: Scene, step: str, an_id: str) -> Step:
    """A GET by id."""
    group = is_group(an_id)
    return read_group(scene, step, an_id.removeprefix(GROUPS)) if group else read(scene, step, an_id)


def look_up_one(scene: Scene, step: str, name: str) -> Step:
    """A lookup by name."""
    group = is_group(name)
    return look_up_group(scene, step, name.removeprefix(GROUPS)) if group else look_up(scene, step, name)


def called(shown: Resource, an_id: str) -> str:
    """The name that a resource shows; empty where it shows none."""
    name = get(shown, "displayName" if is_group(an_id) else "userName")
    return name if isinstance(name, str) else ""


def is_called(name: str, shown: Resource, an_id: str) -> bool:
    """Whether it has that name, or bears the same run's mark."""
    return bears(name, called(shown, an_id))


def bears(name: str, text: str) -> bool:
    """Whether a text is that name, or bears the mark of the run that gave the name."""
    return bearers([name])(text)


def bearers(names: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text is one of these names, or bears the mark of a run that gave one; as quick for many as for one."""
    marks, others = set[str](), set[str]()
    for name in names:
        wanted = name.removeprefix(GROUPS)
        its_mark = mark(wanted)
        (marks if its_mark else others).add(its_mark or wanted.casefold())
    return lambda text: text.casefold() in others or any(each in text.lower() for each in marks)

"""Parts of what is shown, each chosen wrongly in one way: what `mutant_parts` makes servers of."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mutant_answers import Asked, Cut, Server, entries, only, parts, without

from scim_tests.checks.reading.filters import steps
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get, primary

E = ENTERPRISE_USER.lower()
Show = Callable[[Asked, Resource], Resource]


def is_extensions(name: str) -> bool:
    return name.lower().startswith(E)


def is_part(name: str) -> bool:
    return "." in name.rpartition(":")[2] and not is_extensions(name)


def showing(show: Show) -> Server:
    return Server(show=show)


def then(change: Callable[[Asked, Resource, Resource], Resource]) -> Server:
    """Shown rightly, and changed: of what was asked, what is shown, and the whole."""
    return showing(
        lambda asked, whole: (
            change(asked, parts(asked, whole), whole) if asked.attributes or asked.excluded else whole
        )
    )


def root(name: str) -> str:
    """Of a part the whole attribute; of one in an extension all of that."""
    if name.lower().startswith("urn:"):
        urn, _, rest = name.rpartition(":")
        return urn if is_extensions(name) and name.lower() != E else f"{urn}:{rest.partition('.')[0]}"
    return name.partition(".")[0]


def root_of_part(name: str) -> str:
    return root(name) if is_part(name) else name


def of_lists(
    change: Callable[[list[Resource]], list[Resource]], is_meant: Callable[[Asked, str], bool]
) -> Server:
    """The entries of attributes with several values, changed."""

    def change_all(asked: Asked, shown: Resource, _: Resource) -> Resource:
        found = dict(entries(shown))
        return {
            key: change(found[key]) if key in found and is_meant(asked, key) else each
            for key, each in shown.items()
        }

    return then(change_all)


def named_in_part(asked: Asked, key: str) -> bool:
    return any(plain(each).startswith(f"{key.lower()}.") for each in asked.attributes)


def left_out_in_part(asked: Asked, key: str) -> bool:
    return any(plain(each).startswith(f"{key.lower()}.") for each in asked.excluded)


def roots_of_part(asked: Asked) -> set[str]:
    return {plain(each).partition(".")[0] for each in asked.attributes if is_part(each)}


def parts_of_that_name(asked: Asked, whole: Resource) -> Resource:
    """A part is left out of all that have a part of that name."""
    shown = parts(asked, whole)
    for each in asked.excluded:
        if is_part(each):
            last = plain(each).rpartition(".")[2]
            shown = {key: _less(value, last) for key, value in shown.items()}
    return shown


def _less(value: Json, part: str) -> Json:
    if isinstance(value, list):
        return [_less(each, part) for each in value]
    if isinstance(value, Mapping):
        return {key: each for key, each in value.items() if key.lower() != part}
    return value


def within_the_text(asked: Asked, whole: Resource) -> Resource:
    """An attribute is named where its name is in the parameter's text."""
    text = ",".join((*asked.attributes, *asked.excluded)).lower()
    return _by(asked, whole, {key for key in whole if key.lower() in text})


def _by(asked: Asked, whole: Resource, more: set[str]) -> Resource:
    if asked.attributes:
        return only(whole, (*asked.attributes, *more))
    return without(whole, (*asked.excluded, *more))


def at_the_top(asked: Asked, shown: Resource, whole: Resource) -> Resource:
    """A part stands at the top, under its dotted name."""
    dotted = {
        each: value
        for each in asked.attributes
        if is_part(each)
        for value in [_at(whole, each)]
        if value is not None
    }
    kept = {key: each for key, each in shown.items() if key.lower() not in roots_of_part(asked)}
    return {**kept, **dotted}


def extension_at_the_top(asked: Asked, shown: Resource, _: Resource) -> Resource:
    inner = get(shown, ENTERPRISE_USER)
    if not asked.attributes or not isinstance(inner, Mapping):
        return shown
    return {**{key: each for key, each in shown.items() if key != ENTERPRISE_USER}, **inner}


def _at(whole: Resource, path: str) -> Json:
    found: Json = whole
    for name in steps(plain(path)):
        found = primary(found) if isinstance(found, list) else found
        found = get(found, name)
    return found


def no_false(value: Json) -> Json:
    """What is false, or empty, counts as not there."""
    if isinstance(value, Mapping):
        return {key: no_false(each) for key, each in value.items() if each not in (False, "")}
    return [no_false(each) for each in value] if isinstance(value, list) else value


def empty_is_whole(_: Asked, shown: Resource, whole: Resource) -> Resource:
    return whole if not shown.keys() - {"id", "schemas"} else shown


def without_extension(asked: Asked, shown: Resource, _: Resource) -> Resource:
    return {key: each for key, each in shown.items() if key != ENTERPRISE_USER} if asked.excluded else shown


def emptied(asked: Asked, shown: Resource, whole: Resource) -> Resource:
    """What is left out is shown as nothing."""
    gone: dict[str, Json] = {
        key: [] if isinstance(each, list) else None
        for key, each in whole.items()
        if key not in shown and asked.excluded
    }
    return {**shown, **gone}


def columns_of_first(server: Server, asked: Asked) -> Cut | None:
    """Nobody is shown with more than the first has."""
    found = server.arranged(asked)
    if not found or not found.shown or not asked.attributes:
        return found
    first = {key.lower() for key in found.shown[0]}
    return replace(
        found, shown=[{key: each for key, each in one.items() if key.lower() in first} for one in found.shown]
    )


def who_has_all(server: Server, asked: Asked) -> Cut | None:
    """Whoever has nothing of what is named is not on the list."""
    found = server.arranged(asked)
    if not found or not asked.attributes:
        return found
    return replace(
        found, shown=[each for each in found.shown if only(each, asked.attributes).keys() - {"id", "schemas"}]
    )


def first_alone(asked: Asked, whole: Resource) -> Resource:
    """A part is left out of the first entry alone."""
    shown, found = parts(asked, whole), dict(entries(whole))
    return {
        key: [each[0], *found[key][1:]] if key in found and left_out_in_part(asked, key) else each
        for key, each in shown.items()
    }

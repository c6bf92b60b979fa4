"""Every attribute that a target's /Schemas declares for users: written, changed, emptied and left out, by POST, PUT and PATCH.

What a write has to leave behind, the rules for every write say; whether the declaration is true, this act's own checks.
What could grant something is left alone, and so are passwords.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from scim_tests.model.act import Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import GROUP, USER, Json, Resource, get
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create_with,
    get_,
    new_user,
    operate,
    read,
    replace,
    with_attributes,
    without,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.every_value import FIRST, SECOND, Writer, is_writable
from scim_tests.personas.rfc.follow_references import follow, membership

PEOPLE = 3
NAME = re.compile(r"[A-Za-z][\w$-]*", re.ASCII)  # RFC 7643 2.1; others no path could name
MOST = 200  # attributes that are written
LONG_AGO = "2001-02-03T04:05:06Z"
HARMLESS = "an act that writes whatever the target declares is played on this machine alone, or with --write-every-attribute"
WITHOUT_CREDENTIALS = frozenset({401, 403, 429})  # refused for another reason than what is written
Attributes = tuple["Attribute", ...]
Sending = Generator[Step, Exchange, None]


class Attribute(NamedTuple):
    """One that is declared; `urn` is the extension that it stands in, empty for the User schema."""

    urn: str
    definition: Resource
    is_owed: bool  # whether no user may be without it: required, in what a user has to have

    @property
    def name(self) -> str:
        """As it is declared."""
        return str(get(self.definition, "name"))

    @property
    def path(self) -> str:
        """As a PATCH names it (RFC 7644 3.10)."""
        return f"{self.urn}:{self.name}" if self.urn else self.name

    @property
    def is_immutable(self) -> bool:
        """Whether it keeps the first value that it gets."""
        return bool(get(self.definition, "mutability") == "immutable")

    @property
    def is_required(self) -> bool:
        """Whether nobody may be without it who has the extension that it stands in."""
        return get(self.definition, "required") is True


@act(
    title="Write every attribute that is declared",
    group="specification",
    capability=SPECIFICATION, also=("push_users", "push_profile_updates"),
    sends=(
        "GET /ServiceProviderConfig", "GET /ResourceTypes", "GET /Schemas",
        "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}",
        "GET /Groups/{id}", "POST /Groups", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def write_every_attribute(scene: Scene) -> Performance:
    """Write all that is declared of three people by POST, PUT and PATCH, each read back; then put two of them into a group.

    Gives the ids. NotObserved off this machine without the option, where no schemas are published, and where no
    further people may be made.
    """
    config = yield get_(scene, "config", "/ServiceProviderConfig")
    if not (scene.profile.writes_every_attribute or config.is_on_this_machine):
        raise NotObserved("", HARMLESS)
    if len(scene.crowd) < PEOPLE:
        raise NotObserved("", "the profile allows no further new users")
    types = yield get_(scene, "resource_types", "/ResourceTypes")
    schemas = yield get_(scene, "schemas", "/Schemas")
    if not (schemas.is_success and isinstance(schemas.json, Mapping)):
        raise NotObserved("", "the target publishes no schemas")
    declared = tuple(islice(_declared(types, schemas), MOST))
    patches = config.is_success and config.answer.is_json and get(config.json, "patch", "supported") is True
    first, second, third = scene.crowd
    first_id, taken = yield from _whole(scene, first, declared)
    second_id = yield from _patched(scene, second, taken, patches=patches)
    third_id = yield from _linked(scene, third, taken, first_id, patches=patches)
    yield create_with(scene, "same_name", first, _base(scene, third, first.user_name))
    if _has_groups(types) and scene.profile.enables("push_groups"):
        group_name = f"{first.user_name.partition('@')[0]}.{Wording.REFERRED}"
        members = {second_id: second.user_name, third_id: third.user_name}
        yield from membership(scene, group_name, members, patches=patches)
    return SceneResult(ids=(first_id, second_id, third_id))


def _declared(types: Exchange, schemas: Exchange) -> Iterator[Attribute]:
    """The attributes that are declared of users; those of extensions as far as /ResourceTypes names them."""
    wanted: dict[str, tuple[str, bool]] = {USER.lower(): ("", True)}
    for each in types.resources if types.is_success else ():
        extensions = get(each, "schemaExtensions")
        for one in extensions if get(each, "schema") == USER and isinstance(extensions, list) else ():
            urn = str(get(one, "schema"))
            if urn.lower().startswith("urn:"):
                wanted[urn.lower()] = urn, get(one, "required") is True
    for schema in schemas.resources:
        place, attributes = wanted.get(str(get(schema, "id")).lower()), get(schema, "attributes")
        if place is None or not isinstance(attributes, list):
            continue
        for each in attributes:
            if isinstance(each, Mapping) and NAME.fullmatch(str(get(each, "name"))):
                yield Attribute(place[0], each, place[1] and get(each, "required") is True)


def _has_groups(types: Exchange) -> bool:
    return types.is_success and any(
        (get(each, "schema"), get(each, "endpoint")) == (GROUP, "/Groups") for each in types.resources
    )


def _whole(
    scene: Scene, person: Person, declared: Attributes
) -> Generator[Step, Exchange, tuple[str, Attributes]]:
    """Somebody with everything: created, changed, emptied. Gives the id, and the attributes that the target takes."""
    first, second = Writer(person, FIRST), Writer(person, SECOND)
    base = _base(scene, person)
    filled = _with(as_mapped(scene, new_user(person)), declared, first)
    created = yield create_with(scene, "create", person, filled)
    taken, user_id = declared, created.answer.id
    if 400 <= created.status < 500 and created.status not in WITHOUT_CREDENTIALS:
        plain = yield _create(scene, "create_plain", person, declared)
        user_id = id_of(plain, plain.resource)
        yield read(scene, "read_plain", user_id)
        taken = yield from _one_by_one(scene, user_id, base, declared, first)
    yield read(scene, "read", user_id or id_of(created, created.resource))
    lasting = tuple(each for each in taken if not each.is_immutable)
    fixed = tuple(each for each in taken if each.is_immutable)
    kept = _with(base, (each for each in taken if each.is_immutable or each.is_required), first)
    changed = _with(_not_ours(_with(kept, lasting, second), declared, second), (), second)
    yield replace(scene, "change", user_id, {**changed, "meta": {"created": LONG_AGO}})
    yield read(scene, "after_change", user_id)
    if _values(fixed, second):
        yield replace(scene, "change_fixed", user_id, _with(changed, fixed, second))
        yield read(scene, "after_change_fixed", user_id)
    yield replace(scene, "empty", user_id, _emptied(kept, lasting, second))
    yield read(scene, "after_empty", user_id)
    yield replace(scene, "restore", user_id, kept)
    return user_id, taken


def _one_by_one(
    scene: Scene, user_id: str, base: Resource, declared: Attributes, writer: Writer
) -> Generator[Step, Exchange, Attributes]:
    """Which of them the target takes, each put beside those that it took before; those of an extension beside what it requires."""
    taken: Attributes = ()
    for each in declared:
        if _values((each,), writer):
            needed = (one for one in declared if one.urn == each.urn and one.is_required)
            put = yield replace(scene, "put_one", user_id, _with(base, (*taken, *needed, each), writer))
            taken = (*taken, each) if put.is_success else taken
    return taken


def _patched(
    scene: Scene, person: Person, taken: Attributes, *, patches: bool
) -> Generator[Step, Exchange, str]:
    """Somebody who is created with little, and gets the rest by PATCH."""
    user_id = yield from _created(scene, "second", person, taken)
    if not patches:
        return user_id
    first, second = Writer(person, FIRST), Writer(person, SECOND)
    added = tuple(each for each in taken if not get(_base(scene, person), each.name))
    if extension := _extension(taken, second):
        path, value = extension
        yield from _change(scene, "add_to_extension", user_id, {"op": "add", "path": path, "value": value})
    if values := _values(added, first):
        yield from _change(scene, "add_all", user_id, {"op": "add", "value": values})
    values_by_path = [
        (each.path, value)
        for each in taken
        if not each.is_immutable and (value := second.value(each.definition)) is not None
    ]
    if values_by_path:
        replacing = [{"op": "replace", "path": path, "value": value} for path, value in values_by_path]
        yield from _change(scene, "replace_all", user_id, *replacing)
    letters = [
        {"op": "replace", "path": path.upper(), "value": value}
        for path, value in (
            [("name.familyName", Wording.AFTER_THE_WEDDING)] if _has_family_name(taken) else []
        )
    ]
    if extension := _extension(taken, first):
        letters.append({"op": "replace", "path": extension[0].upper(), "value": extension[1]})
    if letters:
        yield from _change(scene, "letters", user_id, *letters)
    return user_id


def _has_family_name(taken: Attributes) -> bool:
    return any(not each.urn and each.name.lower() == "name" for each in taken)


def _linked(
    scene: Scene, person: Person, taken: Attributes, manager: str, *, patches: bool
) -> Generator[Step, Exchange, str]:
    """Somebody with an extension that a PATCH names first, then with everything and a manager, then with little again."""
    user_id = yield from _created(scene, "third", person, taken)
    writer = Writer(person, SECOND, manager)
    if patches and (extension := _extension(taken, writer)):
        path, value = extension
        naming = {"op": "add", "path": "schemas", "value": [path.rpartition(":")[0]]}
        yield from _change(
            scene, "schemas_first", user_id, naming, {"op": "add", "path": path, "value": value}
        )
    base = _base(scene, person)
    everything = _with(base, taken, writer)
    yield replace(scene, "put_all", user_id, _named_otherwise(everything))
    shown = yield read(scene, "after_put_all", user_id)
    yield from follow(scene, "manager_ref", shown, _reference_of_the_manager(shown))
    yield replace(scene, "leave_out", user_id, _least(base, taken, writer))
    yield read(scene, "after_leave_out", user_id)
    yield replace(scene, "restore", user_id, {**_least(base, taken, writer), **base})
    return user_id


def _created(scene: Scene, which: str, person: Person, taken: Attributes) -> Generator[Step, Exchange, str]:
    created = yield _create(scene, f"create_{which}", person, taken)
    user_id = id_of(created, created.resource)
    yield read(scene, f"read_{which}", user_id)
    return user_id


def _create(scene: Scene, step: str, person: Person, declared: Attributes) -> Step:
    """With no more than is sent of everybody, and what nobody may be without."""
    user = as_mapped(scene, new_user(person))
    owed = (each for each in declared if each.is_owed and not get(user, each.name))
    return create_with(scene, step, person, _with(user, owed, Writer(person, FIRST)))


def _change(scene: Scene, step: str, user_id: str, *operations: Json) -> Sending:
    yield operate(scene, step, user_id, *operations)
    yield read(scene, f"after_{step}", user_id)


def _base(scene: Scene, person: Person, user_name: str = "") -> Resource:
    """What is sent of a person anyway, without the password."""
    user = without(as_mapped(scene, new_user(person)), ("password", "groups"))
    return {**user, "userName": user_name} if user_name else user


def _values(attributes: Iterable[Attribute], writer: Writer) -> dict[str, Json]:
    """What is written of these: by their names, and those of extensions within these."""
    found: dict[str, Json] = {}
    for each in attributes:
        value = writer.value(each.definition)
        if value is not None and each.urn:
            found.setdefault(each.urn, {})[each.name] = value
        elif value is not None:
            found[each.name] = value
    return found


def _with(base: Resource, attributes: Iterable[Attribute], writer: Writer) -> Resource:
    """A user with these, too, whatever stood there before."""
    return _joined(base, _values(attributes, writer))


def _joined(base: Resource, values: Mapping[str, Json]) -> Resource:
    extensions = {urn: {**(get(base, urn) or {}), **value} for urn, value in values.items() if ":" in urn}
    joined = with_attributes(base, {**values, **extensions})
    return {**joined, "schemas": list(dict.fromkeys([*get(base, "schemas"), *extensions]))}


def _not_ours(user: Resource, declared: Attributes, writer: Writer) -> Resource:
    """With texts where clients may not write."""
    values: dict[str, Json] = {}
    for each in declared:
        text = writer.not_theirs(each.definition)
        if text is not None and each.urn:
            values.setdefault(each.urn, {})[each.name] = text
        elif text is not None:
            values[each.name] = text
    return _joined(user, values)


def _emptied(kept: Resource, attributes: Attributes, writer: Writer) -> Resource:
    """With null, or an empty array, for whatever has a value and need not have one (RFC 7644 3.5.1)."""
    values: dict[str, Json] = {}
    for each in attributes:
        if writer.value(each.definition) is None or each.is_required:
            continue
        nothing: Json = [] if get(each.definition, "multiValued") is True else None
        if each.urn:
            values.setdefault(each.urn, {})[each.name] = nothing
        else:
            values[each.name] = nothing
    return _joined(kept, values)


def _least(base: Resource, taken: Attributes, writer: Writer) -> Resource:
    """No more than what is required, or was so from the beginning."""
    required = _values((each for each in taken if each.is_required), writer)
    names = ("schemas", "userName", "externalId", "active")
    return _joined({name: get(base, name) for name in names if get(base, name) is not None}, required)


def _extension(taken: Attributes, writer: Writer) -> tuple[str, str] | None:
    """The path of the first plain text in an extension, and a value."""
    for each in taken:
        value = writer.value(each.definition) if each.urn and not each.is_immutable else None
        if (
            isinstance(value, str)
            and get(each.definition, "type") == "string"
            and is_writable(each.definition)
        ):
            return each.path, value
    return None


def _named_otherwise(user: Resource) -> Resource:
    """With a name for the manager, which is the manager's own to change (RFC 7643 4.3)."""
    return {
        key: {
            name: {**part, "displayName": Wording.NOT_YOURS} if name.lower() == "manager" else part
            for name, part in value.items()
        }
        if ":" in key
        else value
        for key, value in user.items()
    }


def _reference_of_the_manager(shown: Exchange) -> Json:
    for key, value in shown.resource.items() if shown.is_success else ():
        if key.lower().startswith("urn:") and get(value, "manager", "$ref"):
            return get(value, "manager", "$ref")
    return None

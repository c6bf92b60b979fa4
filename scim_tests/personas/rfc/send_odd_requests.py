"""Writes that are broken, or odd: bodies that cannot be read, labels that lie, values of a wrong type, PATCHes without sense.

Whoever they are about was made for them. What is taken although it may have cost the user everything is put
right at once, before a read could show somebody whom nobody knows as ours; all else is read back.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced

from scim_tests.model import unreadable
from scim_tests.model.act import NOBODY, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import WRONG_TOKEN, Exchange, Headers, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import PATCH_OP, USER, Json, Resource, get
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.push_user import id_given, id_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create,
    create_with,
    delete,
    dump,
    for_an_update,
    get_,
    headers,
    look_up,
    new_user,
    read,
    user_path,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import configured, supports
from scim_tests.personas.rfc.nameless_group import take_the_name

PEOPLE = 3
LONG = 64 * 1024  # characters of a text; far below what a body may have
UNSUPPORTED = frozenset({404, 405, 501})  # PATCH is optional (RFC 7644 3.5.2)
NO_SUCH_SCHEMA = "urn:example:scim:schemas:no-such:2.0:User"
Sending = Generator[Step, Exchange, None]
# Bodies that no reader takes for a user.
NO_USERS = {
    "empty": b"",
    "no_json": unreadable.NO_JSON,
    "cut": unreadable.CUT,
    "array": unreadable.ARRAY,
    "null": unreadable.NULL,
}
# PATCHes that one reader takes and another does not (RFC 8259 4, 8, 9), and one that is too deep for any use.
DOUBTFUL = {
    "two_documents": unreadable.TWO_DOCUMENTS,
    "name_twice": unreadable.NAME_TWICE,
    "byte_order_mark": unreadable.MARKED,
    "no_utf8": unreadable.NO_UTF_8,
    "deep": unreadable.DEEP,
}
LABELS = {
    "as_text": "text/plain",
    "unlabelled": None,
    "as_json": "application/json",
}


@dataclass(frozen=True)
class Odd:
    """Somebody made for this, and all that is written of them."""

    scene: Scene
    person: Person
    id: str
    user: Resource

    def put(self, step: str, body: bytes, label: str | None = "application/scim+json") -> Step:
        """A PUT of this body under this media type."""
        return Step(step, "PUT", user_path(self.id), labelled(self.scene, label), body, about=self.id)

    def patch(self, step: str, body: bytes) -> Step:
        """A PATCH with this body."""
        sent = headers(self.scene, body=True)
        return Step(step, "PATCH", user_path(self.id), sent, body, about=self.id)

    def with_(self, **attributes: Json) -> bytes:
        """The whole user with other attributes."""
        return dump({**self.user, **attributes})

    def try_(self, step: Step, *, risky: bool = False) -> Generator[Step, Exchange, bool]:
        """Send it, and look what came of it unless it was refused, which it gives; what may have taken the name away is put right before."""
        heard = yield step
        answer = heard.heard.answer
        if answer is not None and 400 <= answer.status < 500:
            return False
        if risky:
            yield self.put(f"{step.name}_put_right", self.with_())
        yield self.look(step.name)
        return True

    def look(self, after: str) -> Step:
        """What stands there now."""
        return read(self.scene, f"after_{after}", self.id)


@act(
    title="Send what is broken or odd",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates"),
    sends=(
        "GET /ServiceProviderConfig", "POST /Users", "POST /Users/{id}", "GET /Users", "GET /Users/{id}", "PUT /Users/{id}", "PATCH /Users/{id}",
        "DELETE /Users/{id}", "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def send_odd_requests(scene: Scene) -> Performance:
    """Make two people and a group, write to them in broken and odd ways, and delete them again.

    NotObserved where the profile allows no three more new users.
    """
    if len(scene.crowd) < PEOPLE:
        raise NotObserved("", "the profile allows no further new users")
    first, second, third = scene.crowd[:PEOPLE]
    one = yield from _made(scene, first)
    for step, body in NO_USERS.items():
        yield from one.try_(one.put(step, body), risky=True)
    yield one.look("no_users")
    is_patched = supports((yield from configured(scene)), "patch")
    yield from _labels(one)
    yield from _strangers(one, patches=is_patched is True)
    yield one.look("labels")
    yield _posted(one, third)
    yield get_(scene, "password", f"{user_path(one.id)}?attributes=userName,password")
    yield one.look("password")  # whose part may not have shown who it is
    patches = is_patched is not False
    if patches:
        yield from _patches(one)
    other = yield from _wrongly_made(scene, second)
    for step, attributes in _of_wrong_type(other):
        yield from other.try_(other.put(step, other.with_(**attributes)))
    yield other.look("wrong_types")
    nameless = {key: value for key, value in other.user.items() if key != "userName"}
    yield from other.try_(other.put("no_user_name", dump(nameless)), risky=True)
    yield from other.try_(other.put("empty_user_name", other.with_(userName="")), risky=True)
    yield from other.try_(other.put("another_id", other.with_(id=_another_id(other))), risky=True)
    is_seen = False
    for step, attributes in (("two_primaries", {"emails": _two_primaries(other)}), *_of_no_schema()):
        is_seen = yield from other.try_(other.put(step, other.with_(**attributes)))
    if not is_seen:
        yield other.look("schemas")
    if scene.profile.enables("push_groups"):
        yield from take_the_name(scene, patches=patches)
    if deletes_reach(scene):
        yield delete(scene, "delete", one.id)
        yield Step("no_token_gone", "GET", user_path(one.id), headers(scene, ""))
        yield delete(scene, "delete", other.id)
    return SceneResult()


def labelled(scene: Scene, label: str | None) -> Headers:
    """The usual headers of a body with another Content-Type, or none."""
    sent = headers(scene, body=True)
    return tuple(
        (name, label if name == "Content-Type" and label else value)
        for name, value in sent
        if label or name != "Content-Type"
    )


def _made(scene: Scene, person: Person) -> Generator[Step, Exchange, Odd]:
    created = yield create(scene, "create", person)
    user_id = id_of(created, created.resource)
    yield read(scene, "proof", user_id)
    return Odd(scene, person, user_id, for_an_update(scene, as_mapped(scene, new_user(person))))


def _wrongly_made(scene: Scene, person: Person) -> Generator[Step, Exchange, Odd]:
    """First a create with one senseless value, after which nobody is there; whoever comes of it is put right."""
    right = as_mapped(scene, new_user(person))
    wrong = yield create_with(scene, "create_wrong", person, {**right, "name": Wording.ANYTHING})
    if not (user_id := id_given(wrong)):
        yield look_up(scene, "find_wrong", person.user_name)
        return (yield from _made(scene, person))
    yield read(scene, "proof", user_id)
    one = Odd(scene, person, user_id, for_an_update(scene, right))
    yield one.put("create_put_right", one.with_())
    return one


def _labels(one: Odd) -> Sending:
    """Another title under each label, so that it shows what was taken, and how its letters are read."""
    for number, (step, label) in enumerate(LABELS.items()):
        title = Wording.HALF_DONE if number % 2 else Wording.IN_LETTERS
        yield one.put(step, one.with_(title=title), label)


def _strangers(one: Odd, *, patches: bool) -> Sending:
    """Writes of who is not let in: a PUT, and a PATCH where the target says that it takes any."""
    title = Wording.AFTER_THE_WEDDING
    whole = one.put("no_token", one.with_(title=title))
    part = dump({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": title}]})
    asked = one.patch("wrong_token", part) if patches else replaced(whole, name="wrong_token")
    yield replaced(asked, headers=headers(one.scene, WRONG_TOKEN, body=True))
    yield replaced(whole, headers=headers(one.scene, "", body=True))


def _posted(one: Odd, third: Person) -> Step:
    """Whoever should come of it has a name that the ledger knows, and nobody else has."""
    path, body = user_path(one.id), dump(as_mapped(one.scene, new_user(third)))
    sent = headers(one.scene, body=True)
    return Step("post_to_user", "POST", path, sent, body, creates=third.user_name, about=one.id)


def _patches(one: Odd) -> Sending:
    """Nothing more where the target takes no PATCH after all."""
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": Wording.TITLE}]}
    nobody = Step(
        "of_nobody", "PATCH", user_path(NOBODY), headers(one.scene, body=True), dump(body), about=NOBODY
    )
    yield nobody
    heard = yield one.patch("plain", dump(body))
    shown = yield one.look("plain")
    if heard.heard.answer is None or heard.status in UNSUPPORTED:
        return
    yield from one.try_(one.patch("patch_empty", b""), risky=True)
    yield from one.try_(one.patch("patch_no_json", unreadable.NO_JSON))
    for step, odd in DOUBTFUL.items():
        yield from one.try_(one.patch(step, odd), risky=step == "deep")  # what shows it, some cannot read
    for step, message in _messages(shown.resource if shown.is_success else {}):
        yield from one.try_(one.patch(step, dump(message)))
    yield one.look("patches")
    other_id = {"op": "replace", "path": "id", "value": _another_id(one)}
    for step, operation in (
        ("no_path", {"op": "remove"}),
        ("remove_id", {"op": "remove", "path": "id"}),
        ("replace_id", other_id),
    ):
        yield from one.try_(one.patch(step, dump(_operations(operation))), risky=True)
    yield one.look("removals")
    long = " ".join([Wording.TITLE] * (LONG // len(f"{Wording.TITLE} ")))
    yield from one.try_(one.patch("long", dump(_operations(_titled(long)))))


def _another_id(one: Odd) -> str:
    """One that nobody has, and that tells whose it would be."""
    return f"{one.person.user_name.partition('@')[0]}.{Wording.RENAMED}"


def _messages(shown: Resource) -> Iterator[tuple[str, Resource]]:
    """PATCHes that are JSON and make no sense, or not the same to everybody."""
    title = _titled(Wording.ANYTHING)
    yield "no_schemas", {"Operations": [_titled(Wording.HALF_DONE)]}
    yield "no_operations", {"schemas": [PATCH_OP]}
    yield "empty_operations", {"schemas": [PATCH_OP], "Operations": []}
    yield "one_operation", {"schemas": [PATCH_OP], "Operations": title}
    yield "no_op", _operations({"path": "title", "value": Wording.ANYTHING})
    yield "op_as_number", _operations({**title, "op": 7})
    yield "no_value", _operations({"op": "add", "path": "title"})
    for step, path in (("broken_path", "emails["), ("path_of_dots", ".."), ("path_as_number", 42)):
        yield step, _operations({"op": "replace", "path": path, "value": Wording.ANYTHING})
    emails = get(shown, "emails")
    if any(get(each, "type") for each in (emails if isinstance(emails, list) else [])):
        path = f'emails[type eq "{Wording.NO_SUCH_TYPE}"].value'
        yield "no_match", _operations({"op": "replace", "path": path, "value": Wording.OTHER_ADDRESS})
    yield "half_a_pair", _operations(_titled(f"{Wording.ANYTHING}\ud800"))
    yield "zero_character", _operations(_titled(f"{Wording.ANYTHING}\x00"))


def _titled(value: Json) -> dict[str, Json]:
    return {"op": "replace", "path": "title", "value": value}


def _operations(*operations: Resource) -> Resource:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def _of_wrong_type(other: Odd) -> Iterator[tuple[str, dict[str, Json]]]:
    """Users with one attribute of another type than RFC 7643 4.1 gives it."""
    yield "active_as_text", {"active": Wording.ANYTHING}
    yield "active_as_number", {"active": 7}
    yield "title_as_object", {"title": {Wording.ANYTHING: Wording.ANYTHING}}
    yield "title_as_array", {"title": [Wording.ANYTHING]}
    yield "title_as_number", {"title": 7}
    yield "emails_as_text", {"emails": other.person.email}
    yield "emails_as_object", {"emails": {"value": other.person.email, "type": "work"}}
    yield "name_as_text", {"name": other.person.display_name}


def _two_primaries(other: Odd) -> list[Json]:
    """Two addresses, each of which is said to be the primary one (RFC 7643 2.4)."""
    local, _, domain = other.person.email.partition("@")
    second = f"{local}.{Wording.NEW_ADDRESS}@{domain}"
    types = ((other.person.email, "work"), (second, "home"))
    return [{"value": value, "type": type_, "primary": True} for value, type_ in types]


def _of_no_schema() -> Iterator[tuple[str, dict[str, Json]]]:
    """Users who name no schema, or one that nobody has, or have an attribute of none."""
    yield "schemas_empty", {"schemas": []}
    yield "schemas_as_text", {"schemas": USER}
    yield "schemas_unknown", {"schemas": [USER, NO_SUCH_SCHEMA]}
    yield "attribute_unknown", {"noSuchAttribute": Wording.ANYTHING}

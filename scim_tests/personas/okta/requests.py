"""The requests Okta sends: method, path, query, headers and bodies, with order and encoding.

Facts: okta-protocol, sections 1 and 2 (okta:S20, okta:OLD, okta:ROSTR, okta:FIREZONE, okta:LAB-KR).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace as dataclass_replace
from urllib.parse import quote

from scim_tests.model.act import Person, Scene, Step
from scim_tests.model.exchange import Headers
from scim_tests.model.profile import BASIC, BEARER, RAW, SPECIFICATION, Dialect
from scim_tests.model.scim import ENTERPRISE_USER, OTHERS, PATCH_OP, USER, Json, Resource, attribute, get
from scim_tests.model.slots import PASSWORD_SLOT, TOKEN_SLOT

BY_SCHEMAS = "make_specimens"  # the scene that reads what the target's own schemas want of people


def headers(
    scene: Scene,
    token: str = TOKEN_SLOT,
    *,
    body: bool = False,
    typed: bool = False,
    form: str | None = None,
) -> Headers:
    """Okta's headers in Okta's order (okta:OLD, okta:ROSTR, okta:FIREZONE) and one honest extra that marks a test run.

    `typed` names the type of a body that is not there. The wire fills in the length of one that is,
    and puts Host first, where Okta has it before Connection.
    """
    sent = [("Accept", "application/scim+json"), ("Accept-Charset", "utf-8")]
    if body or typed:
        sent.append(("Content-Type", "application/scim+json; charset=utf-8"))
    sent.append(("User-Agent", "Okta SCIM Client 1.0.0"))
    if token:
        sent.append(credentials(form or form_taken(scene), token))
    if body:
        sent.append(("Content-Length", ""))
    sent += [("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip,deflate")]
    if scene.profile.marks_requests:
        sent.append(("X-Scim-Tests", "test run, not Okta"))
    return tuple(sent)


def credentials(form: str, token: str) -> tuple[str, str]:
    """The header with the token: of a bearer, or verbatim (okta:SUBMIT, okta:BLOG); or a key in its own header."""
    schemes = {BEARER: f"Bearer {token}", BASIC: f"Basic {token}", RAW: token}
    return ("Authorization", schemes[form]) if form in schemes else (form, token)


def form_taken(scene: Scene) -> str:
    """The form that the test of the credentials found to be taken; before it, the profile's first."""
    tested = scene.known.get("test_credentials")
    return tested.form if tested and tested.form else scene.profile.authorization[0]


def get_(scene: Scene, name: str, path: str, **more: Json) -> Step:
    """A GET as Okta sends it: no Content-Type, no body."""
    return Step(name, "GET", path, headers(scene), **more)


def look_up(scene: Scene, name: str, user_name: str, *, blank: str = "%20") -> Step:
    """The lookup before every assignment: filter, startIndex, count, in this order (okta:S20, okta:ROSTR).

    `blank` is `+` in an older Okta sample (okta:OLD).
    """
    value = quoted(json.dumps(user_name, ensure_ascii=False))  # a JSON string (RFC 7644 3.4.2.2)
    page_size = scene.profile.limits.page_size
    path = f"/Users?filter=userName{blank}eq{blank}{value}&startIndex=1&count={page_size}"
    return get_(scene, name, path)


def read(scene: Scene, name: str, user_id: str) -> Step:
    """A GET by id: Okta's before a PUT (okta:S20, okta:FIREZONE), and ours to see what became of a write."""
    return get_(scene, name, user_path(user_id))


def create(scene: Scene, name: str, person: Person) -> Step:
    """A create with what is mapped; the ledger hears of it before it leaves."""
    return create_with(scene, name, person, as_mapped(scene, new_user(person)))


def create_with(scene: Scene, name: str, person: Person, user: Resource) -> Step:
    """The same with this body."""
    body = dump(user)
    return Step(name, "POST", "/Users", headers(scene, body=True), body, creates=person.user_name)


def replace(scene: Scene, name: str, user_id: str, user: Resource, groups: Sequence[Json] = ()) -> Step:
    """A PUT of what was read and changed. Of the groups that were shown only `groups` go back, in their place."""
    ours = {"groups": [*groups]} if groups else {}
    named = user if get(user, "schemas") else with_attributes(user, {"schemas": _schemas_of(user)})
    alone = _alone(for_an_update(scene, with_attributes(named, dict.fromkeys(ours))))
    body = dump(with_attributes(alone, ours))
    return Step(name, "PUT", user_path(user_id), headers(scene, body=True), body, about=user_id)


def for_an_update(scene: Scene, user: Resource) -> dict[str, Json]:
    """A user as an update holds it: without a password where the run was told not to synchronise them."""
    return without(user, () if scene.profile.enables("sync_password") else ("password",))


def _schemas_of(user: Resource) -> list[str]:
    """What Okta names in each write, also where the target showed none: the User schema and the extensions."""
    return [USER, *(key for key in user if key.lower().startswith("urn:"))]


def _alone(shown: Json) -> Json:
    """Without whom a user was shown to have to do with.

    Okta sends the read-only `groups` back, too. A target that honoured them could put our user into a real group,
    such as one that everybody is in.
    """
    if isinstance(shown, list):
        return [_alone(each) for each in shown]
    if not isinstance(shown, Mapping):
        return shown
    return {key: _alone(value) for key, value in shown.items() if not value or attribute(key) not in OTHERS}


def rename(scene: Scene, name: str, user_id: str, user: Resource, user_name: str) -> Step:
    """A PUT that gives the user another userName, which the ledger has to know as ours."""
    return dataclass_replace(replace(scene, name, user_id, user), creates=user_name)


def set_active(scene: Scene, name: str, user_id: str, *, active: bool) -> Step:
    """Okta's PATCH to deactivate or reactivate (okta:S20); `active` is a JSON boolean."""
    return patch(scene, name, user_id, {"active": active})


def patch(scene: Scene, name: str, user_id: str, value: Resource) -> Step:
    """Okta's PATCH for OIN apps: no path, lower-case op, JSON boolean (okta:S20, okta:BLOG)."""
    return operate(scene, name, user_id, {"op": "replace", "value": value})


def operate(scene: Scene, name: str, user_id: str, *operations: Json) -> Step:
    """Any PATCH of a user."""
    body = dump({"schemas": [PATCH_OP], "Operations": list(operations)})
    return Step(name, "PATCH", user_path(user_id), headers(scene, body=True), body, about=user_id)


def delete(scene: Scene, name: str, user_id: str) -> Step:
    """Not Okta's, which deletes users only with granular deprovisioning on (okta:FAQ, okta:EVENTS). Ours, to leave nothing behind."""
    return Step(name, "DELETE", user_path(user_id), headers(scene), about=user_id, removes=True)


def list_page(scene: Scene, name: str, start_index: int, count: int, **more: Json) -> Step:
    """A page of people, startIndex before count (okta:S20, okta:LAB-KR)."""
    return get_(scene, name, f"/Users?startIndex={start_index}&count={count}", **more)


def pages_by_index(scene: Scene) -> bool:
    """Whether a list may be asked for from any place on: not where the target says that it pages by cursor alone (RFC 9865 4).

    Okta asks all the same; only the acts of the specification have asked the target what it says.
    """
    told = scene.known.get(BY_SCHEMAS)
    return told is None or get(told.config, "pagination", "index") is not False


def speaks_patch(scene: Scene) -> bool:
    """Whether the app is one of Okta's catalogue, which sends PATCH where a custom app sends GET and PUT (okta:S20)."""
    return scene.profile.dialect is Dialect.OIN


def user_path(user_id: str) -> str:
    """The path of one user, its id percent-encoded."""
    return f"/Users/{quoted(user_id)}"


def quoted(text: str) -> str:
    """Percent-encoded as Okta does it, all but letters, digits and `-._~`; even half a surrogate pair gets through."""
    return quote(text, safe="", errors="surrogatepass")


def dump(body: Json) -> bytes:
    """JSON as Okta writes it: compact, UTF-8, keys in the order given.

    Half a surrogate pair, which only a target can have put there, stays escaped: UTF-8 cannot hold it.
    """
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")


def new_user(person: Person) -> dict[str, Json]:
    """The body of a create, keys in the captured order (okta:LAB-KR, okta:ROSTR).

    The placeholder password is sent even with password sync off (okta:SUP-PW); groups are always
    empty; the URN of an extension joins `schemas` only when it has a value. What an admin mapped besides,
    such as a role, comes last (okta:SUP-ROLES).
    """
    user: dict[str, Json] = {
        "schemas": [USER],
        "userName": person.user_name,
        "name": {"givenName": person.given_name, "familyName": person.family_name, **person.names},
        "emails": [{"primary": True, "value": person.email, "type": "work"}],
        "displayName": person.display_name,
        "locale": "en-US",
        "externalId": person.external_id,
        "groups": [],
        "password": PASSWORD_SLOT,
        "active": True,
    }
    further = {
        **({ENTERPRISE_USER: dict(person.enterprise)} if person.enterprise else {}),
        **person.attributes,
    }
    user["schemas"] = [USER, *(name for name in further if ":" in name)]
    return without({**user, **further}, person.unmapped)


def as_mapped(scene: Scene, user: Resource) -> dict[str, Json]:
    """A user without the attributes that the admin had to unmap in this play, and with those that the target asked for.

    Acts of the specification go by what its schemas say, too, where it refused what they do not.
    """
    asks_schemas = scene.act.capability == SPECIFICATION
    known = [
        result
        for name, result in scene.known.items()
        if name.startswith("push_user:") or (asks_schemas and name == BY_SCHEMAS)
    ]
    unmapped = {attribute for result in known for attribute in result.unmapped}
    asked_for = {key: value for result in known for key, value in result.mapped.items()}
    sent = _without_parts(without(user, unmapped), unmapped)
    parts = {
        key: {**value, **sent[key]}
        for key, value in asked_for.items()
        if isinstance(value, Mapping) and isinstance(sent.get(key), Mapping)
    }
    return asked_for | sent | parts


def _without_parts(user: dict[str, Json], names: Collection[str]) -> dict[str, Json]:
    """A user less these parts of attributes, such as `emails.type`."""
    for name, _, part in (each.rpartition(".") for each in names):
        value = user.get(name)
        if isinstance(value, Mapping):
            user = {**user, name: {key: each for key, each in value.items() if key != part}}
        elif isinstance(value, list):
            user = {**user, name: [{key: each for key, each in one.items() if key != part} for one in value]}
    return user


def without(user: Resource, names: Collection[str]) -> dict[str, Json]:
    """A user less these attributes, and `schemas` less the URNs among them."""
    left = {key: value for key, value in user.items() if key not in names}
    return left | {
        key: [urn for urn in urns if urn not in names] for key, urns in left.items() if key == "schemas"
    }


def merged(scene: Scene, shown: Resource, person: Person) -> dict[str, Json]:
    """The body of a profile push: what the target showed, with Okta's mapped attributes put in.

    Everything else goes back as it came, read-only `id` and `meta` too (okta:FIREZONE, okta:S20).
    """
    names = {"givenName": person.given_name, "familyName": person.family_name, **person.names}
    shown_name = get(shown, "name")
    ours = {
        "userName": person.user_name,
        "name": with_attributes(shown_name if isinstance(shown_name, Mapping) else {}, names),
        "emails": [{"primary": True, "value": person.email, "type": "work"}],
        "displayName": person.display_name,
        "externalId": person.external_id,
        "active": True,
        **person.attributes,
    }
    return with_attributes(shown, as_mapped(scene, without(ours, person.unmapped)))


def with_attributes(shown: Resource, ours: Mapping[str, Json]) -> dict[str, Json]:
    """`shown` with the attributes of `ours` replaced or added; names match without regard to case."""
    spelt = {key.lower(): key for key in shown}
    return {**shown, **{spelt.get(name.lower(), name): value for name, value in ours.items()}}

"""Many operations in one request (RFC 7644 3.7), where the target says that it takes them; all of people and groups of its own."""

from collections.abc import Generator
from dataclasses import replace as replaced

from scim_tests.model.act import NOBODY, Independent, Performance, Scene, act
from scim_tests.model.bulk import REFERENCE
from scim_tests.model.exchange import WRONG_TOKEN, Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, Json, get
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.group_requests import Member, delete_group, patch_group, remove_one
from scim_tests.personas.okta.requests import delete, get_, headers, look_up, operate, quoted, read, replace
from scim_tests.personas.okta.whole_profile import whole
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.bulk_beside import changed_alike
from scim_tests.personas.rfc.bulk_known import Known, Sending, named
from scim_tests.personas.rfc.bulk_requests import (
    bulk_id,
    called,
    fails,
    new_group,
    new_person,
    part,
    person_called,
    reference,
    send,
)
from scim_tests.personas.rfc.operations import add, set_

PEOPLE = 4
FEWEST, SMALLEST = 4, 8 * 1024  # operations and bytes that every request here has room in
DOZEN = 13  # operations that go into one request, where so many are allowed
MOST = 1_100  # operations that are sent to see a limit
LARGEST = 128 * 1024  # bytes that are sent to see a limit


@act(
    title="Send many operations in one request",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates", "push_groups"),
    sends=(
        "GET /ServiceProviderConfig", "GET /Schemas/{id}", "POST /Bulk",
        "GET /Users", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups", "GET /Groups/{id}", "POST /Groups", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def send_bulk(scene: Scene) -> Performance:
    """Make people and groups that refer to each other, change them with and without failures, and pass over the limits.

    NotObserved where the target does not say that it takes bulk requests, or the profile allows no further new users.
    """
    if len(scene.crowd) < PEOPLE:
        raise NotObserved("", "the profile allows no further new users")
    config = yield get_(scene, "config", "/ServiceProviderConfig")
    known = Known(scene, config.resource)
    if not known.supports("bulk"):
        raise NotObserved("", "the target does not say that it takes bulk requests")
    if known.is_narrow(FEWEST, SMALLEST):
        raise NotObserved("", "the target takes too few operations, or too few bytes, for what is to be seen")
    nests, manages = yield from _advertised(scene)
    yield from _made(known, nests=nests, manages=manages)
    yield from changed_alike(known, manages=manages)
    if known.group_id(Wording.ABOVE) in known.groups:
        yield from _in_a_circle(known)
    yield from _mixed(known)
    yield from _stopped(known)
    yield from _odd(known)
    if known.supports("etag"):
        yield from _outdated(known)
    yield from _too_much(known)
    if deletes_reach(scene):
        yield from _removed(known)
    return SceneResult(id=known.users.get(known.id(0), ""))


def _advertised(scene: Scene) -> Generator[Independent, Exchange, tuple[bool, bool]]:
    """Whether the target's schemas have groups in groups, and managers."""
    told = yield Independent((
        get_(scene, "group_schema", f"/Schemas/{GROUP}"),
        get_(scene, "enterprise_schema", f"/Schemas/{ENTERPRISE_USER}"),
    ))  # fmt: skip
    group, enterprise = (_attributes(each) for each in told.at_once)
    references = [
        get(reference, "referenceTypes")
        for members in named(group, "members")
        for reference in named(get(members, "subAttributes"), "$ref")
    ]
    nests = any(isinstance(each, list) and "Group" in each for each in references)
    return nests, any(named(enterprise, "manager"))


def _attributes(schema: Exchange) -> Json:
    return get(schema.json, "attributes") if schema.is_success and schema.answer.is_json else None


def _made(known: Known, *, nests: bool, manages: bool) -> Sending:
    """A group before its members, one of whom has the other as manager, and a group that has that group."""
    scene, team, ann, bob = known.scene, known.group_id(Wording.CREW), known.id(0), known.id(1)
    parts = [
        new_group(team, known.name(Wording.CREW), reference(ann), reference(bob)),
        new_person(scene, ann, whole(scene.crowd[0]), f"{REFERENCE}{bob}" if manages else ""),
        new_person(scene, bob, scene.crowd[1]),
    ]
    if nests:
        above = known.group_id(Wording.ABOVE)
        parts.append(new_group(above, known.name(Wording.ABOVE), reference(team, "Group")))
    yield from known.made("make", parts)
    if not {ann, bob} <= known.users.keys():
        raise NotObserved("send_bulk.make", "made nobody who could be found")
    if any(quoted(each) != each for each in known.users.values()):
        raise NotObserved("", "the ids of the target cannot stand in the path of an operation as they are")


def _in_a_circle(known: Known) -> Sending:
    """Two groups that have each other as a member (RFC 7644 3.7.1), under bulkIds of which one was used before."""
    one, other = (known.group_id(each) for each in (Wording.CREW, Wording.LOOP))
    crew = known.groups.pop(one, "")
    parts = [
        new_group(one, known.name(Wording.RING), reference(other, "Group")),
        new_group(other, known.name(Wording.LOOP), reference(one, "Group")),
    ]
    yield from known.made("circle", parts)
    known.groups |= {
        known.group_id(Wording.RING): known.groups.pop(one, ""),
        one: crew,
    }  # the next change is of the crew


def _mixed(known: Known) -> Sending:
    """A good dozen operations of which two fail, without failOnErrors: all others are done, in their order."""
    scene, ann, bob = known.scene, known.user(0), known.user(1)
    user = person_called(scene, scene.crowd[1], Wording.RENAMED)
    crew = [each for each in [known.groups.get(known.group_id(Wording.CREW))] if each]
    joins = add("members", [reference(known.id(2))])  # whom the same request makes
    parts = [
        fails(scene),
        called(scene, ann, Wording.RENAMED),
        part(operate(scene, "", ann, set_("displayName", Wording.TITLE), set_("title", Wording.TITLE))),
        part(replace(scene, "", bob, user)),
        new_person(scene, known.id(2), scene.crowd[2]),
        called(scene, NOBODY, Wording.GIVEN_NAME),
        *(part(patch_group(scene, "", each, remove_one(Member(bob, None)), joins)) for each in crew),
        *(
            called(scene, ann, each)
            for _ in range(4)
            for each in (Wording.AFTER_THE_WEDDING, Wording.GIVEN_NAME)
        ),
    ]
    yield from known.made("mixed", parts[: known.limit("maxOperations") or DOZEN], ann, bob, groups=crew)


def _stopped(known: Known) -> Sending:
    """With a wrong token nothing is done, and after one failure, and after two, nothing more."""
    scene, ann, bob, dora = known.scene, known.user(0), known.user(1), known.scene.crowd[3]
    asked = send(scene, "wrong_token", [called(scene, bob, Wording.ANYTHING)])
    yield replaced(asked, headers=headers(scene, WRONG_TOKEN, body=True))
    parts = [
        called(scene, ann, Wording.AFTER_THE_WEDDING),
        fails(scene),
        called(scene, bob, Wording.GIVEN_NAME),
        new_person(scene, known.id(3), dora),
    ]
    yield send(scene, "stop", parts, most_errors=1)
    yield look_up(scene, "not_made", dora.user_name)
    yield from known.look("stop", ann, bob)
    parts = [
        fails(scene),
        called(scene, ann, Wording.RENAMED),
        called(scene, NOBODY, Wording.GIVEN_NAME),
        called(scene, bob, Wording.GIVEN_NAME),
    ]
    yield send(scene, "stop_at_two", parts, most_errors=2)
    yield from known.look("stop_at_two", ann, bob)
    known.names.add(dora.user_name)  # which is given twice: whoever has it is not looked up
    taken = new_person(scene, bulk_id(dora, Wording.TWIN), scene.crowd[0])
    again = new_person(scene, bulk_id(dora, Wording.ONCE_MORE), dora)
    yield from known.made("stop_creates", [taken, new_person(scene, known.id(3), dora), again], most_errors=2)


def _odd(known: Known) -> Sending:
    """A method that is none of an operation's, no operations, and one bulkId for two."""
    twin = known.group_id(Wording.TWIN)
    yield Independent((
        send(known.scene, "unknown_method", [part(read(known.scene, "", known.user(0)))]),
        send(known.scene, "no_operations", []),
        send(known.scene, "id_twice", [new_group(twin, known.name(Wording.TWIN, each)) for each in (0, 1)]),
    ))  # fmt: skip


def _outdated(known: Known) -> Sending:
    """Operations that name a version which the person had before, and one that names the present one."""
    scene, ann, bob = known.scene, known.user(0), known.user(1)
    was_ann, was_bob = (known.versions.get(each, []) for each in (ann, bob))
    if len(was_ann) < 2 or len(was_bob) < 2:
        return
    user = person_called(scene, scene.crowd[1], Wording.AFTER_THE_WEDDING)
    parts = [
        called(scene, ann, Wording.AFTER_THE_WEDDING, was_ann[0]),
        part(replace(scene, "", bob, user), was_bob[0]),
        *([part(delete(scene, "", ann), was_ann[0])] if deletes_reach(scene) else ()),
        called(scene, bob, Wording.GIVEN_NAME, was_bob[-1]),
    ]
    yield send(scene, "outdated", parts)
    yield from known.look("outdated", ann, bob)


def _too_much(known: Known) -> Sending:
    """A large request within the limits, and one operation or byte more than may be, as far as that is no burden: of the id that nobody has."""
    operations, size = known.limit("maxOperations"), known.limit("maxPayloadSize")
    if size > 2 * LARGEST:
        yield send(known.scene, "large", [called(known.scene, NOBODY, Wording.ANYTHING * (LARGEST * 7 // 8))])
    if 0 < operations < MOST:
        many = send(known.scene, "too_many", [fails(known.scene)] * (operations + 1))
        if len(many.body) <= size or not size:  # else it is beyond the other limit, too
            yield many
    if 0 < size < LARGEST:
        yield send(known.scene, "too_large", [called(known.scene, NOBODY, f"{Wording.ANYTHING} " * size)])


def _removed(known: Known) -> Sending:
    """Delete whom nobody needs any more, groups first."""
    scene, cid = known.scene, known.users.get(known.id(2), "")
    twins = [id_ for key, id_ in known.users.items() if key.endswith(f".{Wording.TWIN}")]
    groups = [each for each in known.groups.values() if each]
    parts = [part(delete_group(scene, "", each)) for each in groups]
    parts += [part(delete(scene, "", each)) for each in (cid, *twins) if each]
    if parts:
        yield send(scene, "remove", parts[: known.limit("maxOperations") or DOZEN])
        yield from known.look("remove", *filter(None, [cid]), groups=groups[:1])

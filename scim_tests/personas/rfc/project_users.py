"""Parts of people: `attributes` and `excludedAttributes` of every kind, in reads, lists, searches and writes (RFC 7644 3.4.2.5, 3.9)."""

from collections.abc import Iterator
from dataclasses import replace as changed

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import (
    create,
    get_,
    operate,
    quoted,
    read,
    replace,
    user_path,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import (
    ENOUGH,
    ask,
    configured,
    ours,
    search,
    specimen_ids,
    supports,
)
from scim_tests.personas.rfc.operations import set_
from scim_tests.personas.rfc.specimens import specimens

DEPARTMENT, MANAGER = f"{ENTERPRISE_USER}:department", f"{ENTERPRISE_USER}:manager"
# Chosen by the wrong servers of tests/mutant_parts.py: each tells some that no other does.
NAMED = (
    ("one", "displayName"), ("part_of_a_list", "emails.value"), ("in_capitals", f"META,{ENTERPRISE_USER.upper()}:EMPLOYEENUMBER"),
    ("parts", "NAME.GIVENNAME,userName,name.familyName"), ("extension", f"{ENTERPRISE_USER},externalId"), ("unknown", "noSuchAttribute"),
    ("unknown_too", "displayName,noSuchAttribute"),
)  # fmt: skip
EXCLUDED = (
    ("one", "displayName"), ("part", "name.familyName,ACTIVE"), ("in_small_letters", "nickname,noSuchAttribute"),
    ("what_always_comes", "id,meta.location,name.givenName,name.familyName"), ("groups", "title,groups"),
)  # fmt: skip
LISTED = (
    ("one", "displayname"), ("parts_with_urn", f"emails.type,{USER}:meta.location,{USER}:name.familyName"), ("spaced", f"{MANAGER}, meta.lastModified"),
    ("several", f"displayName,emails,{MANAGER},{DEPARTMENT}"), ("groups", "groups"),
)  # fmt: skip
NOT_LISTED = (
    ("parts", f"{MANAGER}.value,emails,{USER}:meta.location"), ("id", "id,userName"),
)  # fmt: skip
SEARCHED = ([f"{USER}:phoneNumbers"], [f"{MANAGER}.value", "active"])
NOT_SEARCHED = (
    ["name", "EMAILS.VALUE", "userName", ENTERPRISE_USER.upper()], [MANAGER, f"{USER}:externalId", "emails.value", "id"],
    ["meta", ENTERPRISE_USER],
)  # fmt: skip


@act(
    title="Ask for parts of people",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates"),
    sends=(
        "GET /ServiceProviderConfig",
        "GET /Users",
        "GET /Users/{id}",
        "POST /Users",
        "POST /Users/.search",
        "PUT /Users/{id}",
        "PATCH /Users/{id}",
    ),
)
def project_users(scene: Scene) -> Performance:
    """Ask for parts of the people of `make_specimens`; create one person and change that one, each answer with a choice of what is shown."""
    ids = specimen_ids(scene)
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    config = yield from configured(scene)
    yield Independent(_reads(scene, ids[0], ids[1]))
    if supports(config, "filter") is not False:
        yield Independent(_lists(scene))
    (person,) = specimens(scene.crowd)
    made = yield changed(create(scene, "create_with_attributes", person), path="/Users?attributes=userName")
    user_id = id_of(made, made.resource)
    whole = (yield read(scene, "read", user_id)).resource
    path = user_path(user_id)
    written = replace(scene, "put_with_attributes", user_id, {**whole, "title": Wording.TITLE})
    yield changed(written, path=f"{path}?attributes=userName,name.familyName")
    yield read(scene, "after_put", user_id)
    written = replace(scene, "put_with_excluded", user_id, {**whole, "title": Wording.HALF_DONE})
    yield changed(written, path=f"{path}?excludedAttributes=emails,displayName")
    yield read(scene, "after_put_with_excluded", user_id)
    if supports(config, "patch") is not False:
        for name, part, more in (
            ("attributes", "title", "attributes=userName,emails"),
            ("excluded", "nickName", "excludedAttributes=emails"),
        ):
            patched = operate(scene, f"patch_with_{name}", user_id, set_(part, Wording.TITLE))
            yield changed(patched, path=f"{path}?{more}")
            yield read(scene, "after_patches", user_id)
        nothing = operate(scene, "patch_of_nothing_with_attributes", user_id, set_("title", Wording.TITLE))
        yield changed(nothing, path=f"{path}?attributes=userName")
    return SceneResult(id=user_id)


def _reads(scene: Scene, user_id: str, other_id: str) -> Iterator[Step]:
    """What is excluded is of somebody who has telephone numbers as well: their types are other ones than those of addresses."""
    path, other = user_path(user_id), user_path(other_id)
    for name, attributes in NAMED:
        yield get_(scene, f"only_{name}", f"{path}?attributes={quoted(attributes)}")
    for name, attributes in EXCLUDED:
        yield get_(scene, f"without_{name}", f"{other}?excludedAttributes={quoted(attributes)}")
    yield get_(scene, "password", f"{path}?attributes=password")


def _lists(scene: Scene) -> Iterator[Step]:
    for name, attributes in LISTED:
        yield ask(scene, f"list_only_{name}", ours(scene), count=ENOUGH, attributes=attributes)
    for name, attributes in NOT_LISTED:
        yield ask(scene, f"list_without_{name}", ours(scene), count=ENOUGH, excludedAttributes=attributes)
    for names in SEARCHED:
        yield search(scene, "search_only", filter=ours(scene), attributes=names, count=ENOUGH)
    for names in NOT_SEARCHED:
        yield search(scene, "search_without", filter=ours(scene), excludedAttributes=names, count=ENOUGH)
    yield ask(
        scene,
        "list_filtered_by_what_is_left_out",
        f'{ours(scene)} and title eq "Alpha"',
        attributes="userName",
        count=ENOUGH,
    )
    yield ask(
        scene,
        "list_filtered_by_what_is_excluded",
        f'{ours(scene)} and title eq "Alpha"',
        excludedAttributes="title",
        count=ENOUGH,
    )

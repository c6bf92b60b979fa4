"""What Okta's Import User Schema can read of a user's extensions (okta:SUBMIT), and what RFC 7643 6 says of required ones."""

from typing import Any

import pytest
from bending import Bend, bent, body, each_user, judged, raw, status

from scim_tests.checks import catalogue
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import ENTERPRISE_USER, USER
from scim_tests.model.verdict import Verdict

NAMED = "discovery.user-type-names-its-extensions"
REQUIRED = "discovery.required-extensions-are-shown"
OWN = "urn:example:scim:schemas:extension:app:2.0:User"

Bent = tuple[str, Bend]


def extensions(*listed: dict[str, Any]) -> Bent:
    """The resource type User names these, and no other one names any."""

    def change(document: Any) -> None:
        for each in document["Resources"]:
            each["schemaExtensions"] = list(listed) if each["schema"] == USER else []

    return "discovery.resource_types", body(change)


def published(urn: str, returned: str = "default") -> Bent:
    """/Schemas has one more schema, with one attribute."""
    badge = {"name": "badge", "type": "string", "multiValued": False, "required": False, "returned": returned}
    return "discovery.schemas", body(
        lambda document: document["Resources"].append({"id": urn, "name": "Own", "attributes": [badge]})
    )


def users_show(urn: str) -> Bent:
    return "import_users.page", each_user(lambda user: user.update({urn: {"badge": "7"}}))


def verdict(check_id: str, honest: list[Exchange], *bends: Bent) -> Verdict:
    (check,) = [each for each in catalogue() if each.id == check_id]
    conversation = honest
    for step, bend in bends:
        conversation = bent(conversation, step, bend)
    (said,) = judged(check, conversation)
    return said.verdict


def named(urn: str, *, required: bool = False) -> Bent:
    return extensions({"schema": ENTERPRISE_USER, "required": False}, {"schema": urn, "required": required})


@pytest.mark.parametrize("seen", [users_show(OWN), published(OWN)], ids=["shown", "published"])
def test_an_extension_that_the_user_type_does_not_name_is_advice(honest: list[Exchange], seen: Bent) -> None:
    """Users show it, or /Schemas has it for users, and Okta does not offer it; named in any letter case it is offered."""
    assert verdict(NAMED, honest, seen) is Verdict.ADVICE
    assert verdict(NAMED, honest, seen, named(OWN)) is Verdict.PASS
    assert verdict(NAMED, honest, seen, named(OWN.upper())) is Verdict.PASS


@pytest.mark.parametrize(
    "urn", ["urn:okta:scim:schemas:core:1.0:Role", "urn:example:scim:schemas:extension:app:2.0:Group"]
)
def test_a_schema_that_is_not_for_users_is_not_missed(honest: list[Exchange], urn: str) -> None:
    """The schema of a role, or an extension of groups, is none of the resource type User."""
    assert verdict(NAMED, honest, published(urn)) is Verdict.PASS


def test_the_enterprise_extension_is_not_told_twice(honest: list[Exchange]) -> None:
    """Where users show it, another check says that no resource type names it; where only /Schemas has it, this one does."""
    assert verdict(NAMED, honest, extensions()) is Verdict.PASS
    assert verdict("discovery.resource-types-name-what-is-served", honest, extensions()) is Verdict.ADVICE
    only_published = [each for each in honest if each.request.endpoint in {"/ResourceTypes", "/Schemas"}]
    assert verdict(NAMED, only_published, extensions()) is Verdict.ADVICE


def test_without_resource_types_nothing_is_said(honest: list[Exchange]) -> None:
    """No discovery is allowed (RFC 7644 4), and a list without User is judged by its own check."""
    gone = ("discovery.resource_types", status(404))
    nobody = ("discovery.resource_types", body(lambda document: document.update(Resources=[])))
    for check_id in (NAMED, REQUIRED):
        assert verdict(check_id, honest, gone) is Verdict.NOT_ASKED
        assert verdict(check_id, honest, nobody) is Verdict.NOT_ASKED


def test_another_resource_type_of_users_requires_nothing_of_them(honest: list[Exchange]) -> None:
    """Where two types have the User schema, the one named User counts, in whatever order they stand."""
    other = {
        "name": "Robot",
        "endpoint": "/Robots",
        "schema": USER,
        "schemaExtensions": [{"schema": OWN, "required": True}],
    }
    first = ("discovery.resource_types", body(lambda document: document["Resources"].insert(0, other)))
    assert verdict(REQUIRED, honest, first) is Verdict.NOT_ASKED


def test_one_unreadable_answer_hides_no_other(honest: list[Exchange]) -> None:
    """A page of users that is no JSON is judged elsewhere; the others are still read."""
    broken = ("import_users.second_walk", raw(b"<html>"))
    assert verdict(NAMED, honest, broken, users_show(OWN)) is Verdict.ADVICE


def test_a_required_extension_is_what_each_user_has(honest: list[Exchange]) -> None:
    """A user without it fails (RFC 7643 6); its name in `schemas` is enough, and what no GET shows is not missed."""
    assert verdict(REQUIRED, honest, named(OWN, required=True)) is Verdict.FAIL
    in_schemas = ("*", each_user(lambda user: user["schemas"].append(OWN) if "userName" in user else None))
    assert verdict(REQUIRED, honest, named(OWN, required=True), in_schemas) is Verdict.PASS
    for returned in ("never", "request"):
        hidden = published(OWN, returned)
        assert verdict(REQUIRED, honest, named(OWN, required=True), hidden) is Verdict.NOT_ASKED


def test_an_extension_that_no_schema_declares_is_advice(honest: list[Exchange]) -> None:
    """Published it is all right, and one without values is none; what a published one lacks is missed as before."""
    declared = "every_resource.shows-only-what-its-schema-declares"
    empty = "import_users.page", each_user(lambda user: user.update({OWN: {"badge": None}}))
    more = "import_users.page", each_user(lambda user: user.update({OWN: {"rank": 1}}))
    assert verdict(declared, honest, users_show(OWN)) is Verdict.ADVICE
    assert verdict(declared, honest, users_show(OWN), published(OWN)) is Verdict.PASS
    assert verdict(declared, honest, empty) is Verdict.PASS
    assert verdict(declared, honest, more, published(OWN)) is Verdict.ADVICE

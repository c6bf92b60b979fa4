"""Which attributes a target has, so that a check is sure of a loss: declared, shown, kept, and never its own."""

from typing import Any

import pytest
from sent import patch, read, sent, transcript

from scim_tests.checks.reading.differences import Difference
from scim_tests.checks.reading.holdings import Holdings, holdings, plain
from scim_tests.checks.reading.published import published, schemas
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER

Json = Any
BADGES = "urn:example:2.0:User"
NOTHING = Holdings(frozenset(), frozenset(), frozenset(), frozenset())


def attribute(name: str, *parts: Json, **members: Json) -> Json:
    return {"name": name, **({"subAttributes": list(parts)} if parts else {}), **members}


def schemas_are(*listed: tuple[str, list[Json]], status: int = 200) -> Exchange:
    resources = [{"id": urn, "attributes": attributes} for urn, attributes in listed]
    return sent(
        "GET", path="/Schemas", status=status, shown={"Resources": resources}, step="discovery.schemas"
    )


PUBLISHED = schemas_are(
    (USER, [attribute("title"), attribute("emails", attribute("value", returned="request"), attribute("display", mutability="readOnly"))]),
    (GROUP, [attribute("displayName"), attribute("members", mutability="readOnly")]),
    (BADGES, [attribute("Badge")]),
)  # fmt: skip


def test_schemas_tell_what_may_be_written() -> None:
    """By the paths of users and groups in small letters; extensions are of users."""
    writable, read_only, hidden = published(transcript(PUBLISHED))
    assert writable == {
        ("/Users", "$.title"),
        ("/Users", "$.emails"),
        ("/Users", "$.emails.value"),
        ("/Users", f"$.{BADGES.lower()}.badge"),
        ("/Groups", "$.displayname"),
    }
    assert read_only == {("/Users", "$.emails.display"), ("/Groups", "$.members")}
    assert hidden == {("/Users", "$.emails.value")}


def test_of_a_value_that_is_not_suggested_nobody_is_sure() -> None:
    """A target may ignore it, and the entry with it (RFC 7643 7), or take it for one that it knows; one that it suggests it keeps."""
    type_ = attribute("type", canonicalValues=["work", "Home"])
    known = holdings(transcript(schemas_are((USER, [attribute("emails", attribute("value"), type_)]))))
    for wanted, shown, sure in (
        ("depot", None, False),
        ("home", None, True),
        ("depot", "work", False),
        ("home", "work", True),
    ):
        found = Difference("$.emails[*].type", wanted, shown, stays=False)
        assert known.is_sure("/Users", found) is sure
        entry = Difference("$.emails", {"value": "x", "type": wanted}, None, stays=False)
        assert known.is_sure("/Users", entry) is (wanted == "home")
    assert known.is_sure("/Users", Difference("$.emails", {"value": "x"}, None, stays=False))


@pytest.mark.parametrize("none", [(), (schemas_are(status=404),), (read({}, 1),)])
def test_a_target_may_publish_nothing(none: tuple[Exchange, ...]) -> None:
    """Then nothing is declared."""
    assert published(transcript(*none)) == (frozenset(),) * 3
    with pytest.raises(NotObserved):
        schemas(transcript(*none))


def test_a_schema_that_says_nothing_declares_nothing() -> None:
    """Nor does one that cannot be read."""
    odd = schemas_are((USER, []), (GROUP, "members"), (BADGES, [7, attribute("badge")]))
    assert list(schemas(transcript(odd))) == [BADGES.lower()]


def write(shown: Json, body: Json) -> list[Exchange]:
    return [read({}, 0), sent("PUT", body, at=(1, 2)), read(shown, 3)]


BODY = {
    "userName": "u",
    "title": "Reader",
    "displayName": "A B",
    "name": {"givenName": "A", "familyName": "B"},
    "photos": [{"type": "photo", "value": "https://example.com/1"}],
    "roles": [{"value": "reader"}],
}


def test_what_was_shown_as_it_was_written_is_kept() -> None:
    """Not what can be made of the name, nor what is shown otherwise, be it in one part of an entry."""
    shown = {**BODY, "photos": [{"type": "photo", "value": "https://example.com/2"}]}
    kept = holdings(transcript(*write(shown, BODY))).kept
    assert ("/Users", "$.title") in kept
    assert ("/Users", "$.roles") in kept
    assert not {("/Users", "$.displayname"), ("/Users", "$.photos"), ("/Users", "$.photos.value")} & kept


def test_what_stood_there_before_is_not_known_to_be_kept() -> None:
    """Nobody could tell it from what the target says itself."""
    before = read({"title": "Reader"}, 0)
    again = patch({"op": "replace", "path": "title", "value": "Reader"}, at=(1, 2))
    assert holdings(transcript(before, again, read({"title": "Reader"}, 3))).kept == frozenset()


def test_what_is_shown_is_told_by_attributes_and_parts() -> None:
    """Of lists the parts of their entries."""
    shown = holdings(transcript(*write(BODY, BODY))).shown
    assert {
        ("/Users", "$.name.givenname"),
        ("/Users", "$.photos"),
        ("/Users", "$.photos.value"),
    } <= shown


def loss(path: str, **said: Json) -> Difference:
    return Difference(path, **{"wanted": "x", "shown": None, "stays": False, **said})


def having(*places: tuple[str, str], **others: frozenset[tuple[str, str]]) -> Holdings:
    return Holdings(
        **{
            "declared": frozenset(places),
            "read_only": frozenset(),
            "shown": frozenset(),
            "kept": frozenset(),
            **others,
        }
    )


TITLE = ("/Users", "$.title")


@pytest.mark.parametrize(
    ("known", "found", "sure"),
    [
        (NOTHING, loss("$.title"), False),
        (having(TITLE), loss("$.title"), True),
        (having(shown=frozenset({TITLE})), loss("$.title"), True),
        (NOTHING, loss("$.title", stays=True), True),
        (NOTHING, loss("$.title", shown="y"), True),
        (having(TITLE, read_only=frozenset({TITLE})), loss("$.title"), False),
        (
            having(("/Users", "$.emails.type")),
            loss(f"$.{ENTERPRISE_USER}.department", stays=True),
            True,
        ),
        (
            having(("/Users", "$.emails.type"), read_only=frozenset({("/Users", "$.emails")})),
            loss("$.emails[*].type"),
            False,
        ),
        (NOTHING, loss("$.photos[*].value", shown="y"), False),
        (having(kept=frozenset({("/Users", "$.photos")})), loss("$.photos[*].value", shown="y"), True),
        (NOTHING, loss("$.displayName", shown="y"), False),
        (having(kept=frozenset({("/Users", "$.displayname")})), loss("$.displayName", shown="y"), True),
        (
            having(kept=frozenset({("/Users", "$.displayname")})),
            loss("$.displayName", shown="y", stays=True),
            False,
        ),
        (
            having(kept=frozenset({("/Users", "$.roles")})),
            loss("$.roles", wanted=None, shown={"value": "member"}, stays=True),
            False,
        ),
        (
            having(kept=frozenset({("/Users", "$.roles")})),
            loss("$.roles", wanted=None, shown={"value": "reader"}),
            True,
        ),
        (having(kept=frozenset({("/Users", "$.roles")})), loss("$.roles", stays=True), True),
        (having(TITLE), loss("$.title", shown="y", left_out=True), False),
    ],
    ids=lambda value: f"{value.path}, {value.shown}" if isinstance(value, Difference) else "",
)
def test_a_loss_is_sure_where_the_target_has_what_only_the_client_says(
    known: Holdings, found: Difference, sure: bool
) -> None:
    """Not of what is read-only, made up by servers, left out by a PUT, or shown nowhere."""
    assert known.is_sure("/Users", found) is sure


def test_the_name_and_the_members_of_a_group_are_the_clients() -> None:
    """A group's displayName is its name; whatever else it has, nobody knows how that moves."""
    assert NOTHING.is_sure("/Groups", loss("$.displayName", shown="y", stays=True))
    assert NOTHING.is_sure("/Groups", loss("$.members", wanted=None, shown="7"))
    assert not NOTHING.is_sure("/Groups", loss("$.description", shown="y"))


def test_what_is_declared_nowhere_and_never_shown_is_lacking() -> None:
    """Where /Schemas tells what there is: an admin can unmap it. Without /Schemas nobody knows."""
    known = having(TITLE)
    assert known.lacks("/Users", loss("$.nickName"))
    assert not known.lacks("/Users", loss("$.title"))
    assert not known.lacks("/Users", loss("$.nickName", stays=True))
    assert not known.lacks("/Users", loss("$.nickName", shown="y"))
    assert not NOTHING.lacks("/Users", loss("$.nickName"))


def test_what_is_shown_on_request_alone_may_be_left_out() -> None:
    """RFC 7643 7: `returned`. Another value is as wrong there as anywhere."""
    known = having(TITLE, hidden=frozenset({TITLE, ("/Users", "$.emails")}))
    assert known.ignores("/Users", loss("$.title", stays=True))
    assert known.ignores("/Users", loss("$.emails[*].value"))
    assert not known.ignores("/Users", loss("$.title", shown="y"))
    assert not known.ignores("/Users", loss("$.nickName"))


@pytest.mark.parametrize("path", ["$.emails[*].value", "$.Emails[?(@.value=='a')].Value"])
def test_places_have_no_positions(path: str) -> None:
    """An attribute is one place, whichever entry it is of."""
    assert plain(path) == "$.emails.value"

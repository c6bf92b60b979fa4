"""What kind of finding it is."""

import pytest

from scim_tests.engine.judge import Judgement
from scim_tests.explore.kinds import Kind, kind_of
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import ENTERPRISE_USER
from scim_tests.model.verdict import Verdict


def kind(path: str, where: str) -> Kind:
    asked = Exchange("explore.read", "explore:1", Heard(Request("GET", path), Answer(200)))
    return kind_of("explore.x", Judgement(Verdict.FAIL, (asked,), Finding("a", "b", where)))


@pytest.mark.parametrize(
    ("where", "attribute"),
    [
        ("$.title", "title"),
        ("$.name.givenName", "name"),
        ("$.emails[0].value", "emails"),
        ('$.emails[type eq "work"].value', "emails"),
        ("$.Resources[2].title", "title"),
        (f"$.{ENTERPRISE_USER}.department", ENTERPRISE_USER.lower()),
        ("ETag", "etag"),
        ("", ""),
    ],
)
def test_the_attribute_on_top_tells_kinds_apart(where: str, attribute: str) -> None:
    """Whatever its place within, and in a list or alone, a finding is about the attribute on top."""
    assert kind("/Users/1", where).attribute == attribute


def test_users_and_groups_are_of_two_kinds_and_people_are_of_one() -> None:
    """The same wrong of two users is one kind; of a user and of a group it is two."""
    assert kind("/Users/1", "$.meta") == kind("/Users?startIndex=1", "$.meta")
    assert kind("/Users/1", "$.meta") != kind("/Groups/1", "$.meta")

"""Names and ids in recorded requests, put in anew wherever they stand."""

import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from scim_tests.report.renaming import addresses_in, with_ids, with_names

NAMES = {"ann@example.com": "new-1@example.com", "mary.ann@example.com": "new-2@example.com"}


def test_a_name_is_put_in_however_it_is_spelt() -> None:
    """In a query after %22, in JSON, and in capitals; a name that another ends with is left alone."""
    assert with_names("/Users?filter=userName%20eq%20%22ann%40example.com%22&x", NAMES) == (
        "/Users?filter=userName%20eq%20%22new-1%40example.com%22&x"
    )
    assert with_names('{"userName":"mary.ann@example.com"}', NAMES) == '{"userName":"new-2@example.com"}'
    assert with_names('"ANN@EXAMPLE.COM"', NAMES) == '"NEW-1@EXAMPLE.COM"'
    assert with_names('"joann@example.com"', NAMES) == '"joann@example.com"'


def test_an_id_is_put_in_only_as_a_whole() -> None:
    """In a path and in members, and not where it is a part of another value."""
    ids = {"7": "$SCIM_TESTS_ID_1"}
    assert with_ids("/Users/7?x=7", ids) == "/Users/$SCIM_TESTS_ID_1?x=7"
    assert with_ids("/Users?filter=id%20eq%20%227%22&count=7", ids) == (
        "/Users?filter=id%20eq%20%22$SCIM_TESTS_ID_1%22&count=7"
    )
    path = json.dumps({"path": 'members[value eq "7"]', "value": [{"value": "7"}], "count": 7, "at": "17"})
    assert with_ids(path, ids) == path.replace('\\"7\\"', '\\"$SCIM_TESTS_ID_1\\"').replace(
        '"7"', '"$SCIM_TESTS_ID_1"'
    )


@given(name=st.from_regex(r"[a-z][a-z0-9.+'-]{0,12}[a-z0-9]@[a-z]{1,8}\.example", fullmatch=True))
def test_no_address_is_left_in_a_request(name: str) -> None:
    """Every address that is found in a body is gone from body and query once it is mapped."""
    body = json.dumps({"userName": name, "emails": [{"value": name}]})
    fresh = dict.fromkeys(addresses_in(body), "new@test")
    assert name not in with_names(body, fresh)
    assert quote(name, safe="") not in with_names(
        f"/Users?filter=userName%20eq%20%22{quote(name, safe='')}%22", fresh
    )
